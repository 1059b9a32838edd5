"""Which unit should get a matter, and why: the catalogue's rows first, then owners, then recent work."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, case, false, func, or_, select, true
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.accused import accused_by, find_accused
from hotline.queries.catalogue_rows import Named, co_units_of, named_units, valid_version
from hotline.queries.directory import find_meant_unit
from hotline.queries.owners import sisters
from workflows.policy import LimitClass
from workflows.vocabulary import AssignmentState, RequestKind, RequestState, TicketState

LOOKED_BACK = timedelta(days=30)
_MOST = 3
_IS_OVER = (AssignmentState.REPLIED, AssignmentState.RETURNED, AssignmentState.RECALLED)
_IS_RETURNED = Assignment.state == AssignmentState.RETURNED.value


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A unit to give a matter to, and the reason in words.

    `row_number` is the row that names it, if one does; co-units and limit class are that row's.
    `own_returns` counts how often this very ticket came back from it; `is_proposed`: that return named it.
    """

    unit_id: int
    unit: str
    reason: str
    row_number: int | None = None
    co_units: tuple[tuple[int, str], ...] = ()
    limit_class: str = ""
    own_returns: int = 0
    is_proposed: bool = False

    @property
    def limit_label(self) -> str:
        return LimitClass(self.limit_class).label_zh if self.limit_class else ""


@dataclass(frozen=True, slots=True)
class First:
    """The unit a ticket would go to first, for a line of a list."""

    unit: str
    is_named_by_row: bool


@dataclass(frozen=True, slots=True)
class _Matter:
    category_id: int
    district: str
    ticket_id: int | None = None
    accused: str = ""
    busy: frozenset[int] = frozenset()
    was_returned: bool = False


@dataclass(frozen=True, slots=True)
class _Candidate:
    unit: Unit
    reason: str
    named: Named | None = None
    is_proposed: bool = False


@dataclass(frozen=True, slots=True)
class _Record:
    """What a unit got of the category lately, what of it came back, and how often this very ticket did."""

    count: int = 0
    returns: int = 0
    own_returns: int = 0

    @property
    def words(self) -> tuple[str, ...]:
        said = []
        if self.count:
            said.append(f"同类工单近 30 天 {self.count} 件由其办理，退单 {self.returns} 件")
        if self.own_returns:
            said.append("已由该单位退回" + (f" {self.own_returns} 次" if self.own_returns > 1 else ""))
        return tuple(said)


def suggest(session: Session, category_id: int | None, district: str, at: datetime) -> tuple[Suggestion, ...]:
    """Suggest up to three active units for a category in a district, by the version valid at that moment."""
    return () if category_id is None else _suggest(session, _Matter(category_id, district), at)


def suggest_for(session: Session, ticket: Ticket, at: datetime) -> tuple[Suggestion, ...]:
    """Suggest for a ticket: never a unit the door refuses, and those that gave it back come last."""
    matter = _matter_of(session, ticket)
    return () if matter is None else _suggest(session, matter, at)


def suggested_unit_ids(session: Session, ticket: Ticket, at: datetime) -> tuple[int, ...]:
    """List the suggested units by id, the first first; one that gave this ticket back is no suggestion."""
    matter = _matter_of(session, ticket)
    if matter is None:
        return ()
    found, records = _ranked(session, matter, at)
    return tuple(each.unit.id for each in found if not _record_of(each, records).own_returns)


def list_first(session: Session, tickets: Mapping[str, tuple[int, str]], at: datetime) -> dict[str, First]:
    """Name for each ticket's (category, district) the unit it would go to; those without are left out."""
    rows = named_units(session, valid_version(at), tickets.values())
    named = {key: _first_active(found) for key, found in rows.items()}
    by_row = {key: unit for key, unit in named.items() if unit is not None}
    owners = _owners(session, {key for key in tickets.values() if key not in by_row})
    units = owners | by_row
    return {
        number: First(units[key].short_name or units[key].name, key in by_row)
        for number, key in tickets.items()
        if key in units
    }


def _matter_of(session: Session, ticket: Ticket) -> _Matter | None:
    if ticket.category_id is None:
        return None
    return _Matter(
        ticket.category_id,
        ticket.district,
        ticket.id,
        accused_by(session, ticket),
        _busy_units(session, ticket),
        was_returned=bool(ticket.return_count),
    )


def _busy_units(session: Session, ticket: Ticket) -> frozenset[int]:
    """Helpers may be at work still after the main unit gave it back; a dispute gives all shares anew."""
    if ticket.state != TicketState.TO_DISPATCH or not ticket.dispatched_at:
        return frozenset()
    at_work = (Assignment.ticket_id == ticket.id, Assignment.state.not_in(_IS_OVER))
    return frozenset(session.scalars(select(Assignment.unit_id).where(*at_work)))


def _unfit(session: Session, matter: _Matter, units: Iterable[Unit]) -> frozenset[int]:
    """Choose the units that the door would refuse."""
    asked = list(units)
    ended = {unit.id for unit in asked if not unit.is_active}
    return matter.busy | ended | find_accused(session, {unit.id for unit in asked}, matter.accused)


def _suggest(session: Session, matter: _Matter, at: datetime) -> tuple[Suggestion, ...]:
    found, records = _ranked(session, matter, at)
    row_ids = {each.named.hit.row.id for each in found if each.named}
    helping = co_units_of(session, row_ids) if row_ids else {}
    unfit = _unfit(session, matter, (unit for units in helping.values() for unit in units))
    co_units = {row_id: [u for u in units if u.id not in unfit] for row_id, units in helping.items()}
    return tuple(_suggestion(each, _record_of(each, records), co_units) for each in found)


