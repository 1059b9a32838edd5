"""Which tickets are on somebody's list, in what order, with what light? Keyset pages, few columns."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Citizen, Ticket
from hotline.queries.counting import count_lists
from hotline.queries.lights import has_light, light_of
from hotline.queries.marks import read_mark, write_mark
from hotline.queries.scope import names_caller_to, visible_to
from hotline.queries.ticket_words import says
from workflows.definition import Actor
from workflows.vocabulary import Light

MOST_ROWS = 200
# Hashes of what somebody knows of a caller, by their columns.
FOUND_BY = ("phone_hash", "name_hash", "id_number_hash")
_RUNNING_DUE_AT = case((Ticket.paused_at.is_(None), Ticket.due_at))
_SORTS = {
    "due_at": Ticket.due_at,
    "running_due_at": _RUNNING_DUE_AT,
    "created_at": Ticket.created_at,
    "call_booked_at": Ticket.call_booked_at,
}
_GONE = ("recalled", "returned")
# No text of ours holds them; PostgreSQL refuses to compare them and SQLite reads NUL as the end.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list shows; empty means any. `assignment_states` speak of shares of `unit_ids` if given.

    `sort` is due_at, created_at or call_booked_at, with a minus for the latest first; tickets without the
    moment come last, and those few for which `ahead` holds before all others, on the first page; under
    running_due_at those whose clock stands still have none. `after` is the mark of the page before, `limit`
    at most MOST_ROWS.
    """

    states: Sequence[str] = ()
    types: Sequence[str] = ()
    urgencies: Sequence[str] = ()
    category_ids: Sequence[int] = ()
    unit_ids: Sequence[int] = ()
    assignment_states: Sequence[str] = ()
    lights: Sequence[str] = ()
    is_overdue: bool = False
    was_returned: bool = False
    registered_by_id: int | None = None
    handler_id: int | None = None
    words: str = ""
    number: str = ""
    phone_hash: str = ""
    name_hash: str = ""
    id_number_hash: str = ""
    channels: Sequence[str] = ()
    created_from: datetime | None = None
    created_to: datetime | None = None
    only: Sequence[ColumnElement[bool]] = field(default=())
    sort: str = "due_at"
    ahead: ColumnElement[bool] | None = None
    limit: int = 50
    after: str | None = None


