"""How is one thing said once for many tickets: to whom below they are passed down, to which person given?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.department.bulk import answer_pressed
from hotline.department.worklist import own_shares
from hotline.models.ticket import Ticket
from hotline.queries.scope import find_visible, visible_tickets
from hotline.queries.ticket_page import load_page
from hotline.queries.typed import id_in
from hotline.services.lifecycle import ENGINES, Command, advance
from hotline.services.references import name_person
from hotline.web.action_defaults import known_values
from hotline.web.action_forms import (
    Complaints,
    Values,
    errors_of_fields,
    initial_values,
    make_fields,
    read_data,
    typed_values,
)
from hotline.web.auth import current_actor
from hotline.web.bulk import MOST_AT_ONCE, Pressed, press_each
from hotline.web.language import current_language
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.refusals import field_sentence
from hotline.web.security import safe_next
from hotline.web.ticket_moves import Look, Target
from hotline.web.ui import new_request_key
from workflows.definition import Need, Transition
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine

_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class Errand:
    """An action of shares that takes one form for many tickets.

    `act` is what the screens call it, `about` what they say of it, `unfit` why not one ticket will do;
    `asked_at` and `sent_to` are the endpoints of its form.
    """

    action: str
    act: str
    about: str
    unfit: str
    asked_at: str
    sent_to: str

    @property
    def row(self) -> Transition:
        """Its row in the table, which tells from which states it starts and what it needs."""
        return ENGINES[Machine.ASSIGNMENT].row(self.action)

    @property
    def needs(self) -> Sequence[Need]:
        return self.row.needs


PASS_DOWN = Errand(
    "sub_dispatch",
    "下派",
    "每件工单各下派一次，由下级单位签收和反馈，本单位仍对诉求人负责。",
    "勾选的工单都不能下派：只有本单位办理中的工单可以下派。",
    "department.pass_down",
    "department.pass_down_many",
)
GIVE = Errand(
    "give",
    "指派",
    "每件工单各交给同一位经办人，同事都能看到由谁经办。",
    "勾选的工单都不能指派：只有本单位待签收、办理中或已下派的工单可以交给经办人。",
    "department.give",
    "department.give_many",
)
# By the last part of the endpoint: tick them, answer the form, send it.
_ERRANDS: Mapping[str, Errand] = {
    **dict.fromkeys(("pick_shares", "pass_down", "pass_down_many"), PASS_DOWN),
    **dict.fromkeys(("pick_to_give", "give", "give_many"), GIVE),
}


def register_together(blueprint: Blueprint) -> None:
    """Give the blueprint the form of each errand and what leads to it."""
    blueprint.add_url_rule("/inbox/pass-down", "pick_shares", pick, methods=["POST"])
    blueprint.add_url_rule("/inbox/pass-down", "pass_down", ask)
    blueprint.add_url_rule("/inbox/passed-down", "pass_down_many", send, methods=["POST"])
    blueprint.add_url_rule("/inbox/give", "pick_to_give", pick, methods=["POST"])
    blueprint.add_url_rule("/inbox/give", "give", ask)
    blueprint.add_url_rule("/inbox/given", "give_many", send, methods=["POST"])


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is meant together; `look` and `target` are those of the first ticket that will do."""

    errand: Errand
    look: Look
    target: Target
    tickets: Sequence[Ticket]


def pick() -> Response:
    """Lead to the form with the tickets that were ticked."""
    numbers = list(dict.fromkeys(request.form.getlist("number")))[:MOST_AT_ONCE]
    if not numbers:
        flash("还没有勾选工单。", "warning")
        return lead_to(_back())
    return lead_to(url_for(_errand().asked_at, number=numbers, next=_back()))


def ask() -> Response:
    """Ask what has to be known, once for all."""
    errand = _errand()
    bundle = _find_bundle(errand)
    if bundle is None:
        flash(errand.unfit, "warning")
        return lead_to(_back())
    look = bundle.look
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    return _form(bundle, initial_values(errand.needs, known_values(look, page, bundle.target), look.now))


def send() -> Response:
    """Do it with each of them; what is wrong with the form itself stops all, the rest is told row by row."""
    errand, viewer, now = _errand(), current_actor(), datetime.now(UTC)
    data = read_data(errand.needs, request.form)
    numbers = request.form.getlist("number")

    def act(session: Session, number: str) -> None:
        share = own_shares(session, viewer, [number], now).get(number)
        if share is None or find_visible(session, number, viewer) is None:
            raise Refused(Code.NOT_FOUND)
        version = request.form.get(f"version-{number}", type=id_in)
        command = Command(number, errand.action, data, version, Machine.ASSIGNMENT, share.id)
        advance(session, command, viewer, now)

    pressed = press_each(numbers, act, now, request.form.get("request_key", ""))
    complaints = {} if pressed.numbers else _complaints(errand, pressed)
    bundle = _find_bundle(errand) if complaints else None
    if bundle is not None:
        return _form(bundle, typed_values(errand.needs, request.form), complaints)
    holder = name_person(db.session(), errand.needs, data) if pressed.numbers else ""
    return answer_pressed(errand.action, pressed, _back(), holder)


def _errand() -> Errand:
    return _ERRANDS[(request.endpoint or "").rpartition(".")[2]]


def _find_bundle(errand: Errand) -> Bundle | None:
    """The tickets that were named, due first first; None when not one of them will do."""
    numbers, viewer, session = request.values.getlist("number")[:MOST_AT_ONCE], current_actor(), db.session()
    wanted = visible_tickets(viewer).where(Ticket.number.in_(numbers))
    tickets = session.scalars(wanted.order_by(Ticket.due_at, Ticket.id)).all()
    shares = own_shares(session, viewer, [ticket.number for ticket in tickets], datetime.now(UTC))
    for ticket in tickets:
        share = shares.get(ticket.number)
        if share is not None and share.state in errand.row.sources:
            target = Target(Machine.ASSIGNMENT, errand.action, share.id)
            return Bundle(errand, Look(session, ticket, viewer, datetime.now(UTC)), target, tickets)
    return None


def _form(bundle: Bundle, values: Values, complaints: Complaints | None = None) -> Response:
    fields = make_fields(bundle.look, bundle.target, bundle.errand.needs, values, complaints or {})
    return render(
        "department/together.html",
        status=_UNPROCESSABLE if complaints else 200,
        errand=bundle.errand,
        tickets=bundle.tickets,
        fields=fields,
        errors=[(f"f-{each.name}", f"{each.label}：{text}") for each in fields for text in each.errors],
        has_errors=bool(complaints),
        request_key=request.form.get("request_key") or new_request_key(),
        back_url=_back(),
    )


def _complaints(errand: Errand, pressed: Pressed) -> Complaints:
    own = {need.name for need in errand.needs}
    errors = [error for _, refusal in pressed.refused for error in refusal.errors if error.field in own]
    return errors_of_fields(
        list(dict.fromkeys(errors)), lambda error: field_sentence(error, current_language())
    )


def _back() -> str:
    return safe_next(request.values.get("next"), url_for("department.inbox"))
