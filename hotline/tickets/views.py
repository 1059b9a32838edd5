"""Which pages does one ticket have: the page itself, a form per action, its files, the sheet for paper."""

from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, abort, request

from hotline.queries.ticket_page import load_page
from hotline.tickets.files import answer_download, answer_upload
from hotline.tickets.moves import answer_move
from hotline.web.auth import current_actor
from hotline.web.pages import render
from hotline.web.ticket_moves import Target, look_at
from hotline.web.ticket_panel import detail_of
from workflows.vocabulary import Machine

_log = structlog.get_logger(__name__)
_BOTH = ("GET", "POST")

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets")


@blueprint.get("/<number>")
def show(number: str) -> Response:
    """Everything about one ticket, with the buttons of whoever looks."""
    detail = detail_of(look_at(number, _now()), strand=request.args.get("strand", ""))
    return render("tickets/show.html", block="detail", detail=detail, now=_now())


@blueprint.route("/<number>/actions/<action>", methods=_BOTH)
def act(number: str, action: str) -> Response:
    """An action of the ticket itself."""
    return answer_move(look_at(number, _now()), Target(Machine.TICKET, action))


@blueprint.route("/<number>/assignments/<int:subject_id>/actions/<action>", methods=_BOTH)
def act_on_share(number: str, subject_id: int, action: str) -> Response:
    """An action of one unit's share."""
    return answer_move(look_at(number, _now()), Target(Machine.ASSIGNMENT, action, subject_id))


@blueprint.route("/<number>/requests/<int:subject_id>/actions/<action>", methods=_BOTH)
def act_on_request(number: str, subject_id: int, action: str) -> Response:
    """A decision about a request."""
    return answer_move(look_at(number, _now()), Target(Machine.REQUEST, action, subject_id))


@blueprint.route("/<number>/assignments/<int:subject_id>/return", methods=_BOTH)
def ask_return(number: str, subject_id: int) -> Response:
    """Ask to give a share back."""
    return answer_move(look_at(number, _now()), Target(Machine.REQUEST, "ask", subject_id))


@blueprint.post("/<number>/reveal")
def reveal(number: str) -> Response:
    """Show name and telephone on this one answer; the look is logged."""
    detail = detail_of(look_at(number, _now()), is_revealed=True)
    if not detail.may_reveal:
        abort(403)
    actor = current_actor()
    _log.info("identity_revealed", number=number, user_id=actor.user_id, unit_id=actor.unit_id)
    return render("tickets/show.html", block="detail", detail=detail, now=_now())


@blueprint.get("/<number>/print")
def sheet(number: str) -> Response:
    """The ticket on one sheet of paper: the caller masked, internal notes left out."""
    look = look_at(number, _now())
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    dispatched = next((entry for entry in page.entries if entry.act == "派单"), None)
    _log.info("ticket_printed", number=number, user_id=look.viewer.user_id)
    return render("tickets/sheet.html", page=page, dispatched=dispatched, printed_by=look.viewer.name)


@blueprint.route("/<number>/attachments", methods=_BOTH)
def upload(number: str) -> Response:
    """Add files."""
    return answer_upload(look_at(number, _now()))


@blueprint.get("/<number>/attachments/<int:file_id>")
def download(number: str, file_id: int) -> Response:
    """Fetch a file."""
    return answer_download(look_at(number, _now()), file_id)


def _now() -> datetime:
    return datetime.now(UTC)
