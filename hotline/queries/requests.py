"""Which requests wait for somebody's decision, and which did they or their unit make themselves?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, false, func, or_, select
from sqlalchemy.orm import Session

from hotline.models.barred_units import BarredUnit
from hotline.models.clocks import Clock
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.directory import unit_names, user_names
from hotline.queries.exports import export_number
from hotline.queries.scope import is_kept_from, visible_to
from hotline.queries.wording import ROWS, Line, Names, read_lines
from workflows.definition import Actor
from workflows.guards.requests import DISCLOSED_FOR
from workflows.request.parts import ASK_OF_KIND, DECIDERS
from workflows.sla import ClockReading, light
from workflows.vocabulary import UNIT_ROLES, ClockName, Light, Machine, RequestKind, RequestState, Role

MOST = 100
_K = RequestKind
_LOWEST_TIER = 3
_NO_NAMES = Names({}, {})
# Kinds that a role decides whatever the ticket's history is.
_KINDS_OF: Mapping[Role, tuple[RequestKind, ...]] = {
    Role.CENTRE_LEADER: (_K.SUSPENSION, _K.EXCLUSION),
    Role.SUPERVISOR: (_K.REOPENING,),
    Role.AUDITOR: (_K.ASSESSMENT_APPEAL,),
    **dict.fromkeys(DECIDERS[_K.CENTRE_CONTACT], (_K.CENTRE_CONTACT,)),
    Role.SECURITY_OFFICER: (_K.IDENTITY_DISCLOSURE, _K.BULK_EXPORT),
}


@dataclass(frozen=True, slots=True)
class RequestLine:
    """One request with what a decision needs; `number` is empty for one that belongs to no ticket.

    `decider` names the unit or the roles it waits for while it is open.
    """

    id: int
    kind: str
    state: str
    number: str
    version: int
    title: str
    unit: str
    asked_by_id: int | None
    asked_by: str
    asked_at: datetime
    lines: tuple[Line, ...]
    suggested_unit: str
    purpose: str
    endorsed_by: str
    endorsed_at: datetime | None
    decider: str
    decided_by: str
    decided_at: datetime | None
    decision_reason: str
    viewed_at: datetime | None
    extension_count: int
    due_at: datetime | None
    decide_by: datetime | None
    light: Light

    @property
    def is_export(self) -> bool:
        return self.kind == _K.BULK_EXPORT

    @property
    def name(self) -> str:
        """The number of its ticket, or an export's own."""
        return self.number or export_number(self.id)

    @property
    def view_until(self) -> datetime | None:
        """Until when its asker alone may see the sealed identity; None where there is no look left."""
        is_allowed = self.kind == _K.IDENTITY_DISCLOSURE and self.state == RequestState.APPROVED
        is_left = is_allowed and self.viewed_at is None and self.decided_at is not None
        return self.decided_at + DISCLOSED_FOR if is_left and self.decided_at else None

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.REQUESTED


def decidable_by(viewer: Actor) -> ColumnElement[bool]:
    """The condition under which an open request waits for somebody: by role, or by the unit they act for."""
    own = and_(Request.asked_by_id.is_not(None), Request.asked_by_id.in_(viewer.ids))
    ways = [*_by_role(viewer), *_by_unit(viewer)]
    is_open = Request.state == RequestState.REQUESTED.value
    return and_(is_open, ~own, ~is_kept_from(viewer), or_(*ways)) if ways else false()


def count_by_kind(session: Session, viewer: Actor) -> dict[str, int]:
    """Count what waits for somebody, by kind."""
    query: Select[Any] = select(Request.kind, func.count(Request.id))  # type: ignore[assignment]  # also rows
    query = _joined(query)
    rows = session.execute(query.where(decidable_by(viewer)).group_by(Request.kind))
    return {kind: count for kind, count in rows}  # noqa: C416 - a Row is no pair to mypy


def ids_to_decide(viewer: Actor) -> Select[Any]:
    """The ids of what waits for somebody as a query."""
    return _joined(select(Request.id)).where(decidable_by(viewer))


def list_to_decide(session: Session, viewer: Actor, kind: str, now: datetime) -> list[RequestLine]:
    """List what waits for somebody, what falls due first at the top; of one kind where given."""
    query = _whole().where(decidable_by(viewer))
    if kind:
        query = query.where(Request.kind == kind)
    query = query.order_by(Clock.due_at.asc().nulls_last(), Request.id).limit(MOST)
    return _lines(session, query, now)


def list_own(session: Session, viewer: Actor, state: str, now: datetime) -> list[RequestLine]:
    """List what somebody asked for, and what others asked for the shares of their unit; newest first.

    Of a ticket that is no longer theirs only the number is left: its title goes on saying what others write.
    """
    is_own = Request.asked_by_id == viewer.user_id
    if viewer.roles & UNIT_ROLES:
        is_own = or_(is_own, Assignment.unit_id == viewer.unit_id)
    query = _whole().where(is_own, ~is_kept_from(viewer), Request.kind != _K.BULK_EXPORT.value)
    if state:
        query = query.where(Request.state == state)
    lines = _lines(session, query.order_by(Request.id.desc()).limit(MOST), now)
    named = select(Ticket.number).where(Ticket.number.in_([line.number for line in lines]))
    shown = set(session.scalars(named.where(visible_to(viewer))))
    return [line if line.number in shown else replace(line, title="") for line in lines]


def list_of_ticket(session: Session, number: str, now: datetime) -> list[RequestLine]:
    """List everything that was ever asked about a ticket, newest first."""
    return _lines(session, _whole().where(Ticket.number == number).order_by(Request.id.desc()), now)


