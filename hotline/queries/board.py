"""How does the city stand right now: counts by light, by unit and by category, in one query each?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, func, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Ticket
from hotline.queries.on_time import counts_as_on_time, latest_main_share
from hotline.queries.scope import visible_to
from workflows.definition import Actor
from workflows.vocabulary import Light, TicketState

_NOT_OPEN = (TicketState.DRAFT, TicketState.CLOSED, TicketState.ARCHIVED)
OPEN_STATES = tuple(str(state) for state in TicketState if state not in _NOT_OPEN)
_HOT_DAYS = 7
_MOST_CATEGORIES = 6
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Days:
    """Where today and this month begin in the city, as instants."""

    today_at: datetime
    month_at: datetime

    @classmethod
    def of(cls, local_now: datetime) -> "Days":
        """Find them for a moment given in the city's own zone."""
        today = local_now.replace(hour=0, minute=0, second=0, microsecond=0)
        return cls(today, today.replace(day=1))


@dataclass(frozen=True, slots=True)
class Figures:
    """The tiles. Open means accepted and not yet closed; `closed` and `on_time` are this month's."""

    accepted_today: int
    to_dispatch: int
    open: int
    red: int
    orange: int
    yellow: int
    closed: int
    on_time: int

    @property
    def warned(self) -> int:
        return self.orange + self.yellow

    @property
    def on_time_percent(self) -> str:
        """Read `97.8%`, or a dash while nothing with a limit was closed this month."""
        return f"{self.on_time / self.closed * _WHOLE:.1f}%" if self.closed else "—"


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """What one unit has in hand, by light; yellow holds orange too, held ones have no colour."""

    unit_id: int
    name: str
    green: int
    yellow: int
    red: int
    other: int

    @property
    def total(self) -> int:
        return self.green + self.yellow + self.red + self.other


@dataclass(frozen=True, slots=True)
class HotCategory:
    """How often something was brought up lately."""

    name: str
    count: int


def light_now(now: datetime) -> ColumnElement[str]:
    """Tell the light of an open ticket as a column; says the same as `lights.light_of`."""
    return case(
        (Ticket.due_at.is_(None), Light.NONE.value),
        (Ticket.paused_at.is_not(None), Light.PAUSED.value),
        (Ticket.due_at <= now, Light.RED.value),
        (Ticket.orange_at <= now, Light.ORANGE.value),
        (Ticket.yellow_at <= now, Light.YELLOW.value),
        else_=Light.GREEN.value,
    )


def read_figures(session: Session, viewer: Actor, days: Days, now: datetime) -> Figures:
    """Count every tile in two readings: what is open or new today, and what was closed this month."""
    is_open = Ticket.state.in_(OPEN_STATES)
    light = light_now(now)
    counted = {
        "accepted_today": and_(Ticket.created_at >= days.today_at, Ticket.state != TicketState.DRAFT.value),
        "to_dispatch": Ticket.state == TicketState.TO_DISPATCH.value,
        "open": is_open,
        "red": and_(is_open, light == Light.RED.value),
        "orange": and_(is_open, light == Light.ORANGE.value),
        "yellow": and_(is_open, light == Light.YELLOW.value),
    }
    wanted = is_open | (Ticket.created_at >= days.today_at)
    row = session.execute(
        select(*(_count_if(condition).label(name) for name, condition in counted.items())).where(
            visible_to(viewer), wanted
        )
    ).one()
    closed, on_time = _count_closed(session, viewer, days)
    return Figures(**row._mapping, closed=closed, on_time=on_time)  # noqa: SLF001 - the documented way to a row's names


def list_unit_loads(session: Session, viewer: Actor, now: datetime) -> list[UnitLoad]:
    """List the units that have tickets in process as the main unit, the most burning first."""
    light = light_now(now).label("light")
    rows = session.execute(
        select(Unit.id, Unit.name, light, func.count(Ticket.id))
        .join(Ticket, Ticket.unit_id == Unit.id)
        .where(visible_to(viewer), Ticket.state == TicketState.IN_PROCESS.value)
        .group_by(Unit.id, Unit.name, light)
    )
    loads: dict[int, dict[str, int]] = {}
    names: dict[int, str] = {}
    for unit_id, name, colour, count in rows:
        names[unit_id] = name
        loads.setdefault(unit_id, {})[colour] = count
    found = [_load(unit_id, names[unit_id], by_light) for unit_id, by_light in loads.items()]
    return sorted(found, key=lambda load: (-load.red, -load.yellow, -load.total, load.name))


def list_hot_categories(session: Session, viewer: Actor, now: datetime) -> list[HotCategory]:
    """List what was brought up most in the last seven days; tickets without a category are left out."""
    count = func.count(Ticket.id)
    rows = session.execute(
        select(Category.name, count)
        .join(Ticket, Ticket.category_id == Category.id)
        .where(visible_to(viewer), Ticket.state != TicketState.DRAFT.value)
        .where(Ticket.created_at >= now - timedelta(days=_HOT_DAYS))
        .group_by(Category.id, Category.name)
        .order_by(count.desc(), Category.id)
        .limit(_MOST_CATEGORIES)
    )
    return [HotCategory(name, number) for name, number in rows]


def _count_closed(session: Session, viewer: Actor, days: Days) -> tuple[int, int]:
    """Count what was closed this month with a limit and what of it on time, as units are compared."""
    last_share = and_(Assignment.ticket_id == Ticket.id, Assignment.id == latest_main_share())
    closed, on_time = session.execute(
        select(func.count(Ticket.id), _count_if(counts_as_on_time()))
        .select_from(Ticket)
        .join(Assignment, last_share)
        .where(visible_to(viewer), Ticket.closed_at >= days.month_at)
        .where(Ticket.is_late.is_not(None), Ticket.is_excluded.is_(False))
    ).one()
    return closed, on_time


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count(case((condition, 1)))


def _load(unit_id: int, name: str, by_light: dict[str, int]) -> UnitLoad:
    return UnitLoad(
        unit_id=unit_id,
        name=name,
        green=by_light.get(Light.GREEN.value, 0),
        yellow=_sum(by_light, (Light.YELLOW, Light.ORANGE)),
        red=by_light.get(Light.RED.value, 0),
        other=_sum(by_light, (Light.PAUSED, Light.NONE)),
    )


def _sum(by_light: dict[str, int], lights: Iterable[Light]) -> int:
    return sum(by_light.get(light.value, 0) for light in lights)
