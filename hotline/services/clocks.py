"""How do a ticket's clocks and timers follow a decision?

The caller holds the ticket's row lock. Clocks change only here; one that is stopped or held keeps no pending
timer.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services.clock_book import ClockBook
from hotline.services.clock_rules import NOBODY, UNTIL_A_DAY, ClockRules, Owner
from hotline.services.clock_undo import Step, call_off, let_run_on
from hotline.services.leading_clock import show_leading
from hotline.services.remembered import parts_of
from workflows import sla
from workflows.definition import ClockOp, ClockOrder, ClockScope, LimitKind
from workflows.vocabulary import ClockName

RETURN_WINDOW = "return_window"

_IS_RUNNING = Clock.stopped_at.is_(None)
# Closing and archiving are what these two promised, so ending with the rest does not make them moot.
_KEPT_BY_ENDING = frozenset({ClockName.CALLBACK, ClockName.ARCHIVE})


@dataclass(frozen=True, slots=True)
class ClockSubject:
    """Whose clocks are meant: those of the assignments, request or order; `data` holds chosen dates."""

    assignments: Sequence[Assignment] = ()
    request: Request | None = None
    order: SupervisionOrder | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    undone: Step | None = None


def follow(
    session: Session, ticket: Ticket, orders: Sequence[ClockOrder], subject: ClockSubject, now: datetime
) -> None:
    """Carry out a decision's clock orders and refresh the ticket's due columns.

    Call it after the rows changed: the ticket's new state decides which clock leads, and new assignments
    need their ids. Flushes where a clock changed, never commits.
    """
    follow_in(ClockBook(ClockRules(session, ticket, now), list_running(session, ticket.id)), orders, subject)


def replan_running(session: Session, ticket: Ticket, now: datetime) -> None:
    """Lay the running clocks out again after the ticket's type or urgency changed.

    Time used stays used, and the change alone makes nothing late. Days that somebody chose stay chosen.
    """
    replan_in(ClockBook(ClockRules(session, ticket, now), list_running(session, ticket.id)))


def follow_in(book: ClockBook, orders: Sequence[ClockOrder], subject: ClockSubject) -> None:
    """Carry out clock orders in a book, as follow() does in that of the database."""
    for order in orders:
        _CARRY_OUT[order.op](book, order, subject)
    _close(book)


def replan_in(book: ClockBook) -> None:
    """Lay out the running clocks of a book again, as replan_running() does."""
    for clock in book.running:
        entry = book.rules.entry_of(clock)
        if entry is not None and entry.row_id != clock.policy_row_id:
            book.replan(clock, entry)
    _close(book)


def list_running(session: Session, ticket_id: int) -> list[Clock]:
    """List the clocks of a ticket that have not stopped, held ones included, oldest first."""
    clocks = parts_of(session, Clock, ticket_id, _IS_RUNNING)
    return [clock for clock in clocks if clock.stopped_at is None]


def _start(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    for owner in _owners(order, subject):
        _announce(book, _start_one(book, order, owner, subject), subject)


def _start_one(book: ClockBook, order: ClockOrder, owner: Owner, subject: ClockSubject) -> Clock | None:
    chosen = subject.data.get(order.date) if order.limit is LimitKind.CHOSEN_DATE else None
    if chosen:
        bound = _bound_from_above(book, owner)
        return book.start_until(_named(order), owner, date.fromisoformat(chosen), bound)
    limit = LimitKind.POLICY if order.limit is LimitKind.CHOSEN_DATE else order.limit
    kind = "" if subject.request is None else subject.request.kind
    return book.start(_named(order), owner, limit, kind)


def _bound_from_above(book: ClockBook, owner: Owner) -> datetime | None:
    """Tell when the share is due that a share was passed down from; nobody else binds, nor what is over."""
    share = None if owner[0] is None else book.rules.share(owner[0])
    if share is None or share.parent_id is None:
        return None
    due_at = book.rules.share(share.parent_id).due_at
    return due_at if due_at is not None and due_at > book.now else None


def _start_if_absent(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    for owner in _owners(order, subject):
        existing = book.find(order.clock, owner)
        clock = existing[0] if existing else _start_one(book, order, owner, subject)
        _announce(book, clock, subject)


def _stop(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    for owner in _owners(order, subject):
        for clock in book.find(order.clock, owner):
            book.stop(clock)
            if clock.name == ClockName.HANDLE and clock.assignment_id is None:
                _mark_handled(book.ticket, clock)


def _stop_all(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    for clock in _meant(book, order, subject):
        book.stop(clock, is_cancelled=clock.name not in _KEPT_BY_ENDING)


def _pause(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    for clock in _meant(book, order, subject):
        book.pause(clock)


def _resume(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    for clock in _meant(book, order, subject):
        book.resume(clock)
    # What ends here is how long was waited, whether or not the policy held other clocks meanwhile.
    since = min((clock.started_at for clock in book.ended if clock.name in UNTIL_A_DAY), default=None)
    if since is not None and order.clock is None:
        _move_return_windows(book, since)


def _move_return_windows(book: ClockBook, since: datetime) -> None:
    """Nobody could give a share back while its ticket was held, so that time comes on top."""
    for share in book.rules.open_shares():
        window = book.rules.entry(RETURN_WINDOW, (share.id, None, None))
        if window is not None and share.return_until is not None and share.return_until > since:
            unit, calendar = window.limit.unit, book.rules.calendar_of(window.calendar)
            held = sla.held_for(unit, calendar, since, book.now)
            share.return_until = sla.later(share.return_until, unit, calendar, held)


def _extend(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    """Give the days that were granted to the ticket, the asking share and the shares over it."""
    asked = subject.request
    if asked is None:
        message = "an extension needs its request"
        raise ValueError(message)
    for owner in (NOBODY, *((share_id, None, None) for share_id in _upwards(book, asked.assignment_id))):
        for clock in book.find(order.clock, owner):
            book.extend(clock, int(asked.details["days"]))


def _upwards(book: ClockBook, share_id: int | None) -> Iterator[int]:
    """List a share and those it was passed down from, up to the centre's."""
    while share_id is not None:
        yield share_id
        share_id = book.rules.share(share_id).parent_id


