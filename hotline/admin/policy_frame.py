"""What do all pages of the limits share: the tabs, and which version is being looked at?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import abort, request, url_for

from database import db
from hotline.queries.policy_pages import Edition, list_editions
from hotline.services.calendars import city_date, load_calendar
from hotline.web.access import may_call
from workflows.policy import LimitClass, RowName
from workflows.vocabulary import Word

_TABS = (
    ("policies.index", "时限"),
    ("policies.versions", "版本"),
    ("policies.compare", "比较"),
    ("policies.trial", "试运行"),
)


@dataclass(frozen=True, slots=True)
class Frame:
    """The top of a page: the versions, and the one that is looked at."""

    tabs: tuple[dict[str, Any], ...]
    editions: tuple[Edition, ...]
    edition: Edition
    today: date
    may_draft: bool

    @property
    def draft(self) -> Edition | None:
        return next((each for each in self.editions if each.is_draft), None)

    @property
    def valid(self) -> Edition:
        """The version in force; the oldest while none is."""
        return next((each for each in self.editions if each.is_valid), self.editions[-1])

    @property
    def choices(self) -> list[tuple[int, str]]:
        """The versions to choose from, as a select wants them."""
        return [(each.number, each.label) for each in self.editions]

    def find(self, number: int | None) -> Edition | None:
        """The version of that number."""
        return next((each for each in self.editions if each.number == number), None)


def read_frame(now: datetime, *, prefers_draft: bool = False) -> Frame:
    """Read which version the address names; else the draft where it is preferred, else the valid one."""
    today = city_date(load_calendar(db.session()), now)
    editions = list_editions(db.session(), today)
    edition = _asked(editions, prefers_draft=prefers_draft) or abort(404)
    return Frame(_tabs(), editions, edition, today, may_call("policies.put_row"))


def words_of(vocabulary: type[Word]) -> list[tuple[str, str]]:
    """List a vocabulary as (value, label) for a select."""
    return [(word.value, word.label_zh) for word in vocabulary]


def clock_choices() -> list[tuple[str, str]]:
    return words_of(RowName)


def class_choices() -> list[tuple[str, str]]:
    return words_of(LimitClass)


def _asked(editions: Sequence[Edition], *, prefers_draft: bool) -> Edition | None:
    asked = request.args.get("version", "")
    named = next((each for each in editions if str(each.number) == asked), None)
    draft = next((each for each in editions if each.is_draft and prefers_draft), None)
    valid = next((each for each in editions if each.is_valid), None)
    return named or draft or valid or next(iter(reversed(editions)), None)


def _tabs() -> tuple[dict[str, Any], ...]:
    return tuple(
        {"label": label, "url": url_for(endpoint), "is_current": request.endpoint == endpoint}
        for endpoint, label in _TABS
    )
