"""Which phrases does a unit keep, in which order, and who wrote them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.phrases import Phrase
from hotline.queries.directory import user_names


@dataclass(frozen=True, slots=True)
class PhraseLine:
    """A phrase as its list shows it, with who had a hand in it last."""

    id: int
    use: str
    title: str
    text: str
    revision: str
    changed_by: str
    changed_at: datetime
    retired_by: str
    retired_at: datetime | None


def list_phrases(session: Session, unit_id: int | None, use: str) -> Sequence[Phrase]:
    """List what may be put into a text of this use, in the unit's own order."""
    kept = select(Phrase).where(Phrase.unit_id == unit_id, Phrase.use == use, Phrase.retired_at.is_(None))
    return session.scalars(kept.order_by(Phrase.position, Phrase.id)).all()


def find_phrase(session: Session, unit_id: int | None, phrase_id: int) -> Phrase | None:
    """Find a phrase of the unit; another unit's looks absent."""
    return session.scalar(select(Phrase).where(Phrase.id == phrase_id, Phrase.unit_id == unit_id))


def list_lines(session: Session, unit_id: int | None) -> list[PhraseLine]:
    """List everything a unit ever kept, what is retired included."""
    rows = session.scalars(
        select(Phrase).where(Phrase.unit_id == unit_id).order_by(Phrase.position, Phrase.id)
    )
    phrases = rows.all()
    people = {row for each in phrases for row in (each.changed_by_id, each.retired_by_id) if row is not None}
    names = user_names(session, people)
    return [
        PhraseLine(
            each.id,
            each.use,
            each.title,
            each.text,
            each.revision,
            names.get(each.changed_by_id or 0, ""),
            each.changed_at,
            names.get(each.retired_by_id or 0, ""),
            each.retired_at,
        )
        for each in phrases
    ]
