"""How is it seen that a row of the audit trail was changed, removed, moved or cut off? By its link.

Linking is a step of its own: were it part of the act, every act in the city would wait for the one before.
"""

import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from hotline.models.audit import AuditHead, AuditLink, AuditRecord
from sealing import Digest, every_hash, keyed_hash

FIRST = "0" * 64
LINKS_AT_ONCE = 2_000
_HEAD = 1
# A transaction that is still open may come in below what is linked already; none stays open this long.
_LOOK_BACK = 20_000
_READ_AT_ONCE = 5_000
_MOST_BREAKS = 100
_COLUMNS = tuple(column.name for column in AuditRecord.__table__.columns)


@dataclass(frozen=True, slots=True)
class Break:
    """Where the chain does not hold: the number of a link, and in what way."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading the whole chain found. `head` is to be noted outside: it proves the length later."""

    links: int
    unlinked: int
    head: str
    breaks: tuple[Break, ...]


def link_new(session: Session, now: datetime) -> int:
    """Link the records that are not linked yet and tell how many there were. Locks the head of the chain."""
    head = session.scalar(select(AuditHead).where(AuditHead.id == _HEAD).with_for_update())
    if head is None:
        head = AuditHead(id=_HEAD, number=0, hash=FIRST, proof=_proof(0, FIRST))
        session.add(head)
        session.flush()
    last = session.scalar(select(AuditLink.record_id).where(AuditLink.number == head.number)) or 0
    is_linked = select(AuditLink.number).where(AuditLink.record_id == AuditRecord.id).exists()
    waiting = select(AuditRecord).where(AuditRecord.id > last - _LOOK_BACK, ~is_linked)
    number, previous, links = head.number, head.hash, []
    for row in session.scalars(waiting.order_by(AuditRecord.id).limit(LINKS_AT_ONCE)):
        number, previous = number + 1, _hash(row, previous)
        links.append({"number": number, "record_id": row.id, "hash": previous, "linked_at": now})
    if links:
        session.execute(insert(AuditLink), links)
        moved = {"number": number, "hash": previous, "proof": _proof(number, previous)}
        session.execute(update(AuditHead).where(AuditHead.id == _HEAD).values(moved))
    return len(links)


def verify(session: Session, noted: tuple[int, str] | None = None) -> Verdict:
    """Read every link and record; `noted` is a number and hash written down outside at an earlier time."""
    breaks: list[Break] = []
    number, previous, keys = 0, FIRST, len(every_hash(keyed_hash("")))
    for link, row in _links(session):
        if link.number != number + 1:
            breaks.append(Break(number + 1, "link missing"))
        keys = _follow(link, row, (previous, keys), breaks)
        number, previous = link.number, link.hash
        if noted == (link.number, link.hash):
            noted = None
    breaks += _at_the_end(session, (number, previous), keys)
    if noted is not None:
        breaks.append(Break(noted[0], "not the link that was noted"))
    unlinked = session.scalar(select(func.count()).select_from(AuditRecord)) or 0
    return Verdict(number, max(unlinked - number, 0), f"{number}:{previous}", tuple(breaks[:_MOST_BREAKS]))


def _follow(link: AuditLink, row: AuditRecord | None, before: tuple[str, int], breaks: list[Break]) -> int:
    """Note what is wrong with one link, after the hash before it and how many keys may have made this one.

    Once a key has linked no older one does: whoever gets hold of that one cannot write the chain on. Gives
    the number of keys that may make the next.
    """
    previous, keys = before
    if row is None:
        breaks.append(Break(link.number, "record missing"))
        return keys
    fitting = every_hash(_hash(row, previous))[:keys]
    made_by = next((at for at, each in enumerate(fitting, 1) if hmac.compare_digest(each, link.hash)), 0)
    if not made_by:
        breaks.append(Break(link.number, "record changed or moved"))
    return made_by or keys


def _at_the_end(session: Session, last: tuple[int, str], keys: int) -> list[Break]:
    head = session.get(AuditHead, _HEAD)
    if head is None:
        return [Break(0, "head missing")] if last[0] else []
    proofs = every_hash(_proof(head.number, head.hash))[:keys]
    if not any(hmac.compare_digest(head.proof, each) for each in proofs):
        return [Break(head.number, "head changed")]
    return [] if (head.number, head.hash) == last else [Break(head.number, "end cut off")]


def _links(session: Session) -> Iterator[tuple[AuditLink, AuditRecord | None]]:
    after = 0
    while True:
        query = (
            select(AuditLink, AuditRecord)
            .outerjoin(AuditRecord, AuditRecord.id == AuditLink.record_id)
            .where(AuditLink.number > after)
            .order_by(AuditLink.number)
            .limit(_READ_AT_ONCE)
        )
        found = session.execute(query).all()
        yield from found
        if len(found) < _READ_AT_ONCE:
            return
        after = found[-1][0].number
        session.expunge_all()


def _hash(row: AuditRecord, previous: str) -> Digest:
    values = {name: getattr(row, name) for name in _COLUMNS}
    if row.for_id is None:  # as in records older than the column
        del values["for_id"]
    values["at"] = row.at.astimezone(UTC).isoformat()
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return keyed_hash(f"audit:{previous}:{text}")


def _proof(number: int, last: str) -> Digest:
    return keyed_hash(f"audit head:{number}:{last}")
