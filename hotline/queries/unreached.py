"""By which channels does a ticket's citizen get or want nothing, so that somebody should call?"""

from collections.abc import Iterable

from sqlalchemy.orm import Session

from hotline.models.ticket import Citizen
from hotline.queries.wording import MESSAGE_CHANNELS
from notifications.catalog import Channel
from notifications.models import OutboxMessage, State
from notifications.optouts import list_opted_out

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


def list_unwanted(session: Session, citizen: Citizen | None) -> tuple[str, ...]:
    """Name the channels that whoever is told of the ticket, the citizen or a guardian, wants nothing by."""
    if citizen is None:
        return ()
    guardian = citizen.guardian_phone if citizen.is_minor else None
    known = {Channel.SMS: guardian or citizen.phone, Channel.EMAIL: None if guardian else citizen.email}
    unwanted = list_opted_out(session, {channel: address or "" for channel, address in known.items()})
    return tuple(MESSAGE_CHANNELS[channel] for channel in known if channel in unwanted)
