"""How does an administrator correct days, change the week, call a year official, or make a new calendar?"""

from typing import Any

from flask import Blueprint, Response, abort, request, url_for

from database import db
from hotline.admin import calendar_forms as forms
from hotline.admin.calendar_frame import (
    Form,
    Opened,
    author_of,
    carry_out,
    form_page,
    open_calendar,
    year_url,
)
from hotline.models.calendars import CITY_CALENDAR, Origin
from hotline.queries.calendar_pages import list_calendars
from hotline.queries.calendar_states import CalendarState
from hotline.services import calendar_editing as editing
from hotline.services.calendars import Amendment
from hotline.web.complaints import complaints_of
from hotline.web.errors import Problem, problem_of_refusal
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Refused, invalid

_DAY_LABELS = {
    "first": "开始日期",
    "last": "结束日期",
    "kind": "类别",
    "name": "名称",
    "source": "依据",
    "hours": "办公时间",
    "reason": "修改原因",
}
_WEEK_LABELS = {f"day{number}": name for number, name in enumerate(forms.WEEKDAYS)} | {"reason": "修改原因"}
_YEAR_LABELS = {"source": "依据", "reason": "修改原因"}
_NEW_LABELS = {
    "code": "代码",
    "name": "名称",
    "zone": "时区",
    "copied_from": "复制自",
    "reason": "用途",
}


def register_edits(blueprint: Blueprint) -> None:
    """Give the blueprint the forms that change a calendar."""
    add = blueprint.add_url_rule
    add("/<code>/day", "day", day)
    add("/<code>/day", "correct", correct, methods=["POST"])
    add("/<code>/week", "week", week)
    add("/<code>/week", "change_week", change_week, methods=["POST"])
    add("/<code>/years/<int:year>/official", "official", official)
    add("/<code>/years/<int:year>/official", "confirm_year", confirm_year, methods=["POST"])
    add("/new", "new", new)
    add("/new", "create", create, methods=["POST"])


def day(code: str) -> Response:
    """The form of one day, or of some days in a row."""
    opened = open_calendar(code)
    first, last = (forms.as_date(request.args.get(name, "")) for name in ("on", "last"))
    return form_page(opened, _day_form(opened, forms.filled_day(opened.state, first, last)))


def correct(code: str) -> Response:
    """Mark days, or give them back to their weekday."""
    opened, typed = open_calendar(code), forms.read_day(request.form)
    return carry_out(
        opened,
        _day_form(opened, typed),
        lambda state: editing.correct_days(state, forms.correction_of(typed)),
        typed.reason,
    )


def week(code: str) -> Response:
    """The form of the hours of every weekday."""
    opened = open_calendar(code)
    return form_page(opened, _week_form(opened, forms.filled_week(opened.state)))


def change_week(code: str) -> Response:
    """Change the hours of the week."""
    opened, typed = open_calendar(code), forms.read_week(request.form)
    return carry_out(
        opened,
        _week_form(opened, typed),
        lambda state: editing.change_week(state, forms.week_of(typed)),
        typed.reason,
    )


def official(code: str, year: int) -> Response:
    """The form that calls a computed year official."""
    opened = open_calendar(code)
    if not opened.state.days_of(year):
        abort(404)
    return form_page(opened, _year_form(opened, year, {"source": "", "reason": ""}))


def confirm_year(code: str, year: int) -> Response:
    """Call a year official: its days were compared with the notice."""
    opened = open_calendar(code)
    typed = {name: request.form.get(name, "").strip() for name in _YEAR_LABELS}

    def build(state: CalendarState) -> Amendment:
        errors = [*forms.faults_of_source(typed["source"]), *forms.faults_of_reason(typed["reason"])]
        if errors:
            raise invalid(*errors)
        return editing.confirm_year(state, year, typed["source"])

    return carry_out(opened, _year_form(opened, year, typed), build, typed["reason"])


def new() -> Response:
    """The form of a new calendar."""
    return _new_page(forms.TypedCalendar(copied_from=request.args.get("copied_from", CITY_CALENDAR)))


def create() -> Response:
    """Make a calendar that begins as a copy of another one."""
    typed = forms.read_calendar(request.form)
    try:
        given = forms.calendar_of(typed)
        author = author_of(typed.reason, Origin.COPIED)
        return perform(
            lambda session: editing.create_calendar(session, given, author),
            request.form.get("request_key", ""),
            lambda calendar: year_url(calendar.code),
            f"已新建“{given.name}”，请核对它的办公时间。",
        )
    except Refused as refusal:
        return _new_page(typed, problem_of_refusal(refusal))


def _new_page(typed: forms.TypedCalendar, problem: Problem | None = None) -> Response:
    return render(
        "admin/calendars/new.html",
        status=problem.status if problem else 200,
        typed=typed,
        problem=problem,
        has_errors=problem is not None,
        sources=[(line.code, line.name) for line in list_calendars(db.session())],
        **complaints_of(problem, _NEW_LABELS),
    )


def _day_form(opened: Opened, typed: forms.TypedDay) -> Form:
    first = forms.as_date(typed.first)
    return Form(
        "admin/calendars/day.html",
        {"heading": "修改日期", "typed": typed, "kinds": forms.KINDS},
        _DAY_LABELS,
        url_for("calendars.correct", code=opened.code),
        year_url(opened.code, None if first is None else first.year),
    )


def _week_form(opened: Opened, typed: forms.TypedWeek) -> Form:
    context: dict[str, Any] = {"heading": "每周办公时间", "typed": typed, "weekdays": forms.WEEKDAYS}
    url = url_for("calendars.change_week", code=opened.code)
    return Form("admin/calendars/week.html", context, _WEEK_LABELS, url, year_url(opened.code))


def _year_form(opened: Opened, year: int, typed: dict[str, str]) -> Form:
    days = [each for each in opened.state.days_of(year) if not each.is_official]
    context: dict[str, Any] = {"heading": f"{year} 年标为正式", "typed": typed, "days": days}
    url = url_for("calendars.confirm_year", code=opened.code, year=year)
    leads_to = year_url(opened.code, year)
    return Form("admin/calendars/year.html", context, _YEAR_LABELS, url, leads_to, Origin.CONFIRMED)
