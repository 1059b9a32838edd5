"""What does a citizen see: find the ticket, follow it, add to it, rate the answer, take it back, get help."""

from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from database import db
from hotline.citizen.acts import answer_cancelling, answer_reopening, answer_supplement, answer_urge
from hotline.citizen.coming import arrive, leave_for_good
from hotline.citizen.contact import answer_email, answer_wish, show_contact
from hotline.citizen.data_requests import register_data_requests
from hotline.citizen.forms import FindForm, RateForm, WithdrawForm
from hotline.citizen.own_data import send_own_data, show_own_data
from hotline.citizen.reading import problems, read_own, status_of
from hotline.models.audit import AuditKind, AuditResult
from hotline.queries.data_requests import list_wished
from hotline.queries.mailbox import list_kept
from hotline.queries.public_status import PublicStatus, find_own_rating
from hotline.queries.scope import get_visible
from hotline.services import citizen_access
from hotline.services.audit import Deed
from hotline.services.citizen_access import Sent
from hotline.services.retention_rules import load_rules
from hotline.web.audit import note
from hotline.web.auth import client_ip, open_ticket, opened_citizen
from hotline.web.filters import label
from hotline.web.forms import ActionForm
from hotline.web.pages import render
from hotline.web.security import limiter
from hotline.web.transaction import transaction
from workflows.choices import Satisfaction, Solved
from workflows.definition import Actor
from workflows.errors import Refused

_SEE_OTHER = 303
# After a right code: the ticket, or what was typed before it was asked for.
_OPENED = frozenset({200, _SEE_OTHER})
# Six digits are a million codes: an address gets twenty tries, and a ticket as many from everywhere together.
_FAILURES_PER_ADDRESS = "20 per 15 minutes"
_FAILURES_PER_TICKET = "20 per 15 minutes; 60 per day"
# A mail address is one person's: whoever opened a ticket must not write to a crowd with it.
_ADDRESSES_PER_TICKET = "10 per day"
# Where the link of a message leads: to what is waited for.
_WAITED_FOR = {"to_call_back": ".rate", "awaiting_supplement": ".supplement"}

_log = structlog.get_logger(__name__)
blueprint = Blueprint("citizen", __name__)
register_data_requests(blueprint)


@blueprint.app_context_processor
def links_for_citizens() -> dict[str, str]:
    """Put help and statements in the same place on every page of the citizens' layout, error pages too."""
    return {
        "help_url": url_for("citizen.help"),
        "privacy_url": url_for("citizen.privacy"),
        "accessibility_url": url_for("citizen.accessibility"),
    }


def _is_failure(response: Response) -> bool:
    return response.status_code not in _OPENED


def _ticket_tried() -> str:
    return f"ticket:{citizen_access.normal_number(request.form.get('number', ''))}"


def _ticket_in_address() -> str:
    return f"email:{(request.view_args or {}).get('number', '')}"


def _is_address_kept(response: Response) -> bool:
    return response.status_code == _SEE_OTHER


@blueprint.route("/find", methods=["GET", "POST"])
@limiter.limit(_FAILURES_PER_ADDRESS, methods=["POST"], deduct_when=_is_failure)
@limiter.limit(_FAILURES_PER_TICKET, key_func=_ticket_tried, methods=["POST"], deduct_when=_is_failure)
def find() -> BaseResponse:
    """Open a ticket by number and code. Whatever was wrong, the answer is the same."""
    form = FindForm()
    if request.method != "POST":
        form.number.data = request.args.get("number", "")[:64]
        return render("citizen/find.html", form=form)
    if form.validate():
        ticket = citizen_access.find_by_code(db.session(), form.number.data, form.code.data)
        if ticket is not None:
            _log.info("ticket_opened_by_code", number=ticket.number)
            note(Deed(AuditKind.CITIZEN_FIND, ticket_number=ticket.number, facts={"by": "code"}))
            open_ticket(ticket.number, datetime.now(UTC))
            return arrive(ticket.number, form.kept.data or "")
        _log.warning("ticket_not_opened", ip=client_ip())
        note(Deed(AuditKind.CITIZEN_FIND, AuditResult.REFUSED))
        form.code.errors = [_("工单号或查询码不正确，请核对后再试")]
    form.code.data = ""
    return render("citizen/find.html", status=422, form=form, has_errors=True)


@blueprint.get("/t/<token>")
def by_link(token: str) -> BaseResponse:
    """Open a ticket by the link in a message; an old link and one that never was get the same page."""
    now = datetime.now(UTC)
    ticket = citizen_access.find_by_link(db.session(), token, now)
    if ticket is None:
        return render("citizen/link_gone.html", status=404)
    note(Deed(AuditKind.CITIZEN_FIND, ticket_number=ticket.number, facts={"by": "link"}))
    open_ticket(ticket.number, now)
    wanted = _WAITED_FOR.get(ticket.state, ".status")
    return redirect(url_for(wanted, number=ticket.number), _SEE_OTHER)


@blueprint.get("/status/<number>")
def status(number: str) -> BaseResponse:
    """Where the ticket stands, in words and dates."""
    citizen = opened_citizen(number)
    own = read_own(number, citizen)
    return render(
        "citizen/status.html",
        ticket=own.ticket,
        standing=own.standing,
        kept=list_kept(db.session(), number),
        wished=list_wished(db.session(), own.row.id),
    )


@blueprint.post("/status/<number>/leave")
def leave(number: str) -> BaseResponse:
    """Leave the ticket on a telephone that others use; only its code opens it here again."""
    return leave_for_good(number)


