"""How do tickets go to paper: looked at first, then numbered as copies and put on record, all on one page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog
from flask import Blueprint, Response, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.models.audit import AuditKind
from hotline.models.reveals import Purpose, Way
from hotline.models.ticket import Ticket
from hotline.queries.printing import Approval, Copy, CopyToShow, find_approval, list_batch, list_copies
from hotline.queries.scope import visible_tickets
from hotline.queries.ticket_page import TicketPage, load_page
from hotline.queries.timeline import Entry
from hotline.services.audit import Deed
from hotline.services.printing import Printing, number_copies
from hotline.web.audit import note
from hotline.web.auth import current_actor
from hotline.web.bulk import MOST_AT_ONCE
from hotline.web.errors import problem_of_refusal
from hotline.web.filters import city_time
from hotline.web.once import lead_to, perform
from hotline.web.pages import render
from hotline.web.revealing import hand_out, say_missing, typed_wish
from hotline.web.security import safe_next
from hotline.web.ticket_moves import look_at
from hotline.web.ticket_panel import may_reveal
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.vocabulary import AssignmentState

# The page of the copies shows who called long enough to print it, and no longer.
_NAMED_FOR = timedelta(minutes=10)
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Sheet:
    """One ticket as it stands on paper; no `copy` while it is only looked at.

    `notes` are (who, when, what), empty unless asked for. Of a confidential ticket nobody prints the caller.
    `approval` is that of the answer on the sheet; without one there is room to sign by hand.
    """

    page: TicketPage
    dispatched: Entry | None
    approval: Approval | None
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
    """Number the copies, put on record who prints them, and lead to the paper.

    Who called goes to paper through the door of every reveal: for a purpose, and each ticket counts.
    """
    actor, now = current_actor(), datetime.now(UTC)
    tickets = _tickets(actor)
    if not tickets or actor.user_id is None:
        raise Refused(Code.NOT_FOUND)
    named = _named(tickets, actor, now) if "caller" in request.form else []
    printing = Printing(actor.user_id, now, "notes" in request.form, frozenset(each.number for each in named))
    ids, numbers = [ticket.id for ticket in tickets], [ticket.number for ticket in tickets]
    back = safe_next(request.form.get("next"), "/")

    def act(session: Session) -> str:
        batch = number_copies(session, ids, printing)
        if named:
            hand_out(session, named, typed_wish(Way.PAPER), now)
        return batch

    def lead(batch: str) -> str:
        return url_for("tickets.printed", batch=batch, next=back)

    try:
        answer = perform(act, request.form.get("request_key", ""), lead)
    except Refused as refused:
        if not named:
            raise
        return _show(tickets, back, now, refused)
    _log.info("tickets_printed", numbers=numbers, user_id=actor.user_id, has_notes=printing.has_notes)
    return answer


def printed(batch: str) -> Response:
    """The copies of one's own batch, each on pages of its own."""
    actor, now = current_actor(), datetime.now(UTC)
    rows = list_batch(db.session(), batch, actor)
    if not rows:
        raise Refused(Code.NOT_FOUND)
    made = [_sheet(_Seen(load_page(db.session(), row.ticket, actor, now), actor, now), row) for row in rows]
    for each in made:
        note(Deed(AuditKind.PRINT, ticket_number=each.page.number, facts={"batch": batch}))
    return render("tickets/printed.html", sheets=made, back_url=safe_next(request.args.get("next"), "/"))


def _show(tickets: Sequence[Ticket], back: str, now: datetime, refused: Refused | None = None) -> Response:
    session, actor = db.session(), current_actor()
    problem = None if refused is None else problem_of_refusal(refused)
    copies = list_copies(session, [ticket.id for ticket in tickets])
    made = [
        _sheet(_Seen(load_page(session, ticket, actor, now), actor, now), None, copies.get(ticket.id, ()))
        for ticket in tickets
    ]
    for each in made:
        note(Deed(AuditKind.SEE_TICKET, ticket_number=each.page.number))
    return render(
        "tickets/sheet.html",
        status=200 if problem is None else problem.status,
        sheets=made,
        back_url=back,
        purposes=tuple(Purpose),
        typed=request.form,
        problem=None if problem is None else say_missing(problem),
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A ticket as somebody sees it at a moment."""

    page: TicketPage
    viewer: Actor
    at: datetime

    @property
    def may_have_caller(self) -> bool:
        """Of a confidential ticket nobody prints who called."""
        return may_reveal(self.page, self.viewer) and not self.page.is_confidential


def _sheet(seen: _Seen, row: CopyToShow | None = None, copies: Sequence[Copy] = ()) -> Sheet:
    page, may_have = seen.page, seen.may_have_caller
    is_fresh = row is not None and seen.at - row.copy.printed_at <= _NAMED_FOR
    return Sheet(
        page=page,
        dispatched=next((entry for entry in page.entries if entry.act == "派单"), None),
        approval=_approval(page),
        notes=tuple(_internal(page.entries)) if row is not None and row.has_notes else (),
        has_caller=row is not None and row.has_caller and may_have and is_fresh,
        may_have_caller=may_have,
        copies=copies,
        copy=None if row is None else row.copy,
    )


def _approval(page: TicketPage) -> Approval | None:
    main = page.main
    if main is None or not main.answer or main.state != AssignmentState.REPLIED:
        return None
    return find_approval(db.session(), main.id)


def _named(tickets: Sequence[Ticket], actor: Actor, now: datetime) -> list[Ticket]:
    """The tickets whose caller may go to paper with them."""
    session = db.session()
    pages = [_Seen(load_page(session, ticket, actor, now), actor, now) for ticket in tickets]
    return [ticket for ticket, seen in zip(tickets, pages, strict=True) if seen.may_have_caller]


def _internal(entries: Sequence[Entry]) -> Iterable[tuple[str, datetime, str]]:
    """Inner notes as they were written, the first one first."""
    internal = (entry for entry in reversed(entries) if entry.is_internal)
    return ((entry.actor, entry.at, entry.body(city_time)) for entry in internal)


def _tickets(actor: Actor) -> list[Ticket]:
    """The tickets that were named and that are the viewer's to see, in the order of the list."""
    numbers = list(dict.fromkeys(request.form.getlist("number")))[:MOST_AT_ONCE]
    found = db.session().scalars(visible_tickets(actor).where(Ticket.number.in_(numbers)))
    return sorted(found, key=lambda ticket: numbers.index(ticket.number))
