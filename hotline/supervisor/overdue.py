"""The page 时限督办: every ticket that is over or will be today, and the buttons to press its unit with."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, make_response, request, url_for

from database import db
from hotline.queries.forecast import read_forecast
from hotline.queries.marks import BadCursorError
from hotline.queries.overdue import WARNED
from hotline.queries.overdue_rows import read_rows
from hotline.queries.trees import Tree
from hotline.queries.worktime_words import Worktime
from hotline.services.site import current_site
from hotline.services.taking import MOST_AT_ONCE
from hotline.supervisor.overdue_lists import NOBODY, PAGE_SIZE, TIERS, Asked, read_asked
from hotline.supervisor.overdue_page import (
    CENTRE,
    OverduePage,
    Reading,
    find_ids,
    load_overdue,
    panel_of,
    start_reading,
)
from hotline.supervisor.overdue_sheet import SHEETS, Head
from hotline.web.access import may_call
from hotline.web.auth import current_actor
from hotline.web.once import lead_to
from hotline.web.pages import is_fragment_wanted, render
from hotline.web.taking import count_as_taken
from workflows.vocabulary import Light, Role, TicketType

MOST_EXPORTED = MOST_AT_ONCE
_ANY = "NUMBER"


def register_overdue(blueprint: Blueprint) -> None:
    """Give the blueprint the page and its export."""
    blueprint.add_url_rule("/overdue", "overdue", overdue)
    blueprint.add_url_rule("/overdue/forecast", "forecast", forecast)
    kinds = f"any({', '.join(SHEETS)})"
    blueprint.add_url_rule(f"/overdue/export.<{kinds}:kind>", "export_overdue", export_overdue)


def overdue() -> Response:
    """The page; htmx asks for its living parts every 30 seconds."""
    reading = _reading(datetime.now(UTC))
    try:
        page = load_overdue(reading, PAGE_SIZE)
    except BadCursorError:
        abort(400)
    return render(
        "supervisor/overdue.html",
        block="living",
        is_part=is_fragment_wanted(),
        asked=reading.asked,
        page=page,
        forecast=page.forecast,
        method=page.method,
        worktime=Worktime.of(reading.calendar),
        options=_options(reading),
        links=_links(reading.asked, page),
        may_press=Role.SUPERVISOR in reading.viewer.roles,
        now=reading.now,
    )


def forecast() -> Response:
    """The forecast as htmx puts it into the page of any other list; by itself it is a list of that page."""
    reading = _reading(datetime.now(UTC))
    found = read_forecast(reading.session, reading.viewer, reading.calendar, reading.now)
    panel = panel_of(reading, found)
    if not is_fragment_wanted():
        return lead_to(panel.url)
    return render("supervisor/overdue_forecast.html", forecast=panel)


def export_overdue(kind: str) -> Response:
    """The list as a spreadsheet with its filter and its time in it: its first rows, without callers.

    A file that leaves some out says so.
    """
    now, site = datetime.now(UTC), current_site()
    reading = _reading(now)
    found = find_ids(reading, MOST_EXPORTED)
    rows = read_rows(reading.session, found.ids, reading.trees, reading.calendar, now)
    count_as_taken(len(found.ids))
    sheet = SHEETS[kind]
    cut_at = None if found.next is None else len(found.ids)
    head = Head(_words(reading), reading.viewer.name, now, site.zone, Worktime.of(reading.calendar), cut_at)
    response = make_response(sheet.write(rows, head))
    response.headers["Content-Type"] = sheet.content_type
    name = f"overdue-{now.astimezone(site.zone):%Y%m%d-%H%M}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _reading(now: datetime) -> Reading:
    return start_reading(db.session(), current_actor(), read_asked(request.args), now)


def _options(reading: Reading) -> dict[str, list[tuple[str, str]]]:
    return {
        "lights": [(light.value, light.label_zh) for light in (*WARNED, Light.GREEN)],
        "units": [(NOBODY, CENTRE), *_indented(reading.trees.units)],
        "tiers": list(TIERS.items()),
        "categories": [(NOBODY, "未分类"), *_indented(reading.trees.categories)],
        "types": [(word.value, word.label_zh) for word in TicketType],
    }


def _indented(tree: Tree) -> list[tuple[str, str]]:
    """Write a tree as a flat list: everything stands right under what it belongs to, further in."""
    nodes = tuple(tree.in_order())
    least = min((node.depth for node in nodes), default=0)
    return [(str(node.id), "　" * (node.depth - least) + node.name) for node in nodes]


def _links(asked: Asked, page: OverduePage) -> dict[str, Any]:
    def link(**query: Any) -> str:
        return url_for("supervisor.overdue", **query)

    here = link(**asked.query())
    return {
        "here": here,
        "forecast": url_for("supervisor.forecast", **asked.first_page()),
        "clear": link(**Asked(view=asked.view).query()),
        "first": link(**asked.first_page()) if asked.after else None,
        "older": link(**asked.query(after=page.next)) if page.next else None,
        "ticket": _of_ticket("tickets.show"),
        "order": _of_ticket("tickets.issue_order", next=f"{here}#row-{_ANY}"),
        "why": _of_ticket("tickets.clocks" if may_call("tickets.clocks") else "tickets.show"),
        "exports": [
            (kind.upper(), url_for("supervisor.export_overdue", kind=kind, **asked.first_page()))
            for kind in SHEETS
        ],
    }


def _of_ticket(endpoint: str, **query: Any) -> Callable[[str], str]:
    """Build an address once for the tickets of all rows: routing costs more than all else of a row."""
    parts = url_for(endpoint, number=_ANY, **query).split(_ANY)
    return lambda number: quote(number).join(parts)


def _words(reading: Reading) -> str:
    """Say the filter as people read it."""
    asked, trees = reading.asked, reading.trees
    unit = CENTRE if asked.unit == NOBODY else trees.units.name(int(asked.unit or 0))
    category = "未分类" if asked.category == NOBODY else trees.categories.name(int(asked.category or 0))
    parts = (
        ("列表", asked.title),
        ("时限灯", Light(asked.light).label_zh if asked.light else ""),
        ("主办单位（含下级）", unit if asked.unit else ""),
        ("级别", TIERS.get(asked.tier, "")),
        ("分类（含下级）", category if asked.category else ""),
        ("诉求类型", TicketType(asked.type).label_zh if asked.type else ""),
    )
    return "；".join(f"{name}：{value}" for name, value in parts if value)
