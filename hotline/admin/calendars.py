"""The working calendars: the list, one year of one, and its editions side by side."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Blueprint, Response, flash, request, url_for

from database import db
from hotline.admin.calendar_edits import register_edits
from hotline.admin.calendar_frame import open_calendar
from hotline.admin.calendar_imports import register_imports
from hotline.models.calendars import DayKind
from hotline.queries.calendar_pages import (
    count_kind,
    list_calendars,
    list_editions,
    runs_of,
)
from hotline.queries.calendar_states import CalendarState, compare_days, compare_weeks, read_state
from hotline.queries.typed import id_in
from hotline.services.calendar_outlook import list_unannounced
from hotline.services.calendar_recount import count_outdated, recount_some
from hotline.services.calendars import city_date, load_calendar
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.transaction import transaction
from workflows.worktime import WorkCalendar

blueprint = Blueprint("calendars", __name__, url_prefix="/admin/calendars")
register_edits(blueprint)
register_imports(blueprint)

_ONE_DAY = timedelta(days=1)


@blueprint.get("")
def index() -> Response:
    """Every calendar, and what has to be imported now."""
    return render(
        "admin/calendars/index.html",
        lines=list_calendars(db.session()),
        unannounced=list_unannounced(db.session(), datetime.now(UTC)),
    )


@blueprint.get("/<code>")
def show(code: str) -> Response:
    """One year of a calendar: its days that differ, and the hours of the week."""
    opened, now = open_calendar(code), datetime.now(UTC)
    loaded = load_calendar(db.session(), code)
    this_year = city_date(loaded, now).year
    asked = request.args.get("year", type=id_in)
    year = asked if asked is not None and date.min.year < asked < date.max.year else this_year
    days = opened.state.days_of(year)
    return render(
        "admin/calendars/show.html",
        opened=opened,
        year=year,
        is_sure=loaded.is_known(date(year, 1, 1)),
        year_items=_years(code, opened.state, year, this_year),
        runs=runs_of(days),
        figures=_figures(loaded, days, year),
        unannounced=[each for each in list_unannounced(db.session(), now) if each.code == code],
        outdated=count_outdated(db.session(), code),
        after=request.args.get("after", type=id_in) or 0,
        newest=list_editions(db.session(), opened.calendar.id)[0],
    )


@blueprint.post("/<code>/recount")
def recount(code: str) -> Response:
    """Let clocks that run follow the newest edition, some hundred tickets at a press."""
    open_calendar(code)
    after = id_in(request.form.get("after", "")) or 0
    done = recount_some(transaction, code, datetime.now(UTC), after)
    flash(f"核对了 {done.seen} 件工单，其中 {done.moved} 件的时限已按现行版本重算，其余不受影响。", "success")
    return lead_to(url_for("calendars.show", code=code, after=done.last_id))


@blueprint.get("/<code>/editions")
def editions(code: str) -> Response:
    """The editions of a calendar, and two of them side by side."""
    opened = open_calendar(code)
    lines = list_editions(db.session(), opened.calendar.id)
    numbers = {line.number for line in lines}
    newer = request.args.get("newer", type=id_in)
    newer = newer if newer in numbers else opened.state.number
    older = request.args.get("older", type=id_in)
    older = older if older in numbers else max(newer - 1, 1)
    before, after = (read_state(db.session(), opened.calendar.id, number) for number in (older, newer))
    return render(
        "admin/calendars/editions.html",
        opened=opened,
        lines=lines,
        older=older,
        newer=newer,
        choices_=[(line.number, f"第 {line.number} 版") for line in lines],
        week=compare_weeks(before, after),
        days=compare_days(before, after),
    )


def _years(code: str, state: CalendarState, year: int, this_year: int) -> list[dict[str, Any]]:
    shown = sorted({*state.years, this_year, this_year + 1, year})
    official = state.official_years
    return [
        {
            "label": f"{each} 年" + ("" if each in official or each not in state.years else "（推算）"),
            "url": url_for("calendars.show", code=code, year=each),
            "is_current": each == year,
        }
        for each in shown
    ]


def _figures(loaded: WorkCalendar, days: list[Any], year: int) -> list[tuple[str, int]]:
    first = date(year, 1, 1)
    length = (date(year + 1, 1, 1) - first).days
    workdays = sum(loaded.is_workday(first + number * _ONE_DAY) for number in range(length))
    kinds = [(kind.label_zh, count_kind(days, kind)) for kind in DayKind]
    return [*kinds, ("办公的日子", workdays)]
