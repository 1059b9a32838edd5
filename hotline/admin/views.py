"""What may an administrator look up: how the installation is set up, read-only."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for

from database import db
from hotline.admin.tables import tables
from hotline.models.calendars import CITY_CALENDAR
from hotline.queries import admin_lists as lists
from hotline.services.calendars import city_date, load_calendar
from hotline.web.pages import render

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

_LONGEST_WORDS = 60


@blueprint.get("")
def index() -> Response:
    """Where everything is."""
    return render("admin/index.html")


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


@blueprint.get("/calendar")
def calendar() -> Response:
    """Days off and make-up workdays, year by year."""
    page = lists.read_calendar_page(db.session(), CITY_CALENDAR)
    this_year = city_date(load_calendar(db.session()), datetime.now(UTC)).year
    asked = request.args.get("year", "")
    number = int(asked) if asked in {str(year.number) for year in page.years} else this_year
    year = next((each for each in page.years if each.number == number), lists.Year(number, False, ()))
    return render(
        "admin/calendar.html",
        page=page,
        year_items=[
            {
                "label": f"{each.number} 年" + ("" if each.is_official else "（推算）"),
                "url": url_for("admin.calendar", year=each.number),
                "is_current": each.number == number,
            }
            for each in page.years
        ],
        year=year,
        holidays=lists.holidays_of(year),
        make_ups=lists.make_up_days_of(year),
        unsure=_unsure(page, this_year),
    )


@blueprint.get("/workflow")
def workflow() -> Response:
    """The tables that decide what may happen, as they run now."""
    return render("admin/workflow.html", tables=tables())


def _unsure(page: lists.CalendarPage, this_year: int) -> list[int]:
    """Years that clocks run into and that no official notice covers: this one and the next."""
    official = {year.number for year in page.years if year.is_official}
    return [number for number in (this_year, this_year + 1) if number not in official]


def _words() -> str:
    return request.args.get("q", "").strip()[:_LONGEST_WORDS]
