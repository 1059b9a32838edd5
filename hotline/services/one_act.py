"""What is one reader told when one act has several things to say to them: one message instead of many.

A decision and what follows from it commit together, so whoever would hear of both at once hears once.
Citizens are told each thing in its own words, and a reminder is told alone, since it may be withdrawn alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from notifications.catalog import Channel, get_kind
from notifications.outbox import Message
from notifications.render import render

SEVERAL = "several"
# What stands in a title between the ticket's number and what is said of it.
_SEAM = " ，,：:的"


@dataclass(slots=True)
class Envelope:
    """Gathers the messages of one act until it has been carried out whole."""

    _kept: list[Message] = field(default_factory=list)

    def post(self, _session: Session, message: Message) -> None:
        """Take a message in place of the outbox."""
        self._kept.append(message)

    def folded(self) -> list[Message]:
        """List what goes to the outbox: all that one reader is told by one channel at one time as one.

        The one stands where the first of them stood.
        """
        groups: dict[tuple[object, ...], list[Message]] = {}
        for number, message in enumerate(self._kept):
            is_alone = message.recipient.startswith("citizen:") or bool(message.topic)
            mark = number if is_alone else -1
            key = (message.order_key, message.channel, message.not_before, mark)
            groups.setdefault(key, []).append(message)
        return [_fold(group) for group in groups.values()]


def _fold(group: Sequence[Message]) -> Message:
    first = group[0]
    if len({message.key for message in group}) == 1:
        return first
    titles = list(dict.fromkeys(_title(message) for message in group))
    event_id = first.key.partition(":")[0]
    facts = {
        **first.facts,
        "count": str(len(titles)),
        "told": ("; " if first.language == "en" else "；").join(titles),
        "lines": "\n".join(titles),
    }
    return replace(
        first,
        key=f"{event_id}:{SEVERAL}:{first.recipient}:{first.channel}",
        kind=SEVERAL,
        facts=facts,
        urgent=any(message.urgent for message in group),
    )


def _title(message: Message) -> str:
    """Say in the words of a mail's title what a message is about, without what stands above all of them."""
    title = render(get_kind(message.kind), Channel.EMAIL, message.language, message.facts).title
    return title.partition(message.subject)[2].strip(_SEAM) or title
