"""What may an administrator look up: how the installation is set up, read-only."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request

from database import db
from hotline.admin.tables import tables
from hotline.queries import admin_lists as lists
from hotline.services.calendar_outlook import list_unannounced
from hotline.web.pages import render

blueprint = Blueprint("admin", __name__, url_prefix="/admin")

_LONGEST_WORDS = 60


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


@blueprint.get("/workflow")
def workflow() -> Response:
    """The tables that decide what may happen, as they run now."""
    return render("admin/workflow.html", tables=tables())


def _words() -> str:
    return request.args.get("q", "").strip()[:_LONGEST_WORDS]
