"""What does the supervisor see: the figures, who is burning, and every late ticket, worst first."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, abort, make_response, request, url_for

from database import db
from hotline.queries import board as figures
from hotline.queries.board import Days, Figures
from hotline.queries.directory import list_units
from hotline.queries.marks import BadCursorError
from hotline.queries.orders import count_open
from hotline.queries.worklists import Page, TicketRow, count, list_page
from hotline.services.calendar_outlook import list_unannounced
from hotline.services.site import current_site
from hotline.services.taking import MOST_AT_ONCE
from hotline.supervisor.bars import bars_of
from hotline.supervisor.books import register_books
from hotline.supervisor.data_requests import register_data_requests
from hotline.supervisor.ledgers import register_ledgers
from hotline.supervisor.lists import PICKABLE_LIGHTS, Asked, read_asked
from hotline.supervisor.orders import register_orders
from hotline.supervisor.overdue import register_overdue
from hotline.supervisor.pressing import register_pressing
from hotline.web.access import may_call
from hotline.web.auth import current_actor
from hotline.web.pages import is_fragment_wanted, render
from hotline.web.sheet import HEADING, cells_of, write_sheet
from hotline.web.taking import count_as_taken
from hotline.web.workbook import Cover, Table, answer_with_book
from workflows.vocabulary import Light, Role, TicketType

# Whoever runs out of time, or has run out of it, can be urged from the row.
_PRESSING = frozenset({Light.YELLOW, Light.ORANGE, Light.RED})
blueprint = Blueprint("supervisor", __name__, url_prefix="/board")
register_orders(blueprint)
register_ledgers(blueprint)
register_books(blueprint)
register_data_requests(blueprint)
register_overdue(blueprint)
register_pressing(blueprint)


@blueprint.get("")
def board() -> Response:
    """The board; htmx asks for its living parts every 30 seconds."""
    asked, now = read_asked(request.args), datetime.now(UTC)
    days = _days(now)
    tiles = figures.read_figures(db.session(), current_actor(), days, now)
    page = _page(asked, days, now)
    return render(
        "supervisor/board.html",
        block="living",
        is_part=is_fragment_wanted(),
        asked=asked,
        figures=tiles,
        tiles=_tiles(tiles),
        bars=bars_of(figures.list_unit_loads(db.session(), current_actor(), now)),
        categories=figures.list_hot_categories(db.session(), current_actor(), now),
        page=page,
        ordered=count_open(db.session(), [row.number for row in page.rows]),
        total=_total(asked, days, now),
        options=_options(),
        links=_links(asked, page),
        has_ticket_page=may_call("tickets.show"),
        may_press=Role.SUPERVISOR in current_actor().roles,
        pressing_lights=_PRESSING,
        unannounced=() if is_fragment_wanted() else list_unannounced(db.session(), now),
        may_import=False,
        now=now,
    )


@blueprint.get("/export.csv")
def export() -> Response:
    """The list as a spreadsheet: its first rows, without callers."""
    asked, now = read_asked(request.args), datetime.now(UTC)
    site = current_site()
    rows = _first_rows(asked, now)
    count_as_taken(len(rows))
    left_out = _total(asked, _days(now), now) - len(rows)
    text = write_sheet(rows, current_actor().name, now, site.zone, left_out)
    response = make_response(text)
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"tickets-{now.astimezone(site.zone):%Y%m%d-%H%M}.csv"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/export.xlsx")
def export_book() -> Response:
    """The same as a workbook that says first what it was filtered by."""
    asked, now = read_asked(request.args), datetime.now(UTC)
    total, zone = _total(asked, _days(now), now), current_site().zone
    found = _first_rows(asked, now)
    count_as_taken(len(found))
    cut_at = len(found) if total > len(found) else None
    rows = [cells_of(row, zone) for row in found]
    return answer_with_book(
        "board", Cover("督办看板", _words(asked), now, cut_at=cut_at), [Table("工单", HEADING, rows)]
    )


def _words(asked: Asked) -> list[tuple[str, str]]:
    """Say the filter as people read it."""
    options = {name: dict(pairs) for name, pairs in _options().items()}
    parts = (
        ("列表", asked.title),
        ("时限灯", options["lights"].get(asked.light, "")),
        ("主办单位", options["units"].get(str(asked.unit), "")),
        ("诉求类型", options["types"].get(asked.type, "")),
    )
    return [(name, value) for name, value in parts if value]


def _days(now: datetime) -> Days:
    return Days.of(now.astimezone(current_site().zone))


def _page(asked: Asked, days: Days, now: datetime) -> Page:
    try:
        return list_page(db.session(), current_actor(), asked.filters(days), now)
    except BadCursorError:
        abort(400)


def _total(asked: Asked, days: Days, now: datetime) -> int:
    return count(db.session(), current_actor(), asked.filters(days), now)


def _first_rows(asked: Asked, now: datetime) -> Sequence[TicketRow]:
    filters = replace(asked.filters(_days(now)), after=None, limit=MOST_AT_ONCE)
    return list_page(db.session(), current_actor(), filters, now).rows


def _tiles(found: Figures) -> list[dict[str, Any]]:
    def link(view: str) -> str:
        return url_for("supervisor.board", **Asked(view=view).query(), _anchor="list")

    return [
        {"label": "今日受理", "value": found.accepted_today, "note": "件", "url": link("today")},
        {"label": "待派单", "value": found.to_dispatch, "note": "件", "url": link("to_dispatch")},
        {"label": "在办工单", "value": found.open, "note": "件，已受理未办结", "url": link("open")},
        {
            "label": "红灯（超期）",
            "value": found.red,
            "note": "件，已过时限",
            "url": link("red"),
            "light": "red",
        },
        {
            "label": "黄灯（含橙灯）",
            "value": found.warned,
            "note": f"件，其中橙灯 {found.orange} 件",
            "url": link("yellow"),
            "light": "yellow",
        },
        {
            "label": "按时办结率",
            "value": found.on_time_percent,
            "note": f"本月 {found.on_time} / {found.closed} 件",
            "url": link("closed"),
            "light": "green",
        },
    ]


def _options() -> dict[str, list[tuple[str, str]]]:
    return {
        "lights": [(light.value, light.label_zh) for light in PICKABLE_LIGHTS],
        "units": [(str(unit.id), unit.name) for unit in list_units(db.session())],
        "types": [(word.value, word.label_zh) for word in TicketType],
    }


def _links(asked: Asked, page: Page) -> dict[str, str | None]:
    here = asked.query(after=asked.after)
    older = None if page.next is None else asked.query(after=page.next)
    return {
        "here": url_for("supervisor.board", **here),
        "clear": url_for("supervisor.board", **Asked(view=asked.view).query(), _anchor="list"),
        "first": url_for("supervisor.board", **asked.query(), _anchor="list") if asked.after else None,
        "older": None if older is None else url_for("supervisor.board", **older, _anchor="list"),
        "export": url_for("supervisor.export", **asked.query()),
        "book": url_for("supervisor.export_book", **asked.query()),
    }
