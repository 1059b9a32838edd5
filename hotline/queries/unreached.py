"""By which channels does the citizen of a ticket get nothing, so that somebody should call?"""

from collections.abc import Iterable

from hotline.queries.wording import MESSAGE_CHANNELS
from notifications.models import OutboxMessage, State

_TOLD = frozenset({State.DELIVERED, State.FAILED, State.DEAD})


def list_unreached(messages: Iterable[OutboxMessage]) -> tuple[str, ...]:
    """Name the channels whose last word on the citizen's present address is that it cannot be reached.

    `messages` are those of one ticket, oldest first. One that is only under way says nothing; a corrected
    number has a clean slate.
    """
    present: dict[str, str] = {}
    is_lost: dict[tuple[str, str], bool] = {}
    for message in messages:
        if not message.recipient.startswith("citizen:"):
            continue
        present[message.channel] = message.address_hash
        if message.state in _TOLD:
            is_lost[message.channel, message.address_hash] = message.is_unreachable
    lost = (channel for channel, address in present.items() if is_lost.get((channel, address)))
    return tuple(MESSAGE_CHANNELS.get(channel, channel) for channel in lost)
