"""Is a whole database sound? Reads every row and says in words what cannot be true at once.

The invariants are those of the reliability plan: acknowledged work is there (I1), one ticket per key (I2), legal
and unbroken paths (I3), one message per event, recipient and channel (I4), nothing owed after a drain (I5),
messages in order (I7), timers once, never early, in order (I8), a whole chain (I9); and rows, events, clocks
and messages of one step are there together or not at all; and every clock is the one its events give. A sound
database gives an empty list.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer
from hotline.models.data_requests import DataRequest
from hotline.models.orders import SupervisionOrder
from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Citizen, Request, Ticket, TicketEvent
from hotline.services import trail
from hotline.services.clock_verify import differences
from hotline.services.identity import is_mobile
from notifications.catalog import get_kind
from notifications.models import OPEN_STATES, OutboxMessage
from tests.stories.checker_clocks import Parts, find_clock_faults
from tests.stories.checker_messages import Book, find_message_faults
from tests.stories.checker_rows import rows_of
from workflows.definition import NEW

_DONE = frozenset({"closed", "archived"})
_GONE = frozenset({"replied", "returned", "recalled"})
_HELD_BY_A_MAIN_UNIT = frozenset({"in_process", "suspended", "reply_review", "to_call_back"})
# What is asked of a ticket rather than of the work on it may wait for its decision after the closing.
_OUTLIVE_CLOSING = frozenset({"reopening", "exclusion", "assessment_appeal", "identity_disclosure"})


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A step whose success somebody was told of: the ticket and the version it had afterwards."""

    number: str
    version: int
    action: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything read once, grouped by the ticket it belongs to."""

    tickets: Mapping[int, Ticket]
    events: Mapping[int, Sequence[TicketEvent]]
    assignments: Mapping[int, Sequence[Assignment]]
    requests: Mapping[int, Sequence[Request]]
    orders: Mapping[int, Sequence[SupervisionOrder]]
    clocks: Mapping[int, Sequence[Clock]]
    timers: Mapping[int, Sequence[Timer]]
    messages: Mapping[str, Sequence[OutboxMessage]]


def find_faults(session: Session, number: str = "") -> list[str]:
    """List what is wrong in the database, or of one ticket and between all; empty when all is sound."""
    session.expire_all()
    rows = _read(session)
    book = Book(
        rows.tickets,
        rows.events,
        rows.assignments,
        rows.requests,
        rows.messages,
        {(each.ticket_id, each.id) for each in session.scalars(select(DataRequest))},
        _reachable_citizens(session),
        _reachable_units(session),
    )
    faults: list[str] = []
    for ticket in rows.tickets.values():
        if number not in ("", ticket.number):
            continue
        found = [
            *_trail_faults(session, ticket, rows),
            *_path_faults(ticket, rows),
            *_row_faults(ticket, rows),
            *find_clock_faults(
                ticket,
                Parts(rows.assignments[ticket.id], rows.requests[ticket.id], rows.orders[ticket.id]),
                (rows.clocks[ticket.id], rows.timers[ticket.id]),
                rows.events[ticket.id],
            ),
            *find_message_faults(ticket, book),
            *differences(session, ticket),
        ]
        faults += [f"{ticket.number}: {fault}" for fault in found]
    return [*faults, *_order_faults(rows)]


def find_lost(session: Session, acknowledged: Iterable[Acknowledged]) -> list[str]:
    """List acknowledged steps that left no event (I1)."""
    there = {
        (number, version): action
        for number, version, action in session.execute(
            select(Ticket.number, TicketEvent.number, TicketEvent.action).join(
                TicketEvent, TicketEvent.ticket_id == Ticket.id
            )
        )
    }
    return [str(step) for step in acknowledged if there.get((step.number, step.version)) != step.action]


def find_owed(session: Session, now: datetime) -> list[str]:
    """List messages and timers that are due at `now` and still open: after a drain there is none (I5, I8)."""
    late = select(Timer).where(Timer.state == "pending", Timer.due_at <= now)
    open_messages = select(OutboxMessage).where(
        OutboxMessage.state.in_(OPEN_STATES), OutboxMessage.next_attempt_at <= now
    )
    return [
        *(f"timer {timer.id} of clock {timer.clock_id}: {timer.kind}" for timer in session.scalars(late)),
        *(f"message {message.key}: {message.state}" for message in session.scalars(open_messages)),
    ]


def _read(session: Session) -> Rows:
    return Rows(
        tickets={ticket.id: ticket for ticket in session.scalars(select(Ticket).order_by(Ticket.id))},
        events=_grouped(session, TicketEvent, (TicketEvent.ticket_id, TicketEvent.number)),
        assignments=_grouped(session, Assignment, (Assignment.ticket_id, Assignment.id)),
        requests=_grouped(session, Request, (Request.ticket_id, Request.id)),
        orders=_grouped(session, SupervisionOrder, (SupervisionOrder.ticket_id, SupervisionOrder.id)),
        clocks=_grouped(session, Clock, (Clock.ticket_id, Clock.id)),
        timers=_grouped(session, Timer, (Timer.ticket_id, Timer.due_at, Timer.id)),
        messages=_grouped(
            session,
            OutboxMessage,
            (OutboxMessage.subject, OutboxMessage.created_at, OutboxMessage.id),
        ),
    )


def _grouped(session: Session, model: Any, keys: tuple[Any, ...]) -> Any:
    groups = defaultdict(list)
    for row in session.scalars(select(model).order_by(*keys)):
        groups[getattr(row, keys[0].key)].append(row)
    return groups


def _reachable_citizens(session: Session) -> set[int]:
    return {
        citizen.id
        for citizen in session.scalars(select(Citizen))
        if citizen.email or (citizen.phone and is_mobile(citizen.phone))
    }


def _reachable_units(session: Session) -> set[int]:
    return {unit.id for unit in session.scalars(select(Unit)) if unit.liaison_phone or unit.liaison_email}


def _trail_faults(session: Session, ticket: Ticket, rows: Rows) -> Iterator[str]:
    """I3, I9: events are numbered 1..n like the version, and the chain is whole."""
    numbers = [event.number for event in rows.events[ticket.id]]
    if numbers != list(range(1, ticket.version + 1)):
        yield f"version {ticket.version} but events {numbers}"
    broken = trail.find_break(session, ticket.id)
    if broken is not None:
        yield f"chain broken at event {broken}"


def _path_faults(ticket: Ticket, rows: Rows) -> Iterator[str]:
    """I3: each machine's events follow the tables one from another and end where the row stands."""
    parts: dict[tuple[str, int | None], str] = {
        **{("assignment", share.id): share.state for share in rows.assignments[ticket.id]},
        **{("request", request.id): request.state for request in rows.requests[ticket.id]},
        **{("order", order.id): order.state for order in rows.orders[ticket.id]},
    }
    ends: dict[tuple[str, int | None], str] = {("ticket", None): ticket.state, **parts}
    standing = {subject: "to_sign" if subject[0] == "assignment" else NEW for subject in ends}
    for event in rows.events[ticket.id]:
        subject = (event.machine, event.subject_id)
        if standing.get(subject) != event.from_state:
            yield f"event {event.number} starts from {event.from_state}, not {standing.get(subject)}"
        if not rows_of(event, rows.assignments[ticket.id], rows.requests[ticket.id]):
            yield f"event {event.number} is no row: {event.machine}.{event.action} by {event.role}"
        standing[subject] = event.to_state
    if standing != ends:
        yield f"rows stand at {ends}, events end at {standing}"


