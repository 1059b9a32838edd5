"""How do clocks that run follow a new edition of their calendar, when somebody wants them to?

Each ticket is a transaction of its own and goes through the door. One that would not move is left alone, so
that asking again does nothing.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from hotline.models.calendars import Calendar, CalendarEdition
from hotline.models.clocks import Clock, ClockChange
from hotline.models.ticket import Ticket
from hotline.services.clock_book import ClockBook
from hotline.services.clock_rules import ClockRules
from hotline.services.clocks import list_running
from hotline.services.lifecycle import Command, advance, lock_ticket
from workflows.definition import SYSTEM
from workflows.errors import Refused
from workflows.vocabulary import LAYS_OUT

Transaction = Callable[[], AbstractContextManager[Session]]
AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Recounted:
    """How many tickets were looked at and how many moved; `last_id` is where to go on, None at the end."""

    seen: int
    moved: int
    last_id: int | None


def recount_some(transaction: Transaction, code: str, now: datetime, after_id: int = 0) -> Recounted:
    """Recount up to AT_ONCE tickets whose clocks were counted by an earlier edition of a calendar.

    `transaction` opens one that commits when it is left. Tickets come in the order of their ids, from after
    `after_id` on.
    """
    with transaction() as session:
        found = session.execute(
            _tickets(code).where(Ticket.id > after_id).order_by(Ticket.id).limit(AT_ONCE)
        ).all()
    moved = 0
    for _, number in found:
        with transaction() as session:
            moved += _recount_one(session, number, now)
    return Recounted(len(found), moved, found[-1].id if len(found) == AT_ONCE else None)


def count_outdated(session: Session, code: str) -> int:
    """Count the tickets with running clocks that were counted by an earlier edition.

    Which of them the newest would move is only known once each is laid out; one that would not still counts.
    """
    return session.scalar(select(func.count()).select_from(_tickets(code).subquery())) or 0


def _recount_one(session: Session, number: str, now: datetime) -> bool:
    try:
        ticket = lock_ticket(session, number)
        book = ClockBook(ClockRules(session, ticket, now), list_running(session, ticket.id))
        if not book.to_recount(clock for clock in book.running if _is_recounted(clock)):
            return False
        advance(session, Command(number, "recount", {}, None), SYSTEM, now)
    except Refused:  # closed or merged in this very moment
        return False
    return True


def _is_recounted(clock: Clock) -> bool:
    """Requests and orders keep their time; the action leaves their clocks alone."""
    return clock.request_id is None and clock.order_id is None


def _tickets(code: str) -> Select[int, str]:
    newest = (
        select(func.max(CalendarEdition.id)).join(Calendar).where(Calendar.code == code).scalar_subquery()
    )
    laid_out, later = aliased(ClockChange), aliased(ClockChange)
    is_last = ~exists().where(
        later.clock_id == laid_out.clock_id, later.number > laid_out.number, later.reason.in_(LAYS_OUT)
    )
    is_outdated = exists().where(
        Clock.ticket_id == Ticket.id,
        Clock.stopped_at.is_(None),
        Clock.request_id.is_(None),
        Clock.order_id.is_(None),
        Clock.calendar == code,
        laid_out.clock_id == Clock.id,
        laid_out.reason.in_(LAYS_OUT),
        laid_out.calendar_edition_id != newest,
        is_last,
    )
    return select(Ticket.id, Ticket.number).where(is_outdated)
