"""What may an administrator look up: how the installation is set up, read-only."""

from datetime import UTC, datetime

from flask import Blueprint, Response

from database import db
from hotline.admin.tables import tables
from hotline.services.calendar_outlook import list_unannounced
from hotline.web.pages import render
from hotline.web.places import SET_UP

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


@blueprint.get("")
def index() -> Response:
    """Where everything is."""
    unannounced = list_unannounced(db.session(), datetime.now(UTC))
    return render("admin/index.html", labels=SET_UP, unannounced=unannounced)


@blueprint.get("/workflow")
def workflow() -> Response:
    """The tables that decide what may happen, as they run now."""
    return render("admin/workflow.html", tables=tables())
