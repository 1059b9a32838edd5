"""The door: how does an accepted action become rows, and a refused one nothing at all?

Nothing else changes a state, whether the web, the API, a timer or an import asks. The caller's transaction
holds everything together: row, event, clocks, timers and messages commit at once or not at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from hotline.models.orders import OrderCause, SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services import trail
from hotline.services.audience import tell
from hotline.services.clocks import ClockSubject, follow, replan_running
from hotline.services.effects.carrying_out import carry_out
from hotline.services.effects.change import Change, Move, find_main
from hotline.services.effects.undoing import act_topic
from hotline.services.facts import WHOLE, Subject, facts_of
from hotline.services.identity import check_contact
from hotline.services.one_act import Envelope
from hotline.services.references import resolve
from hotline.services.remembered import hold
from hotline.services.ticket_index import keep_words, says_more
from notifications.outbox import hold_back, put_all
from workflows.assignment import ASSIGNMENT
from workflows.definition import NEW, SYSTEM, Actor, Ask, Decision, FollowUp
from workflows.engine import Engine
from workflows.errors import Code, Refused
from workflows.grace import GRACE
from workflows.order import ORDER
from workflows.request import REQUEST
from workflows.request.parts import ASKS_OF_SHARE, ASKS_OF_TICKET
from workflows.ticket import TICKET
from workflows.vocabulary import Machine, TicketState

_Part = TypeVar("_Part", Assignment, Request, SupervisionOrder)
_MADE_OF_TICKET = ASKS_OF_TICKET | {"issue"}

ENGINES: Mapping[Machine, Engine] = {
    Machine.TICKET: Engine(TICKET),
    Machine.ASSIGNMENT: Engine(ASSIGNMENT),
    Machine.REQUEST: Engine(REQUEST),
    Machine.ORDER: Engine(ORDER),
}


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked of which row. `version` is the ticket's, as the person saw it; systems leave it out.

    `subject_id` is the assignment, request or order; for what is still to be made, the share it is about.
    """

    number: str
    action: str
    data: Mapping[str, Any] = field(default_factory=dict)
    version: int | None = None
    machine: Machine = Machine.TICKET
    subject_id: int | None = None


def lock_ticket(session: Session, number: str, master: str = "") -> Ticket:
    """Lock the ticket's row until the transaction ends: always the first lock. Raises Refused if absent.

    What an action may reach beyond the ticket is locked with it, in the order of the ids, so that no two
    transactions wait for each other. If it turns out to have been merged or let go a moment ago, the wrong
    rows were locked, and the action is refused as made too late rather than go on in another order. SQLite
    needs no row lock, since its write transactions follow one another.
    """
    columns = (Ticket.id, Ticket.version, Ticket.master_id, Ticket.state, Ticket.follower_count)
    known = session.execute(select(*columns).where(Ticket.number == number)).first()
    if known is None:
        raise Refused(Code.NOT_FOUND)
    family = family_of(session, known, master)
    _lock(session, family)
    hold(session, family)
    ticket = session.get_one(Ticket, known.id)
    if ticket.version != known.version and family_of(session, ticket, master) - family:
        raise _stale(ticket)
    return ticket


def family_of(session: Session, ticket: Ticket | Row[*tuple[Any, ...]], master: str = "") -> set[int]:
    """List whom an action may reach: itself, its master or master to be, those it takes to the archive."""
    ids = {ticket.id} if ticket.master_id is None else {ticket.id, ticket.master_id}
    if master:
        ids |= set(session.scalars(select(Ticket.id).where(Ticket.number == master)))
    if ticket.state == TicketState.CLOSED and ticket.follower_count:
        ids |= set(session.scalars(select(Ticket.id).where(Ticket.master_id == ticket.id)))
    return ids


def advance(session: Session, command: Command, actor: Actor, now: datetime) -> Ticket:
    """Carry out one action and what follows from it; returns the ticket after. Never commits.

    Raises Refused, with nothing changed, when the tables, the version or the data say no.
    """
    master = str(command.data.get("master") or "").strip().upper()
    ticket = lock_ticket(session, command.number, master if master.isprintable() else "")
    if command.version is not None and command.version != ticket.version:
        raise _stale(ticket)
    change, envelope = prepare(session, ticket, command, (actor, now)), Envelope()
    change.post = envelope.post
    topic = act_topic(ticket.id, ticket.version + 1)
    take(change)
    told = envelope.folded()
    if change.decision.transition.undone_by:
        told = [hold_back(message, topic, now + GRACE) for message in told]
    put_all(session, told)
    return ticket


def prepare(session: Session, ticket: Ticket, command: Command, asked: tuple[Actor, datetime]) -> Change:
    """Decide an action of a ticket whose row is locked already. Raises Refused; nothing is changed yet."""
    actor, now = asked
    subject = subject_of(session, ticket, command)
    decision = decide(session, ticket, subject, command, asked)
    return Change(session, ticket, decision, actor, now, subject.assignment, subject.request, subject.order)


def take(change: Change) -> None:
    """Carry out what was prepared, and what follows from it. Raises Refused when that says no.

    What is done by then is half of it: the caller takes all of it back.
    """
    ticket, decision = change.ticket, change.decision
    change.due_before = ticket.due_at
    _set_state(change)
    ticket.version += 1
    carry_out(change)
    holder = find_main(change)
    ticket.unit_id = None if holder is None else holder.unit_id
    entry = trail.Entry(decision, change.actor, change.now, _subject_id(change))
    event_id = trail.record(change.session, ticket, entry)
    if says_more(decision):
        keep_words(change.session, [ticket])
    follow(change.session, ticket, decision.clocks, _clock_subject(change), change.now)
    if change.is_reclassified:
        replan_running(change.session, ticket, change.now)
    tell(change, event_id)
    for move in change.moves:
        _move(change, move)
    for follow_up in decision.follow_ups:
        _try(change, follow_up)