def _ranked(
    session: Session, matter: _Matter, at: datetime
) -> tuple[list[_Candidate], Mapping[int, _Record]]:
    """List the three best candidates: who is proposed, named by rows, owner, or kept most; returners last."""
    records = _records(session, matter, at)
    candidates = _candidates(session, matter, records, at)
    unfit = _unfit(session, matter, (each.unit for each in candidates))
    best: dict[int, _Candidate] = {}
    for each in candidates:
        if each.unit.id not in unfit:
            best.setdefault(each.unit.id, each)
    ranked = sorted(best.values(), key=lambda each: bool(_record_of(each, records).own_returns))
    return ranked[:_MOST], records


def _record_of(candidate: _Candidate, records: Mapping[int, _Record]) -> _Record:
    return records.get(candidate.unit.id, _Record())


def _candidates(
    session: Session, matter: _Matter, records: Mapping[int, _Record], at: datetime
) -> list[_Candidate]:
    key = (matter.category_id, matter.district)
    proposed = _proposed(session, matter.ticket_id) if matter.was_returned else None
    named = named_units(session, valid_version(at), [key]).get(key, ())
    found = [] if proposed is None else [_Candidate(proposed, "退单单位建议", is_proposed=True)]
    found += [_Candidate(each.unit, _row_words(each, matter.district), each) for each in named]
    owner = _owners(session, [key]).get(key)
    if owner is not None:
        here = f"，{owner.district}对口单位" if owner.district and owner.district == matter.district else ""
        found.append(_Candidate(owner, f"本类诉求默认承办单位{here}"))
    return found + [
        _Candidate(unit, "近期承办过同类工单") for unit in _busiest(session, records, matter.district)
    ]


def _row_words(named: Named, district: str) -> str:
    row = named.hit.row
    sister = f"，由{district}对口单位承办" if named.is_sister else ""
    where = row.district or "全市"
    return f"目录第 {row.number} 条“{named.hit.path.replace('/', ' / ')}”（{where}{sister}）：{row.basis}"


def _suggestion(candidate: _Candidate, record: _Record, co_units: Mapping[int, Sequence[Unit]]) -> Suggestion:
    row = candidate.named.hit.row if candidate.named else None
    helping = co_units.get(row.id, ()) if row else ()
    return Suggestion(
        candidate.unit.id,
        candidate.unit.name,
        "；".join((candidate.reason, *record.words)),
        row_number=row.number if row else None,
        co_units=tuple((unit.id, unit.name) for unit in helping if unit.id != candidate.unit.id),
        limit_class=row.limit_class if row else "",
        own_returns=record.own_returns,
        is_proposed=candidate.is_proposed,
    )


def _first_active(found: Sequence[Named]) -> Unit | None:
    return next((each.unit for each in found if each.unit.is_active), None)


def _owners(session: Session, asked: Iterable[tuple[int, str]]) -> dict[tuple[int, str], Unit]:
    """Find the active owner of each category in each district, or its sister there."""
    wanted = list(asked)
    query = select(Category.id, Unit).join(Unit, Unit.id == Category.owner_unit_id)
    rows = session.execute(query.where(Category.id.in_({key[0] for key in wanted})))
    owners = {category_id: unit for category_id, unit in rows}  # noqa: C416 - a Row is no pair to mypy
    known = [(owners[category_id], district) for category_id, district in wanted if category_id in owners]
    here = sisters(session, known) if known else {}
    found = {key: here.get((owners[key[0]].id, key[1]), owners[key[0]]) for key in wanted if key[0] in owners}
    return {key: unit for key, unit in found.items() if unit.is_active}


def _busiest(session: Session, records: Mapping[int, _Record], district: str) -> Sequence[Unit]:
    """List the units that kept most of the category lately; another district's never handles this one's."""
    kept = {unit_id: each.count - each.returns for unit_id, each in records.items()}
    order = sorted(
        (unit_id for unit_id in kept if kept[unit_id]), key=lambda unit_id: (-kept[unit_id], unit_id)
    )
    if not order:
        return ()
    is_near = Unit.district.in_(("", district)) if district else true()
    units = {unit.id: unit for unit in session.scalars(select(Unit).where(Unit.id.in_(order), is_near))}
    return [units[unit_id] for unit_id in order if unit_id in units][: _MOST * 2]


def _proposed(session: Session, ticket_id: int | None) -> Unit | None:
    """Find the unit that the latest granted return named, if it named one of ours."""
    named = (
        select(Request.suggested_unit)
        .where(
            Request.ticket_id == ticket_id,
            Request.kind == RequestKind.RETURN.value,
            Request.state == RequestState.APPROVED.value,
        )
        .order_by(Request.id.desc())
        .limit(1)
    )
    name = session.scalar(named)
    return find_meant_unit(session, name) if name else None


def _records(session: Session, matter: _Matter, at: datetime) -> dict[int, _Record]:
    """Count in one query what units got of the category in other tickets, and their returns of this one."""
    is_own = Assignment.ticket_id == matter.ticket_id if matter.ticket_id is not None else false()
    is_like = and_(
        Ticket.category_id == matter.category_id,
        ~is_own,
        Assignment.is_main.is_(True),
        Assignment.created_at > at - LOOKED_BACK,
        Assignment.state != AssignmentState.RECALLED.value,
    )
    query = (
        select(
            Assignment.unit_id,
            func.sum(case((is_like, 1), else_=0)),
            func.sum(case((and_(is_like, _IS_RETURNED), 1), else_=0)),
            func.sum(case((and_(is_own, _IS_RETURNED), 1), else_=0)),
        )
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(or_(is_own, is_like))
        .group_by(Assignment.unit_id)
    )
    return {
        unit_id: _Record(int(count), int(returns), int(own))
        for unit_id, count, returns, own in session.execute(query)
    }
