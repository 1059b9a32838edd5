"""The answer to many tickets dispatched at once: where each went, which would not, what may be undone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, request, url_for

from database import db
from hotline.dispatch.bulk import Choice, dispatch_all, read_choice
from hotline.models.ticket import Ticket
from hotline.queries.scope import get_visible
from hotline.web.auth import current_actor
from hotline.web.bulk import Pressed
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.security import safe_next
from hotline.web.ticket_moves import Look, Move, Target, find_move
from workflows.grace import GRACE
from workflows.vocabulary import Machine

_UNPROCESSABLE = 422
_UNDO = Target(Machine.TICKET, "undo_dispatch")


def answer_bulk() -> Response:
    """Dispatch all that were ticked, if one unit is suggested for them; else say which go where."""
    numbers = request.form.getlist("number")
    now, back = datetime.now(UTC), safe_next(request.form.get("next"), url_for("dispatch.queue"))
    if not numbers:
        flash("还没有勾选工单。", "warning")
        return lead_to(back)
    choice = read_choice(db.session(), current_actor(), numbers, now)
    versions = {number: request.form.get(f"version-{number}", type=int) for number in numbers}
    if not choice.is_one:
        return _page(choice, back, status=_UNPROCESSABLE, versions=versions, has_errors=True)
    pressed = dispatch_all(choice, versions, current_actor(), now, request.form.get("request_key", ""))
    return _page(choice, back, pressed=pressed, done=_done(choice, pressed, now), grace=GRACE.seconds)


def _done(choice: Choice, pressed: Pressed, now: datetime) -> list[tuple[Ticket, str, Move | None]]:
    """Read what became of each: the ticket, its unit, and how it is undone while that can be."""
    session, viewer = db.session(), current_actor()
    found = []
    for number in pressed.numbers:
        ticket, named = get_visible(session, number, viewer), choice.suggestions.get(number)
        undo = find_move(Look(session, ticket, viewer, now), _UNDO)
        found.append((ticket, named.unit if named else "", undo))
    return found


def _page(choice: Choice, back: str, status: int = 200, **more: Any) -> Response:
    titles: Mapping[str, str] = {ticket.number: ticket.title for ticket in choice.tickets}
    return render("dispatch/bulk.html", status=status, choice=choice, titles=titles, next_url=back, **more)
