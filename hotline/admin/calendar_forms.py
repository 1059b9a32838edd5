"""What does somebody fill in to change a calendar, and which of it cannot be read?"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, time

from werkzeug.datastructures import MultiDict

from hotline.models.calendars import CITY_CALENDAR, DayKind
from hotline.queries.calendar_states import CalendarState
from hotline.queries.calendar_words import hours_typed
from hotline.services.calendar_editing import (
    LONGEST_REASON,
    LONGEST_SOURCE,
    Correction,
    NewCalendar,
)
from hotline.web.forms import has_forbidden_character
from workflows.errors import FieldCode, FieldError, invalid
from workflows.worktime import Hours

WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
BY_WEEKDAY = "weekday"
KINDS = (*((kind.value, kind.label_zh) for kind in DayKind), (BY_WEEKDAY, "恢复平日"))

_MIDNIGHT = time()
_ROUND_THE_CLOCK = ((_MIDNIGHT, _MIDNIGHT),)
_BETWEEN_SPANS = re.compile(r"[,、;\s]+")
_SPAN = re.compile(r"(\d{1,2}:\d{2})[-–—~至到](\d{1,2}:\d{2})")


@dataclass(frozen=True, slots=True)
class TypedDay:
    """The form of some days, kept as typed when it comes back."""

    first: str = ""
    last: str = ""
    kind: str = ""
    name: str = ""
    source: str = ""
    hours: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TypedWeek:
    """The form of a week, Monday first."""

    days: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class TypedCalendar:
    """The form of a new calendar."""

    code: str = ""
    name: str = ""
    zone: str = "Asia/Shanghai"
    copied_from: str = CITY_CALENDAR
    has_holidays: bool = True
    reason: str = ""


def read_day(form: MultiDict[str, str]) -> TypedDay:
    return TypedDay(**{name: _text(form, name) for name in TypedDay.__dataclass_fields__})


def read_week(form: MultiDict[str, str]) -> TypedWeek:
    return TypedWeek(tuple(_text(form, f"day{number}") for number in range(7)), _text(form, "reason"))


def read_calendar(form: MultiDict[str, str]) -> TypedCalendar:
    texts = {name: _text(form, name) for name in ("code", "name", "zone", "copied_from", "reason")}
    return TypedCalendar(**texts, has_holidays="has_holidays" in form)


def filled_day(state: CalendarState, first: date | None, last: date | None) -> TypedDay:
    """Fill the form of a day from what stands."""
    day = None if first is None else state.days.get(first)
    return TypedDay(
        "" if first is None else first.isoformat(),
        "" if last is None or last == first else last.isoformat(),
        "" if day is None else day.kind.value,
        "" if day is None else day.name,
        "" if day is None else day.source,
        "" if day is None else hours_typed(day.hours),
    )


def filled_week(state: CalendarState) -> TypedWeek:
    return TypedWeek(tuple(hours_typed(hours) for hours in state.week))


def correction_of(typed: TypedDay) -> Correction:
    """Read the form; raises Refused naming every field that cannot be read."""
    first, last = as_date(typed.first), as_date(typed.last or typed.first)
    hours = hours_of(typed.hours) if typed.kind == DayKind.SPECIAL_HOURS else ()
    checks = (
        ("first", first is not None, FieldCode.NOT_A_DATE),
        ("last", last is not None or not typed.last, FieldCode.NOT_A_DATE),
        ("kind", typed.kind in dict(KINDS), FieldCode.NOT_A_CHOICE),
        ("hours", hours is not None, FieldCode.BAD_HOURS),
        *_texts(name=typed.name, source=typed.source),
    )
    errors = [FieldError(field, code) for field, is_good, code in checks if not is_good]
    errors += faults_of_reason(typed.reason)
    if errors or first is None or last is None or hours is None:
        raise invalid(*errors)
    kind = None if typed.kind == BY_WEEKDAY else DayKind(typed.kind)
    return Correction(first, last, kind, typed.name, typed.source, hours)


def week_of(typed: TypedWeek) -> tuple[Hours, ...]:
    """Read the form; raises Refused naming every field that cannot be read."""
    read = [hours_of(text) for text in typed.days]
    errors = [FieldError(f"day{day}", FieldCode.BAD_HOURS) for day, hours in enumerate(read) if hours is None]
    errors += faults_of_reason(typed.reason)
    if errors:
        raise invalid(*errors)
    return tuple(hours or () for hours in read)


def calendar_of(typed: TypedCalendar) -> NewCalendar:
    """Read the form; raises Refused naming every field left empty. What else is wrong the service says."""
    errors = [FieldError(field, code) for field, is_good, code in _texts(name=typed.name) if not is_good]
    needed = {"code": typed.code, "name": typed.name}
    errors += [FieldError(name, FieldCode.REQUIRED) for name, text in needed.items() if not text]
    errors += faults_of_reason(typed.reason)
    if errors:
        raise invalid(*errors)
    return NewCalendar(typed.code, typed.name, typed.zone, typed.copied_from, typed.has_holidays)


def faults_of_reason(reason: str) -> list[FieldError]:
    """Whoever changes a calendar says why."""
    if not reason:
        return [FieldError("reason", FieldCode.REQUIRED)]
    if has_forbidden_character(reason):
        return [FieldError("reason", FieldCode.BAD_CHARACTER)]
    return (
        [FieldError("reason", FieldCode.TOO_LONG, str(LONGEST_REASON))]
        if len(reason) > LONGEST_REASON
        else []
    )


def faults_of_source(source: str) -> list[FieldError]:
    """A basis that is too long or holds what cannot be shown."""
    if has_forbidden_character(source):
        return [FieldError("source", FieldCode.BAD_CHARACTER)]
    return (
        [FieldError("source", FieldCode.TOO_LONG, str(LONGEST_SOURCE))]
        if len(source) > LONGEST_SOURCE
        else []
    )


def hours_of(text: str) -> Hours | None:
    """Read `08:30-12:00，13:30-24:00` or 全天; nothing typed is no hours, None what cannot be read."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if plain == "全天":
        return _ROUND_THE_CLOCK
    spans = []
    for each in filter(None, _BETWEEN_SPANS.split(plain)):
        matched = _SPAN.fullmatch(each)
        opens, closes = (_time(part) for part in matched.groups()) if matched else (None, None)
        if opens is None or closes is None or matched is None or matched[1] == "24:00":
            return None
        spans.append((opens, closes))
    return tuple(spans)


def as_date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    hour, minute = (int(part) for part in text.split(":"))
    if (hour, minute) == (24, 0):
        return _MIDNIGHT
    try:
        return time(hour, minute)
    except ValueError:
        return None


def _texts(**texts: str) -> list[tuple[str, bool, FieldCode]]:
    return [
        (name, not has_forbidden_character(text), FieldCode.BAD_CHARACTER) for name, text in texts.items()
    ]


def _text(form: MultiDict[str, str], name: str) -> str:
    return form.get(name, "").strip()
