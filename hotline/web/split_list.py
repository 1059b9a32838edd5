"""How does a page with a list on the left and one ticket on the right keep its place? All in the URL.

View, filter, sort, page and the open ticket are parameters, so that a link, a reload and the redirect after
an action lead back to the same place, and work without JavaScript.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import abort, request, url_for
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from hotline.queries.claims import Holder, holders_of
from hotline.queries.marks import BadCursorError
from hotline.queries.worklists import Filters, TicketRow, count, count_each, list_page
from workflows.definition import Actor
from workflows.vocabulary import ClockName, Light

ROWS_PER_PAGE = 20
_LONGEST_WORDS = 100
# Marks of keyset pages are URL-safe base64, which knows no dot.
_BETWEEN_MARKS = "."


@dataclass(frozen=True, slots=True)
class View:
    """One tab above the list."""

    name: str
    label: str
    filters: Filters
    is_alarming: bool = False


@dataclass(frozen=True, slots=True)
class Tab:
    """A view as the page shows it, with how many tickets it holds."""

    label: str
    url: str
    count: int
    is_current: bool
    is_alarming: bool


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the list; `tags` are (text, kind), `held` says who has it now, `clock` whose time it is."""

    number: str
    title: str
    light: Light
    due_at: datetime | None
    meta: str
    version: int
    state: str | None = None
    tags: tuple[tuple[str, str], ...] = ()
    aside: str = ""
    held: str = ""
    clock: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody is. `marks` lead to the page of the list, `more` holds the page's own filters.

    One who is led here after an act means any ticket nobody has in hand rather than the one named.
    """

    endpoint: str
    view: str
    words: str = ""
    marks: tuple[str, ...] = ()
    ticket: str = ""
    more: Mapping[str, str] = field(default_factory=dict)
    is_led: bool = False

    @property
    def url(self) -> str:
        """The address of this place, without what is as usual."""
        asked: dict[str, Any] = {
            "view": self.view,
            "q": self.words,
            **self.more,
            "page": _BETWEEN_MARKS.join(self.marks),
            "ticket": self.ticket,
            "led": "1" if self.is_led and self.ticket else "",
        }
        return url_for(self.endpoint, **{name: value for name, value in asked.items() if value})

    @property
    def is_filtered(self) -> bool:
        return bool(self.words) or any(self.more.values())


@dataclass(frozen=True, slots=True)
class SplitList:
    """The left half of the page. `current` is the open ticket's number, empty when there is none to open."""

    place: Place
    label: str
    tabs: tuple[Tab, ...]
    rows: tuple[ListRow, ...]
    total: int
    next_mark: str | None
    is_pool: bool = False

    @property
    def current(self) -> str:
        return self.place.ticket or next((row.number for row in self.rows if not row.held), "")

    @property
    def is_detail_wanted(self) -> bool:
        """Whether a narrow screen shows the ticket and not the list."""
        return bool(self.place.ticket)

    @property
    def first(self) -> int:
        return len(self.place.marks) * ROWS_PER_PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1 if self.rows else 0

    @property
    def newer_url(self) -> str | None:
        newer = replace(self.place, marks=self.place.marks[:-1], ticket="")
        return newer.url if self.place.marks else None

    @property
    def older_url(self) -> str | None:
        if self.next_mark is None:
            return None
        return replace(self.place, marks=(*self.place.marks, self.next_mark), ticket="").url

    @property
    def list_url(self) -> str:
        return replace(self.place, ticket="").url

    @property
    def back_url(self) -> str:
        return f"{self.list_url}#row-{self.current}"

    @property
    def unfiltered_url(self) -> str:
        return Place(self.place.endpoint, self.place.view).url

    @property
    def here_url(self) -> str:
        """The same place, with the open ticket named."""
        return self.row_url(self.current)

    @property
    def next_url(self) -> str:
        """The place after an act that takes the open ticket off the list."""
        return replace(self.place, ticket=_free_after(self.rows, self.current), is_led=self.is_pool).url

    def row_url(self, number: str) -> str:
        return replace(self.place, ticket=number).url


@dataclass(frozen=True, slots=True)
class Frame:
    """What a page's places are made of; `more` lists the values each of its own filters may have.

    Of a pool, rows that somebody else has in hand say so, and none of them is opened unasked.
    """

    endpoint: str
    views: tuple[View, ...]
    more: Mapping[str, Sequence[str]] = field(default_factory=dict)
    is_pool: bool = False


def read_place(frame: Frame) -> Place:
    """Read the place from the address of this request."""
    return _place(frame, request.args)


