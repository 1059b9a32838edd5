"""大屏: the city at one glance, for a screen that nobody touches.

Nothing on it tells who asked or what they said.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Response

from database import db
from hotline.queries import overdue
from hotline.queries.board import Days, Figures, list_hot_categories, list_unit_loads, read_figures
from hotline.queries.city_load import list_district_loads
from hotline.queries.overdue import Wanted, Window
from hotline.queries.overdue_rows import OverdueRow, Trees, read_rows
from hotline.queries.trees import category_tree, unit_tree
from hotline.queries.trends import Step, list_hours
from hotline.services.calendars import load_calendar
from hotline.services.site import current_site
from hotline.web.auth import current_actor
from hotline.web.pages import is_fragment_wanted, render

_MOST_UNITS = 6
# A screen as wide as two shows them all; on one the style sheet keeps the first eight.
_MOST_ROWS = 18
_AHEAD = timedelta(days=366)


def wall() -> Response:
    """The screen; htmx asks for its living part every 30 seconds."""
    now, session, viewer = datetime.now(UTC), db.session(), current_actor()
    local = now.astimezone(current_site().zone)
    board = read_figures(session, viewer, Days.of(local), now)
    return render(
        "figures/wall.html",
        block="living",
        is_part=is_fragment_wanted(),
        tiles=_tiles(board),
        loads=list_unit_loads(session, viewer, now)[:_MOST_UNITS],
        districts=list_district_loads(session, now),
        categories=list_hot_categories(session, viewer, now),
        hours=_hours(local.date(), now),
        zone=current_site().zone,
        rows=_rows(now),
        now=now,
    )


def _tiles(board: Figures) -> list[dict[str, Any]]:
    return [
        {"label": "今日受理", "value": board.accepted_today, "note": "件"},
        {"label": "待派单", "value": board.to_dispatch, "note": "件"},
        {"label": "在办工单", "value": board.open, "note": "件，已受理未办结"},
        {"label": "红灯（超期）", "value": board.red, "note": "件，已过时限", "light": "red"},
        {
            "label": "黄灯（含橙灯）",
            "value": board.warned,
            "note": f"件，其中橙灯 {board.orange} 件",
            "light": "yellow",
        },
        {
            "label": "按时办结率",
            "value": board.on_time_percent,
            "note": f"本月 {board.on_time:,} / {board.closed:,} 件",
            "light": "green",
        },
    ]


def _hours(on: date, now: datetime) -> list[Step]:
    """Leave out the hour that runs: half of it looks like a fall."""
    hours = list_hours(db.session(), on, current_site().zone, now)
    return [hour for hour in hours if hour.is_over] or hours


def _rows(now: datetime) -> list[OverdueRow]:
    """Read what is over longest and what falls due next."""
    session = db.session()
    window, wanted = Window(None, now + _AHEAD, is_warned=True), Wanted()
    found = overdue.find_page(session, current_actor(), window, (_MOST_ROWS, None), (wanted, now))
    trees = Trees(unit_tree(session), category_tree(session))
    return list(read_rows(session, found.ids, trees, load_calendar(session), now))