def _row_faults(ticket: Ticket, rows: Rows) -> Iterator[str]:
    """What one row says of the others: nobody works on a closed ticket, somebody on a handled one."""
    shares, requests = rows.assignments[ticket.id], rows.requests[ticket.id]
    is_done = ticket.state in _DONE
    if is_done != (ticket.outcome is not None) or is_done != (ticket.closed_at is not None):
        yield f"{ticket.state} with outcome {ticket.outcome}, closed at {ticket.closed_at}"
    if is_done and any(share.state not in _GONE for share in shares):
        yield f"{ticket.state} but shares {[share.state for share in shares]}"
    open_kinds = {request.kind for request in requests if request.state == "requested"}
    if is_done and open_kinds - _OUTLIVE_CLOSING:
        yield f"{ticket.state} but a request is open: {sorted(open_kinds)}"
    if (ticket.master_id is not None) != (ticket.outcome == "merged"):
        yield f"outcome {ticket.outcome} with master {ticket.master_id}"
    followers = [each for each in rows.tickets.values() if each.master_id == ticket.id]
    if ticket.follower_count != len(followers):
        yield f"counts {ticket.follower_count} followers, there are {len(followers)}"
    if (ticket.state == "awaiting_supplement") != (ticket.came_from is not None):
        yield f"{ticket.state} came from {ticket.came_from}"
    yield from _holder_faults(ticket, shares)


def _holder_faults(ticket: Ticket, shares: Sequence[Assignment]) -> Iterator[str]:
    """A ticket that was handled has one main unit, and knows it."""
    live = [
        share
        for share in shares
        if share.is_main and share.round == ticket.round and share.state not in {"returned", "recalled"}
    ]
    holder = live[-1].unit_id if live else None
    if ticket.unit_id != holder:
        yield f"held by unit {ticket.unit_id}, its main share is of {holder}"
    if ticket.state in _HELD_BY_A_MAIN_UNIT and len(live) != 1:
        yield f"{ticket.state} with {len(live)} main shares in round {ticket.round}"


def _order_faults(rows: Rows) -> Iterator[str]:
    """I7: per ticket, recipient and channel, ordinary messages were accepted in the order of their causes.

    Reminders keep an order of their own, since they wait for duty hours and hold up nothing meanwhile.
    """
    queues: dict[tuple[str, str, bool], list[tuple[datetime, str]]] = defaultdict(list)
    for messages in rows.messages.values():
        for message in messages:
            if message.accepted_at is not None and not message.is_urgent:
                reminds = get_kind(message.kind).reminds is not None
                queue_of = (message.order_key, message.channel, reminds)
                queues[queue_of].append((message.accepted_at, message.key))
    for queue in queues.values():
        for (earlier, first), (later, second) in pairwise(queue):
            if later < earlier:
                yield f"message {second} overtook {first}"
