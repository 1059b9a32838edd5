"""The door: how does an accepted action become rows, and a refused one nothing at all?

Nothing else changes a state, whether the web, the API, a timer or an import asks. The caller's transaction
holds everything together: row, event, clocks, timers and messages commit at once or not at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services import trail
from hotline.services.audience import tell
from hotline.services.clocks import ClockSubject, follow, replan_running
from hotline.services.effects import Change, Move, carry_out
from hotline.services.facts import facts_of
from hotline.services.identity import check_contact
from hotline.services.references import resolve
from workflows.assignment import ASSIGNMENT
from workflows.definition import NEW, SYSTEM, Actor, Ask, Decision, FollowUp, Offer
from workflows.engine import Engine
from workflows.errors import Code, Refused
from workflows.request import REQUEST
from workflows.ticket import TICKET
from workflows.vocabulary import Machine

_Part = TypeVar("_Part", Assignment, Request)

ENGINES: Mapping[Machine, Engine] = {
    Machine.TICKET: Engine(TICKET),
    Machine.ASSIGNMENT: Engine(ASSIGNMENT),
    Machine.REQUEST: Engine(REQUEST),
}


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked of which row. `version` is the ticket's, as the person saw it; systems leave it out.

    `subject_id` is the assignment or request; for a request that is still to be made (`ask`), its assignment.
    """

    number: str
    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    machine: Machine = Machine.TICKET
    subject_id: int | None = None


@dataclass(slots=True)
class _Subject:
    assignment: Assignment | None = None
    request: Request | None = None


def lock_ticket(session: Session, number: str) -> Ticket:
    """Lock the ticket's row until the transaction ends: always the first lock. Raises Refused if absent.

    SQLite needs no row lock, since its write transactions follow one another.
    """
    wanted = select(Ticket).where(Ticket.number == number).with_for_update()
    ticket = session.scalar(wanted.execution_options(populate_existing=True))
    if ticket is None:
        raise Refused(Code.NOT_FOUND)
    return ticket


def advance(session: Session, command: Command, actor: Actor, now: datetime) -> Ticket:
    """Carry out one action and what follows from it; returns the ticket after. Never commits.

    Raises Refused, with nothing changed, when the tables, the version or the data say no.
    """
    ticket = lock_ticket(session, command.number)
    if command.version is not None and command.version != ticket.version:
        raise Refused(Code.STALE_VERSION, details={"version": str(ticket.version), "state": ticket.state})
    subject = _subject(session, ticket, command)
    decision = _decide(session, ticket, subject, (command.machine, command.action, command.data, actor, now))
    _apply(Change(session, ticket, decision, actor, now, subject.assignment, subject.request))
    return ticket


def begin(session: Session, ticket: Ticket, decision: Decision, actor: Actor, now: datetime) -> None:
    """Write a new ticket's first event and effects; services.intake makes the row."""
    _apply(Change(session, ticket, decision, actor, now))


def offers(session: Session, ticket: Ticket, actor: Actor, now: datetime) -> list[Offer]:
    """List what the actor may do to the ticket itself now, from the tables that also decide."""
    facts = facts_of(session, ticket, {})
    return ENGINES[Machine.TICKET].available(facts, ticket.state, Ask("", actor, {}, now))


def assignment_offers(
    session: Session, ticket: Ticket, assignment: Assignment, actor: Actor, now: datetime
) -> list[Offer]:
    """List what the actor may do to one unit's share now, asking for a return included."""
    facts = facts_of(session, ticket, {}, assignment)
    ask = Ask("", actor, {}, now)
    asking = ENGINES[Machine.REQUEST].available(facts, NEW, ask)
    return ENGINES[Machine.ASSIGNMENT].available(facts, assignment.state, ask) + asking


def request_offers(
    session: Session, ticket: Ticket, request: Request, actor: Actor, now: datetime
) -> list[Offer]:
    """List how the actor may decide a request now."""
    assignment = _part(session, Assignment, request.assignment_id, ticket)
    facts = facts_of(session, ticket, {}, assignment, request)
    return ENGINES[Machine.REQUEST].available(facts, request.state, Ask("", actor, {}, now))


