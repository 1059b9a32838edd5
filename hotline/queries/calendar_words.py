"""How do the days and hours of a working calendar read in words?"""

from collections.abc import Mapping
from datetime import date, time
from typing import Protocol, TypeVar

from hotline.models.calendars import DayKind
from workflows.vocabulary import Word
from workflows.worktime import Hours

_WEEKDAYS = "一二三四五六日"
_MIDNIGHT = time()
_BY_WEEKDAY = "按平日"


_Source = TypeVar("_Source", bound=Word)


class Day(Protocol):
    """What there is to say of a date, as it stands or as it is going to be."""

    @property
    def kind(self) -> DayKind: ...
    @property
    def name(self) -> str: ...
    @property
    def is_official(self) -> bool: ...
    @property
    def hours(self) -> Hours: ...


class Offered(Protocol):
    """What a package says of a date."""

    @property
    def kind(self) -> DayKind | None: ...


def hours_words(hours: Hours) -> str:
    """`08:30–12:00，13:30–24:00`; a day without hours is 不办公."""
    if hours == ((_MIDNIGHT, _MIDNIGHT),):
        return "全天"
    spans = (f"{opens:%H:%M}–{_closing(closes)}" for opens, closes in hours)
    return "，".join(spans) or "不办公"


def hours_typed(hours: Hours) -> str:
    """The hours as somebody types them into a form."""
    return "，".join(f"{opens:%H:%M}-{_closing(closes)}" for opens, closes in hours)


def weekday_word(on: date) -> str:
    return f"周{_WEEKDAYS[on.weekday()]}"


def day_words(day: Day | None) -> str:
    """`放假（春节，推算）`; None is 按平日."""
    if day is None:
        return _BY_WEEKDAY
    more = [day.name] if day.name else []
    more += [hours_words(day.hours)] if day.kind is DayKind.SPECIAL_HOURS else []
    more += [] if day.is_official or day.kind is DayKind.SPECIAL_HOURS else ["推算"]
    return day.kind.label_zh + (f"（{'，'.join(more)}）" if more else "")


def change_words(on: date, before: Day | None, after: Day | None) -> str:
    """One date, from what to what."""
    return f"{on:%Y-%m-%d} {weekday_word(on)}：{day_words(before)} → {day_words(after)}"


def conflict_words(on: date, offers: Mapping[_Source, Offered]) -> str:
    """One date and what each package says of it."""
    said = (f"{source.label_zh} {offer_words(offer)}" for source, offer in offers.items())
    return f"{on:%Y-%m-%d} {weekday_word(on)}：{'；'.join(said)}"


def offer_words(offer: Offered) -> str:
    return _BY_WEEKDAY if offer.kind is None else offer.kind.label_zh


def _closing(closes: time) -> str:
    return "24:00" if closes == _MIDNIGHT else f"{closes:%H:%M}"
