"""How does somebody take a ticket that another has in hand, and keep the words that came too late?"""

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.services.lifecycle import Command, advance
from hotline.tickets.conflict import TAKE_OVER, answer_gone
from hotline.web.claims import take_over as take_in_hand
from hotline.web.errors import answer_refusal
from hotline.web.once import lead_to
from hotline.web.security import safe_next
from hotline.web.ticket_moves import Look, look_at
from hotline.web.transaction import transaction
from hotline.web.workplaces import SentBack, answer_where_typed
from workflows.errors import Code, Refused

# What every form carries; whoever only pressed the button has sent nothing else.
_UNTYPED = frozenset({"csrf_token", "version", "request_key", "next", "here"})


def register_claiming(blueprint: Blueprint) -> None:
    """Give a ticket's pages the way to take it in hand, and a last page to words without a ticket."""
    blueprint.add_url_rule("/<number>/take-over", "take_over", take_over, methods=["POST"])
    blueprint.register_error_handler(Refused, answer_refused)


def take_over(number: str) -> Response:
    """Take the ticket from whoever has it in hand, and go back to its page with what was typed there."""
    look = look_at(number, datetime.now(UTC))
    with transaction() as session:
        take_in_hand(session, look.ticket, look.viewer, look.now)
    flash(f"已接手：{number}", "success")
    here = request.form.get("here", "")
    kept = None
    if request.form.keys() - _UNTYPED:
        kept = answer_where_typed(SentBack(typed=request.form, ticket=number), here)
    return kept or lead_to(safe_next(here, url_for("tickets.show", number=number)))


def act_of(look: Look, command: Command) -> Callable[[Session], Ticket]:
    """The command alone, or after taking the ticket from whoever has it in hand."""

    def act(session: Session) -> Ticket:
        if TAKE_OVER in request.form:
            take_in_hand(session, look.ticket, look.viewer, look.now)
        return advance(session, command, look.viewer, look.now)

    return act


def answer_refused(refused: Refused) -> Response:
    """Give the words back to one whose unit has lost the ticket meanwhile; else answer as everywhere."""
    gone = answer_gone() if refused.code == Code.NOT_FOUND and request.method == "POST" else None
    return gone or answer_refusal(refused)
