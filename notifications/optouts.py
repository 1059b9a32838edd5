"""Who wants no messages by a channel: said by SMS or on the page of one's ticket, it is the same row."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from notifications.addresses import address_hash
from notifications.catalog import Channel
from notifications.models import OptOut
from notifications.once import insert_once


def opt_out(session: Session, channel: Channel, address: str, at: datetime) -> None:
    """Send an address nothing more by a channel, of whatever ticket; twice is once. Never commits."""
    values = {"address_hash": address_hash(channel, address), "channel": str(channel), "at": at}
    insert_once(session, OptOut, values)


def opt_in(session: Session, channel: Channel, address: str) -> None:
    """Let an address have the messages of a channel again. Never commits."""
    hashed = address_hash(channel, address)
    session.execute(delete(OptOut).where(OptOut.address_hash == hashed, OptOut.channel == str(channel)))


def list_opted_out(session: Session, addresses: Mapping[Channel, str]) -> frozenset[Channel]:
    """Tell by which of these channels their address wants nothing."""
    known = ((channel, address_hash(channel, address)) for channel, address in addresses.items() if address)
    hashes = {each: channel for channel, hashed in known for each in hashed.every}
    if not hashes:
        return frozenset()
    rows = session.execute(select(OptOut.address_hash, OptOut.channel).where(OptOut.address_hash.in_(hashes)))
    return frozenset(hashes[hashed] for hashed, channel in rows if hashes[hashed] == channel)
