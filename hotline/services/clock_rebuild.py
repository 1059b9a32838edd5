"""Do a ticket's events give the clocks it has? Its life is told again in memory, without looking at them.

Everything is counted anew by the editions and versions that held at each event. Nothing is written: the rows
that the clocks ask about are copied, and told what happened to them event by event.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from hotline.services import clock_changes
from hotline.services.calendars import load_edition
from hotline.services.clock_book import ClockBook
from hotline.services.clock_past import PastRules
from hotline.services.clocks import ClockSubject, follow_in, replan_in
from hotline.services.lifecycle import ENGINES
from workflows.definition import SYSTEM, ActorKind, ClockOp, Effect, Transition
from workflows.facts import AssignmentFacts, Facts, RequestFacts
from workflows.guards import CONDITIONS, Case
from workflows.vocabulary import LAYS_OUT, AssignmentState, Machine, RequestState, Role, TicketState, Urgency
from workflows.worktime import WorkCalendar

_Row = TypeVar("_Row", Assignment, Request, SupervisionOrder)

_MAKES_SHARES = frozenset(
    {
        Effect.CREATE_ASSIGNMENTS,
        Effect.REDIRECT,
        Effect.ADD_CO_HANDLER,
        Effect.CREATE_CHILD,
        Effect.NEW_ROUND,
    }
)
_UNDOING = {ClockOp.UNDO_START, ClockOp.UNDO_STOP}
_CLASS = ("type", "urgency", "category_id", "is_hard")


@dataclass(slots=True)
class Past:
    """A ticket as it was after some of its events; all rows are copies that no session knows."""

    ticket: Ticket
    shares: dict[int, Assignment]
    requests: dict[int, Request]
    orders: dict[int, SupervisionOrder]
    clocks: list[Clock] = field(default_factory=list)
    noted: list[tuple[int, clock_changes.Noted]] = field(default_factory=list)
    unborn: list[Assignment] = field(default_factory=list)
    told: list[TicketEvent] = field(default_factory=list)
    # The numbers of the events that froze the policy and that made the ticket a hard one.
    frozen_by: int | None = None
    hard_by: int | None = None


class _Book(ClockBook):
    """A book whose clocks are kept in memory alone."""

    __slots__ = ("past",)
    past: Past

    def _add(self, clock: Clock) -> None:
        clock.paused_at = clock.stopped_at = None
        clock.is_cancelled = False
        self.past.clocks.append(clock)

    def pauses_of(self, clock: Clock) -> list[tuple[datetime, datetime]]:
        befell = [*(each for _, each in self.past.noted), *self.noted]
        return clock_changes.pauses_in((each.reason, each.at) for each in befell if each.clock is clock)

    def settle(self) -> None:
        self.past.noted.extend((self.ticket.version, each) for each in self.noted)
        self.noted.clear()

    def counted_by(self, clock: Clock) -> WorkCalendar | None:
        laid_out = (each for _, each in reversed(self.past.noted) if each.reason in LAYS_OUT)
        last = next((each for each in laid_out if each.clock is clock), None)
        return (
            None if last is None else load_edition(self.session, int(str(last.values["calendar_edition_id"])))
        )

    def stopped_at(self, at: datetime) -> list[Clock]:
        return [clock for clock in self.past.clocks if clock.stopped_at == at]

    def started_by(self, clock: Clock) -> int | None:
        return next((number for number, each in self.past.noted if each.clock is clock), None)

    def climb(self, clock: Clock) -> None:
        """The ladder is timers' work; no clock moves."""


def rebuild(session: Session, ticket: Ticket) -> Past:
    """Tell a ticket's life again from its events; `clocks` come in the order they were started.

    Reads only. Raises LookupError for an event that no row of the tables explains.
    """
    past = _beginning(session, ticket)
    events = session.scalars(
        select(TicketEvent).where(TicketEvent.ticket_id == ticket.id).order_by(TicketEvent.number)
    ).all()
    for n, event in enumerate(events):
        _tell(session, past, event, events[n + 1 :])
    return past


