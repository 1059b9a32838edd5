"""Which of the lists of 时限督办 does an address ask for, and narrowed to what?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hotline.queries.overdue import SOON, WARNED, Wanted, Window
from hotline.queries.overdue_rows import Trees
from hotline.queries.typed import id_in
from workflows.vocabulary import Light, TicketType
from workflows.worktime import WorkCalendar

PAGE_SIZE = 20
LIT, FORECAST = "lit", "forecast"
VIEWS: Mapping[str, str] = {
    LIT: "红橙黄灯",
    "red": "已超期",
    "soon": "4 小时内到期",
    "today": "今日到期",
    "tomorrow": "明日到期",
    FORECAST: "预计今日超期",
}
TIERS: Mapping[str, str] = {"1": "一级单位", "2": "二级单位", "3": "三级单位"}
NOBODY = "0"  # of no unit, and so with the centre; of no category
_NONE: frozenset[int | None] = frozenset({None})


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters of the address, unknown words dropped."""

    view: str = LIT
    light: str = ""
    unit: str = ""
    tier: str = ""
    category: str = ""
    type: str = ""
    after: str | None = None

    @property
    def title(self) -> str:
        return VIEWS[self.view]

    @property
    def is_narrowed(self) -> bool:
        return bool(self.light or self.unit or self.tier or self.category or self.type)

    def query(self, **changed: Any) -> dict[str, Any]:
        """Give the address' parameters, some of them changed, empty ones left out."""
        values = {name: getattr(self, name) for name in self.__slots__} | changed
        return {name: value for name, value in values.items() if value and (name, value) != ("view", LIT)}

    def first_page(self, **changed: Any) -> dict[str, Any]:
        return self.query(after=None, **changed)

    def wanted(self, trees: Trees) -> Wanted:
        """Say what a query narrows its list to; a unit and a category mean all below them too."""
        units: frozenset[int | None] | None = None
        if self.unit:
            units = _NONE if self.unit == NOBODY else trees.units.below(int(self.unit))
        if self.tier:
            of_tier = trees.units.at_depth(int(self.tier))
            units = of_tier if units is None else units & of_tier
        categories: frozenset[int | None] | None = None
        if self.category:
            categories = _NONE if self.category == NOBODY else trees.categories.below(int(self.category))
        return Wanted(self.light, units, categories, self.type)


@dataclass(frozen=True, slots=True)
class Moments:
    """What the lists are cut at: now, four hours on, and the two midnights of the city that come next."""

    now: datetime
    soon: datetime
    today_ends: datetime
    tomorrow_ends: datetime

    @classmethod
    def of(cls, calendar: WorkCalendar, now: datetime) -> "Moments":
        today = now.astimezone(ZoneInfo(calendar.zone)).date()
        ends = calendar.end_of_day
        return cls(now, now + SOON, ends(today), ends(today + timedelta(days=1)))

    def window(self, view: str, last_due_at: datetime | None) -> Window:
        """Say between which due moments a list lies; what is warned falls due by `last_due_at`."""
        return {
            LIT: Window(None, last_due_at or self.now, is_warned=True),
            "red": Window(None, self.now),
            "soon": Window(self.now, self.soon),
            "today": Window(self.now, self.today_ends),
            "tomorrow": Window(self.today_ends, self.tomorrow_ends),
        }[view]


def read_asked(values: Mapping[str, str]) -> Asked:
    """Read the address; words it cannot know count as not given."""
    return Asked(
        view=_known(values.get("view", ""), VIEWS) or LIT,
        light=_known(values.get("light", ""), [light.value for light in (*WARNED, Light.GREEN)]),
        unit=_number(values.get("unit", "")),
        tier=_known(values.get("tier", ""), TIERS),
        category=_number(values.get("category", "")),
        type=_known(values.get("type", ""), [word.value for word in TicketType]),
        after=values.get("after") or None,
    )


def _known(value: str, words: Collection[str]) -> str:
    return value if value in words else ""


def _number(value: str) -> str:
    return "" if id_in(value) is None else value
