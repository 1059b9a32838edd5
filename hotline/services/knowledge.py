"""How does the knowledge base change: an entry is drafted, reviewed by unit and centre, and published.

Whoever had a hand in a version does not approve it. Published words never change; a change is a new version.
Every change names the revision it was made on, so that none overwrites another. The entry's row is locked
first, always.
"""

from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.calendars import new_revision
from hotline.models.knowledge import (
    IN_THE_WORKS,
    LIVE,
    KnowledgeEntry,
    KnowledgeMaker,
    KnowledgeVersion,
    VersionState,
)
from hotline.models.organisation import Unit, UnitKind
from hotline.queries.knowledge_scope import EDITORS, PROPOSERS, is_of_unit, may_write
from hotline.services.catalogue import require_role
from hotline.services.knowledge_checks import Written, check, require_complete, require_reason, words_of
from hotline.services.knowledge_index import forget_terms, keep_terms
from hotline.services.knowledge_moves import Move, find_move, why_not
from hotline.services.site import current_site
from notifications.once import insert_once
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

# GB/T 44191-2024 asks for regular upkeep and leaves the rhythm to the city.
REVIEWED_EVERY = timedelta(days=183)

By = tuple[Actor, datetime]


@dataclass(frozen=True, slots=True)
class Origin:
    """Which unit answers for a new entry, and which directly answered ticket it was made of."""

    unit_id: int
    ticket_id: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """A move somebody wants to make with an entry, and the revision they looked at."""

    entry_id: int
    move: str
    seen: str
    reason: str = ""


def propose(
    session: Session, origin: Origin, written: Written, actor: Actor, now: datetime
) -> KnowledgeVersion:
    """Begin an entry with a first draft. Raises Refused naming every field that is wrong."""
    require_role(actor, PROPOSERS)
    unit = session.get(Unit, origin.unit_id)
    faults = check(session, written)
    if not origin.unit_id:
        faults.append(FieldError("unit", FieldCode.NOTHING_CHOSEN))
    elif unit is None or not unit.is_active:
        faults.append(FieldError("unit", FieldCode.UNKNOWN_UNIT))
    elif not (actor.roles & (EDITORS | {Role.AGENT}) or is_of_unit(actor, unit.id)):
        raise Refused(Code.NOT_YOUR_ROLE)
    if faults:
        raise invalid(*faults)
    entry = KnowledgeEntry(
        unit_id=origin.unit_id, ticket_id=origin.ticket_id, created_by_id=actor.user_id, created_at=now
    )
    session.add(entry)
    session.flush()
    return _add_version(session, entry, written, actor, now)


def start_version(session: Session, entry_id: int, actor: Actor, now: datetime) -> KnowledgeVersion:
    """Copy what an entry says now, or said last, into its next draft; refused while there is one."""
    entry = _lock(session, entry_id)
    if not (actor.roles & EDITORS or is_of_unit(actor, entry.unit_id)):
        raise Refused(Code.NOT_YOUR_ROLE)
    if find_in_the_works(session, entry_id) is not None:
        raise Refused(Code.DRAFT_OPEN)
    last = session.scalars(
        select(KnowledgeVersion)
        .where(KnowledgeVersion.entry_id == entry_id)
        .order_by(KnowledgeVersion.state == VersionState.DISCARDED, KnowledgeVersion.number.desc())
        .limit(1)
    ).one()
    return _add_version(session, entry, words_of(last), actor, now)


def put_words(session: Session, entry_id: int, seen: str, written: Written, actor: Actor) -> KnowledgeVersion:
    """Write the draft of an entry. Raises Refused naming every field that is wrong, with nothing written."""
    entry = _lock(session, entry_id)
    draft = find_in_the_works(session, entry_id)
    if draft is not None and not may_write(session, actor, draft, entry.unit_id):
        raise Refused(Code.NOT_FOUND)
    if draft is None or draft.state != VersionState.DRAFT or draft.revision != seen:
        raise Refused(Code.DRAFT_CHANGED)
    faults = check(session, written)
    if faults:
        raise invalid(*faults)
    for name, value in asdict(written).items():
        setattr(draft, name, value)
    _mark_changed(session, draft, actor)
    keep_terms(session, draft, entry.unit_id)
    return draft


