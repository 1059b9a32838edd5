"""How often is an entry opened, cited and found useful; and when does it stop to hold?"""

from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from hotline.models.calendars import new_revision
from hotline.models.knowledge import (
    LIVE,
    KnowledgeCitation,
    KnowledgeEntry,
    KnowledgeMark,
    KnowledgeVersion,
    VersionState,
)
from hotline.queries.knowledge_scope import holds_on, number_of, numbers_in
from hotline.services.knowledge_notices import TO_CHECK, Occasion, tell
from hotline.services.site import current_site
from notifications.once import insert_once
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

_MOST_AT_ONCE = 500


def count_opening(session: Session, entry_id: int) -> None:
    """Note that somebody opened an entry."""
    session.execute(
        update(KnowledgeEntry)
        .where(KnowledgeEntry.id == entry_id)
        .values(hits=KnowledgeEntry.hits + 1)
        .execution_options(synchronize_session=False)
    )


def mark(session: Session, version_id: int, actor: Actor, now: datetime, *, is_useful: bool) -> None:
    """Note whether a published version was of use; the last word of a person counts."""
    version = session.get(KnowledgeVersion, version_id)
    if version is None or version.published_at is None or actor.user_id is None:
        raise Refused(Code.NOT_FOUND)
    values = {"is_useful": is_useful, "marked_at": now}
    who = {"version_id": version_id, "user_id": actor.user_id}
    if not insert_once(session, KnowledgeMark, {**who, **values}):
        session.execute(update(KnowledgeMark).filter_by(**who).values(**values))


def keep_citations(session: Session, ticket_id: int, source: str, now: datetime) -> None:
    """Link a direct answer with the entries its source names.

    Raises Refused, naming the field, for a number that no entry has that holds today.
    """
    named = numbers_in(source)
    if not named:
        return
    today = now.astimezone(current_site().zone).date()
    rows = session.execute(
        select(KnowledgeVersion.entry_id, KnowledgeVersion.id).where(
            KnowledgeVersion.entry_id.in_(named), holds_on(today)
        )
    )
    found = {row.entry_id: row.id for row in rows}
    missing = [number_of(entry_id) for entry_id in named if entry_id not in found]
    if missing:
        raise invalid(FieldError("source", FieldCode.UNKNOWN_ENTRY, "、".join(missing)))
    for version_id in found.values():
        values = {"version_id": version_id, "ticket_id": ticket_id, "cited_at": now}
        insert_once(session, KnowledgeCitation, values)


def end_what_is_over(session: Session, now: datetime) -> int:
    """Mark what ran out as expired and what is to be looked at again as due, and tell who answers for it.

    Gives how many changed. Safe to run twice or late: the dates alone keep what ran out from being told.
    """
    today = now.astimezone(current_site().zone).date()
    over = _locked(session, KnowledgeVersion.valid_until_on < today, LIVE)
    for version in over:
        version.state, version.ended_at = VersionState.EXPIRED.value, now
    session.flush()
    due = _locked(session, KnowledgeVersion.review_on <= today, (VersionState.PUBLISHED,))
    for version in due:
        version.state = VersionState.DUE_FOR_REVIEW.value
    for version in (*over, *due):
        version.revision = new_revision()
        name = f"knowledge:{version.id}:{version.state}:{today}"
        tell(session, version, Occasion(TO_CHECK, name, now))
    session.flush()
    return len(over) + len(due)


def _locked(
    session: Session, is_over: ColumnElement[bool], states: tuple[VersionState, ...]
) -> list[KnowledgeVersion]:
    rows = select(KnowledgeVersion).where(KnowledgeVersion.state.in_(states), is_over)
    return list(
        session.scalars(
            rows.order_by(KnowledgeVersion.id).limit(_MOST_AT_ONCE).with_for_update(skip_locked=True)
        )
    )
