"""What if an entry seems wrong: whoever reads it says so, and whoever answers for it replies in time?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.knowledge import CorrectionState, KnowledgeCorrection, KnowledgeEntry, KnowledgeVersion
from hotline.models.organisation import Unit
from hotline.queries.knowledge_scope import EDITORS, is_of_unit, readable_by
from hotline.services.calendars import load_calendar
from hotline.services.knowledge_checks import require_reason
from hotline.services.knowledge_notices import DOUBTED, Occasion, tell
from workflows.counting import TimeUnit
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

LONGEST = 1000
# No rule sets a time; a wrong entry is read out with every call on the matter.
ANSWERED_WITHIN = 2


@dataclass(frozen=True, slots=True)
class Reply:
    """What is said to a doubt, and whether the entry will be changed."""

    state: str
    answer: str


def raise_doubt(
    session: Session, version_id: int, doubt: str, actor: Actor, now: datetime
) -> KnowledgeCorrection:
    """Say what is wrong with a version; due so many working days of the unit that answers for it later."""
    unit = session.scalar(
        select(Unit)
        .join(KnowledgeEntry, KnowledgeEntry.unit_id == Unit.id)
        .join(KnowledgeVersion, KnowledgeVersion.entry_id == KnowledgeEntry.id)
        .where(KnowledgeVersion.id == version_id, readable_by(actor))
    )
    if unit is None:
        raise Refused(Code.NOT_FOUND)
    require_reason(doubt, "doubt", LONGEST)
    due_at = load_calendar(session, unit.calendar).add(now, ANSWERED_WITHIN, TimeUnit.WORKING_DAYS)
    correction = KnowledgeCorrection(
        version_id=version_id,
        doubt=doubt.strip(),
        state=CorrectionState.OPEN.value,
        raised_by_id=actor.user_id,
        raised_for_id=actor.for_id,
        raised_at=now,
        due_at=due_at,
    )
    session.add(correction)
    session.flush()
    version = session.get_one(KnowledgeVersion, version_id)
    tell(session, version, Occasion(DOUBTED, f"correction:{correction.id}", now, due_at))
    return correction


def answer(session: Session, correction_id: int, reply: Reply, actor: Actor, now: datetime) -> None:
    """Reply to a doubt, but not to one's own. Raises Refused when somebody else has replied meanwhile."""
    correction = session.scalar(
        select(KnowledgeCorrection).where(KnowledgeCorrection.id == correction_id).with_for_update()
    )
    if correction is None or not may_answer(session, correction, actor):
        raise Refused(Code.NOT_FOUND)
    if correction.state != CorrectionState.OPEN:
        raise Refused(Code.DRAFT_CHANGED)
    if actor.ids & {correction.raised_by_id, correction.raised_for_id}:
        raise Refused(Code.OWN_WORK)
    if reply.state not in {CorrectionState.ACCEPTED, CorrectionState.DECLINED}:
        raise invalid(FieldError("state", FieldCode.NOTHING_CHOSEN))
    require_reason(reply.answer, "answer", LONGEST)
    correction.state, correction.answer = reply.state, reply.answer.strip()
    correction.answered_by_id, correction.answered_at = actor.user_id, now
    session.flush()


def may_answer(session: Session, correction: KnowledgeCorrection, actor: Actor) -> bool:
    """Whether somebody answers for the entry: the unit's people, and the centre's editors."""
    unit_id = session.scalar(
        select(KnowledgeEntry.unit_id)
        .join(KnowledgeVersion, KnowledgeVersion.entry_id == KnowledgeEntry.id)
        .where(KnowledgeVersion.id == correction.version_id)
    )
    return bool(actor.roles & EDITORS) or (unit_id is not None and is_of_unit(actor, unit_id))
