"""How does an administrator choose when a unit is on duty, and its people may be reminded?"""

import structlog
from flask import Blueprint, Response, abort, request, url_for

from database import db
from hotline.admin.directory_frame import signed_by_reader
from hotline.models.organisation import Unit
from hotline.queries.directory import find_unit_by_code
from hotline.queries.unit_pages import list_calendar_names
from hotline.services.duty import choose_calendar
from hotline.web.auth import current_actor
from hotline.web.errors import problem_of_refusal
from hotline.web.once import perform
from hotline.web.pages import render
from workflows.errors import Refused

blueprint = Blueprint("duty_hours", __name__, url_prefix="/admin/units")

_LOG = structlog.get_logger(__name__)


@blueprint.get("/<code>/duty-hours")
def show(code: str) -> Response:
    """The calendar a unit keeps, and those it may keep."""
    return _page(_unit(code))


@blueprint.post("/<code>/duty-hours")
def choose(code: str) -> Response:
    """Let the unit keep another calendar."""
    unit = _unit(code)
    chosen, unit_id = request.form.get("calendar", ""), unit.id
    try:
        answer = perform(
            lambda session: choose_calendar(session, unit_id, chosen, signed_by_reader("选择值班时间")),
            request.form.get("request_key", ""),
            url_for("units.show", code=code),
            said=f"已保存{unit.name}的值班时间，之后的提醒按新的时间发送。",
        )
    except Refused as refusal:
        return _page(_unit(code), refusal)
    _LOG.info("duty_hours_chosen", unit=code, calendar=chosen, user_id=current_actor().user_id)
    return answer


def _page(unit: Unit, refusal: Refused | None = None) -> Response:
    problem = None if refusal is None else problem_of_refusal(refusal)
    errors = [error["message"] for error in problem.errors] if problem else []
    return render(
        "admin/duty_hours.html",
        status=problem.status if problem else 200,
        has_errors=bool(errors),
        unit=unit,
        calendars=list_calendar_names(db.session()),
        errors=errors,
    )


def _unit(code: str) -> Unit:
    return find_unit_by_code(db.session(), code) or abort(404)