@blueprint.route("/rate/<number>", methods=["GET", "POST"])
def rate(number: str) -> BaseResponse:
    """Ask whether it is solved; afterwards the same address says what happens next."""
    citizen = opened_citizen(number)
    form = RateForm()
    if not form.is_submitted() or not form.validate():
        return _rate_page(number, citizen, form)
    now = datetime.now(UTC)
    try:
        with transaction() as session:
            citizen_access.rate(session, _sent(number, form), form.verdict, citizen, now)
    except Refused as error:
        if _is_asked(_public(number, citizen)):
            return _rate_page(number, citizen, form, error)
    # Also when somebody else was faster: the page tells what became of it.
    return redirect(url_for(".rate", number=number), _SEE_OTHER)


@blueprint.route("/withdraw/<number>", methods=["GET", "POST"])
def withdraw(number: str) -> BaseResponse:
    """Ask for the reason and confirm; what may not be withdrawn says why."""
    citizen = opened_citizen(number)
    form = WithdrawForm()
    if not form.is_submitted() or not form.validate():
        return _withdraw_page(number, citizen, form)
    now = datetime.now(UTC)
    try:
        with transaction() as session:
            citizen_access.withdraw(session, _sent(number, form), form.reason.data, citizen, now)
    except Refused as error:
        if _public(number, citizen).is_open:
            return _withdraw_page(number, citizen, form, error)
    return redirect(url_for(".status", number=number), _SEE_OTHER)


@blueprint.route("/supplement/<number>", methods=["GET", "POST"])
def supplement(number: str) -> BaseResponse:
    """Add what was missing, in words and pictures."""
    return answer_supplement(number, opened_citizen(number))


@blueprint.post("/urge/<number>")
def urge(number: str) -> BaseResponse:
    """Urge whoever has the matter in hand."""
    return answer_urge(number, opened_citizen(number))


@blueprint.route("/reopen/<number>", methods=["GET", "POST"])
def reopen(number: str) -> BaseResponse:
    """Ask to have the closed matter taken up again."""
    return answer_reopening(number, opened_citizen(number))


@blueprint.post("/reopen/<number>/cancel")
def cancel_reopening(number: str) -> BaseResponse:
    """Take that wish back."""
    return answer_cancelling(number, opened_citizen(number))


@blueprint.get("/contact/<number>")
def contact(number: str) -> BaseResponse:
    """By what the citizen gets their messages."""
    return show_contact(number, opened_citizen(number))


@blueprint.post("/contact/<number>/wish")
def wish(number: str) -> BaseResponse:
    """Stop the messages of a channel, or let them come again."""
    return answer_wish(number, opened_citizen(number))


@blueprint.post("/contact/<number>/email")
@limiter.limit(_ADDRESSES_PER_TICKET, key_func=_ticket_in_address, deduct_when=_is_address_kept)
def give_email(number: str) -> BaseResponse:
    """Note another mail address."""
    return answer_email(number, opened_citizen(number))


@blueprint.get("/status/<number>/data")
def own_data(number: str) -> BaseResponse:
    """What is kept of the citizen because of this ticket."""
    return show_own_data(number, opened_citizen(number))


@blueprint.get("/status/<number>/data.json")
def own_data_file(number: str) -> BaseResponse:
    """The same as a file."""
    return send_own_data(number, opened_citizen(number))


@blueprint.get("/help", endpoint="help")
def about() -> BaseResponse:
    """What the hotline is for, how to follow a ticket, and what is kept of whoever asks."""
    return render("citizen/help.html")


@blueprint.get("/privacy")
def privacy() -> Response:
    """What is kept of a citizen, who sees it, for how long, and what may be asked for."""
    rules = load_rules(db.session())
    return render("citizen/privacy.html", days={kind.value: rule.days for kind, rule in rules.items()})


@blueprint.get("/accessibility")
def accessibility() -> Response:
    """How the pages can be used, how that is checked, and what does not work yet."""
    return render("citizen/accessibility.html")


def _rate_page(number: str, citizen: Actor, form: RateForm, refused: Refused | None = None) -> BaseResponse:
    ticket = _public(number, citizen)
    if not _is_asked(ticket):
        return _thanks_page(ticket, citizen)
    return render(
        "citizen/rate.html",
        status=status_of(form, refused),
        ticket=ticket,
        form=form,
        problems=problems(form, refused),
        has_errors=bool(form.errors or refused),
        solved=[(word.value, label(word)) for word in Solved],
        satisfaction=[(word.value, label(word)) for word in Satisfaction],
    )


def _thanks_page(ticket: PublicStatus, citizen: Actor) -> BaseResponse:
    rating = find_own_rating(db.session(), get_visible(db.session(), ticket.number, citizen))
    if rating is None:
        return redirect(url_for(".status", number=ticket.number), _SEE_OTHER)
    return render("citizen/thanks.html", ticket=ticket, is_reworked=ticket.round > rating.round)


def _is_asked(ticket: PublicStatus) -> bool:
    return ticket.is_to_be_rated or ticket.may_rate_merged or ticket.may_rate_answer


def _withdraw_page(
    number: str, citizen: Actor, form: WithdrawForm, refused: Refused | None = None
) -> BaseResponse:
    ticket = _public(number, citizen)
    if not ticket.is_open:
        return redirect(url_for(".status", number=number), _SEE_OTHER)
    return render(
        "citizen/withdraw.html",
        status=status_of(form, refused),
        ticket=ticket,
        form=form,
        problems=problems(form, refused),
        has_errors=bool(form.errors or refused),
        may_withdraw=ticket.may_withdraw,
    )


def _public(number: str, citizen: Actor) -> PublicStatus:
    return read_own(number, citizen).ticket


def _sent(number: str, form: ActionForm) -> Sent:
    return Sent(number, form.version.data, form.request_key.data or "")
