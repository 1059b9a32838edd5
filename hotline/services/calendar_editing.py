"""What may a person change in a calendar: days, the week, whether a year is official; or make a new one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import available_timezones

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar, DayKind
from hotline.queries.calendar_states import CalendarState, DayState, WeekdayPair, compare_weeks, read_state
from hotline.services.calendars import Amendment, Author, DayChange, DayMark, Span, amend, last_number
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.worktime import Hours, require_ordered

MOST_DAYS = 31
LONGEST_NAME, LONGEST_SOURCE, LONGEST_REASON = 60, 200, 500

_ONE_DAY = timedelta(days=1)
_CODE = re.compile(r"[a-z][a-z0-9-]{0,31}")


@dataclass(frozen=True, slots=True)
class Correction:
    """What days from `first` to `last` are from now on; `kind` None lets them follow their weekday again."""

    first: date
    last: date
    kind: DayKind | None
    name: str = ""
    source: str = ""
    hours: Hours = ()


@dataclass(frozen=True, slots=True)
class NewCalendar:
    """A calendar to be, with the week and the days of another one."""

    code: str
    name: str
    zone: str
    copied_from: str
    has_holidays: bool = True


def correct_days(state: CalendarState, correction: Correction) -> Amendment:
    """Write a correction as an amendment; raises Refused for what is missing or changes nothing.

    A day somebody corrects makes no year official that is not.
    """
    errors = list(_faults_of(correction))
    if errors:
        raise invalid(*errors)
    days = list(_days(correction))
    if correction.kind is None:
        cleared = tuple(on for on in days if on in state.days)
        return _changing(state, Amendment(cleared=cleared, based_on=state.number))
    marks = tuple(_mark(correction, on, correction.kind, state) for on in days)
    return _changing(state, Amendment(marks, based_on=state.number))


def change_week(state: CalendarState, week: tuple[Hours, ...]) -> Amendment:
    """Write the hours of a whole week, Monday first, as an amendment; raises Refused as correct_days does."""
    errors = [FieldError(f"day{number}", FieldCode.BAD_HOURS) for number in _out_of_order(week)]
    if not any(week):
        errors.append(FieldError("day0", FieldCode.NEVER_OPEN))
    if errors:
        raise invalid(*errors)
    return _changing(state, Amendment(week=_spans(week), based_on=state.number))


def confirm_year(state: CalendarState, year: int, source: str) -> Amendment:
    """Write that a year's days are as its notice has them; raises Refused where all were official already."""
    if not source:
        raise invalid(FieldError("source", FieldCode.REQUIRED))
    days = [day for day in state.days_of(year) if not day.is_official]
    marks = tuple(DayMark(day.on, day.kind, day.name, source, hours=day.hours) for day in days)
    return _changing(state, Amendment(marks, based_on=state.number))


def create_calendar(session: Session, given: NewCalendar, author: Author) -> Calendar:
    """Make a calendar, its first edition copied from another's newest; raises Refused. Never commits."""
    source = session.scalar(select(Calendar).where(Calendar.code == given.copied_from))
    _check_new(session, given, source)
    if source is None:
        raise Refused(Code.NOT_FOUND)
    calendar = Calendar(code=given.code, name=given.name, zone=given.zone, has_holidays=given.has_holidays)
    try:
        with session.begin_nested():
            session.add(calendar)
            session.flush()
    except IntegrityError:
        raise invalid(FieldError("code", FieldCode.TAKEN)) from None
    state = read_state(session, source.id, last_number(session, source.id))
    days = tuple(_copy(day) for day in state.days.values()) if given.has_holidays else ()
    amend(session, calendar.id, Amendment(days, week=_spans(state.week)), author)
    return calendar


def day_changes(state: CalendarState, amendment: Amendment) -> list[DayChange]:
    """List the dates an amendment changes, in order."""
    after: dict[date, DayMark | None] = {mark.on: mark for mark in amendment.marked}
    after |= dict.fromkeys(amendment.cleared)
    return [DayChange(on, state.days.get(on), after[on]) for on in sorted(after)]


def week_changes(state: CalendarState, amendment: Amendment) -> list[WeekdayPair]:
    """List the weekdays an amendment changes."""
    if amendment.week is None:
        return []
    new = tuple(
        tuple((span.opens, span.closes) for span in amendment.week if span.weekday == weekday)
        for weekday in range(len(state.week))
    )
    return compare_weeks(state, replace(state, week=new))


def _faults_of(correction: Correction) -> Iterator[FieldError]:
    if correction.last < correction.first:
        yield FieldError("last", FieldCode.ENDS_BEFORE_BEGINNING)
    elif correction.last - correction.first >= MOST_DAYS * _ONE_DAY:
        yield FieldError("last", FieldCode.SPAN_TOO_LONG, str(MOST_DAYS))
    if correction.kind is None:
        return
    if correction.kind is DayKind.SPECIAL_HOURS and not correction.hours:
        yield FieldError("hours", FieldCode.REQUIRED)
    if _out_of_order((correction.hours,)):
        yield FieldError("hours", FieldCode.BAD_HOURS)
    yield from _faults_of_text("name", correction.name, LONGEST_NAME)
    yield from _faults_of_text("source", correction.source, LONGEST_SOURCE)


def _faults_of_text(field: str, text: str, longest: int) -> Iterator[FieldError]:
    if not text:
        yield FieldError(field, FieldCode.REQUIRED)
    elif len(text) > longest:
        yield FieldError(field, FieldCode.TOO_LONG, str(longest))


def _out_of_order(week: tuple[Hours, ...]) -> list[int]:
    found = []
    for number, hours in enumerate(week):
        try:
            require_ordered(hours)
        except ValueError:
            found.append(number)
    return found


def _days(correction: Correction) -> Iterator[date]:
    on = correction.first
    while on <= correction.last:
        yield on
        on += _ONE_DAY


def _mark(correction: Correction, on: date, kind: DayKind, state: CalendarState) -> DayMark:
    hours = correction.hours if kind is DayKind.SPECIAL_HOURS else ()
    is_official = on.year in state.official_years
    return DayMark(on, kind, correction.name, correction.source, is_official=is_official, hours=hours)


def _changing(state: CalendarState, amendment: Amendment) -> Amendment:
    same = all(
        change.before is not None and _copy(change.before) == change.after
        for change in day_changes(state, amendment)
    )
    if same and not week_changes(state, amendment):
        raise Refused(Code.NOTHING_CHANGED)
    return amendment


def _copy(day: DayState) -> DayMark:
    return DayMark(day.on, day.kind, day.name, day.source, day.is_official, day.hours)


def _spans(week: tuple[Hours, ...]) -> tuple[Span, ...]:
    return tuple(
        Span(weekday, opens, closes) for weekday, hours in enumerate(week) for opens, closes in hours
    )


def _check_new(session: Session, given: NewCalendar, source: Calendar | None) -> None:
    taken = session.scalar(select(func.count(Calendar.id)).where(Calendar.code == given.code))
    checks = (
        ("code", _CODE.fullmatch(given.code) is not None, FieldCode.BAD_CODE),
        ("code", not taken, FieldCode.TAKEN),
        ("zone", given.zone in available_timezones(), FieldCode.UNKNOWN_ZONE),
        ("copied_from", source is not None, FieldCode.NOT_A_CHOICE),
    )
    errors = [FieldError(field, code) for field, is_good, code in checks if not is_good]
    errors += _faults_of_text("name", given.name, LONGEST_NAME)
    if errors:
        raise invalid(*errors)
