"""Which days off and make-up workdays do the two maintained packages name for a year, and do they agree?

`chinesecalendar` knows only years whose notice is out. `holidays` computes the statutory days of any year,
without a single make-up workday, and lists no weekend inside a holiday. So both are compared by whether the
offices are shut, and a year that only one of them knows is a guess.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar
import holidays
from chinese_calendar.constants import holidays as noticed_holidays
from chinese_calendar.constants import workdays as noticed_workdays

from hotline.models.calendars import DayKind
from workflows.vocabulary import Word

FIRST_YEAR, LAST_YEAR = 2004, 2099

_SATURDAY = 5
_ONE_DAY = timedelta(days=1)
_NAMES = {"清明": "清明节", "端午": "端午节", "中秋": "中秋节", "农历除夕": "春节"}
_UNNAMED = "休息日"


class Source(Word):
    """One of the two packages."""

    HOLIDAYS = "holidays", "holidays"
    CHINESECALENDAR = "chinesecalendar", "chinesecalendar"


@dataclass(frozen=True, slots=True)
class Offer:
    """What a package says of a date; `kind` is None where the date follows its weekday."""

    kind: DayKind | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Conflict:
    """A date on which the packages disagree about whether the offices open."""

    on: date
    offers: Mapping[Source, Offer]


@dataclass(frozen=True, slots=True)
class YearOffer:
    """What both say of a year: where they agree, where not, and whether its notice is known."""

    year: int
    agreed: Mapping[date, Offer]
    conflicts: tuple[Conflict, ...]
    is_noticed: bool


def offer_of(year: int) -> YearOffer:
    """Ask both packages about a year; raises ValueError outside FIRST_YEAR to LAST_YEAR."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(year)
    noticed = _noticed(year)
    return compare(year, _computed(year), noticed or None)


def compare(year: int, computed: Mapping[date, Offer], noticed: Mapping[date, Offer] | None) -> YearOffer:
    """Lay the two side by side; without a notice the computed days stand alone."""
    if noticed is None:
        return YearOffer(year, dict(computed), (), is_noticed=False)
    agreed, conflicts = {}, []
    for on in sorted({*computed, *noticed}):
        ours, theirs = computed.get(on, Offer(None)), noticed.get(on, Offer(None))
        if _is_shut(on, ours) == _is_shut(on, theirs):
            agreed[on] = theirs if theirs.kind is not None else ours
        else:
            conflicts.append(Conflict(on, {Source.HOLIDAYS: ours, Source.CHINESECALENDAR: theirs}))
    return YearOffer(year, agreed, tuple(conflicts), is_noticed=True)


def _is_shut(on: date, offer: Offer) -> bool:
    return on.weekday() >= _SATURDAY if offer.kind is None else offer.kind is DayKind.HOLIDAY


def _noticed(year: int) -> dict[date, Offer]:
    kinds = ((DayKind.HOLIDAY, noticed_holidays), (DayKind.WORKDAY_IN_LIEU, noticed_workdays))
    return {
        on: Offer(kind, _name(chinese_calendar.Holiday(english).chinese))
        for kind, days in kinds
        for on, english in days.items()
        if on.year == year
    }


def _computed(year: int) -> dict[date, Offer]:
    found = holidays.country_holidays("CN", years=year, language="zh_CN")
    off = {on: Offer(DayKind.HOLIDAY, _name(name)) for on, name in sorted(found.items()) if on.year == year}
    working = (on for on in sorted(found.weekend_workdays) if on.year == year)
    return {**off, **{on: Offer(DayKind.WORKDAY_IN_LIEU) for on in working}}


def _name(text: str) -> str:
    first = text.partition("；")[0].partition("（")[0].strip()
    return "" if first == _UNNAMED else _NAMES.get(first, first)
