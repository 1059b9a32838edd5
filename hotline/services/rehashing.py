"""How does another key come to make the keyed hashes: row by row, out of what is sealed beside them.

Nothing is kept of how far it came: a hash the newest key has made is done. What an opt-out or a use of a day
was made of is not kept: they follow the addresses of callers and messages, and stay where none is left.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, Table, delete, select, update
from sqlalchemy.orm import Session

from database import Base
from hotline.models.hashes import email_hash, id_number_hash, link_hash, name_hash, phone_hash
from hotline.models.ticket import Citizen, Ticket
from hotline.services.resealing import Step, key_of_table, open_text, raw_text
from notifications.addresses import address_hash
from notifications.catalog import Channel
from notifications.models import InboundMessage, OptOut, OutboxMessage, SmsUse
from sealing import Digest, every_hash, hash_key_names

_UNKNOWN = ""
_COUNTED_AT_ONCE = 1_000
_CITIZENS, _TICKETS, _SENT, _CAME = (
    Base.metadata.tables[model.__tablename__] for model in (Citizen, Ticket, OutboxMessage, InboundMessage)
)


@dataclass(frozen=True, slots=True)
class _Hashed:
    """A column of hashes, and how it is made of what the sealed column beside it holds."""

    column: str
    source: str
    make: Callable[[str], Digest | None]


def _by_sms(address: str) -> Digest:
    return address_hash(Channel.SMS, address)


def _by_mail(address: str) -> Digest:
    return address_hash(Channel.EMAIL, address)


_HASHED: Mapping[Table, Sequence[_Hashed]] = {
    _CITIZENS: (
        _Hashed("phone_hash", "phone", phone_hash),
        _Hashed("name_hash", "name", name_hash),
        _Hashed("email_hash", "email", email_hash),
        _Hashed("id_number_hash", "id_number", id_number_hash),
    ),
    _TICKETS: (_Hashed("link_hash", "link_token", link_hash),),
    _SENT: (_Hashed("address_hash", "address", _by_sms),),
    _CAME: (_Hashed("address_hash", "address", _by_sms),),
}
# Where callers are told, whether a message has gone there or not.
_TOLD: Mapping[str, Callable[[str], Digest]] = {
    "phone": _by_sms,
    "guardian_phone": _by_sms,
    "email": _by_mail,
}


def hashed_tables() -> Sequence[Table]:
    """List the tables whose hashes can be made anew."""
    return tuple(_HASHED)


def rehash_some(session: Session, table: Table, after: Any, most: int) -> Step:
    """Make the hashes of the next rows with the newest key, in the caller's transaction.

    Rows that somebody else holds are passed over, as while sealing anew.
    """
    query = _rows(table, after, most).with_for_update(skip_locked=True)
    rows, done, unreadable = session.execute(query).all(), 0, 0
    addresses: list[Digest] = []
    for row in rows:
        opened = _opened(table, row)
        found = _digests(table, row, opened)
        unreadable += sum(text is None for text in opened.values())
        fresh = {
            name: str(digest)
            for name, digest in found.items()
            if row._mapping[name] != digest  # noqa: SLF001 - documented
        }
        if fresh:
            session.execute(update(table).where(key_of_table(table) == row[0]).values(fresh))
            done += len(fresh)
        addresses += _addresses(table, opened, found)
    _take_along(session, table, rows, addresses)
    return Step(rows[-1][0] if rows else None, done, unreadable)


def count_by_hash_key(session: Session) -> Mapping[str, int]:
    """Count the hashes of each key by its name, the newest first; those of no given key under the empty one.

    Opens every row, so it takes as long as making them anew.
    """
    names = hash_key_names()
    counted = dict.fromkeys(names, 0)
    for table in _HASHED:
        for row in _all_rows(session, table):
            for name, digest in _digests(table, row, _opened(table, row)).items():
                kept = row._mapping[name]  # noqa: SLF001 - documented
                at = digest.every.index(kept) if kept in digest.every else None
                label = _UNKNOWN if at is None else names[at]
                counted[label] = counted.get(label, 0) + 1
    return counted


def _all_rows(session: Session, table: Table) -> Iterator[Row[Any]]:
    after = None
    while rows := session.execute(_rows(table, after, _COUNTED_AT_ONCE)).all():
        after = rows[-1][0]
        yield from rows


def _rows(table: Table, after: Any, most: int) -> Any:
    key, sealed = key_of_table(table), _sealed(table)
    plain = [table.c[each.column] for each in _HASHED[table]] + ([table.c.channel] if table is _SENT else [])
    query = select(key, *plain, *(raw_text(table, name).label(name) for name in sealed))
    return (query if after is None else query.where(key > after)).order_by(key).limit(most)


def _sealed(table: Table) -> list[str]:
    sources = [each.source for each in _HASHED[table]]
    return [*sources, "guardian_phone"] if table is _CITIZENS else sources


def _opened(table: Table, row: Row[Any]) -> dict[str, str | None]:
    """Open what of a row is there; None is what does not open."""
    texts = {name: row._mapping[name] for name in _sealed(table)}  # noqa: SLF001 - documented
    return {name: open_text(table, name, text) for name, text in texts.items() if text is not None}


def _digests(table: Table, row: Row[Any], opened: Mapping[str, str | None]) -> dict[str, Digest]:
    """Make every hash of a row anew of what opens; what is empty or does not open has none."""
    found = {}
    for each in _HASHED[table]:
        text = opened.get(each.source)
        digest = _make(table, row, each)(text) if text else None
        if digest is not None:
            found[each.column] = digest
    return found


def _make(table: Table, row: Row[Any], hashed: _Hashed) -> Callable[[str], Digest | None]:
    """An outgoing message is hashed by the channel it takes; of one that is no more nothing is looked up."""
    if table is not _SENT:
        return hashed.make
    channel = row.channel
    return lambda address: address_hash(Channel(channel), address) if channel in set(Channel) else None


def _addresses(table: Table, opened: Mapping[str, str | None], found: Mapping[str, Digest]) -> list[Digest]:
    if table is not _CITIZENS:
        return list(found.values()) if table in (_SENT, _CAME) else []
    return [make(text) for name, make in _TOLD.items() if (text := opened.get(name))]


def _take_along(session: Session, table: Table, rows: Sequence[Row[Any]], addresses: list[Digest]) -> None:
    """Make the hashes of opt-outs of these addresses anew, and of what these messages used of the day."""
    newest = {old: str(digest) for digest in addresses for old in every_hash(digest)[1:]}
    known = session.scalars(select(OptOut).where(OptOut.address_hash.in_(list(newest)))).all()
    for wish in known:
        twin = select(OptOut.id).where(
            OptOut.address_hash == newest[wish.address_hash], OptOut.channel == wish.channel
        )
        if session.scalar(twin) is None:
            wish.address_hash = newest[wish.address_hash]
        else:
            session.execute(delete(OptOut).where(OptOut.id == wish.id))
        session.flush()
    if table is _SENT:
        uses = select(SmsUse).where(SmsUse.message_id.in_([row[0] for row in rows]))
        for use in session.scalars(uses):
            use.address_hash = newest.get(use.address_hash, use.address_hash)