def _row_of(past: Past, event: TicketEvent) -> Transition:
    """Find the row of the tables an event came from: by its way and, where several go it, by their `when`."""
    rows = [
        row
        for row in ENGINES[Machine(event.machine)].workflow.transitions
        if row.action == event.action
        and event.from_state in row.sources
        and (row.target or event.from_state) == event.to_state
    ]
    if not rows:
        message = f"no row for {event.machine}.{event.action} from {event.from_state} to {event.to_state}"
        raise LookupError(message)
    if len(rows) == 1:
        return rows[0]
    case = Case(event.from_state, _facts(past, event), SYSTEM, Role(event.role), event.data, event.at)
    return next((row for row in rows if all(CONDITIONS[name](case) for name in row.when)), rows[0])


def _facts(past: Past, event: TicketEvent) -> Facts:
    """Tell of the part alone: nothing else tells apart two rows that go one way and do different things."""
    request = past.requests[_known(event.subject_id)] if event.machine == Machine.REQUEST else None
    share_id = event.subject_id if request is None else request.assignment_id
    share = past.shares.get(share_id) if share_id is not None else None
    return Facts(
        past.ticket.number,
        past.ticket.state,
        subject_assignment=None if share is None else _share_facts(share, event),
        subject_request=None
        if request is None
        else RequestFacts(request.id, request.kind, request.state, request.asked_by_id, share_id),
    )


def _share_facts(share: Assignment, event: TicketEvent) -> AssignmentFacts:
    return AssignmentFacts(
        share.id,
        share.state,
        share.unit_id,
        share.is_main,
        share.round,
        # A main unit whose reply went straight to the centre had switched its own review off.
        has_reply_review=event.to_state != AssignmentState.REPLIED,
        parent_id=share.parent_id,
    )


def _tell(session: Session, past: Past, event: TicketEvent, following: Sequence[TicketEvent]) -> None:
    row, ticket = _row_of(past, event), past.ticket
    ticket.version, ticket.round = event.number, event.round
    before, was_frozen = _class_of(ticket), ticket.policy_version_id is not None
    touched = _befall(past, event, row, following)
    rules = PastRules(session, ticket, event.at)
    rules.shares, rules.requests = past.shares, past.requests
    if Effect.CREATE_ASSIGNMENTS in row.effects and ticket.policy_version_id is None:
        ticket.policy_version_id = rules.policy.version_id
    book = _Book(rules, [clock for clock in past.clocks if clock.stopped_at is None])
    book.past = past
    follow_in(book, row.clocks, _subject(past, event, row, touched))
    if _class_of(ticket) != before and event.number > 1:
        replan_in(book)
    if ticket.policy_version_id is not None and not was_frozen:
        past.frozen_by = event.number
    past.told.append(event)


def _befall(
    past: Past, event: TicketEvent, row: Transition, following: Sequence[TicketEvent]
) -> list[Assignment]:
    """Let the copied rows know what the event did to them; returns the shares it made or opened again."""
    _set_state(past, event)
    _keep_record(past, event, row)
    if Effect.HANDLE_AGAIN in row.effects:
        again = next(each for each in following if each.action == "handle_again")
        return [past.shares[_known(again.subject_id)]]
    if _MAKES_SHARES.isdisjoint(row.effects):
        return []
    made = [past.unborn.pop(0) for _ in range(_how_many(event, row))]
    for share in made:
        past.shares[share.id] = share
    return made


def _set_state(past: Past, event: TicketEvent) -> None:
    machine = Machine(event.machine)
    if machine is Machine.TICKET:
        past.ticket.state = event.to_state
    elif machine is Machine.ASSIGNMENT:
        past.shares[_known(event.subject_id)].state = event.to_state
    elif machine is Machine.REQUEST:
        request = past.requests[_known(event.subject_id)]
        request.state = event.to_state
        request.decided_at = event.at if event.to_state != RequestState.REQUESTED else None