@dataclass(frozen=True, slots=True)
class TicketRow:
    """One line of a list. `unit` is the main unit that holds the ticket, empty while nobody does."""

    number: str
    title: str
    state: str
    outcome: str | None
    round: int
    type: str
    urgency: str
    channel: str
    district: str
    street: str
    created_at: datetime
    closed_at: datetime | None
    due_at: datetime | None
    original_due_at: datetime | None
    leading_clock: str | None
    light: Light
    unit: str
    is_confidential: bool
    return_count: int
    urge_count: int
    call_attempts: int
    call_booked_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list; `next` is the mark of the page after it, None at the end."""

    rows: list[TicketRow]
    next: str | None


def list_page(session: Session, viewer: Actor, filters: Filters, now: datetime) -> Page:
    """Read one page of the tickets the viewer may see. Raises BadCursorError for a mark that is not ours."""
    limit = min(max(filters.limit, 1), MOST_ROWS)
    query: Select[Any] = select(*_COLUMNS)
    wanted = _ahead(_filtered(session, query, (viewer, now), filters), filters)
    query = _ordered(wanted, filters.sort, filters.after).limit(limit + 1)
    found = session.execute(query).all()
    rows = [_row(row, now) for row in found[:limit]]
    if len(found) <= limit:
        return Page(rows, None)
    last = found[limit - 1]
    return Page(rows, write_mark(getattr(last, filters.sort.removeprefix("-")), last.id))


def count(session: Session, viewer: Actor, filters: Filters, now: datetime) -> int:
    """Count the tickets of a list."""
    query = _filtered(session, select(func.count(Ticket.id)), (viewer, now), filters)
    return session.scalar(query) or 0


def count_each(session: Session, viewer: Actor, lists: Sequence[Filters], now: datetime) -> list[int]:
    """Count the tickets of several lists at once: one statement, in which each is planned as it is alone."""
    counts = [
        _filtered(session, select(func.count(Ticket.id)), (viewer, now), each).scalar_subquery()
        for each in lists
    ]
    return list(session.execute(select(*counts)).one())


def count_up_to(session: Session, viewer: Actor, filters: Filters, now: datetime, most: int) -> int:
    """Count the tickets of a list, and no further than one more than `most`."""
    return count_lists(session, [list_ids(session, viewer, filters, now)], most)[0]


def list_ids(session: Session, viewer: Actor, filters: Filters, now: datetime) -> Select[Any]:
    """The ids of the tickets of a list as a query, in no order."""
    return _filtered(session, select(Ticket.id), (viewer, now), filters)


def with_words_found(session: Session, filters: Filters) -> Filters:
    """Look up once what several questions about the same words ask."""
    if not filters.words or _UNSTORABLE.search(filters.words):
        return filters
    return replace(filters, words="", only=(*filters.only, says(session, filters.words)))


def main_unit_name() -> ColumnElement[str]:
    """The name of the unit that holds a ticket, as a column."""
    return select(Unit.name).where(Unit.id == Ticket.unit_id).correlate(Ticket).scalar_subquery()


_COLUMNS = (
    Ticket.id,
    Ticket.number,
    Ticket.title,
    Ticket.state,
    Ticket.outcome,
    Ticket.round,
    Ticket.type,
    Ticket.urgency,
    Ticket.channel,
    Ticket.district,
    Ticket.street,
    Ticket.created_at,
    Ticket.closed_at,
    Ticket.due_at,
    Ticket.original_due_at,
    Ticket.leading_clock,
    Ticket.yellow_at,
    Ticket.orange_at,
    Ticket.paused_at,
    Ticket.is_late,
    Ticket.is_confidential,
    Ticket.return_count,
    Ticket.urge_count,
    Ticket.call_attempts,
    Ticket.call_booked_at,
    Ticket.version,
    _RUNNING_DUE_AT.label("running_due_at"),
    main_unit_name().label("unit"),
)


def _filtered(
    session: Session, query: Select[Any], asked: tuple[Actor, datetime], filters: Filters
) -> Select[Any]:
    viewer, now = asked
    if _UNSTORABLE.search(filters.words + filters.number):
        return query.where(false())
    query = query.where(visible_to(viewer), *_plain(filters), *_derived(filters, now))
    for name in FOUND_BY:
        column, value = getattr(Citizen, name), getattr(filters, name)
        if value:
            of_caller = select(Citizen.id).where(column == value)
            query = query.where(Ticket.citizen_id.in_(of_caller), names_caller_to(viewer))
    return query.where(says(session, filters.words)) if filters.words else query


def _plain(filters: Filters) -> Iterable[ColumnElement[bool]]:
    lists = (
        (Ticket.state, filters.states),
        (Ticket.type, filters.types),
        (Ticket.urgency, filters.urgencies),
        (Ticket.category_id, filters.category_ids),
        (Ticket.channel, filters.channels),
    )
    yield from (column.in_(values) for column, values in lists if values)
    if filters.registered_by_id is not None:
        yield Ticket.registered_by_id == filters.registered_by_id
    if filters.created_from is not None:
        yield Ticket.created_at >= filters.created_from
    if filters.created_to is not None:
        yield Ticket.created_at < filters.created_to
    if filters.number:
        yield Ticket.number == filters.number
    if filters.was_returned:
        yield Ticket.return_count > 0
    yield from filters.only


def _derived(filters: Filters, now: datetime) -> Iterable[ColumnElement[bool]]:
    if filters.lights:
        yield or_(*(has_light(Light(value), now) for value in filters.lights))
    if filters.is_overdue:
        yield has_light(Light.RED, now)
    if filters.unit_ids or filters.assignment_states or filters.handler_id is not None:
        yield _held(filters)


def _held(filters: Filters) -> ColumnElement[bool]:
    share = select(Assignment.id).where(Assignment.ticket_id == Ticket.id)
    if filters.unit_ids:
        share = share.where(Assignment.unit_id.in_(filters.unit_ids))
    if filters.handler_id is not None:
        share = share.where(Assignment.handler_id == filters.handler_id)
    if filters.assignment_states:
        share = share.where(Assignment.state.in_(filters.assignment_states))
    else:
        share = share.where(Assignment.state.not_in(_GONE))
    return exists(share)


def _ahead(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.ahead is None:
        return query
    if filters.after is not None:
        return query.where(~filters.ahead)
    return query.order_by(case((filters.ahead, 0), else_=1))


def _ordered(query: Select[Any], sort: str, after: str | None) -> Select[Any]:
    column, is_falling = _SORTS[sort.removeprefix("-")], sort.startswith("-")
    if after is not None:
        query = query.where(_beyond(column, is_falling, *read_mark(after)))
    if column is Ticket.created_at:
        # Never empty; to say where the empty ones go would keep PostgreSQL from walking its index backwards.
        return query.order_by(*((column.desc(), Ticket.id.desc()) if is_falling else (column, Ticket.id)))
    if is_falling:
        return query.order_by(column.desc().nulls_last(), Ticket.id.desc())
    return query.order_by(column.asc().nulls_last(), Ticket.id.asc())


def _beyond(column: Any, is_falling: bool, value: datetime | None, row_id: int) -> ColumnElement[bool]:  # noqa: FBT001 - private, one caller
    later = Ticket.id < row_id if is_falling else Ticket.id > row_id
    if column is Ticket.created_at and value is not None:
        here, mark = tuple_(column, Ticket.id), tuple_(literal(value, column.type), literal(row_id))
        return here < mark if is_falling else here > mark
    if value is None:
        return and_(column.is_(None), later)
    further = column < value if is_falling else column > value
    return or_(further, and_(column == value, later), column.is_(None))


def _row(row: Row[Any], now: datetime) -> TicketRow:
    plain = {name: getattr(row, name) for name in TicketRow.__slots__ if name not in {"light", "unit"}}
    return TicketRow(**plain, light=light_of(row, now), unit=row.unit or "")
