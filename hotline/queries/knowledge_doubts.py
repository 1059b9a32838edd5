"""What was said against an entry, what was replied, and what waits for a reply?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from hotline.models.knowledge import CorrectionState, KnowledgeCorrection, KnowledgeEntry, KnowledgeVersion
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.queries.knowledge_pages import MOST_WAITING, concerns
from hotline.queries.knowledge_scope import number_of
from workflows.definition import Actor

_ASKER, _ANSWERER = aliased(User), aliased(User)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A correction with the names of who raised and who answered it."""

    correction: KnowledgeCorrection
    entry_id: int
    title: str
    version_number: int
    unit: str
    raised_by: str
    answered_by: str

    @property
    def number(self) -> str:
        return number_of(self.entry_id)

    @property
    def state(self) -> CorrectionState:
        return CorrectionState(self.correction.state)

    @property
    def is_open(self) -> bool:
        return self.state is CorrectionState.OPEN

    def is_late(self, now: datetime) -> bool:
        """Whether a reply is owed."""
        return self.is_open and now > self.correction.due_at


def list_of_entry(session: Session, entry_id: int) -> list[Doubt]:
    """List everything that was said of an entry, the newest first."""
    rows = _doubts().where(KnowledgeVersion.entry_id == entry_id)
    return _read(session, rows.order_by(KnowledgeCorrection.id.desc()))


def list_open(session: Session, viewer: Actor) -> list[Doubt]:
    """List what waits for a reply of somebody's, what is due first."""
    rows = _doubts().where(KnowledgeCorrection.state == CorrectionState.OPEN, concerns(viewer))
    return _read(session, rows.order_by(KnowledgeCorrection.due_at).limit(MOST_WAITING))


def count_open(session: Session, viewer: Actor) -> int:
    """Count what waits for a reply of somebody's."""
    rows = (
        select(func.count())
        .select_from(KnowledgeCorrection)
        .join(KnowledgeVersion, KnowledgeVersion.id == KnowledgeCorrection.version_id)
        .join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeVersion.entry_id)
        .where(KnowledgeCorrection.state == CorrectionState.OPEN, concerns(viewer))
    )
    return session.scalar(rows) or 0


def _doubts() -> Select[KnowledgeCorrection, int, str, int, str, str, str]:
    return (
        select(
            KnowledgeCorrection,
            KnowledgeEntry.id,
            KnowledgeVersion.title,
            KnowledgeVersion.number,
            Unit.name,
            func.coalesce(_ASKER.display_name, ""),
            func.coalesce(_ANSWERER.display_name, ""),
        )
        .join(KnowledgeVersion, KnowledgeVersion.id == KnowledgeCorrection.version_id)
        .join(KnowledgeEntry, KnowledgeEntry.id == KnowledgeVersion.entry_id)
        .join(Unit, Unit.id == KnowledgeEntry.unit_id)
        .outerjoin(_ASKER, _ASKER.id == KnowledgeCorrection.raised_by_id)
        .outerjoin(_ANSWERER, _ANSWERER.id == KnowledgeCorrection.answered_by_id)
    )


def _read(session: Session, rows: Select[KnowledgeCorrection, int, str, int, str, str, str]) -> list[Doubt]:
    return [Doubt(*row) for row in session.execute(rows)]
