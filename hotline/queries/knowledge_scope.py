"""Who may read and write which knowledge, and when does it hold? The one place that knows."""

import re
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from hotline.models.knowledge import (
    LIVE,
    KnowledgeEntry,
    KnowledgeMaker,
    KnowledgeVersion,
    VersionState,
)
from workflows.definition import Actor
from workflows.vocabulary import Role

# There is no role of its own for the knowledge base: experts write, reviewers and administrators decide.
EDITORS = frozenset({Role.EXPERT, Role.REVIEWER, Role.ADMINISTRATOR})
PUBLISHERS = frozenset({Role.REVIEWER, Role.ADMINISTRATOR})
UNIT_WRITERS = frozenset({Role.HANDLER, Role.UNIT_LEADER})
PROPOSERS = EDITORS | UNIT_WRITERS | {Role.AGENT}
_NUMBER = re.compile(r"(?<![a-z0-9])zs0*([1-9][0-9]{0,8})(?![0-9])", re.IGNORECASE)
_TYPED = re.compile(r"\s*(?:zs)?0*([1-9][0-9]{0,8})\s*", re.IGNORECASE)
# Read by everybody, as long as the dates allow it or afterwards: old tickets cite them.
_ONCE_PUBLISHED = (*LIVE, VersionState.EXPIRED, VersionState.WITHDRAWN, VersionState.SUPERSEDED)


def number_of(entry_id: int) -> str:
    """Write an entry's number as people say it."""
    return f"ZS{entry_id:05d}"


def read_number(text: str) -> int | None:
    """Read a number that was typed, with or without its letters; None for anything else."""
    found = _TYPED.fullmatch(text)
    return int(found[1]) if found else None


def numbers_in(text: str) -> list[int]:
    """List the entries that a text names by number, letters and all."""
    return [int(number) for number in _NUMBER.findall(text)]


def holds_on(today: date) -> ColumnElement[bool]:
    """The condition under which a version may be told to citizens."""
    return and_(
        KnowledgeVersion.state.in_(LIVE),
        or_(KnowledgeVersion.valid_from_on.is_(None), KnowledgeVersion.valid_from_on <= today),
        or_(KnowledgeVersion.valid_until_on.is_(None), KnowledgeVersion.valid_until_on >= today),
    )


def readable_by(viewer: Actor) -> ColumnElement[bool]:
    """The condition under which somebody may see a version of an entry; wants both joined."""
    if viewer.roles & EDITORS:
        return true()
    made = exists().where(
        KnowledgeMaker.version_id == KnowledgeVersion.id, KnowledgeMaker.user_id.in_(viewer.ids)
    )
    known = [KnowledgeVersion.state.in_(_ONCE_PUBLISHED), made]
    if viewer.roles & UNIT_WRITERS:
        known.append(KnowledgeEntry.unit_id.in_(viewer.subtree_unit_ids))
    return or_(*known)


def is_of_unit(viewer: Actor, unit_id: int) -> bool:
    """Whether somebody works for the unit, or one above it, that answers for an entry."""
    return bool(viewer.roles & UNIT_WRITERS) and unit_id in viewer.subtree_unit_ids


def may_write(session: Session, viewer: Actor, version: KnowledgeVersion, unit_id: int) -> bool:
    """Whether somebody may change a draft: editors, the unit's own people, and whoever made it."""
    if viewer.roles & EDITORS or is_of_unit(viewer, unit_id):
        return True
    return bool(viewer.roles & PROPOSERS and viewer.ids & maker_ids(session, version.id))


def maker_ids(session: Session, version_id: int) -> frozenset[int]:
    """List who had a hand in a version."""
    return frozenset(
        session.scalars(select(KnowledgeMaker.user_id).where(KnowledgeMaker.version_id == version_id))
    )
