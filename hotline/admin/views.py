"""What may an administrator look up: how the installation is set up, read-only."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, abort, request, url_for

from database import db
from hotline.admin.limits import classes_of, forecast, forecast_clocks, table_of
from hotline.admin.tables import tables
from hotline.models.policies import PolicyVersion
from hotline.queries import admin_lists as lists
from hotline.services.calendar_outlook import list_unannounced
from hotline.services.calendars import city_date, load_calendar
from hotline.services.policies import get_policy
from hotline.web.pages import render

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

_LONGEST_WORDS = 60
_USUAL_TIME = time(16, 50)


@blueprint.get("")
def index() -> Response:
    """Where everything is."""
    return render("admin/index.html", unannounced=list_unannounced(db.session(), datetime.now(UTC)))


@blueprint.get("/units")
def units() -> Response:
    """The tree of units."""
    return render("admin/units.html", words=_words(), lines=lists.list_unit_lines(db.session(), _words()))


@blueprint.get("/users")
def users() -> Response:
    """Accounts and their roles."""
    found = lists.list_user_lines(db.session(), _words(), request.args.get("after", ""))
    shown = found[: lists.USERS_PER_PAGE]
    following = shown[-1].username if len(found) > len(shown) else None
    return render("admin/users.html", words=_words(), lines=shown, following=following)


@blueprint.get("/categories")
def categories() -> Response:
    """The tree of categories and who owns each leaf."""
    found = lists.list_category_lines(db.session(), _words())
    return render("admin/categories.html", words=_words(), lines=found)


@blueprint.get("/policies")
def policies() -> Response:
    """One version of the limits as a table, and when a dispatch at some time would fall due."""
    versions = lists.list_policy_versions(db.session())
    calendar = load_calendar(db.session())
    today = city_date(calendar, datetime.now(UTC))
    version = _wanted(list(versions), request.args.get("version", ""), today)
    rows = lists.list_policy_rows(db.session(), version.id)
    at = datetime.combine(today, _asked_time(), ZoneInfo(calendar.zone))
    return render(
        "admin/policies.html",
        version_items=[
            {
                "label": f"第 {each.number} 版",
                "url": url_for("admin.policies", version=each.number),
                "is_current": each is version,
            }
            for each in versions
        ],
        version=version,
        classes=classes_of(rows),
        lines=table_of(rows),
        at=at,
        clocks=forecast_clocks(),
        forecasts=forecast(get_policy(db.session(), version.id), calendar, at),
    )


@blueprint.get("/workflow")
def workflow() -> Response:
    """The tables that decide what may happen, as they run now."""
    return render("admin/workflow.html", tables=tables())


def _wanted(versions: list[PolicyVersion], asked: str, today: date) -> PolicyVersion:
    if not versions:
        abort(404)
    named = next((version for version in versions if str(version.number) == asked), None)
    valid = (version for version in versions if version.valid_from_on <= today)
    return named or next(valid, versions[-1])


def _asked_time() -> time:
    try:
        return time.fromisoformat(request.args.get("at", "")).replace(tzinfo=None)
    except ValueError:
        return _USUAL_TIME


def _words() -> str:
    return request.args.get("q", "").strip()[:_LONGEST_WORDS]