def query_of(url: str | None) -> MultiDict[str, str]:
    """Read what an address asks for, such as the one a form was filled in at."""
    return MultiDict(parse_qsl(urlsplit(url or "").query))


def place_in(frame: Frame, url: str | None) -> Place:
    """Read the place from an address, such as the one a form leads on to; anything unknown is left out."""
    return _place(frame, query_of(url))


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads which list and when; `narrow` adds the page's own filters to a view's."""

    session: Session
    viewer: Actor
    now: datetime
    narrow: Callable[[Filters, Mapping[str, str]], Filters] = lambda filters, _more: filters


def load_list(
    frame: Frame,
    place: Place,
    reading: Reading,
    dress: Callable[[Sequence[TicketRow]], Sequence[ListRow]],
) -> SplitList:
    """Read one page of the list and count every view; a page mark that is not ours answers 400."""
    view = next(view for view in frame.views if view.name == place.view)
    narrowed = reading.narrow(replace(view.filters, words=place.words), place.more)
    asked = replace(narrowed, limit=ROWS_PER_PAGE, after=place.marks[-1] if place.marks else None)
    try:
        page = list_page(reading.session, reading.viewer, asked, reading.now)
    except BadCursorError:
        abort(400)
    rows = tuple(_held_rows(dress(page.rows), reading) if frame.is_pool else dress(page.rows))
    place = _led_on(place, rows)
    tabs = _tabs(frame, place, reading)
    current = next(tab for tab in tabs if tab.is_current)
    return SplitList(
        place=place,
        label=view.label,
        tabs=tabs,
        rows=rows,
        total=count(reading.session, reading.viewer, narrowed, reading.now)
        if place.is_filtered
        else current.count,
        next_mark=page.next,
        is_pool=frame.is_pool,
    )


def plain_row(row: TicketRow) -> ListRow:
    """Show a ticket by its own light, state and street; pages change what they show otherwise."""
    return ListRow(
        number=row.number,
        title=row.title or row.number,
        light=row.light,
        due_at=row.due_at,
        meta=row.street or row.district,
        version=row.version,
        state=row.state,
        clock=ClockName(row.leading_clock).label_zh if row.leading_clock else "",
    )


def _held_rows(rows: Sequence[ListRow], reading: Reading) -> list[ListRow]:
    numbers = [row.number for row in rows]
    holders = holders_of(reading.session, numbers, reading.viewer.user_id, reading.now)
    return [
        replace(row, held=_held(holders[row.number], reading.now)) if row.number in holders else row
        for row in rows
    ]


def _held(holder: Holder, now: datetime) -> str:
    minutes = math.ceil((holder.until - now) / timedelta(minutes=1))
    return f"{holder.name} 正在处理 · 剩 {minutes} 分钟"


def _led_on(place: Place, rows: Sequence[ListRow]) -> Place:
    """Lead past a ticket that somebody has taken in hand since the address was written."""
    if not place.is_led:
        return place
    is_taken = any(row.number == place.ticket and row.held for row in rows)
    return replace(place, ticket=_free_after(rows, place.ticket) if is_taken else place.ticket, is_led=False)


def _free_after(rows: Sequence[ListRow], number: str) -> str:
    """The next row nobody has in hand, else the nearest one before, else none."""
    numbers = [row.number for row in rows]
    at = numbers.index(number) if number in numbers else -1
    others = [*rows[at + 1 :], *(rows[:at][::-1] if at >= 0 else ())]
    return next((row.number for row in others if not row.held), "")


def _place(frame: Frame, asked: MultiDict[str, str]) -> Place:
    names = [view.name for view in frame.views]
    wanted = asked.get("view", "")
    return Place(
        endpoint=frame.endpoint,
        view=wanted if wanted in names else names[0],
        words=asked.get("q", "").strip()[:_LONGEST_WORDS],
        marks=tuple(mark for mark in asked.get("page", "").split(_BETWEEN_MARKS) if mark),
        ticket=asked.get("ticket", "").strip(),
        is_led=frame.is_pool and "led" in asked,
        more={name: asked[name] for name, values in frame.more.items() if asked.get(name) in values},
    )


def _tabs(frame: Frame, place: Place, reading: Reading) -> tuple[Tab, ...]:
    lists = [view.filters for view in frame.views]
    counts = count_each(reading.session, reading.viewer, lists, reading.now)
    return tuple(
        Tab(view.label, Place(place.endpoint, view.name).url, held, view.name == place.view, view.is_alarming)
        for view, held in zip(frame.views, counts, strict=True)
    )
