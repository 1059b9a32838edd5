"""How do tickets go to paper: looked at first, then numbered as copies and put on record, all on one page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.models.audit import AuditKind
from hotline.models.ticket import Ticket
from hotline.queries.printing import Copy, CopyToShow, list_batch, list_copies
from hotline.queries.scope import visible_tickets
from hotline.queries.ticket_page import TicketPage, load_page
from hotline.queries.timeline import Entry
from hotline.services.audit import Deed
from hotline.services.printing import Printing, number_copies
from hotline.web.audit import note
from hotline.web.auth import current_actor
from hotline.web.bulk import MOST_AT_ONCE
from hotline.web.filters import city_time
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from hotline.web.security import safe_next
from hotline.web.ticket_moves import look_at
from hotline.web.ticket_panel import may_reveal
from workflows.definition import Actor
from workflows.errors import Code, Refused

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One ticket as it stands on paper; no `copy` while it is only looked at.

    `notes` are (who, when, what), empty unless asked for. Of a confidential ticket nobody prints the caller.
    """

    page: TicketPage
    dispatched: Entry | None
    notes: tuple[tuple[str, datetime, str], ...]
    has_caller: bool
    may_have_caller: bool
    copies: Sequence[Copy]
    copy: Copy | None


def register_printing(blueprint: Blueprint) -> None:
    """Give tickets their sheets."""
    blueprint.add_url_rule("/<number>/print", "sheet", sheet)
    blueprint.add_url_rule("/print", "sheets", sheets, methods=["POST"])
    blueprint.add_url_rule("/prints", "number_copies", number, methods=["POST"])
    blueprint.add_url_rule("/prints/<batch>", "printed", printed)


def sheet(number: str) -> Response:
    """One ticket as it would be printed."""
    look = look_at(number, datetime.now(UTC))
    return _show([look.ticket], url_for("tickets.show", number=look.ticket.number), look.now)


def sheets() -> Response:
    """Every ticket that was ticked, as they would be printed."""
    tickets, back = _tickets(current_actor()), safe_next(request.form.get("next"), "/")
    if not tickets:
        flash("还没有勾选工单。", "warning")
        return lead_to(back)
    return _show(tickets, back, datetime.now(UTC))


def number() -> Response:
    """Number the copies, put on record who prints them, and lead to the paper."""
    actor, now = current_actor(), datetime.now(UTC)
    tickets = _tickets(actor)
    if not tickets or actor.user_id is None:
        raise Refused(Code.NOT_FOUND)
    has_notes, has_caller = "notes" in request.form, "caller" in request.form
    pages = [load_page(db.session(), ticket, actor, now) for ticket in tickets] if has_caller else []
    named = frozenset(page.number for page in pages if _may_have_caller(page, actor))
    printing = Printing(actor.user_id, now, has_notes, named)
    ids, numbers = [ticket.id for ticket in tickets], [ticket.number for ticket in tickets]
    back = safe_next(request.form.get("next"), "/")

    def act(session: Session) -> str:
        return number_copies(session, ids, printing)

    def lead(batch: str) -> str:
        return url_for("tickets.printed", batch=batch, next=back)

    answer = perform(act, request.form.get("request_key", ""), lead)
    _log.info("tickets_printed", numbers=numbers, user_id=actor.user_id, has_notes=has_notes)
    for each in sorted(named):
        _log.info("identity_revealed", number=each, user_id=actor.user_id, unit_id=actor.unit_id)
    return answer


def printed(batch: str) -> Response:
    """The copies of one's own batch, each on pages of its own."""
    actor, now = current_actor(), datetime.now(UTC)
    rows = list_batch(db.session(), batch, actor)
    if not rows:
        raise Refused(Code.NOT_FOUND)
    made = [_sheet(load_page(db.session(), row.ticket, actor, now), actor, row) for row in rows]
    for each in made:
        note(Deed(AuditKind.PRINT, ticket_number=each.page.number, facts={"batch": batch}))
        if each.has_caller:
            note(Deed(AuditKind.REVEAL, ticket_number=each.page.number, facts={"batch": batch}))
    return render("tickets/printed.html", sheets=made, back_url=safe_next(request.args.get("next"), "/"))


def _show(tickets: Sequence[Ticket], back: str, now: datetime) -> Response:
    session, actor = db.session(), current_actor()
    copies = list_copies(session, [ticket.id for ticket in tickets])
    made = [
        _sheet(load_page(session, ticket, actor, now), actor, None, copies.get(ticket.id, ()))
        for ticket in tickets
    ]
    for each in made:
        note(Deed(AuditKind.SEE_TICKET, ticket_number=each.page.number))
    return render("tickets/sheet.html", sheets=made, back_url=back)


def _sheet(
    page: TicketPage, actor: Actor, row: CopyToShow | None = None, copies: Sequence[Copy] = ()
) -> Sheet:
    may_have = _may_have_caller(page, actor)
    return Sheet(
        page=page,
        dispatched=next((entry for entry in page.entries if entry.act == "派单"), None),
        notes=tuple(_internal(page.entries)) if row is not None and row.has_notes else (),
        has_caller=row is not None and row.has_caller and may_have,
        may_have_caller=may_have,
        copies=copies,
        copy=None if row is None else row.copy,
    )


def _may_have_caller(page: TicketPage, actor: Actor) -> bool:
    return may_reveal(page, actor) and not page.is_confidential


def _internal(entries: Sequence[Entry]) -> Iterable[tuple[str, datetime, str]]:
    """Inner notes as they were written, the first one first."""
    internal = (entry for entry in reversed(entries) if entry.is_internal)
    return ((entry.actor, entry.at, entry.body(city_time)) for entry in internal)


def _tickets(actor: Actor) -> list[Ticket]:
    """The tickets that were named and that are the viewer's to see, in the order of the list."""
    numbers = list(dict.fromkeys(request.form.getlist("number")))[:MOST_AT_ONCE]
    found = db.session().scalars(visible_tickets(actor).where(Ticket.number.in_(numbers)))
    return sorted(found, key=lambda ticket: numbers.index(ticket.number))
