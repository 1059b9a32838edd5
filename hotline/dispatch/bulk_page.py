"""The answer to many tickets dispatched at once: where each went, which would not, what may be undone."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, flash, request, url_for

from database import db
from hotline.dispatch.bulk import Choice, Group, dispatch_all, read_choice
from hotline.models.ticket import Ticket
from hotline.queries.scope import get_visible
from hotline.queries.typed import id_in
from hotline.web.auth import current_actor
from hotline.web.bulk import Pressed
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.security import safe_next
from hotline.web.ticket_moves import Look, Move, Target, find_move
from workflows.grace import GRACE
from workflows.vocabulary import Machine

Versions = Mapping[str, int | None]

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
    later = request.form.getlist("later")
    asked = (*numbers, *later)
    versions = {number: request.form.get(f"version-{number}", type=id_in) for number in asked}
    if not choice.is_one:
        choice = read_choice(db.session(), current_actor(), asked, now)
        return _page(choice, back, choice.groups, versions, status=_UNPROCESSABLE, has_errors=True)
    pressed = dispatch_all(choice, versions, current_actor(), now, request.form.get("request_key", ""))
    done = _done(choice, pressed, now)
    left = read_choice(db.session(), current_actor(), later, now).groups
    undone = {number: _undone_url(number, left) for number in pressed.numbers}
    return _page(choice, back, left, versions, pressed=pressed, done=done, undone=undone)


def show_lots() -> Response:
    """Show what was ticked and still waits, a lot for each unit; the pool when nothing does."""
    choice = read_choice(db.session(), current_actor(), request.args.getlist("number"), datetime.now(UTC))
    back = url_for("dispatch.queue")
    return _page(choice, back, choice.groups, {}) if choice.groups else lead_to(back)


def _undone_url(number: str, lots: tuple[Group, ...]) -> str:
    """Where one stands once a dispatch is undone: before what still waits of all that was ticked."""
    left = [ticket.number for group in lots for ticket in group.tickets]
    return (
        url_for("dispatch.bulk", number=[number, *left]) if left else url_for("dispatch.queue", ticket=number)
    )


def _done(choice: Choice, pressed: Pressed, now: datetime) -> list[tuple[Ticket, str, Move | None]]:
    """Read what became of each: the ticket, its unit, and how it is undone while that can be."""
    session, viewer = db.session(), current_actor()
    found = []
    for number in pressed.numbers:
        ticket, named = get_visible(session, number, viewer), choice.suggestions.get(number)
        undo = find_move(Look(session, ticket, viewer, now), _UNDO)
        found.append((ticket, named.unit if named else "", undo))
    return found


def _page(choice: Choice, back: str, lots: tuple[Group, ...], versions: Versions, **more: Any) -> Response:
    """`lots` are what still waits, each for a press of its own."""
    titles: Mapping[str, str] = {ticket.number: ticket.title for ticket in choice.tickets}
    more |= {"choice": choice, "titles": titles, "next_url": back, "lots": lots, "versions": versions}
    more["grace"] = GRACE.seconds
    return render("dispatch/bulk.html", **more)
