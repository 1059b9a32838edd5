"""What did citizens ask about their own data: one ticket's wishes, and those somebody has to decide?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.models.data_requests import DataRequest, DataRequestKind, DataRequestState, Identified
from hotline.models.people import User
from hotline.models.ticket import Citizen, Ticket
from workflows.choices import PersonalField

# Enough for a day's work; older ones are found by their ticket.
_MOST = 50


@dataclass(frozen=True, slots=True)
class Wished:
    """One wish as its citizen reads it; `wanted` is None where it is an erasure."""

    id: int
    kind: DataRequestKind
    wanted: PersonalField | None
    state: DataRequestState
    asked_at: datetime
    decided_at: datetime | None
    value: str = field(repr=False)
    reason: str = field(repr=False)
    answer: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Line:
    """One wish as whoever decides reads it, unmasked: screens mask it but after an explicit reveal.

    `old` is what was replaced, or what stands there now while nobody has decided; `phone` is on file now.
    """

    wished: Wished
    number: str
    title: str
    state: str
    is_confidential: bool
    old: str = field(repr=False)
    phone: str = field(repr=False)
    decided_by: str = ""
    # How the agent who wrote it down saw who was speaking; empty where the citizen wrote it themselves.
    identified: str = ""

    @property
    def is_open(self) -> bool:
        return self.wished.state is DataRequestState.OPEN


def list_wished(session: Session, ticket_id: int) -> Sequence[Wished]:
    """List what one ticket's citizen asked for, the newest first."""
    of_ticket = select(DataRequest).where(DataRequest.ticket_id == ticket_id)
    return [_wished(row) for row in session.scalars(of_ticket.order_by(DataRequest.id.desc()))]


def list_open_lines(session: Session) -> Sequence[Line]:
    """List what waits for an answer, the longest waiting first."""
    is_open = DataRequest.state == DataRequestState.OPEN.value
    waiting = _lines().where(is_open).order_by(DataRequest.asked_at, DataRequest.id)
    return [_line(*row) for row in session.execute(waiting.limit(_MOST))]


def list_decided_lines(session: Session) -> Sequence[Line]:
    """List what was decided last."""
    is_over = DataRequest.state.in_((DataRequestState.ACCEPTED.value, DataRequestState.REFUSED.value))
    decided = _lines().where(is_over).order_by(DataRequest.decided_at.desc(), DataRequest.id.desc())
    return [_line(*row) for row in session.execute(decided.limit(_MOST))]


def find_line(session: Session, request_id: int) -> Line | None:
    """Find one wish, whatever became of it."""
    row = session.execute(_lines().where(DataRequest.id == request_id)).first()
    return None if row is None else _line(*row)


def _lines() -> Select[DataRequest, Ticket, Citizen | None, str | None]:
    return (
        select(DataRequest, Ticket, Citizen, User.display_name)
        .join(Ticket, Ticket.id == DataRequest.ticket_id)
        .outerjoin(Citizen, Citizen.id == Ticket.citizen_id)
        .outerjoin(User, User.id == DataRequest.decided_by_id)
    )


def _line(row: DataRequest, ticket: Ticket, citizen: Citizen | None, decider: str | None) -> Line:
    return Line(
        wished=_wished(row),
        number=ticket.number,
        title=ticket.title,
        state=ticket.state,
        is_confidential=ticket.is_confidential,
        old=_present(row, ticket, citizen) if row.state == DataRequestState.OPEN else row.old_value or "",
        phone=(citizen and citizen.phone) or "",
        decided_by=decider or "",
        identified=Identified(row.identified).label_zh if row.identified else "",
    )


def _present(row: DataRequest, ticket: Ticket, citizen: Citizen | None) -> str:
    owner = ticket if row.field in (PersonalField.ADDRESS, PersonalField.CONTENT) else citizen
    return getattr(owner, row.field, None) or "" if row.field else ""


def _wished(row: DataRequest) -> Wished:
    return Wished(
        id=row.id,
        kind=DataRequestKind(row.kind),
        wanted=PersonalField(row.field) if row.field else None,
        state=DataRequestState(row.state),
        asked_at=row.asked_at,
        decided_at=row.decided_at,
        value=row.new_value or "",
        reason=row.reason or "",
        answer=row.answer or "",
    )
