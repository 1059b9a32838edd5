"""How do the limits change: a draft is made of some version, changed, and published by somebody else.

There is one draft at a time. Whoever had a hand in it does not publish it, and a published version is never
touched again. Every change names the revision of the draft it was made on, so that none overwrites another.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import new_revision
from hotline.models.policies import PolicyMaker, PolicyRow, PolicyState, PolicyStep, PolicyVersion
from hotline.services.calendars import city_date, load_calendar
from hotline.services.catalogue import require_role
from hotline.services.policy_faults import list_faults
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

DRAFTERS = frozenset({Role.ADMINISTRATOR})
PUBLISHERS = frozenset({Role.ADMINISTRATOR, Role.CENTRE_LEADER})
LONGEST_NOTE = 500

_ROW_COLUMNS = tuple(
    column.key for column in PolicyRow.__table__.columns if column.key not in {"id", "version_id"}
)
_STEP_COLUMNS = ("limit_class", "level", "amount", "unit")


@dataclass(frozen=True, slots=True)
class Publication:
    """From which date of the city on the draft is to hold, why, and which revision of it was looked at."""

    valid_from_on: date | None
    note: str
    seen: str


def start_draft(session: Session, number: int, actor: Actor, now: datetime) -> PolicyVersion:
    """Copy the version of that number, rows and ladder, into a draft; refused while there is one already."""
    require_role(actor, DRAFTERS)
    # The newest version stays locked: of two who start at once, the second finds the first one's draft.
    newest = select(PolicyVersion).order_by(PolicyVersion.number.desc()).limit(1).with_for_update()
    last = session.scalars(newest).one()
    if find_draft(session) is not None:
        raise Refused(Code.DRAFT_OPEN)
    source = session.scalar(select(PolicyVersion).where(PolicyVersion.number == number))
    if source is None:
        raise Refused(Code.NOT_FOUND)
    draft = PolicyVersion(
        number=last.number + 1,
        state=PolicyState.DRAFT.value,
        based_on_id=source.id,
        valid_from_on=city_date(load_calendar(session), now),
        drafted_by_id=actor.user_id,
        drafted_at=now,
    )
    session.add(draft)
    session.flush()
    _copy(session, source.id, draft.id)
    _note_maker(session, draft, actor)
    return draft


def find_draft(session: Session) -> PolicyVersion | None:
    """Find the draft and lock it."""
    wanted = select(PolicyVersion).where(PolicyVersion.state == PolicyState.DRAFT.value)
    return session.scalar(wanted.with_for_update())


def hold_draft(session: Session, seen: str, actor: Actor) -> PolicyVersion:
    """Lock the draft for a change by somebody who may draft.

    Raises Refused without a draft, or when it is no longer the revision that was seen.
    """
    require_role(actor, DRAFTERS)
    return _get_seen(session, seen)


def mark_changed(session: Session, draft: PolicyVersion, actor: Actor) -> None:
    """Give the draft its next revision after a change, and note who made it."""
    _note_maker(session, draft, actor)
    draft.revision = new_revision()
    session.flush()


def discard(session: Session, seen: str, actor: Actor) -> None:
    """Give the draft up; it stays readable, and its number is not given again."""
    draft = hold_draft(session, seen, actor)
    draft.state = PolicyState.DISCARDED.value
    mark_changed(session, draft, actor)


def publish(session: Session, publication: Publication, actor: Actor, now: datetime) -> PolicyVersion:
    """Publish the draft for tickets dispatched from a date on, today at the earliest.

    Raises Refused for the draft's makers, while it has faults, and naming the fields that are wrong.
    """
    require_role(actor, PUBLISHERS)
    draft = _get_seen(session, publication.seen)
    if actor.ids & _maker_ids(session, draft):
        raise Refused(Code.OWN_WORK)
    valid_from_on = _checked_date(session, publication, now)
    if list_faults(session, draft):
        raise Refused(Code.DRAFT_HAS_FAULTS)
    draft.state = PolicyState.PUBLISHED.value
    draft.valid_from_on = valid_from_on
    draft.note = publication.note.strip()
    draft.published_by_id, draft.published_at = actor.user_id, now
    draft.revision = new_revision()
    session.flush()
    return draft


def made_draft(session: Session, actor: Actor) -> bool:
    """Tell whether somebody began or changed the draft, and so may not be the one who publishes it."""
    draft = session.scalar(select(PolicyVersion).where(PolicyVersion.state == PolicyState.DRAFT.value))
    return draft is not None and bool(actor.ids & _maker_ids(session, draft))


def _get_seen(session: Session, seen: str) -> PolicyVersion:
    draft = find_draft(session)
    if draft is None:
        raise Refused(Code.NOT_FOUND)
    if draft.revision != seen:
        raise Refused(Code.DRAFT_CHANGED)
    return draft


def _checked_date(session: Session, publication: Publication, now: datetime) -> date:
    on, errors = publication.valid_from_on, []
    if on is None:
        errors.append(FieldError("valid_from", FieldCode.NOT_A_DATE))
    elif on < city_date(load_calendar(session), now):
        errors.append(FieldError("valid_from", FieldCode.IN_THE_PAST))
    if not publication.note.strip():
        errors.append(FieldError("note", FieldCode.REQUIRED))
    elif len(publication.note.strip()) > LONGEST_NOTE:
        errors.append(FieldError("note", FieldCode.TOO_LONG, str(LONGEST_NOTE)))
    if on is None or errors:
        raise invalid(*errors)
    return on


def _copy(session: Session, source_id: int, draft_id: int) -> None:
    rows = select(PolicyRow).where(PolicyRow.version_id == source_id).order_by(PolicyRow.id)
    for row in session.scalars(rows):
        session.add(PolicyRow(version_id=draft_id, **{name: getattr(row, name) for name in _ROW_COLUMNS}))
    for step in session.scalars(select(PolicyStep).where(PolicyStep.version_id == source_id)):
        session.add(PolicyStep(version_id=draft_id, **{name: getattr(step, name) for name in _STEP_COLUMNS}))
    session.flush()


def _note_maker(session: Session, draft: PolicyVersion, actor: Actor) -> None:
    new = actor.ids - _maker_ids(session, draft)
    session.add_all(PolicyMaker(version_id=draft.id, user_id=user_id) for user_id in new)
    session.flush()


def _maker_ids(session: Session, draft: PolicyVersion) -> frozenset[int]:
    makers = select(PolicyMaker.user_id).where(PolicyMaker.version_id == draft.id)
    return frozenset(session.scalars(makers))
