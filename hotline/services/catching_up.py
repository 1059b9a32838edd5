"""What is one person told when several timers of a ticket fire at once: one message instead of many.

After a long downtime everything that was missed is due together. Every event is written, but whoever would
hear of one ticket again and again hears once, with the latest and worst at the end. Anything that is no
reminder, such as that a ticket was closed, is told as ever.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from notifications.catalog import GRAVEST, Reminder, get_kind
from notifications.outbox import Message

CATCH_UP = "catch_up"
_LATEST = 2
# What is left of each reminder in the list, in Chinese and in English.
REMINDERS: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(
        ("due_soon", "due_soon_centre"), ("{clock}临近到期（{due}）", "{clock} nearly due ({due})")
    ),
    "overdue": ("{clock}已超期（应于{due}）", "{clock} overdue (was due {due})"),
    "overdue_supervisor": ("{unit}{clock}已超期（应于{due}）", "{unit} {clock} overdue (was due {due})"),
    "sign_overdue": (
        "超时未签收、已自动签收（应于{sign_due}）",
        "signed automatically (was due {sign_due})",
    ),
    "sign_overdue_supervisor": (
        "{unit}超时未签收、已自动签收（应于{sign_due}）",
        "{unit} signed automatically (was due {sign_due})",
    ),
    "urged_overdue": ("热线中心已催办（应于{due}）", "urged by the centre (was due {due})"),
    "escalated": ("已提级（{level}）", "escalated ({level})"),
    "level_to_decide": ("督办措施待决定（{level}）", "a step to decide ({level})"),
    "order_issued": ("已下发督办单（{level}，{date}前反馈）", "order issued ({level}, answer by {date})"),
    "order_due_soon": ("督办单临近到期（{date}）", "order nearly due ({date})"),
    "order_overdue": ("督办单反馈已超期（应于{date}）", "order overdue (was due {date})"),
    "order_overdue_supervisor": (
        "{unit}督办单反馈已超期（应于{date}）",
        "{unit} order overdue (was due {date})",
    ),
}


@dataclass(slots=True)
class Postbag:
    """Gathers the messages of timers that are settled together."""

    _timer_id: int = 0
    _kept: list[tuple[int, Message]] = field(default_factory=list)

    def open(self, timer_id: int) -> None:
        """Say which timer the next messages come from."""
        self._timer_id = timer_id

    def post(self, _session: Session, message: Message) -> None:
        """Take a message in place of the outbox."""
        self._kept.append((self._timer_id, message))

    def folded(self) -> list[Message]:
        """List what goes to the outbox: reminders of several timers to one recipient by one channel as one.

        The one stands where the last of them stood.
        """
        groups: dict[tuple[str, ...], list[tuple[int, Message]]] = {}
        for number, (timer_id, message) in enumerate(self._kept):
            is_reminder = message.kind in REMINDERS
            key = (message.order_key, message.channel) if is_reminder else (str(number),)
            group = groups.pop(key, [])
            groups[key] = [*group, (timer_id, message)]
        return [message for group in groups.values() for message in _fold(group)]


def _fold(group: Sequence[tuple[int, Message]]) -> Iterable[Message]:
    """Fold what several timers say.

    What is about one clock is withdrawn with it. What is about several is told whatever becomes of one of
    them, for to leave the others untold would be worse than a line about what is over.
    """
    messages = [message for _, message in group]
    if len({timer_id for timer_id, _ in group}) == 1:
        return messages
    last = messages[-1]
    missed = list(dict.fromkeys(_told(message) for message in messages))
    event_id = last.key.partition(":")[0]
    facts = {
        **last.facts,
        "count": str(len(missed)),
        "missed": "\n".join(missed),
        "latest": ("; " if last.language == "en" else "；").join(missed[-_LATEST:]),
        **_gravest(messages),
    }
    is_of_one_topic = len({message.topic for message in messages}) == 1
    return [
        replace(
            last,
            key=f"{event_id}:{CATCH_UP}:{last.recipient}:{last.channel}",
            kind=CATCH_UP,
            facts=facts,
            urgent=any(message.urgent for message in messages),
            topic=last.topic if is_of_one_topic else "",
        )
    ]


def _gravest(messages: Iterable[Message]) -> Mapping[str, str]:
    inside = {get_kind(message.kind).reminds for message in messages}
    found = [str(reminds) for reminds in Reminder if reminds in inside]
    return {GRAVEST: found[0]} if found else {}


def _told(message: Message) -> str:
    chinese, english = REMINDERS[message.kind]
    return (english if message.language == "en" else chinese).format_map(message.facts).strip()