def _keep_record(past: Past, event: TicketEvent, row: Transition) -> None:
    ticket, data = past.ticket, event.data
    if Effect.KEEP_RECORD in row.effects:
        ticket.type = data.get("type", ticket.type)
        ticket.urgency = data.get("urgency", ticket.urgency)
        ticket.category_id = data.get("category", ticket.category_id)
    if Effect.CREATE_ASSIGNMENTS in row.effects and data.get("is_hard") and not ticket.is_hard:
        ticket.is_hard, past.hard_by = True, event.number
    if Effect.UNDO_DISPATCH in row.effects:
        _forget_dispatch(past, _undone(past, event).number)
    if Effect.COUNT_EXTENSION in row.effects:
        ticket.extension_count += 1


def _forget_dispatch(past: Past, number: int) -> None:
    if past.frozen_by == number:
        past.ticket.policy_version_id = None
    if past.hard_by == number:
        past.ticket.is_hard = False


def _undone(past: Past, event: TicketEvent) -> TicketEvent:
    """Find what an event took back: a recall of its share, or the last step of a person."""
    if event.action == "put_back":
        return next(
            e for e in reversed(past.told) if (e.action, e.subject_id) == ("recall", event.subject_id)
        )
    return next(each for each in reversed(past.told) if each.actor_kind != ActorKind.SYSTEM)


def _how_many(event: TicketEvent, row: Transition) -> int:
    return 1 + len(event.data.get("co_units") or ()) if Effect.CREATE_ASSIGNMENTS in row.effects else 1


def _subject(past: Past, event: TicketEvent, row: Transition, touched: list[Assignment]) -> ClockSubject:
    machine = Machine(event.machine)
    request = past.requests[_known(event.subject_id)] if machine is Machine.REQUEST else None
    order = past.orders[_known(event.subject_id)] if machine is Machine.ORDER else None
    shares = list(touched)
    if not shares and machine is Machine.ASSIGNMENT:
        shares = [past.shares[_known(event.subject_id)]]
    elif not shares and request is not None and request.assignment_id is not None:
        shares = [past.shares[request.assignment_id]]
    undone = _undone(past, event) if _UNDOING & {order.op for order in row.clocks} else None
    return ClockSubject(
        tuple(shares), request, order, event.data, None if undone is None else (undone.number, undone.at)
    )


def _beginning(session: Session, ticket: Ticket) -> Past:
    then = _copy(ticket)
    then.state, then.version, then.round = TicketState.DRAFT.value, 0, 1
    then.urgency, then.category_id = Urgency.ORDINARY.value, None
    then.is_hard, then.policy_version_id, then.extension_count = False, None, 0
    then.due_at = then.original_due_at = then.yellow_at = then.orange_at = then.paused_at = None
    then.is_late = then.handled_at = then.leading_clock = None
    shares = _copies(session, Assignment, ticket)
    for share in shares:
        share.state = AssignmentState.TO_SIGN.value
        share.due_at = share.sign_due_at = share.return_until = None
    requests = _copies(session, Request, ticket)
    for request in requests:
        request.decided_at = None
    orders = _copies(session, SupervisionOrder, ticket)
    return Past(
        then, {}, {each.id: each for each in requests}, {each.id: each for each in orders}, unborn=shares
    )


def _copies(session: Session, model: type[_Row], ticket: Ticket) -> list[_Row]:
    rows = session.scalars(select(model).where(model.ticket_id == ticket.id).order_by(model.id))
    return [_copy(row) for row in rows]


def _copy(row: Any) -> Any:
    columns = inspect(type(row)).column_attrs
    return type(row)(**{column.key: getattr(row, column.key) for column in columns})


def _class_of(ticket: Ticket) -> tuple[object, ...]:
    return tuple(getattr(ticket, name) for name in _CLASS)


def _known(subject_id: int | None) -> int:
    if subject_id is None:
        message = "an event of a part of a ticket does not name the part"
        raise LookupError(message)
    return subject_id
