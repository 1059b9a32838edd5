"""How does a supervisor press units about many tickets at once: urge them all, or order an answer to each?"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy import select
from sqlalchemy.orm import Session

from database import db
from hotline.models.ticket import Assignment, Ticket
from hotline.queries.orders import list_open
from hotline.queries.scope import get_visible, visible_tickets
from hotline.queries.ticket_page import load_page
from hotline.services.lifecycle import ENGINES, Command, advance
from hotline.web.action_defaults import known_values
from hotline.web.action_forms import (
    Complaints,
    FormField,
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
from workflows.facts import LIVE_ENDS
from workflows.vocabulary import Machine

_ISSUE = Target(Machine.ORDER, "issue")
# The units are those of each ticket.
_NEEDS = tuple(need for need in ENGINES[Machine.ORDER].row("issue").needs if need.name != "units")
_UNPROCESSABLE = 422


def register_pressing(blueprint: Blueprint) -> None:
    """Give the blueprint the two acts on many tickets."""
    blueprint.add_url_rule("/overdue/urge", "urge", urge, methods=("POST",))
    blueprint.add_url_rule("/overdue/orders", "pick_orders", pick_orders, methods=("POST",))
    blueprint.add_url_rule("/overdue/orders/new", "order_many", order_many, methods=("GET", "POST"))


def urge() -> Response:
    """Urge the one ticket whose button was pressed, or every ticket that was ticked."""
    numbers = request.form.getlist("only") or request.form.getlist("number")
    actor, now = current_actor(), datetime.now(UTC)

    def act(session: Session, number: str) -> None:
        get_visible(session, number, actor)
        advance(session, Command(number, "urge"), actor, now)

    pressed = press_each(numbers, act, now, request.form.get("request_key", ""))
    _tell(pressed, f"已催办 {len(pressed.numbers)} 件，正在办的单位或岗位会收到提醒", "没有催办")
    # What is told of a refusal stands above the list, where a jump to the row would leave it unseen.
    return lead_to(_back() if pressed.refused else at_row(_back(), numbers))


def pick_orders() -> Response:
    """Lead to the form of an order: the ticket's own for one that was ticked, a common one for several."""
    numbers = list(dict.fromkeys(request.form.getlist("number")))[:MOST_AT_ONCE]
    if not numbers:
        flash("还没有勾选工单。", "warning")
        return lead_to(_back())
    if len(numbers) == 1:
        return lead_to(url_for("tickets.issue_order", number=numbers[0], next=at_row(_back(), numbers)))
    return lead_to(url_for("supervisor.order_many", number=numbers, next=at_row(_back(), numbers)))


def order_many() -> Response:
    """One text, one level and one day for an order about each ticket, to the units that hold it."""
    tickets, now = _tickets(), datetime.now(UTC)
    if not tickets:
        raise Refused(Code.NOT_FOUND)
    look = Look(db.session(), tickets[0], current_actor(), now)
    if request.method != "POST":
        known = known_values(look, load_page(look.session, look.ticket, look.viewer, now), _ISSUE)
        return _form(look, tickets, initial_values(_NEEDS, known, now))
    data = read_data(_NEEDS, request.form)
    numbers = [ticket.number for ticket in tickets]

    def act(session: Session, number: str) -> None:
        asked = {**data, "units": _holders(session, number)}
        advance(session, Command(number, "issue", asked, None, Machine.ORDER), look.viewer, now)

    pressed = press_each(numbers, act, now, request.form.get("request_key", ""))
    complaints = _complaints(pressed)
    if complaints:
        return _form(look, tickets, typed_values(_NEEDS, request.form), complaints)
    _tell(pressed, f"已下发督办单 {len(pressed.numbers)} 件", "没有下发督办单")
    return lead_to(_back())


def _tickets() -> Sequence[Ticket]:
    numbers = request.values.getlist("number")[:MOST_AT_ONCE]
    wanted = visible_tickets(current_actor()).where(Ticket.number.in_(numbers))
    return db.session().scalars(wanted.order_by(Ticket.due_at, Ticket.id)).all()


def _form(
    look: Look, tickets: Sequence[Ticket], values: Mapping[str, Any], complaints: Complaints | None = None
) -> Response:
    fields = make_fields(look, _ISSUE, _NEEDS, values, complaints or {})
    return render(
        "supervisor/order_many.html",
        status=_UNPROCESSABLE if complaints else 200,
        tickets=tickets,
        standing=list_open(look.session, [ticket.id for ticket in tickets], look.now),
        fields=fields,
        errors=_errors(fields),
        has_errors=bool(complaints),
        request_key=request.form.get("request_key") or new_request_key(),
        next_url=_back(),
    )


def _errors(fields: Sequence[FormField]) -> list[tuple[str, str]]:
    return [(f"f-{field.name}", f"{field.label}：{text}") for field in fields for text in field.errors]


def _complaints(pressed: Pressed) -> Complaints:
    """What is wrong with the form itself: it stopped the first ticket, and would stop every other."""
    own = {need.name for need in _NEEDS}
    errors = [error for _, refusal in pressed.refused for error in refusal.errors if error.field in own]
    return errors_of_fields(
        list(dict.fromkeys(errors)), lambda error: field_sentence(error, current_language())
    )


def _holders(session: Session, number: str) -> list[int]:
    """List the units that hold a ticket in its round: those an order about it goes to."""
    live = (
        select(Assignment.unit_id)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(Ticket.number == number, Assignment.round == Ticket.round, Assignment.state.not_in(LIVE_ENDS))
        .order_by(Assignment.id)
    )
    return list(dict.fromkeys(session.scalars(live)))


def _tell(pressed: Pressed, done: str, not_done: str) -> None:
    if not pressed.numbers and not pressed.refused:
        flash("还没有勾选工单。", "warning")
    if pressed.numbers:
        flash(f"{done}。", "success")
    for number, sentence in pressed.failures:
        flash(f"{number} {not_done}：{sentence}", "error")


def at_row(url: str, numbers: Sequence[str]) -> str:
    """Lead to a list as it stands at the first of some rows, where the keyboard goes on."""
    return f"{url.partition('#')[0]}#row-{quote(numbers[0])}" if numbers else url


def _back() -> str:
    return safe_next(request.values.get("next"), url_for("supervisor.overdue"))