def move(session: Session, asked: Asked, actor: Actor, now: datetime) -> KnowledgeVersion:
    """Make a move with the version in the works, or with the one that holds. Raises Refused."""
    entry = _lock(session, asked.entry_id)
    version = session.scalar(
        select(KnowledgeVersion)
        .where(KnowledgeVersion.entry_id == entry.id, KnowledgeVersion.revision == asked.seen)
        .with_for_update()
    )
    if version is None:
        raise Refused(Code.DRAFT_CHANGED)
    chosen = find_move(asked.move, version.state)
    refusal = why_not(session, chosen, version, entry.unit_id, actor)
    if refusal is not None:
        raise Refused(refusal)
    if chosen.needs_reason:
        require_reason(asked.reason)
    if chosen.name == "submit":
        require_complete(version)
    _carry_out(session, chosen, (entry, version), asked.reason, (actor, now))
    version.revision = new_revision()
    session.flush()
    return version


def find_in_the_works(session: Session, entry_id: int) -> KnowledgeVersion | None:
    """Find the version of an entry that is being written or reviewed."""
    return session.scalar(
        select(KnowledgeVersion).where(
            KnowledgeVersion.entry_id == entry_id, KnowledgeVersion.state.in_(IN_THE_WORKS)
        )
    )


def _lock(session: Session, entry_id: int) -> KnowledgeEntry:
    entry = session.scalar(select(KnowledgeEntry).where(KnowledgeEntry.id == entry_id).with_for_update())
    if entry is None:
        raise Refused(Code.NOT_FOUND)
    return entry


def _add_version(
    session: Session, entry: KnowledgeEntry, written: Written, actor: Actor, now: datetime
) -> KnowledgeVersion:
    last = select(func.max(KnowledgeVersion.number)).where(KnowledgeVersion.entry_id == entry.id)
    draft = KnowledgeVersion(
        entry_id=entry.id,
        number=(session.scalar(last) or 0) + 1,
        state=VersionState.DRAFT.value,
        drafted_by_id=actor.user_id,
        drafted_at=now,
        **asdict(written),
    )
    session.add(draft)
    session.flush()
    _note_makers(session, draft, actor.ids)
    keep_terms(session, draft, entry.unit_id)
    return draft


def _carry_out(
    session: Session, chosen: Move, what: tuple[KnowledgeEntry, KnowledgeVersion], reason: str, by: By
) -> None:
    (entry, version), (actor, now) = what, by
    target = _target(session, chosen, entry)
    match chosen.name:
        case "approve":
            version.unit_approved_by_id, version.unit_approved_at = actor.user_id, now
            _note_makers(session, version, actor.ids - {actor.user_id})
        case "publish":
            _replace_live(session, version, by)
            version.published_by_id, version.published_at = actor.user_id, now
            version.review_on = _next_review(version.review_on, now)
        case "renew":
            version.review_on = _next_review(None, now)
        case "discard" | "withdraw":
            version.ended_by_id, version.ended_at = actor.user_id, now
            if target == VersionState.DISCARDED:
                forget_terms(session, version.id)
        case "send_back":
            version.unit_approved_by_id = version.unit_approved_at = None
    version.state, version.reason = target.value, reason.strip()


def _target(session: Session, chosen: Move, entry: KnowledgeEntry) -> VersionState:
    """What the centre itself answers for needs no other unit's word."""
    is_centre = session.get_one(Unit, entry.unit_id).kind == UnitKind.CENTRE
    return VersionState.CENTRE_REVIEW if chosen.name == "submit" and is_centre else chosen.target


def _replace_live(session: Session, version: KnowledgeVersion, by: By) -> None:
    """End what holds now, written before the new version takes its place."""
    live = session.scalar(
        select(KnowledgeVersion)
        .where(KnowledgeVersion.entry_id == version.entry_id, KnowledgeVersion.state.in_(LIVE))
        .with_for_update()
    )
    if live is not None:
        live.state = VersionState.SUPERSEDED.value
        live.ended_by_id, live.ended_at = by[0].user_id, by[1]
        session.flush()
        forget_terms(session, live.id)


def _next_review(wanted: date | None, now: datetime) -> date:
    today = now.astimezone(current_site().zone).date()
    return wanted if wanted is not None and wanted > today else today + REVIEWED_EVERY


def _mark_changed(session: Session, draft: KnowledgeVersion, actor: Actor) -> None:
    _note_makers(session, draft, actor.ids)
    draft.revision = new_revision()
    session.flush()


def _note_makers(session: Session, version: KnowledgeVersion, ids: frozenset[int]) -> None:
    for user_id in ids:
        insert_once(session, KnowledgeMaker, {"version_id": version.id, "user_id": user_id})
