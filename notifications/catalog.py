"""Which messages exist: for each kind its audience, its channels, the facts it needs and when it may ring.

A new message is one row here and one folder of texts under templates/messages/.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

# The fact by which one that stands for several reminders says what the gravest of them reminds of.
GRAVEST = "gravest"


class Channel(StrEnum):
    """What a person experiences; who carries it is a provider."""

    SMS = "sms"
    EMAIL = "email"
    MAILBOX = "mailbox"


class QuietRule(StrEnum):
    """What happens to a message that falls into the quiet hours."""

    WAIT = "wait"  # until the morning
    SEND = "send"  # it answers what the person did this minute, so they are awake and waiting for it


class Reminder(StrEnum):
    """What a reminder reminds of, the gravest first; the others wait for nobody's duty hours."""

    ESCALATED = "escalated"
    OVERDUE = "overdue"
    ORDER_OVERDUE = "order_overdue"
    URGED = "urged"
    SIGNED_LATE = "signed_late"
    DUE_SOON = "due_soon"
    ORDER_DUE_SOON = "order_due_soon"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message. `needs` must be given; `may_use` is shown when given and left out when not.

    One that `reminds` of something is for people on duty, and several of them may go out as one.
    """

    name: str
    audience: str
    channels: tuple[Channel, ...]
    needs: frozenset[str]
    may_use: frozenset[str] = frozenset()
    is_urgent: bool = False
    quiet: QuietRule = QuietRule.WAIT
    may_opt_out: bool = False
    invites_rating: bool = False
    template_code: str = ""
    reminds: Reminder | None = None

    @property
    def facts(self) -> frozenset[str]:
        return self.needs | self.may_use

    @property
    def kept(self) -> frozenset[str]:
        """The facts of its words and, of a reminder, what the gravest one in it reminds of."""
        return self.facts if self.reminds is None else self.facts | {GRAVEST}


class UnknownKindError(KeyError):
    """A kind that is not in the catalogue: a mistake in a table of notices."""


def get_kind(name: str) -> Kind:
    """Look a kind up; raises UnknownKindError."""
    try:
        return KINDS[name]
    except KeyError:
        raise UnknownKindError(name) from None


def channels_for(kind: str) -> tuple[Channel, ...]:
    """Tell the channels of a kind in order of preference; raises UnknownKindError."""
    return get_kind(kind).channels


# In order of preference: a citizen hears by the first one that reaches them.
_CITIZEN = (Channel.SMS, Channel.EMAIL)
_UNIT = (Channel.SMS, Channel.EMAIL)
# The unit's leader is told too, and reads it in the mailbox.
_UNIT_AND_LEADER = (*_UNIT, Channel.MAILBOX)
_STAFF = (Channel.MAILBOX, Channel.EMAIL)


def _to_citizen(name: str, needs: str, *, answers_now: bool = False, invites_rating: bool = False) -> Kind:
    return Kind(
        name=name,
        audience="citizen",
        channels=_CITIZEN,
        needs=frozenset(needs.split()),
        may_use=frozenset({"link"} - set(needs.split())),
        quiet=QuietRule.SEND if answers_now else QuietRule.WAIT,
        may_opt_out=True,
        invites_rating=invites_rating,
        template_code=_vendor_code(name),
    )


def _to_unit(
    name: str,
    needs: str,
    may_use: str = "",
    *,
    channels: tuple[Channel, ...] = _UNIT,
    reminds: Reminder | None = None,
) -> Kind:
    return Kind(
        name=name,
        audience="unit",
        channels=channels,
        needs=frozenset(needs.split()),
        may_use=frozenset(("link", *may_use.split())),
        template_code=_vendor_code(name),
        reminds=reminds,
    )


def _to_staff(
    name: str, audience: str, needs: str, may_use: str = "", *, reminds: Reminder | None = None
) -> Kind:
    return Kind(
        name=name,
        audience=audience,
        channels=_STAFF,
        needs=frozenset(needs.split()),
        may_use=frozenset(("link", *may_use.split())),
        reminds=reminds,
    )


def _vendor_code(name: str) -> str:
    # Mainland carriers send approved templates only; each city enters the code its carrier gave it.
    return f"SMS_{name.upper()}"


_ALL = (
    _to_citizen("accepted", "number query_code site", answers_now=True),
    _to_citizen("answered", "number link", invites_rating=True),
    _to_citizen("rejected", "number reason path"),
    _to_citizen("dispatched", "number unit due"),
    _to_citizen("replied", "number link", invites_rating=True),
    _to_citizen("closed", "number outcome"),
    _to_citizen("reworked", "number unit due"),
    _to_citizen("withdrawn", "number", answers_now=True),
    _to_citizen("transferred", "number line", answers_now=True),
    _to_citizen("supplement_needed", "number date link"),
    _to_citizen("merged", "number master"),
    _to_citizen("unmerged", "number"),
    _to_citizen("suspended", "number date"),
    _to_citizen("resumed", "number due"),
    _to_citizen("reopened", "number unit due"),
    _to_citizen("reopening_refused", "number"),
    _to_citizen("extended", "number due"),
    _to_citizen("urge_noted", "number", answers_now=True),
    _to_unit("new_ticket", "number urgency sign_due due"),
    _to_unit("reply_sent_back", "number due", "reason"),
    _to_unit("return_decided", "number decision", "reason"),
    _to_unit("due_soon", "number clock due left", reminds=Reminder.DUE_SOON),
    _to_unit("overdue", "number clock due", channels=_UNIT_AND_LEADER, reminds=Reminder.OVERDUE),
    _to_unit("sign_overdue", "number sign_due", reminds=Reminder.SIGNED_LATE),
    _to_unit("rework_unit", "number due", "reason"),
    _to_unit("ticket_withdrawn", "number"),
    _to_unit("co_reply", "number unit"),
    _to_unit("ticket_recalled", "number"),
    _to_unit("urged", "number due", reminds=Reminder.URGED),
    _to_unit("urged_overdue", "number due", channels=_UNIT_AND_LEADER, reminds=Reminder.URGED),
    _to_unit("reclassified", "number due"),
    _to_unit("dispute_raised", "number"),
    _to_unit("resumed_unit", "number due"),
    _to_unit("reopened_unit", "number due"),
    _to_unit("excluded", "number"),
    _to_unit("included", "number"),
    _to_unit("child_replied", "number unit"),
    _to_unit("child_returned", "number unit"),
    # The deciders of the centre read it in the mailbox, the unit above the asking one by telephone or mail.
    _to_unit("request_to_decide", "number request", "unit", channels=_UNIT_AND_LEADER),
    _to_unit("request_decided", "number request decision"),
    _to_unit("order_issued", "number level date", channels=_UNIT_AND_LEADER),
    _to_unit("order_answer_refused", "number date", channels=_UNIT_AND_LEADER),
    _to_unit("order_closed", "number", channels=_UNIT_AND_LEADER),
    _to_unit("order_due_soon", "number date", reminds=Reminder.ORDER_DUE_SOON),
    _to_unit("order_overdue", "number date", channels=_UNIT_AND_LEADER, reminds=Reminder.ORDER_OVERDUE),
    # Stands for several reminders of one ticket that fell due together; staff of the centre get it too.
    _to_unit(
        "catch_up",
        "number count latest missed",
        channels=_UNIT_AND_LEADER,
        reminds=Reminder.OVERDUE,
    ),
    _to_staff("unit_reply_refused", "handler", "number", "reason"),
    _to_staff("intake_returned", "agent", "number", "reason"),
    _to_staff("reply_to_review", "auditor", "number", "unit due"),
    _to_staff("unit_reply_to_review", "unit_leader", "number", "unit due"),
    _to_staff("return_requested", "dispatcher", "number", "unit reason"),
    _to_staff("due_soon_centre", "dispatcher auditor", "number clock due left", reminds=Reminder.DUE_SOON),
    _to_staff("supervisor_rework", "supervisor", "number", "unit reason"),
    _to_staff(
        "sign_overdue_supervisor", "supervisor", "number sign_due", "unit", reminds=Reminder.SIGNED_LATE
    ),
    _to_staff("overdue_supervisor", "supervisor", "number clock due", "unit", reminds=Reminder.OVERDUE),
    _to_staff("supplement_received", "asker", "number"),
    _to_staff("emergency_transferred", "centre_leader", "number line"),
    _to_staff("invalid_proposed", "reviewer", "number"),
    _to_staff("merged_dissatisfied", "supervisor", "number master"),
    _to_staff("dispute_raised_centre", "supervisor centre_leader", "number"),
    _to_staff("suspended_supervisor", "supervisor", "number date", "unit"),
    _to_staff(
        "escalated",
        "unit_leader supervisor centre_leader",
        "number level",
        "unit",
        reminds=Reminder.ESCALATED,
    ),
    _to_staff("level_to_decide", "centre_leader", "number level", "unit", reminds=Reminder.ESCALATED),
    _to_staff("urged_centre", "dispatcher", "number", reminds=Reminder.URGED),
    _to_staff("export_to_decide", "security_officer", "number asker"),
    _to_staff("export_decided", "asker", "number decision"),
    _to_staff("request_decided_staff", "asker", "number request decision"),
    _to_staff("order_answered", "supervisor", "number level"),
    _to_staff(
        "order_overdue_supervisor", "supervisor", "number date", "unit", reminds=Reminder.ORDER_OVERDUE
    ),
    # Unit and staff alike: what reminded them of several tickets while they were off duty.
    _to_unit("opening_digest", "total parts number", channels=_UNIT_AND_LEADER),
    _to_staff("calendar_year_unknown", "administrator", "number calendar years"),
    _to_staff(
        "morning_digest",
        "supervisor centre_leader unit_leader",
        "date scope red orange yellow today forecast",
        "longest",
    ),
)

KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _ALL})