def _decide(
    session: Session,
    ticket: Ticket,
    subject: _Subject,
    asked: tuple[Machine, str, Mapping[str, Any], Actor, datetime],
) -> Decision:
    machine, action, data, actor, now = asked
    engine = ENGINES[machine]
    resolved = resolve(session, engine.row(action).needs, data)
    facts = facts_of(session, ticket, resolved, subject.assignment, subject.request)
    decision = engine.decide(facts, _state(machine, ticket, subject), Ask(action, actor, resolved, now))
    check_contact(decision.data)
    return decision


def _apply(change: Change) -> None:
    ticket, decision = change.ticket, change.decision
    _set_state(change)
    ticket.version += 1
    carry_out(change)
    subject_id = _subject_id(change)
    event_id = trail.record(
        change.session, ticket, trail.Entry(decision, change.actor, change.now, subject_id)
    )
    follow(change.session, ticket, decision.clocks, _clock_subject(change), change.now)
    if change.is_reclassified:
        replan_running(change.session, ticket, change.now)
    change.session.flush()
    tell(change, event_id)
    for move in change.moves:
        _move(change, move)
    for follow_up in decision.follow_ups:
        _try(change, follow_up)


def _set_state(change: Change) -> None:
    row: Ticket | Assignment | Request | None = {
        Machine.TICKET: change.ticket,
        Machine.ASSIGNMENT: change.assignment,
        Machine.REQUEST: change.request,
    }[change.decision.machine]
    if row is not None:
        row.state = change.decision.to_state


def _move(change: Change, move: Move) -> None:
    """Take a move an effect asked for; a refusal here is a fault in the tables and must surface."""
    subject = _subject(
        change.session,
        change.ticket,
        Command("", move.action, machine=move.machine, subject_id=move.subject_id),
    )
    decision = _decide(
        change.session, change.ticket, subject, (move.machine, move.action, {}, SYSTEM, change.now)
    )
    _apply(
        Change(
            change.session, change.ticket, decision, SYSTEM, change.now, subject.assignment, subject.request
        )
    )


def _try(change: Change, follow_up: FollowUp) -> None:
    """Take a follow-up if its guards agree; otherwise it is simply not due yet."""
    subject = _Subject(change.assignment if follow_up.machine is Machine.ASSIGNMENT else None)
    try:
        decision = _decide(
            change.session,
            change.ticket,
            subject,
            (follow_up.machine, follow_up.action, {}, SYSTEM, change.now),
        )
    except Refused:
        return
    _apply(Change(change.session, change.ticket, decision, SYSTEM, change.now, subject.assignment))


def _state(machine: Machine, ticket: Ticket, subject: _Subject) -> str:
    if machine is Machine.ASSIGNMENT and subject.assignment is not None:
        return subject.assignment.state
    if machine is Machine.REQUEST:
        return subject.request.state if subject.request is not None else NEW
    return ticket.state


def _subject(session: Session, ticket: Ticket, command: Command) -> _Subject:
    if command.machine is Machine.TICKET:
        return _Subject()
    if command.machine is Machine.ASSIGNMENT or command.action == "ask":
        return _Subject(_part(session, Assignment, command.subject_id, ticket))
    request = _part(session, Request, command.subject_id, ticket)
    return _Subject(_part(session, Assignment, request.assignment_id, ticket), request)


def _part(session: Session, model: type[_Part], row_id: int | None, ticket: Ticket) -> _Part:
    part = session.get(model, row_id) if row_id is not None else None
    if part is None or part.ticket_id != ticket.id:
        raise Refused(Code.NOT_FOUND)
    return part


def _subject_id(change: Change) -> int | None:
    if change.decision.machine is Machine.REQUEST:
        return change.request.id if change.request is not None else None
    if change.decision.machine is Machine.ASSIGNMENT:
        return change.assignment.id if change.assignment is not None else None
    return None


def _clock_subject(change: Change) -> ClockSubject:
    if change.decision.machine is Machine.TICKET:
        return ClockSubject(tuple(change.touched))
    return ClockSubject((change.assignment,) if change.assignment is not None else (), change.request)
