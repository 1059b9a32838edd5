"""Which tables did somebody ask to take out, and which of them lie ready?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.exports import Export
from hotline.models.ticket import Request
from hotline.queries.directory import user_names
from workflows.definition import Actor
from workflows.vocabulary import RequestKind

_MOST = 100


def export_number(request_id: int) -> str:
    """Write the number by which people and messages name an export: EX-12."""
    return f"EX-{request_id}"


@dataclass(frozen=True, slots=True)
class ExportLine:
    """One export somebody asked for; `export_id` is None until it is allowed."""

    request_id: int
    state: str
    words: str
    purpose: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_reason: str
    export_id: int | None
    row_count: int | None
    expires_at: datetime | None
    downloaded_at: datetime | None

    @property
    def number(self) -> str:
        return export_number(self.request_id)

    def is_ready(self, now: datetime) -> bool:
        """Whether the table may be fetched."""
        return self.expires_at is not None and now < self.expires_at


def list_own(session: Session, viewer: Actor) -> list[ExportLine]:
    """List what somebody asked to take out, newest first."""
    query = select(Request, Export).outerjoin(Export, Export.request_id == Request.id)
    query = query.where(Request.kind == RequestKind.BULK_EXPORT.value, Request.asked_by_id == viewer.user_id)
    found = session.execute(query.order_by(Request.id.desc()).limit(_MOST)).all()
    people = user_names(
        session, {asked.decided_by_id for asked, _ in found if asked.decided_by_id is not None}
    )
    return [_line(asked, export, people.get(asked.decided_by_id or 0, "")) for asked, export in found]


def _line(asked: Request, export: Export | None, decided_by: str) -> ExportLine:
    return ExportLine(
        request_id=asked.id,
        state=asked.state,
        words=asked.details["words"],
        purpose=asked.basis,
        asked_at=asked.asked_at,
        decided_by=decided_by,
        decided_at=asked.decided_at,
        decision_reason=asked.decision_reason,
        export_id=None if export is None else export.id,
        row_count=None if export is None else export.row_count,
        expires_at=None if export is None else export.expires_at,
        downloaded_at=None if export is None else export.downloaded_at,
    )
