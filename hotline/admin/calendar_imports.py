"""How does an administrator import a year: first what would change, then one press?"""

from flask import Blueprint, Response, abort, request, url_for

from database import db
from hotline.admin.calendar_forms import faults_of_reason
from hotline.admin.calendar_frame import (
    Opened,
    author_of,
    kept_sentence,
    open_calendar,
    year_url,
)
from hotline.models.calendars import Origin
from hotline.queries.calendar_pages import count_running
from hotline.queries.typed import id_in
from hotline.services.calendar_import import Choices, ConflictError, ImportPlan, import_year, plan_import
from hotline.services.holiday_sources import FIRST_YEAR, LAST_YEAR, Source, offer_of
from hotline.web.complaints import complaints_of
from hotline.web.errors import problem_of_refusal
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import FieldCode, FieldError, Refused, invalid

_LABELS = {"take": "以哪个来源为准", "reason": "导入原因"}
_OFFICIAL = {"official": True, "computed": False}


def register_imports(blueprint: Blueprint) -> None:
    """Give the blueprint the import of a year."""
    blueprint.add_url_rule("/<code>/years/<int:year>/import", "preview", preview)
    blueprint.add_url_rule("/<code>/years/<int:year>/import", "take_year", take_year, methods=["POST"])


def preview(code: str, year: int) -> Response:
    """What an import of that year would change."""
    return _page(_open(code, year), year)


def take_year(code: str, year: int) -> Response:
    """Import a year as it was shown."""
    opened, reason = _open(code, year), request.form.get("reason", "").strip()
    choices = _choices(based_on=request.form.get("edition", type=id_in))
    calendar_id, author, offer = opened.calendar.id, author_of(reason, Origin.IMPORTED), offer_of(year)
    plan = plan_import(db.session(), calendar_id, offer, choices)
    errors = faults_of_reason(reason)
    if plan.conflicts and choices.take is None:
        errors.append(FieldError("take", FieldCode.NOTHING_CHOSEN))
    try:
        if errors:
            raise invalid(*errors)
        return perform(
            lambda session: import_year(session, calendar_id, offer, choices, author),
            request.form.get("request_key", ""),
            year_url(code, year),
            _said(opened, plan),
        )
    except ConflictError:
        return _page(opened, year, invalid(FieldError("take", FieldCode.NOTHING_CHOSEN)))
    except Refused as refusal:
        return _page(_open(code, year), year, refusal)


def _open(code: str, year: int) -> Opened:
    opened = open_calendar(code)
    if not opened.calendar.has_holidays or not FIRST_YEAR <= year <= LAST_YEAR:
        abort(404)
    return opened


def _choices(based_on: int | None = None) -> Choices:
    asked = request.values
    take = Source(asked["take"]) if asked.get("take") in set(Source) else None
    return Choices(take, _OFFICIAL.get(asked.get("status", "")), based_on)


def _page(opened: Opened, year: int, refusal: Refused | None = None) -> Response:
    problem = None if refusal is None else problem_of_refusal(refusal)
    plan = plan_import(db.session(), opened.calendar.id, offer_of(year), _choices())
    status = request.values.get("status") or ("official" if plan.is_noticed else "computed")
    return render(
        "admin/calendars/import.html",
        status=problem.status if problem else 200,
        opened=opened,
        plan=plan,
        effect=kept_sentence(_running(opened, plan)),
        take=request.values.get("take", ""),
        is_status=status,
        reason=request.form.get("reason", "").strip() or f"导入 {year} 年节假日",
        sources=[(source.value, source.label_zh) for source in Source],
        years=range(year - 1, year + 2),
        problem=problem,
        has_errors=problem is not None,
        url=url_for("calendars.take_year", code=opened.code, year=year),
        **complaints_of(problem, _LABELS),
    )


def _running(opened: Opened, plan: ImportPlan) -> int:
    days = sorted(change.on for change in plan.writes)
    return count_running(db.session(), opened.calendar, days[0], days[-1]) if days else 0


def _said(opened: Opened, plan: ImportPlan) -> str:
    if not plan.writes:
        return "没有需要改动的日期，没有产生新的一版。"
    return f"已导入为第 {plan.based_on + 1} 版。{kept_sentence(_running(opened, plan))}"
