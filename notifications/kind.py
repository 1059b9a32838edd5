"""What shape has a kind of message: whom it is for, how it travels, what it says and when it may ring?"""

from dataclasses import dataclass
from enum import StrEnum

# The fact by which one that stands for several reminders says what the gravest of them reminds of.
GRAVEST = "gravest"
LANGUAGES = ("zh", "en")
# What somebody typed, or whose name it is: it may tell of a person, so it stays in mails and mailboxes. It is
# in no SMS, and whoever carries SMS is not told it.
WRITTEN = frozenset({"path", "asker"})


class Channel(StrEnum):
    """What a person experiences; who carries it is a provider."""

    SMS = "sms"
    EMAIL = "email"
    MAILBOX = "mailbox"


class Text(StrEnum):
    """One of the texts that a message of a kind may be read in."""

    SMS = "sms"
    SUBJECT = "subject"
    BODY = "body"


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

    `audience` lists the audiences of the tables that hear it. One that `reminds` of something is for people
    on duty, and several of them may go out as one. `neutral` names the kind that is sent in its place when
    nothing may be told of the matter. What `is_capped` counts against the most a person is sent in a day.
    """

    name: str
    audience: frozenset[str]
    channels: tuple[Channel, ...]
    needs: frozenset[str]
    may_use: frozenset[str] = frozenset()
    is_urgent: bool = False
    quiet: QuietRule = QuietRule.WAIT
    may_opt_out: bool = False
    is_capped: bool = False
    invites_rating: bool = False
    template_code: str = ""
    reminds: Reminder | None = None
    neutral: str = ""

    @property
    def facts(self) -> frozenset[str]:
        return self.needs | self.may_use

    @property
    def facts_by_sms(self) -> frozenset[str]:
        """What an SMS of this kind may say."""
        return self.facts - WRITTEN

    @property
    def kept(self) -> frozenset[str]:
        """The facts of its words and, of a reminder, what the gravest one in it reminds of."""
        return self.facts if self.reminds is None else self.facts | {GRAVEST}

    def channels_after(self, failed: Channel) -> tuple[Channel, ...]:
        """List the channels that are left when this one has failed, in order of preference."""
        return self.channels[self.channels.index(failed) + 1 :] if failed in self.channels else ()


def needed(facts: str) -> frozenset[str]:
    """Read the facts of a kind that must be given from words with blanks between them."""
    return frozenset(name for name in facts.split() if not name.endswith("?"))


def optional(facts: str) -> frozenset[str]:
    """Read those marked with a question mark: they are left out of the words when they are not given."""
    return frozenset(name[:-1] for name in facts.split() if name.endswith("?"))
