"""Has this very request been answered already? The first answer is kept with what it caused, for a day.

The row is inserted in the transaction of the act, so a repeat either finds the answer or waits for the first
to end; two at once cannot both act. The shape is Stripe's: same key with another request is an error.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.models.access import IdempotencyKey
from workflows.errors import Code, Refused

KEPT_FOR = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asks, with which key, and the digest of what was asked."""

    owner: str
    key: str
    request_hash: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered: an HTTP status, a body or the place to go to."""

    status: int
    body: str = ""
    location: str = ""


def digest(*parts: str | bytes) -> str:
    """Digest a request; parts are length-prefixed so that no two requests share one."""
    whole = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        whole.update(f"{len(raw)}:".encode() + raw)
    return whole.hexdigest()


def find_answer(session: Session, asked: Asked, now: datetime) -> Answer | None:
    """Return the first answer to this request. Raises Refused if the key came with another request before."""
    row = session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.owner == asked.owner,
            IdempotencyKey.key == asked.key,
            IdempotencyKey.created_at > now - KEPT_FOR,
        )
    )
    if row is None:
        return None
    if row.request_hash != asked.request_hash:
        raise Refused(Code.IDEMPOTENCY_MISMATCH)
    return Answer(row.status, row.body, row.location)


def is_answered(session: Session, owner: str, key: str) -> bool:
    """Tell whether anything was answered under this key already."""
    known = select(IdempotencyKey.id).where(IdempotencyKey.owner == owner, IdempotencyKey.key == key)
    return session.scalar(known) is not None


def keep_answer(session: Session, asked: Asked, answer: Answer, now: datetime) -> None:
    """Keep the answer in the caller's transaction.

    Raises Refused when a twin was faster: the caller's act is then rolled back, and asking again finds the
    twin's answer.
    """
    session.execute(
        delete(IdempotencyKey).where(
            IdempotencyKey.owner == asked.owner,
            IdempotencyKey.key == asked.key,
            IdempotencyKey.created_at <= now - KEPT_FOR,
        )
    )
    session.add(
        IdempotencyKey(
            owner=asked.owner,
            key=asked.key,
            request_hash=asked.request_hash,
            status=answer.status,
            location=answer.location,
            body=answer.body,
            created_at=now,
        )
    )
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused(Code.TWIN_IN_FLIGHT) from error


def forget_old(session: Session, now: datetime) -> None:
    """Delete answers nobody may ask for any more."""
    session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at <= now - KEPT_FOR))