def find_line(session: Session, request_id: int, now: datetime) -> RequestLine | None:
    """Find one request, whoever may see it."""
    return next(iter(_lines(session, _whole().where(Request.id == request_id), now)), None)


def name_deciders(kind: str, extensions: int = 0) -> str:
    """Name the roles that decide a request of a kind once it is with the centre."""
    roles = DECIDERS[RequestKind(kind)]
    if kind == _K.EXTENSION:
        roles &= {Role.CENTRE_LEADER} if extensions else {Role.DISPATCHER, Role.SUPERVISOR}
    return "或".join(role.label_zh for role in Role if role in roles)


def _by_role(viewer: Actor) -> Iterable[ColumnElement[bool]]:
    kinds = [kind.value for role in viewer.roles for kind in _KINDS_OF.get(role, ())]
    if kinds:
        yield and_(Request.kind.in_(kinds), or_(Request.kind != _K.EXCLUSION.value, _is_endorsed()))
    if Role.DISPATCHER in viewer.roles:
        yield and_(Request.kind == _K.RETURN.value, Assignment.parent_id.is_(None))
    is_extension = and_(Request.kind == _K.EXTENSION.value, _is_endorsed())
    if viewer.roles & {Role.DISPATCHER, Role.SUPERVISOR}:
        yield and_(is_extension, Ticket.extension_count == 0)
    if Role.CENTRE_LEADER in viewer.roles:
        yield and_(is_extension, Ticket.extension_count > 0)


def _by_unit(viewer: Actor) -> Iterable[ColumnElement[bool]]:
    below = viewer.subtree_unit_ids - {viewer.unit_id}
    if not viewer.roles & UNIT_ROLES or not below:
        return
    yield and_(Assignment.unit_id.in_(below), _lies_above())


def _lies_above() -> ColumnElement[bool]:
    """What the unit above decides: whether it takes its order back, and what it passes on to the centre."""
    passed_on = (_K.EXTENSION.value, _K.EXCLUSION.value)
    return or_(
        and_(Request.kind == _K.RETURN.value, Assignment.parent_id.is_not(None)),
        and_(Request.kind.in_(passed_on), ~_is_endorsed()),
    )


def _is_endorsed() -> ColumnElement[bool]:
    """What a unit of the lowest tier asks passes the unit above it first, unless that is what it is about."""
    passes_by = exists().where(BarredUnit.ticket_id == Ticket.id, BarredUnit.unit_id == Unit.parent_id)
    is_lowest = and_(Unit.tier >= _LOWEST_TIER, Unit.parent_id.is_not(None), ~passes_by)
    return or_(Request.endorsed_at.is_not(None), ~is_lowest)


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(Request)
        .outerjoin(Ticket, Ticket.id == Request.ticket_id)
        .outerjoin(Assignment, Assignment.id == Request.assignment_id)
        .outerjoin(Unit, Unit.id == Assignment.unit_id)
    )


def _whole() -> Select[Any]:
    is_decision = and_(Clock.request_id == Request.id, Clock.name == ClockName.DECISION.value)
    above = case((_lies_above(), Unit.parent_id))
    query: Select[Any] = select(Request, Ticket, Assignment.unit_id, Clock, above)
    return _joined(query).outerjoin(Clock, is_decision)


def _lines(session: Session, query: Select[Any], now: datetime) -> list[RequestLine]:
    found = session.execute(query).all()
    people = user_names(
        session,
        {
            user_id
            for row, *_ in found
            for user_id in (row.asked_by_id, row.endorsed_by_id, row.decided_by_id)
            if user_id is not None
        },
    )
    ids = {unit_id for _, _, own, _, above in found for unit_id in (own, above) if unit_id is not None}
    units = unit_names(session, ids)
    return [_line(each, people, units, now) for each in found]


def _line(found: Any, people: Mapping[int, str], units: Mapping[int, str], now: datetime) -> RequestLine:
    row, ticket, unit_id, clock, above = found
    extensions = 0 if ticket is None else ticket.extension_count
    return RequestLine(
        id=row.id,
        kind=row.kind,
        state=row.state,
        number="" if ticket is None else ticket.number,
        version=0 if ticket is None else ticket.version,
        title="" if ticket is None else ticket.title,
        unit=units.get(unit_id, ""),
        asked_by_id=row.asked_by_id,
        asked_by=people.get(row.asked_by_id, "") if unit_id or row.asked_by_id else "诉求人",
        asked_at=row.asked_at,
        lines=_told(row),
        suggested_unit=row.suggested_unit,
        purpose=row.basis,
        endorsed_by=people.get(row.endorsed_by_id, ""),
        endorsed_at=row.endorsed_at,
        decider=(units.get(above) or name_deciders(row.kind, extensions)) if row.state == "requested" else "",
        decided_by=people.get(row.decided_by_id, ""),
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
        viewed_at=row.viewed_at,
        extension_count=extensions,
        due_at=None if ticket is None else ticket.due_at,
        decide_by=None if clock is None else clock.due_at,
        light=Light.NONE if clock is None else _light(clock, now),
    )


def _told(row: Request) -> tuple[Line, ...]:
    """What was said with a request, in the words of its form; an export says its conditions in words."""
    if row.kind == _K.BULK_EXPORT:
        return (
            Line("filter", "筛选条件", row.details["words"]),
            Line("count", "申请时的件数", f"{row.details.get('count', 0):,} 件"),
            Line("purpose", "用途", row.basis),
        )
    return read_lines(ROWS[Machine.REQUEST.value, ASK_OF_KIND[row.kind]], row.details, _NO_NAMES)


def _light(clock: Clock, now: datetime) -> Light:
    reading = ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )
    return light(reading, now)
