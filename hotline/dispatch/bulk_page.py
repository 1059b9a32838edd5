"""The answer to many tickets dispatched at once: where each went, which would not, what may be undone."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from flask import Response, flash, request, url_for

from database import db
from hotline.dispatch.bulk import Group, dispatch_all, read_choice
from hotline.models.ticket import Ticket
from hotline.queries.directory import unit_names
from hotline.queries.scope import find_visible
from hotline.queries.typed import id_in
from hotline.web.auth import current_actor
from hotline.web.bulk import read_pressed, write_pressed
from hotline.web.once import lead_to
from hotline.web.pages import render
from hotline.web.security import safe_next
from hotline.web.ticket_moves import Look, Move, Target, find_move
from workflows.grace import GRACE
from workflows.vocabulary import Machine

_UNDO = Target(Machine.TICKET, "undo_dispatch")
_DIFFER = "还没有派出：勾选的工单推荐单位不同，不能一起派出。请按单位分批派出，没有推荐单位的逐件派单。"


def answer_bulk() -> Response:
    """Dispatch all that were ticked, if one unit is suggested for them; else lead to the lots."""
    numbers = request.form.getlist("number")
    now, back = datetime.now(UTC), safe_next(request.form.get("next"), url_for("dispatch.queue"))
    if not numbers:
        flash("还没有勾选工单。", "warning")
        return lead_to(back)
    choice = read_choice(db.session(), current_actor(), numbers, now)
    later = request.form.getlist("later")
    if not choice.is_one:
        flash(_DIFFER, "error")
        return lead_to(url_for("dispatch.bulk", number=[*numbers, *later], next=back))
    versions = {number: request.form.get(f"version-{number}", type=id_in) for number in numbers}
    told = write_pressed(
        dispatch_all(choice, versions, current_actor(), now, request.form.get("request_key", ""))
    )
    return lead_to(url_for("dispatch.bulk", done=told["done"], kept=told["kept"], number=later, next=back))


def show_bulk() -> Response:
    """What became of a lot, and what still waits of all that was ticked, a lot for each unit."""
    session, viewer, now = db.session(), current_actor(), datetime.now(UTC)
    pressed, back = read_pressed(request.args), safe_next(request.args.get("next"), url_for("dispatch.queue"))
    lots = read_choice(session, viewer, request.args.getlist("number"), now).groups
    done = _done(pressed.numbers, now)
    if not (lots or done or pressed.refused):
        return lead_to(back)
    return render(
        "dispatch/bulk.html",
        lots=lots,
        done=done,
        failures=[(number, _title(number), why) for number, why in pressed.failures],
        undone={ticket.number: _undone_url(ticket.number, lots) for ticket, *_ in done},
        is_answer=bool(done or pressed.refused),
        next_url=back,
        grace=GRACE.seconds,
    )


def _title(number: str) -> str:
    ticket = find_visible(db.session(), number, current_actor())
    return "" if ticket is None else ticket.title


def _undone_url(number: str, lots: tuple[Group, ...]) -> str:
    """Where one stands once a dispatch is undone: before what still waits of all that was ticked."""
    left = [ticket.number for group in lots for ticket in group.tickets]
    return (
        url_for("dispatch.bulk", number=[number, *left]) if left else url_for("dispatch.queue", ticket=number)
    )


def _done(numbers: Sequence[str], now: datetime) -> list[tuple[Ticket, str, Move | None]]:
    """Read what became of each: the ticket, its unit, and how it is undone while that can be."""
    session, viewer = db.session(), current_actor()
    seen = (find_visible(session, number, viewer) for number in numbers)
    tickets = [ticket for ticket in seen if ticket is not None]
    names: Mapping[int, str] = unit_names(session, {each.unit_id for each in tickets if each.unit_id})
    return [
        (ticket, names.get(ticket.unit_id or 0, ""), find_move(Look(session, ticket, viewer, now), _UNDO))
        for ticket in tickets
    ]
