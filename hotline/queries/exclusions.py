"""Which tickets are out of the figures or stand corrected, and how does each unit look before and after?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Ticket
from hotline.queries.on_time import counts_as_on_time, latest_main_share, was_on_time
from hotline.queries.requests import RequestLine, list_of_ticket
from hotline.queries.wording import say_appeals
from hotline.queries.worklists import main_unit_name
from workflows.vocabulary import RequestKind, RequestState

MOST = 200
_WHOLE = 100
_CONTESTING = (RequestKind.EXCLUSION, RequestKind.ASSESSMENT_APPEAL)


@dataclass(frozen=True, slots=True)
class Contested:
    """A ticket out of the figures, or whose appeal was upheld, with the requests that did it."""

    number: str
    title: str
    is_confidential: bool
    unit: str
    closed_at: datetime | None
    is_late: bool | None
    is_excluded: bool
    appeal: str
    requests: tuple[RequestLine, ...]


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """How many tickets with a limit a unit closed, and how many in time: as they were, and as they count."""

    unit_id: int
    name: str
    closed: int
    on_time: int
    counted: int
    counted_on_time: int
    excluded: int
    upheld: int

    @property
    def before(self) -> str:
        return _percent(self.on_time, self.closed)

    @property
    def after(self) -> str:
        return _percent(self.counted_on_time, self.counted)

    @property
    def is_changed(self) -> bool:
        return self.before != self.after


def list_contested(session: Session, now: datetime) -> list[Contested]:
    """List excluded tickets and upheld appeals, what was closed last first."""
    query = select(Ticket, main_unit_name().label("unit"))
    query = query.where(or_(Ticket.is_excluded.is_(True), Ticket.appeal_upheld != ""))
    found = session.execute(query.order_by(Ticket.closed_at.desc(), Ticket.id.desc()).limit(MOST)).all()
    return [_contested(session, ticket, unit, now) for ticket, unit in found]


def list_unit_figures(session: Session, since: datetime) -> list[UnitFigures]:
    """Compare the units that closed something since then, worst first by what counts.

    An excluded ticket counts nowhere afterwards; one whose lateness was appealed with success is in time. A
    ticket late in one round stays late, or a discontent citizen would excuse the unit, but only for whoever
    held it then.
    """
    counts = Ticket.is_excluded.is_(False)
    columns = {
        "closed": func.count(Ticket.id),
        "on_time": _count_if(was_on_time()),
        "counted": _count_if(counts),
        "counted_on_time": _count_if(and_(counts, counts_as_on_time())),
        "excluded": _count_if(~counts),
        "upheld": _count_if(Ticket.appeal_upheld != ""),
    }
    query = (
        select(Unit.id.label("unit_id"), Unit.name, *(each.label(name) for name, each in columns.items()))
        .join(Assignment, Assignment.unit_id == Unit.id)
        .join(Ticket, and_(Ticket.id == Assignment.ticket_id, Assignment.id == latest_main_share()))
        .where(Ticket.closed_at >= since, Ticket.is_late.is_not(None))
        .group_by(Unit.id, Unit.name)
    )
    found = [UnitFigures(**row._mapping) for row in session.execute(query)]  # noqa: SLF001 - the documented way
    return sorted(found, key=lambda each: (each.counted_on_time / max(each.counted, 1), each.name))


def _contested(session: Session, ticket: Ticket, unit: str | None, now: datetime) -> Contested:
    asked: Iterable[RequestLine] = list_of_ticket(session, ticket.number, now)
    return Contested(
        number=ticket.number,
        title=ticket.title,
        is_confidential=ticket.is_confidential,
        unit=unit or "",
        closed_at=ticket.closed_at,
        is_late=ticket.is_late,
        is_excluded=ticket.is_excluded,
        appeal=say_appeals(ticket.appeal_upheld),
        requests=tuple(
            each for each in asked if each.kind in _CONTESTING and each.state == RequestState.APPROVED
        ),
    )


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _percent(part: int, whole: int) -> str:
    return f"{part / whole * _WHOLE:.1f}%" if whole else "—"
