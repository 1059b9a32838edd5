"""Which pages does one ticket have: the page itself, a form per action, its files, the sheet for paper."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from hotline.tickets.claiming import register_claiming
from hotline.tickets.clocks import answer_clocks
from hotline.tickets.data_requests import register_data_requests
from hotline.tickets.drafts import register_drafts
from hotline.tickets.files import answer_download, answer_upload
from hotline.tickets.identity import VIEW, answer_identity
from hotline.tickets.moves import answer_move
from hotline.tickets.preview import answer_preview
from hotline.tickets.printing import register_printing
from hotline.tickets.revealing import register_revealing
from hotline.tickets.watching import register_watching
from hotline.tickets.way_back import list_url, ticket_url
from hotline.web.below import list_below
from hotline.web.pages import render
from hotline.web.ticket_moves import MACHINES, Look, Target, look_at
from hotline.web.ticket_panel import Detail, detail_of
from hotline.web.workplaces import SentBack, comes_back_to
from workflows.vocabulary import Machine

_BOTH = ("GET", "POST")
_PARTS = f"any({', '.join(MACHINES)})"

blueprint = Blueprint("tickets", __name__, url_prefix="/tickets")
register_claiming(blueprint)
register_watching(blueprint)
register_drafts(blueprint)
register_printing(blueprint)
register_revealing(blueprint)
register_data_requests(blueprint)


@blueprint.get("/<number>")
def show(number: str) -> Response:
    """Everything about one ticket, with the buttons of whoever looks."""
    look = look_at(number, _now())
    detail = detail_of(look, ticket_url(number), request.args.get("strand", ""))
    return render("tickets/show.html", block="detail", **_told(look, detail))


@comes_back_to("tickets.show")
def show_again(sent: SentBack, here: str) -> Response:
    """The same page with the form that was refused."""
    look = look_at(sent.number, _now())
    detail = detail_of(look, here)
    told = _told(look, replace(detail, reply=sent.in_place_of(detail.reply)))
    return render("tickets/show.html", status=sent.status, sent=sent, has_errors=True, **told)


@blueprint.route("/<number>/actions/<action>", methods=_BOTH)
def act(number: str, action: str) -> Response:
    """An action of the ticket itself."""
    return answer_move(look_at(number, _now()), Target(Machine.TICKET, action))


@blueprint.route(f"/<number>/<{_PARTS}:part>/<int:subject_id>/actions/<action>", methods=_BOTH)
def act_on_part(number: str, part: str, subject_id: int, action: str) -> Response:
    """An action of one unit's share, of a request or of a supervision order."""
    look, target = look_at(number, _now()), Target(MACHINES[part], action, subject_id)
    if action == VIEW and request.method == "POST":
        return answer_identity(look, target)
    return answer_move(look, target)


@blueprint.route("/<number>/requests/<action>", methods=_BOTH)
def ask(number: str, action: str) -> Response:
    """Ask for something about the whole ticket."""
    return answer_move(look_at(number, _now()), Target(Machine.REQUEST, action))


@blueprint.route("/<number>/assignments/<int:subject_id>/requests/<action>", methods=_BOTH)
def ask_of_share(number: str, subject_id: int, action: str) -> Response:
    """Ask for something about one unit's share."""
    return answer_move(look_at(number, _now()), Target(Machine.REQUEST, action, subject_id))


@blueprint.route("/<number>/orders/issue", methods=_BOTH)
def issue_order(number: str) -> Response:
    """Issue a supervision order about the ticket."""
    return answer_move(look_at(number, _now()), Target(Machine.ORDER, "issue"))


@blueprint.post("/<number>/actions/<action>/preview")
def preview(number: str, action: str) -> Response:
    """What an action of the ticket itself would do."""
    return answer_preview(look_at(number, _now()), Target(Machine.TICKET, action))


@blueprint.post(f"/<number>/<{_PARTS}:part>/<int:subject_id>/actions/<action>/preview")
def preview_on_part(number: str, part: str, subject_id: int, action: str) -> Response:
    """What an action of a share, a request or an order would do."""
    return answer_preview(look_at(number, _now()), Target(MACHINES[part], action, subject_id))


@blueprint.post("/<number>/requests/<action>/preview")
def preview_ask(number: str, action: str) -> Response:
    """What asking about the ticket would do."""
    return answer_preview(look_at(number, _now()), Target(Machine.REQUEST, action))


@blueprint.post("/<number>/assignments/<int:subject_id>/requests/<action>/preview")
def preview_ask_of_share(number: str, subject_id: int, action: str) -> Response:
    """What asking about a share would do."""
    return answer_preview(look_at(number, _now()), Target(Machine.REQUEST, action, subject_id))


@blueprint.post("/<number>/orders/issue/preview")
def preview_order(number: str) -> Response:
    """What issuing an order would do."""
    return answer_preview(look_at(number, _now()), Target(Machine.ORDER, "issue"))


@blueprint.get("/<number>/clocks")
def clocks(number: str) -> Response:
    """Why each of the ticket's promises falls due when it does."""
    return answer_clocks(look_at(number, _now()))


@blueprint.route("/<number>/attachments", methods=_BOTH)
def upload(number: str) -> Response:
    """Add files."""
    return answer_upload(look_at(number, _now()))


@blueprint.get("/<number>/attachments/<int:file_id>")
def download(number: str, file_id: int) -> Response:
    """Fetch a file."""
    return answer_download(look_at(number, _now()), file_id)


def _told(look: Look, detail: Detail) -> dict[str, Any]:
    number = look.ticket.number
    return {
        "detail": detail,
        "below": list_below(look, detail),
        "list_url": list_url(number),
        "now": look.now,
    }


def _now() -> datetime:
    return datetime.now(UTC)
