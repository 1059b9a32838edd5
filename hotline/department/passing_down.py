"""How does a unit pass many tickets down at once: one unit below, one day and one text for all of them?"""

from collections.abc import Sequence
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
from hotline.services.lifecycle import ENGINES, Command, advance
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
from workflows.errors import Code, Refused
from workflows.vocabulary import AssignmentState, Machine

_NEEDS = ENGINES[Machine.ASSIGNMENT].row("sub_dispatch").needs
_UNPROCESSABLE = 422


def register_passing_down(blueprint: Blueprint) -> None:
    """Give the blueprint the form and what leads to it."""
    blueprint.add_url_rule("/inbox/pass-down", "pick_shares", pick_shares, methods=["POST"])
    blueprint.add_url_rule("/inbox/pass-down", "pass_down", pass_down)
    blueprint.add_url_rule("/inbox/passed-down", "pass_down_many", pass_down_many, methods=["POST"])


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is passed down together; `look` and `target` are those of the first ticket that can be."""

    look: Look
    target: Target
    tickets: Sequence[Ticket]


def pick_shares() -> Response:
    """Lead to the form with the tickets that were ticked."""
    numbers = list(dict.fromkeys(request.form.getlist("number")))[:MOST_AT_ONCE]
    if not numbers:
        flash("还没有勾选工单。", "warning")
        return lead_to(_back())
    return lead_to(url_for("department.pass_down", number=numbers, next=_back()))


def pass_down() -> Response:
    """Ask to whom, by when and what for."""
    bundle = _find_bundle()
    if bundle is None:
        flash("勾选的工单都不能下派：只有本单位办理中的工单可以下派。", "warning")
        return lead_to(_back())
    look = bundle.look
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    return _form(bundle, initial_values(_NEEDS, known_values(look, page, bundle.target), look.now))


def pass_down_many() -> Response:
    """Pass each of them down; what is wrong with the form itself stops all, the rest is told row by row."""
    viewer, now = current_actor(), datetime.now(UTC)
    data = read_data(_NEEDS, request.form)
    numbers = request.form.getlist("number")

    def act(session: Session, number: str) -> None:
        share = own_shares(session, viewer, [number]).get(number)
        if share is None or find_visible(session, number, viewer) is None:
            raise Refused(Code.NOT_FOUND)
        version = request.form.get(f"version-{number}", type=int)
        command = Command(number, "sub_dispatch", data, version, Machine.ASSIGNMENT, share.id)
        advance(session, command, viewer, now)

    pressed = press_each(numbers, act, now, request.form.get("request_key", ""))
    complaints = {} if pressed.numbers else _complaints(pressed)
    bundle = _find_bundle() if complaints else None
    if bundle is not None:
        return _form(bundle, typed_values(_NEEDS, request.form), complaints)
    return answer_pressed("下派", pressed, _back())


def _find_bundle() -> Bundle | None:
    """The tickets that were named, due first first; None when not one of them can be passed down."""
    numbers, viewer, session = request.values.getlist("number")[:MOST_AT_ONCE], current_actor(), db.session()
    wanted = visible_tickets(viewer).where(Ticket.number.in_(numbers))
    tickets = session.scalars(wanted.order_by(Ticket.due_at, Ticket.id)).all()
    shares = own_shares(session, viewer, [ticket.number for ticket in tickets])
    for ticket in tickets:
        share = shares.get(ticket.number)
        if share is not None and share.state == AssignmentState.HANDLING:
            target = Target(Machine.ASSIGNMENT, "sub_dispatch", share.id)
            return Bundle(Look(session, ticket, viewer, datetime.now(UTC)), target, tickets)
    return None


def _form(bundle: Bundle, values: Values, complaints: Complaints | None = None) -> Response:
    fields = make_fields(bundle.look, bundle.target, _NEEDS, values, complaints or {})
    return render(
        "department/pass_down.html",
        status=_UNPROCESSABLE if complaints else 200,
        tickets=bundle.tickets,
        fields=fields,
        errors=[(f"f-{each.name}", f"{each.label}：{text}") for each in fields for text in each.errors],
        has_errors=bool(complaints),
        request_key=request.form.get("request_key") or new_request_key(),
        back_url=_back(),
    )


def _complaints(pressed: Pressed) -> Complaints:
    own = {need.name for need in _NEEDS}
    errors = [error for _, refusal in pressed.refused for error in refusal.errors if error.field in own]
    return errors_of_fields(
        list(dict.fromkeys(errors)), lambda error: field_sentence(error, current_language())
    )


def _back() -> str:
    return safe_next(request.values.get("next"), url_for("department.inbox"))