def _climb(book: ClockBook, order: ClockOrder, _subject: ClockSubject) -> None:
    for clock in book.find(order.clock, NOBODY):
        if clock.due_at <= book.now:
            book.climb(clock)


def _recount(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    book.recount(_meant(book, order, subject))


def _undo_start(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    call_off(book, _meant(book, order, subject), subject.undone)


def _undo_stop(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> None:
    let_run_on(book, _owners(order, subject), order.clock, subject.undone)


_CARRY_OUT: dict[ClockOp, Callable[[ClockBook, ClockOrder, ClockSubject], None]] = {
    ClockOp.START: _start,
    ClockOp.START_IF_ABSENT: _start_if_absent,
    ClockOp.STOP: _stop,
    ClockOp.STOP_ALL: _stop_all,
    ClockOp.PAUSE: _pause,
    ClockOp.RESUME: _resume,
    ClockOp.EXTEND: _extend,
    ClockOp.RECOUNT: _recount,
    ClockOp.CLIMB: _climb,
    ClockOp.UNDO_START: _undo_start,
    ClockOp.UNDO_STOP: _undo_stop,
}


def _owners(order: ClockOrder, subject: ClockSubject) -> list[Owner]:
    if order.scope is ClockScope.ASSIGNMENT:
        return [(assignment.id, None, None) for assignment in subject.assignments]
    if order.scope is ClockScope.REQUEST:
        return [] if subject.request is None else [(None, subject.request.id, None)]
    if order.scope is ClockScope.ORDER:
        return [] if subject.order is None else [(None, None, subject.order.id)]
    return [NOBODY]


def _meant(book: ClockBook, order: ClockOrder, subject: ClockSubject) -> list[Clock]:
    """Choose the clocks of the owners, by name if one is given.

    Of the ticket without a name: its own and its shares'. Requests and orders keep their time whatever
    becomes of the ticket.
    """
    if order.scope is ClockScope.TICKET and order.clock is None:
        return [clock for clock in book.running if clock.request_id is None and clock.order_id is None]
    return [clock for owner in _owners(order, subject) for clock in book.find(order.clock, owner)]


def _named(order: ClockOrder) -> ClockName:
    if order.clock is None:
        message = f"{order.op} needs the name of a clock"
        raise ValueError(message)
    return order.clock


def _announce(book: ClockBook, clock: Clock | None, subject: ClockSubject) -> None:
    """Copy the due moments units work by to their assignments."""
    if clock is None:
        return
    if clock.name == ClockName.SIGN:
        assignment = next(each for each in subject.assignments if each.id == clock.assignment_id)
        assignment.sign_due_at = clock.due_at
        window = book.rules.entry(RETURN_WINDOW, (assignment.id, None, None))
        if window is not None:
            calendar = book.rules.calendar_of(window.calendar)
            assignment.return_until = sla.plan(window.limit, calendar, book.now).due_at
    if clock.name == ClockName.SUPERVISION and subject.order is not None:
        subject.order.due_at = clock.due_at
    if clock.name == ClockName.HANDLE and clock.assignment_id is not None:
        next(each for each in subject.assignments if each.id == clock.assignment_id).due_at = clock.due_at
    elif clock.name == ClockName.HANDLE:
        book.ticket.policy_version_id = book.ticket.policy_version_id or book.rules.policy.version_id
        _tell_assignments(book, subject.assignments)


def _tell_assignments(book: ClockBook, new: Sequence[Assignment] = ()) -> None:
    handle = book.find(ClockName.HANDLE, NOBODY)[0]
    from_centre = [share for share in book.rules.open_shares() if share.parent_id is None]
    for assignment in (*new, *from_centre):
        assignment.due_at = handle.due_at


def _tell_share(book: ClockBook, clock: Clock) -> None:
    if clock.assignment_id is None:
        return
    share = book.rules.share(clock.assignment_id)
    if clock.name == ClockName.SIGN:
        share.sign_due_at = clock.due_at
    else:
        share.due_at = clock.due_at


def _mark_handled(ticket: Ticket, clock: Clock) -> None:
    """A ticket late in one round stays late; each round's own lateness is in its clock."""
    ticket.handled_at = clock.stopped_at
    is_late = clock.stopped_at is not None and clock.stopped_at > clock.due_at
    ticket.is_late = is_late or bool(ticket.is_late)


def _close(book: ClockBook) -> None:
    for clock in book.moved:
        if clock not in book.running:
            continue
        if clock.assignment_id is not None:
            _tell_share(book, clock)
        elif clock.name == ClockName.HANDLE:
            _tell_assignments(book)
    show_leading(book.ticket, book.running)
    book.settle()