def begin(session: Session, ticket: Ticket, decision: Decision, actor: Actor, now: datetime) -> None:
    """Write a new ticket's first event and effects; services.intake makes the row."""
    hold(session, {ticket.id})
    take(Change(session, ticket, decision, actor, now))


def decide(
    session: Session, ticket: Ticket, subject: Subject, command: Command, asked: tuple[Actor, datetime]
) -> Decision:
    """Ask the engine what a command would do; raises Refused when it may not be. Changes nothing."""
    engine = ENGINES[command.machine]
    actor, now = asked
    needs = engine.row(command.action).needs
    resolved = resolve(session, needs, command.data)
    named = {need.name: resolved[need.name] for need in needs if need.name in resolved}
    facts = facts_of(session, ticket, named, (subject, actor, now))
    state = state_of(command.machine, ticket, subject)
    decision = engine.decide(facts, state, Ask(command.action, actor, resolved, now))
    check_contact(decision.data)
    return decision


def state_of(machine: Machine, ticket: Ticket, subject: Subject) -> str:
    """Tell the state an action of a machine starts from; what is still to be made is new."""
    if machine is Machine.TICKET:
        return ticket.state
    part = {
        Machine.ASSIGNMENT: subject.assignment,
        Machine.REQUEST: subject.request,
        Machine.ORDER: subject.order,
    }[machine]
    return NEW if part is None else part.state


def subject_of(session: Session, ticket: Ticket, command: Command) -> Subject:
    """Read the part of the ticket a command is about; raises Refused when it is not a part of it."""
    if command.machine is Machine.TICKET or command.action in _MADE_OF_TICKET:
        return WHOLE
    if command.machine is Machine.ASSIGNMENT or command.action in ASKS_OF_SHARE:
        return Subject(_part(session, Assignment, command.subject_id, ticket))
    if command.machine is Machine.ORDER:
        return Subject(order=_part(session, SupervisionOrder, command.subject_id, ticket))
    return subject_of_request(session, ticket, _part(session, Request, command.subject_id, ticket))


def subject_of_request(session: Session, ticket: Ticket, request: Request) -> Subject:
    """Put a request together with the share it is about, if it is about one."""
    share_id = request.assignment_id
    return Subject(None if share_id is None else _part(session, Assignment, share_id, ticket), request)


def _lock(session: Session, ticket_ids: Iterable[int]) -> None:
    wanted = select(Ticket).where(Ticket.id.in_(ticket_ids)).order_by(Ticket.id).with_for_update()
    session.scalars(wanted.execution_options(populate_existing=True)).all()


def _stale(ticket: Ticket) -> Refused:
    return Refused(Code.STALE_VERSION, details={"version": str(ticket.version), "state": ticket.state})


def _set_state(change: Change) -> None:
    row: Ticket | Assignment | Request | SupervisionOrder | None = {
        Machine.TICKET: change.ticket,
        Machine.ASSIGNMENT: change.assignment,
        Machine.REQUEST: change.request,
        Machine.ORDER: change.order,
    }[change.decision.machine]
    if row is not None:
        row.state = change.decision.to_state


def _move(change: Change, move: Move) -> None:
    """Take a move an effect asked for; a refusal here is a fault in the tables and must surface."""
    ticket = change.ticket
    if move.number is not None:  # locked with the ticket it all began with
        ticket = change.session.scalars(select(Ticket).where(Ticket.number == move.number)).one()
    command = Command(ticket.number, move.action, move.data, None, move.machine, move.subject_id)
    _carry(change, ticket, command, move.cause)


def _try(change: Change, follow_up: FollowUp) -> None:
    """Take a follow-up if its guards agree; otherwise it is not due yet, unless it must follow."""
    share = change.assignment if follow_up.machine is Machine.ASSIGNMENT else None
    data = {name: change.asked.details[name] for name in follow_up.passes}
    command = Command(
        change.ticket.number,
        follow_up.action,
        data,
        None,
        follow_up.machine,
        None if share is None else share.id,
    )
    try:
        _carry(change, change.ticket, command)
    except Refused:
        if follow_up.must:
            raise


def _carry(
    cause: Change, ticket: Ticket, command: Command, written_for: OrderCause = OrderCause.PERSON
) -> None:
    """Take an action as the system in consequence of another; its messages go the same way."""
    following = prepare(cause.session, ticket, command, (SYSTEM, cause.now))
    following.cause, following.post, following.begun_by = written_for, cause.post, cause.begun_by
    take(following)


def _part(session: Session, model: type[_Part], row_id: int | None, ticket: Ticket) -> _Part:
    part = session.get(model, row_id) if row_id is not None else None
    if part is None or part.ticket_id != ticket.id:
        raise Refused(Code.NOT_FOUND)
    return part


def _subject_id(change: Change) -> int | None:
    part = {
        Machine.TICKET: None,
        Machine.ASSIGNMENT: change.assignment,
        Machine.REQUEST: change.request,
        Machine.ORDER: change.order,
    }[change.decision.machine]
    return None if part is None else part.id


def _clock_subject(change: Change) -> ClockSubject:
    shares = change.touched
    if not shares and change.decision.machine is not Machine.TICKET and change.assignment is not None:
        shares = [change.assignment]
    undone = None if change.undone is None else (change.undone.number, change.undone.at)
    return ClockSubject(tuple(shares), change.request, change.order, change.decision.event_data, undone)
