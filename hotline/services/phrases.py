"""How do a unit's phrases change: written, put in order, retired and taken up again, never deleted?

The unit's row is locked first, so that of two people who write the same phrase the second one is told.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import new_revision
from hotline.models.organisation import Unit
from hotline.models.phrases import Phrase, PhraseUse
from hotline.queries.phrases import find_phrase, list_phrases
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import UNIT_ROLES

LONGEST_TITLE = 40
LONGEST_TEXT = 500
# More than fit on a screen are not found faster than they are typed.
MOST_OF_A_USE = 50


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote for a phrase."""

    use: str
    title: str
    text: str


def add_phrase(session: Session, written: Written, actor: Actor, now: datetime) -> Phrase:
    """Keep a phrase for the actor's unit, after those it has. Raises Refused for what is kept already."""
    unit_id = _lock(session, actor)
    kept = _check(session, unit_id, written)
    phrase = Phrase(
        unit_id=unit_id,
        use=written.use,
        title=written.title,
        text=written.text,
        position=_after(kept),
        revision=new_revision(),
        created_by_id=actor.user_id,
        created_at=now,
        changed_by_id=actor.user_id,
        changed_at=now,
    )
    session.add(phrase)
    return phrase


def rewrite(session: Session, seen: tuple[int, str], written: Written, actor: Actor, now: datetime) -> None:
    """Change a phrase; `seen` is its number and the revision it was changed on."""
    unit_id = _lock(session, actor)
    phrase = _get(session, unit_id, seen)
    kept = _check(session, unit_id, written, phrase.id)
    if written.use != phrase.use:
        phrase.position = _after(kept)
    phrase.use, phrase.title, phrase.text = written.use, written.title, written.text
    _sign(phrase, actor, now)


def retire(session: Session, seen: tuple[int, str], actor: Actor, now: datetime) -> None:
    """Offer a phrase no longer; it stays readable."""
    phrase = _get(session, _lock(session, actor), seen)
    if phrase.retired_at is None:
        phrase.retired_by_id, phrase.retired_at, phrase.revision = actor.user_id, now, new_revision()


def take_up(session: Session, seen: tuple[int, str], actor: Actor, now: datetime) -> None:
    """Offer a retired phrase again, after the others, unless its like is kept meanwhile."""
    unit_id = _lock(session, actor)
    phrase = _get(session, unit_id, seen)
    if phrase.retired_at is None:
        return
    kept = _check(session, unit_id, Written(phrase.use, phrase.title, phrase.text), phrase.id)
    phrase.position, phrase.retired_by_id, phrase.retired_at = _after(kept), None, None
    _sign(phrase, actor, now)


def move_up(session: Session, phrase_id: int, actor: Actor) -> None:
    """Put a phrase before the one above it; the first one stays."""
    unit_id = _lock(session, actor)
    phrase = _get(session, unit_id, (phrase_id, ""))
    kept = list(list_phrases(session, unit_id, phrase.use))
    at = kept.index(phrase) if phrase in kept else 0
    if at:
        kept[at - 1], kept[at] = kept[at], kept[at - 1]
    for place, each in enumerate(kept, 1):
        each.position = place


def _lock(session: Session, actor: Actor) -> int:
    if not actor.roles & UNIT_ROLES or actor.unit_id is None:
        raise Refused(Code.NOT_YOUR_ROLE)
    session.scalars(select(Unit).where(Unit.id == actor.unit_id).with_for_update()).one()
    return actor.unit_id


def _get(session: Session, unit_id: int, seen: tuple[int, str]) -> Phrase:
    """Get a phrase of the unit; where a revision was seen, it must be the one that stands."""
    phrase = find_phrase(session, unit_id, seen[0])
    if phrase is None:
        raise Refused(Code.NOT_FOUND)
    session.refresh(phrase)
    if seen[1] and phrase.revision != seen[1]:
        raise Refused(Code.PHRASE_CHANGED)
    return phrase


def _check(session: Session, unit_id: int, written: Written, own_id: int | None = None) -> list[Phrase]:
    """Refuse what is missing, too long, hidden or kept already; returns what is kept for the same use."""
    faults = list(_faults(written))
    if faults:
        raise invalid(*faults)
    kept = [each for each in list_phrases(session, unit_id, written.use) if each.id != own_id]
    faults = [
        FieldError(name, FieldCode.TAKEN)
        for name in ("title", "text")
        if any(getattr(each, name) == getattr(written, name) for each in kept)
    ]
    if len(kept) >= MOST_OF_A_USE:
        faults.append(FieldError("use", FieldCode.TOO_MANY, str(MOST_OF_A_USE)))
    if faults:
        raise invalid(*faults)
    return kept


def _faults(written: Written) -> list[FieldError]:
    faults = [] if written.use in set(PhraseUse) else [FieldError("use", FieldCode.NOT_A_CHOICE)]
    for name, longest in (("title", LONGEST_TITLE), ("text", LONGEST_TEXT)):
        text = getattr(written, name)
        if not text:
            faults.append(FieldError(name, FieldCode.REQUIRED))
        elif len(text) > longest:
            faults.append(FieldError(name, FieldCode.TOO_LONG, str(longest)))
    return faults


def _after(kept: list[Phrase]) -> int:
    return max((each.position for each in kept), default=0) + 1


def _sign(phrase: Phrase, actor: Actor, now: datetime) -> None:
    phrase.changed_by_id, phrase.changed_at, phrase.revision = actor.user_id, now, new_revision()
