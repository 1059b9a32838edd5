"""What does the box behind Ctrl K find: tickets by number or words, pages by their names or pinyin."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Response, request, url_for

from database import db
from hotline.queries.marked import Part, mark
from hotline.queries.search_words import Weighed, has_all, pieces_of, terms_of
from hotline.queries.worklists import Filters, list_page
from hotline.search.conditions import phone_search_url
from hotline.web.access import may_call
from hotline.web.auth import current_actor, signed_in
from hotline.web.forms import has_forbidden_character
from hotline.web.pages import menu_of, render
from hotline.web.places import PLACES
from workflows.vocabulary import TicketState

_LONGEST = 100
_MOST_TICKETS = 8


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of what was found, and where it leads."""

    label: str
    url: str
    parts: tuple[Part, ...]
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Finds of one kind under their heading."""

    label: str
    hits: Sequence[Hit]


def look_up() -> Response:
    """Find what the words may mean; only the lines where the box asks, else a page with a form."""
    words = request.args.get("q", "").strip()[:_LONGEST]
    if has_forbidden_character(words):
        words = ""
    groups = [Group("页面", list(_pages(words))), Group("工单", list(_tickets(words)))]
    found = [group for group in groups if group.hits]
    return render("search/palette.html", "found", words=words, groups=found)


def _pages(words: str) -> Iterator[Hit]:
    """The places of the menu; all of them before anything is typed, and then those behind them too."""
    user, pieces = signed_in(), pieces_of(words)
    if user is None or (words and not pieces):
        return
    listed = [(item.label, item.url) for item in menu_of(user)]
    behind = [(label, url_for(endpoint)) for endpoint, label in PLACES.items() if may_call(endpoint)]
    told: set[str] = set()
    for label, url in (*listed, *(behind if words else ())):
        if url not in told and has_all(terms_of(Weighed(label, 1, is_spoken=True)), pieces):
            told.add(url)
            yield Hit(label, url, mark(label, words))


def _tickets(words: str) -> Iterator[Hit]:
    if not words:
        return
    if (phone_url := phone_search_url(words)) and may_call("search.index"):
        yield Hit("按电话查询（留痕）", phone_url, mark("按电话查询（留痕）", ""))
    filters = Filters(words=words, sort="-created_at", limit=_MOST_TICKETS)
    rows = list_page(db.session(), current_actor(), filters, datetime.now(UTC)).rows
    for row in rows:
        url = url_for("tickets.show", number=row.number)
        told = (row.number, row.street or row.district, TicketState(row.state).label_zh)
        aside = " ".join(each for each in told if each)
        yield Hit(row.title, url, mark(row.title, words), aside)
    if rows and may_call("search.index"):
        label = f"在工单检索里查「{words}」"
        yield Hit(label, url_for("search.index", q=words), mark(label, ""))
