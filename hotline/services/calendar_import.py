"""What would importing a year change in a calendar, and how is it done: one edition, nobody's work undone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from hotline.models.calendars import CalendarDay, CalendarEdition, DayKind, Origin
from hotline.queries.calendar_states import CalendarState, DayState, read_state
from hotline.services.calendars import Amendment, Author, DayChange, DayMark, amend, last_number
from hotline.services.holiday_sources import Conflict, Offer, Source, YearOffer

_OFFICIAL = "国务院办公厅关于{year}年部分节假日安排的通知"
_COMPUTED = "全国年节及纪念日放假办法（推算）"


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person decides: which package to follow where they disagree, and whether the year is official.

    `is_official` None follows the packages: official when the notice is known. `based_on` is the number of
    the edition that was looked at.
    """

    take: Source | None = None
    is_official: bool | None = None
    based_on: int | None = None


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do. `kept` are dates a person corrected and the packages would have otherwise.

    What a person decided about a date is no conflict any more.
    """

    year: int
    based_on: int
    is_noticed: bool
    is_official: bool
    added: tuple[DayChange, ...] = ()
    removed: tuple[DayChange, ...] = ()
    changed: tuple[DayChange, ...] = ()
    kept: tuple[DayChange, ...] = ()
    conflicts: tuple[Conflict, ...] = field(default=())

    @property
    def writes(self) -> tuple[DayChange, ...]:
        return (*self.added, *self.removed, *self.changed)


class ConflictError(ValueError):
    """The packages disagree on some dates, and nobody said which one to follow."""


def plan_import(session: Session, calendar_id: int, offer: YearOffer, choices: Choices) -> ImportPlan:
    """Compare what the packages offer for a year with what stands; nothing is written."""
    number = last_number(session, calendar_id)
    is_official = offer.is_noticed if choices.is_official is None else choices.is_official
    wanted = {mark.on: mark for mark in _marks(offer, choices.take, is_official=is_official)}
    state = read_state(session, calendar_id, number)
    corrected = _dates_by_people(session, calendar_id, offer.year, is_official=is_official)
    undecided = {each.on for each in offer.conflicts} if choices.take is None else set()
    found: dict[str, list[DayChange]] = {name: [] for name in ("added", "removed", "changed", "kept")}
    for change in _differences(state, offer.year, wanted):
        if change.on not in undecided:
            found["kept" if change.on in corrected else _sort_of(change)].append(change)
    return ImportPlan(
        offer.year,
        number,
        offer.is_noticed,
        is_official,
        conflicts=tuple(each for each in offer.conflicts if each.on not in corrected),
        **{name: tuple(changes) for name, changes in found.items()},
    )


def import_year(
    session: Session, calendar_id: int, offer: YearOffer, choices: Choices, author: Author
) -> CalendarEdition | None:
    """Publish the edition an import makes, or None when nothing would change. Never commits.

    Raises ConflictError while the packages disagree and nobody chose. Locks the calendar's row to write.
    """
    plan = plan_import(session, calendar_id, offer, choices)
    if plan.conflicts and choices.take is None:
        raise ConflictError(plan.year)
    if not plan.writes:
        return None
    based_on = plan.based_on if choices.based_on is None else choices.based_on
    marked = tuple(change.after for change in plan.writes if change.after is not None)
    cleared = tuple(change.on for change in plan.removed)
    return amend(session, calendar_id, Amendment(marked, cleared, based_on=based_on), author)


def import_author(at: datetime, note: str, user_id: int | None = None) -> Author:
    """Name who imports a year; what they wrote is kept with the edition."""
    return Author(at, note, user_id, Origin.IMPORTED)


def _marks(offer: YearOffer, take: Source | None, *, is_official: bool) -> Iterable[DayMark]:
    source = _OFFICIAL.format(year=offer.year) if is_official else _COMPUTED
    chosen: dict[date, Offer] = {}
    if take is not None:
        chosen = {each.on: each.offers[take] for each in offer.conflicts}
    for on, each in sorted({**offer.agreed, **chosen}.items()):
        if each.kind is not None:
            yield DayMark(on, each.kind, each.name, source, is_official=is_official)


def _differences(state: CalendarState, year: int, wanted: Mapping[date, DayMark]) -> Iterable[DayChange]:
    """What the day is counts, and whether it is official; other words for the same day are no change."""
    standing = {day.on: day for day in state.days_of(year)}
    for on in sorted({*standing, *wanted}):
        before, after = standing.get(on), wanted.get(on)
        if _gist(before) != _gist(after):
            yield DayChange(on, before, after)


def _gist(day: DayState | DayMark | None) -> tuple[DayKind, bool] | None:
    return None if day is None else (day.kind, day.is_official)


def _sort_of(change: DayChange) -> str:
    if change.before is None:
        return "added"
    return "removed" if change.after is None else "changed"


def _dates_by_people(session: Session, calendar_id: int, year: int, *, is_official: bool) -> frozenset[date]:
    """List the dates whose last change a person made, days given back to their weekday among them.

    That somebody called them official counts only until the notice itself is imported.
    """
    origin = CalendarEdition.origin
    counted = origin != Origin.CONFIRMED.value if is_official else true()
    touched = (
        select(CalendarDay.on, func.max(CalendarEdition.number).label("number"))
        .join(CalendarEdition, CalendarEdition.calendar_id == CalendarDay.calendar_id)
        .where(CalendarEdition.number.in_((CalendarDay.from_edition, CalendarDay.until_edition)))
        .where(CalendarDay.calendar_id == calendar_id, counted)
        .where(CalendarDay.on.between(date(year, 1, 1), date(year, 12, 31)))
        .group_by(CalendarDay.on)
        .subquery()
    )
    made = select(touched.c.on).join(CalendarEdition, CalendarEdition.number == touched.c.number)
    by_people = origin.in_((Origin.CORRECTED.value, Origin.CONFIRMED.value))
    return frozenset(session.scalars(made.where(CalendarEdition.calendar_id == calendar_id, by_people)))
