"""Which messages exist: for each kind its audience, its channels, the facts it needs and when it may ring.

A new message is one row here and one folder of texts under templates/messages/.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from notifications.kind import GRAVEST, Channel, Kind, QuietRule, Reminder, needed, optional

__all__ = [
    "GRAVEST",
    "KINDS",
    "Channel",
    "Kind",
    "QuietRule",
    "Reminder",
    "UnknownKindError",
    "channels_for",
    "get_kind",
]


class UnknownKindError(KeyError):
    """A kind that is not in the catalogue: a mistake in a table of notices."""


def get_kind(name: str) -> Kind:
    """Look a kind up; raises UnknownKindError."""
    if name not in KINDS:
        raise UnknownKindError(name)
    return KINDS[name]


def channels_for(kind: str) -> tuple[Channel, ...]:
    """Tell the channels of a kind in order of preference; raises UnknownKindError."""
    return get_kind(kind).channels


# In order of preference: a citizen hears by the first one that reaches them. What fails on telephone and mail
# stays on the page of their ticket.
_CITIZEN = (Channel.SMS, Channel.EMAIL, Channel.MAILBOX)
_UNIT = (Channel.SMS, Channel.EMAIL)
# One of the unit's people is told too, and reads it in the mailbox.
_UNIT_AND_LEADER = (*_UNIT, Channel.MAILBOX)
_STAFF = (Channel.MAILBOX, Channel.EMAIL)
# Every mail and every entry of the mailbox says why its reader gets it.
_ALWAYS = frozenset({"link", "because"})


def _to_citizen(
    name: str,
    needs: str,
    *,
    neutral: str = "neutral_news",
    answers_now: bool = False,
    invites_rating: bool = False,
) -> Kind:
    return Kind(
        name=name,
        audience=frozenset({"citizen"}),
        channels=_CITIZEN,
        needs=frozenset(needs.split()),
        may_use=_ALWAYS - set(needs.split()),
        quiet=QuietRule.SEND if answers_now else QuietRule.WAIT,
        may_opt_out=True,
        is_capped=True,
        invites_rating=invites_rating,
        template_code=_vendor_code(name),
        neutral=neutral,
    )


def _to_unit(
    name: str,
    audience: str,
    facts: str,
    *,
    channels: tuple[Channel, ...] = _UNIT,
    reminds: Reminder | None = None,
) -> Kind:
    return Kind(
        name=name,
        audience=frozenset(audience.split()),
        channels=channels,
        needs=needed(facts),
        may_use=_ALWAYS | optional(facts),
        template_code=_vendor_code(name),
        reminds=reminds,
    )


def _to_staff(name: str, audience: str, facts: str, *, reminds: Reminder | None = None) -> Kind:
    return Kind(
        name=name,
        audience=frozenset(audience.split()),
        channels=_STAFF,
        needs=needed(facts),
        may_use=_ALWAYS | optional(facts),
        reminds=reminds,
    )


def _answer(name: str, facts: str = "") -> Kind:
    """Answer an SMS by SMS: whoever wrote is awake, and is answered whether or not they opted out."""
    return Kind(
        name=name,
        audience=frozenset({TEXTER}),
        channels=(Channel.SMS,),
        needs=needed(facts),
        may_use=optional(facts),
        quiet=QuietRule.SEND,
        is_capped=True,
        template_code=_vendor_code(name),
    )


def _vendor_code(name: str) -> str:
    # Mainland carriers send approved templates only; each city enters the code its carrier gave it.
    return f"SMS_{name.upper()}"


# Audiences that no notice of the tables names: whoever wrote us an SMS, and administrators.
TEXTER = "texter"
_ADMINISTRATOR = "administrator"
_BOTH, _SPAN = "principal substitute", "number principal substitute roles starts ends"

_FOR_CITIZENS = (
    _to_citizen("accepted", "number query_code site", neutral="neutral_accepted", answers_now=True),
    _to_citizen("answered", "number link", neutral="neutral_replied", invites_rating=True),
    _to_citizen("rejected", "number reason path"),
    _to_citizen("dispatched", "number unit due"),
    _to_citizen("replied", "number link", neutral="neutral_replied", invites_rating=True),
    _to_citizen("closed", "number outcome"),
    _to_citizen("reworked", "number unit due"),
    _to_citizen("withdrawn", "number", answers_now=True),
    _to_citizen("transferred", "number line", answers_now=True),
    _to_citizen("supplement_needed", "number date link", neutral="neutral_supplement"),
    _to_citizen("merged", "number master"),
    _to_citizen("unmerged", "number"),
    _to_citizen("suspended", "number date"),
    _to_citizen("resumed", "number due"),
    _to_citizen("reopened", "number unit due"),
    _to_citizen("reopening_refused", "number"),
    _to_citizen("extended", "number due"),
    _to_citizen("urge_noted", "number", answers_now=True),
    # For confidential matters and for minors: that something is new, and nothing of what it is.
    _to_citizen("neutral_accepted", "number query_code", neutral="", answers_now=True),
    _to_citizen("neutral_replied", "number", neutral="", invites_rating=True),
    _to_citizen("neutral_supplement", "number date", neutral=""),
    _to_citizen("neutral_news", "number", neutral=""),
    # Of their own data: a thief can neither stop it nor wait until a cap is met.
    *(
        replace(_to_citizen(name, "number", neutral="", answers_now=True), may_opt_out=False, is_capped=False)
        for name in ("neutral_data_asked", "neutral_data_decided", "neutral_phone_moved")
    ),
)
_ANSWERS = (
    _answer("answer_stopped"),
    _answer("answer_resumed"),
    _answer("answer_unclear"),
    _answer("answer_format"),
    _answer("answer_registered", "number query_code"),
    _answer("answer_refused"),
    _answer("answer_status", "number stage due?"),
    _answer("answer_no_match"),
    _answer("answer_which", "count tails"),
    _answer("answer_added", "number"),
    _answer("answer_rated", "number"),
    _answer("answer_not_rated"),
    _answer("answer_danger", "line"),
)
_FOR_UNITS = (
    _to_unit("new_ticket", "units duty", "number urgency sign_due due", channels=_UNIT_AND_LEADER),
    _to_unit("reply_sent_back", "main_unit", "number due reason?"),
    _to_unit("return_decided", "unit", "number decision reason?"),
    _to_unit("due_soon", "main_unit unit", "number clock due left", reminds=Reminder.DUE_SOON),
    _to_unit(
        "overdue",
        "main_unit unit parent_unit unit_leader",
        "number clock due",
        channels=_UNIT_AND_LEADER,
        reminds=Reminder.OVERDUE,
    ),
    _to_unit(
        "sign_overdue",
        "unit duty",
        "number sign_due",
        channels=_UNIT_AND_LEADER,
        reminds=Reminder.SIGNED_LATE,
    ),
    _to_unit("rework_unit", "units", "number due reason?"),
    _to_unit("ticket_withdrawn", "recalled_units", "number"),
    _to_unit("co_reply", "main_unit", "number unit"),
    _to_unit("ticket_recalled", "recalled_units", "number"),
    _to_unit("share_given", "handler", "number due", channels=_UNIT_AND_LEADER),
    _to_unit("details_added", "main_unit", "number"),
    _to_unit("urged", "main_unit", "number due", reminds=Reminder.URGED),
    _to_unit(
        "urged_overdue",
        "main_unit unit_leader",
        "number due",
        channels=_UNIT_AND_LEADER,
        reminds=Reminder.URGED,
    ),
    _to_unit("reclassified", "moved_unit", "number due"),
    _to_unit("dispute_raised", "open_units", "number"),
    _to_unit("resumed_unit", "main_unit", "number due"),
    _to_unit("reopened_unit", "units", "number due"),
    _to_unit("excluded", "main_unit", "number"),
    _to_unit("included", "main_unit", "number"),
    _to_unit("child_replied", "unit", "number unit"),
    _to_unit("child_returned", "unit", "number unit"),
    # The deciders of the centre read it in the mailbox, the unit above the asking one by telephone or mail.
    _to_unit(
        "request_to_decide",
        "auditor centre_leader parent_unit request_deciders security_officer supervisor",
        "number request unit?",
        channels=_UNIT_AND_LEADER,
    ),
    _to_unit("request_decided", "unit", "number request decision"),
    _to_unit("order_issued", "ordered_units ordered_leaders", "number level date", channels=_UNIT_AND_LEADER),
    _to_unit(
        "order_answer_refused", "ordered_units ordered_leaders", "number date", channels=_UNIT_AND_LEADER
    ),
    _to_unit("order_closed", "ordered_units ordered_leaders", "number", channels=_UNIT_AND_LEADER),
    _to_unit("order_withdrawn", "ordered_units ordered_leaders", "number", channels=_UNIT_AND_LEADER),
    _to_unit("order_due_soon", "ordered_units", "number date", reminds=Reminder.ORDER_DUE_SOON),
    _to_unit(
        "order_overdue",
        "ordered_units ordered_leaders",
        "number date",
        channels=_UNIT_AND_LEADER,
        reminds=Reminder.ORDER_OVERDUE,
    ),
)
_GATHERED = (
    # Stands for several reminders of one ticket that fell due together; staff of the centre get it too.
    _to_unit(
        "catch_up", "", "number count latest missed", channels=_UNIT_AND_LEADER, reminds=Reminder.OVERDUE
    ),
    # Stands for several messages that one act owes one reader.
    _to_unit("several", "", "number count told lines", channels=_UNIT_AND_LEADER),
    # Unit and staff alike: what reminded them of several tickets while they were off duty.
    _to_unit("opening_digest", "", "total parts number", channels=_UNIT_AND_LEADER),
    _to_staff("morning_digest", "", "date scope red orange yellow today forecast longest?"),
)
_FOR_STAFF = (
    _to_staff("share_taken", "former_handler", "number"),
    _to_staff("unit_reply_refused", "handler", "number reason?"),
    _to_staff("intake_returned", "agent", "number reason?"),
    _to_staff("reply_to_review", "auditor", "number unit? due?"),
    _to_staff("unit_reply_to_review", "unit_leader", "number unit? due?"),
    _to_staff("return_requested", "dispatcher", "number unit? reason?"),
    _to_staff("due_soon_centre", "dispatcher auditor", "number clock due left", reminds=Reminder.DUE_SOON),
    _to_staff("supervisor_rework", "supervisor", "number unit? reason?"),
    _to_staff("sign_overdue_supervisor", "supervisor", "number sign_due unit?", reminds=Reminder.SIGNED_LATE),
    _to_staff(
        "overdue_supervisor",
        "dispatcher request_deciders supervisor",
        "number clock due unit?",
        reminds=Reminder.OVERDUE,
    ),
    _to_staff("supplement_received", "supplement_asker", "number"),
    _to_staff("emergency_transferred", "centre_leader", "number line"),
    _to_staff("invalid_proposed", "reviewer", "number"),
    _to_staff("merged_dissatisfied", "supervisor", "number master"),
    _to_staff("answer_dissatisfied", "supervisor", "number"),
    _to_staff("dispute_raised_centre", "supervisor centre_leader", "number"),
    _to_staff("suspended_supervisor", "supervisor", "number date unit?"),
    _to_staff(
        "escalated",
        "unit_leader supervisor centre_leader",
        "number level unit?",
        reminds=Reminder.ESCALATED,
    ),
    _to_staff("level_to_decide", "centre_leader", "number level unit?", reminds=Reminder.ESCALATED),
    _to_staff("urged_centre", "centre_desk", "number", reminds=Reminder.URGED),
    _to_staff("export_to_decide", "security_officer", "number asker"),
    _to_staff("data_request_to_decide", "supervisor substitute", "number asked due"),
    _to_staff("data_request_due", "supervisor substitute", "number asked due"),
    _to_staff("export_decided", "request_asker", "number decision"),
    _to_staff("request_decided_staff", "request_asker", "number request decision"),
    _to_staff("order_answered", "supervisor", "number level"),
    _to_staff("order_overdue_supervisor", "supervisor", "number date unit?", reminds=Reminder.ORDER_OVERDUE),
    _to_staff("calendar_year_unknown", _ADMINISTRATOR, "number calendar years"),
    _to_staff("knowledge_doubted", "unit_leader reviewer", "number entry due"),
    _to_staff("knowledge_to_check", "unit_leader reviewer", "number entry"),
    _to_staff("sms_spending", f"{_ADMINISTRATOR} supervisor", "number used most share"),
    _to_staff("accounts_closed", _ADMINISTRATOR, "number count"),
    _to_staff("reveals_unusual", "security_officer audit_administrator", "number person why count"),
    _to_staff("substitution_named", _BOTH, _SPAN),
    _to_staff("substitution_ended", _BOTH, f"{_SPAN} ending"),
)

KINDS: Mapping[str, Kind] = MappingProxyType(
    {kind.name: kind for kind in (*_FOR_CITIZENS, *_ANSWERS, *_FOR_UNITS, *_FOR_STAFF, *_GATHERED)}
)
