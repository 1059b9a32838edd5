"""Which timers are due, and what happens when they fire?

A timer asks for its action through the same door as people. Any number of workers may look at once: each
locks a few tickets that nobody else holds, looks at their timers again under the lock, and fires every one
that is due, in due order, in one transaction. So each fires once, a clock that stopped a moment ago never
fires, and whoever missed several reminders of one ticket is told once. A fault takes the transaction back;
then each ticket has one of its own, and a ticket that still fails has one for each timer.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer, TimerState
from hotline.models.ticket import Ticket
from hotline.services import trail
from hotline.services.catching_up import Postbag
from hotline.services.due_tickets import Locked, is_any_due, list_due, lock_due
from hotline.services.effects.change import Post
from hotline.services.lifecycle import Command, prepare, take
from hotline.services.remembered import remember
from notifications.outbox import put, put_all
from workflows.definition import SYSTEM
from workflows.errors import Refused
from workflows.timer_actions import timer_action
from workflows.vocabulary import ClockName, Machine, TimerKind

SessionFactory = Callable[[], Session]
Shield = Callable[[], AbstractContextManager[None]]

# So few tickets, and about so few timers, that people at work on one of them hardly wait, and on SQLite
# nobody for the only write lock: a tenth of a second. How many timers a ticket has is only known afterwards.
_AT_FIRST, _AT_MOST = 4, 20
_TIMERS_AT_ONCE = 40


def fire_due(
    session_factory: SessionFactory, now: datetime, limit: int = 200, shield: Shield = nullcontext
) -> int:
    """Settle every due timer of about `limit` tickets, those first that wait longest.

    Returns how many timers it settled: fired, or cancelled because nothing was left to do. Tickets that
    somebody else holds are left to the next tick. `shield` surrounds each transaction and may swallow a
    fault. Then its tickets are tried one by one and at last a ticket's timers; the one that fails stays
    pending, and later ones of its ticket wait behind it.
    """
    tick = Tick(session_factory, now, shield)
    settled = 0
    while limit > 0:
        tickets, timers = tick.settle_some(limit)
        settled += timers
        limit -= tickets
        if not tickets:
            break
    return settled


@dataclass(slots=True)
class Tick:
    """One look for due timers: `left_out` are tickets that it cannot settle, `at_once` how many it locks."""

    sessions: SessionFactory
    now: datetime
    shield: Shield
    left_out: set[int] = field(default_factory=set)
    at_once: int = _AT_FIRST

    def settle_some(self, most: int = _AT_MOST) -> tuple[int, int]:
        """Settle a few tickets in a transaction; tells how many there were, and how many timers of theirs."""
        with self.sessions() as session, session.begin():
            session.connection(execution_options={"reads_only": True})
            if not is_any_due(session, self.now, self.left_out):
                return 0, 0
        tickets: list[int] = []
        count = self._together(tickets, min(most, self.at_once))
        if count is None:
            count = sum(self._alone(ticket_id) for ticket_id in tickets)
        self.at_once = max(1, min(_AT_MOST, _TIMERS_AT_ONCE * len(tickets) // max(count, 1)))
        return len(tickets), count

    def _together(self, tickets: list[int], most: int, only: Collection[int] = ()) -> int | None:
        """Settle tickets in one transaction and note which; None after a fault, with all taken back."""
        with self.shield(), suppress(Refused), self.sessions() as session, session.begin():
            locked = lock_due(session, self.now, most, (self.left_out, only))
            tickets += locked
            return _settle(session, locked, self.now)
        return None

    def _alone(self, ticket_id: int) -> int:
        count = self._together([], 1, (ticket_id,))
        return self._one_by_one(ticket_id) if count is None else count

    def _one_by_one(self, ticket_id: int) -> int:
        count = 0
        self.left_out.add(ticket_id)
        with self.shield():
            while self._settle_next(ticket_id):
                count += 1
            self.left_out.discard(ticket_id)
        return count

    def _settle_next(self, ticket_id: int) -> bool:
        with self.sessions() as session, session.begin():
            locked = lock_due(session, self.now, 1, ((), (ticket_id,)))
            due = list_due(session, locked, self.now)
            if due:
                _fire_or_cancel(session, locked[ticket_id].ticket, due[0], self.now)
            return bool(due)


def _settle(session: Session, locked: Mapping[int, Locked], now: datetime) -> int:
    """Settle every due timer of tickets that are locked, those of one ticket strictly in due order."""
    if not locked:
        return 0
    everyone = frozenset().union(*(each.family for each in locked.values()))
    remember(session, everyone)
    trail.remember_ends(session, everyone)
    bag, count = Postbag(), 0
    due, moved = list_due(session, locked, now), set[int]()
    while due or moved:
        if not due or due[0].ticket_id in moved:
            again = list_due(session, moved & locked.keys(), now)
            due = _in_order([*(timer for timer in due if timer.ticket_id not in moved), *again])
            moved.clear()
            continue
        timer = due.pop(0)
        bag.open(timer.id)
        mine = locked[timer.ticket_id]
        count += 1
        if _fire(session, mine.ticket, timer, (now, bag.post)):
            moved |= mine.family
    put_all(session, bag.folded())
    return count


def _in_order(timers: Iterable[Timer]) -> list[Timer]:
    return sorted(timers, key=lambda timer: (timer.due_at, timer.id))


def _fire_or_cancel(session: Session, ticket: Ticket, timer: Timer, now: datetime) -> None:
    """Fire a timer, or cancel it when what follows from it may not be."""
    try:
        with session.begin_nested():
            _fire(session, ticket, timer, (now, put))
    except Refused as refusal:
        _cancel(timer, refusal)


def _fire(session: Session, ticket: Ticket, timer: Timer, how: tuple[datetime, Post]) -> bool:
    """Fire a due timer of a locked ticket, or cancel it when nothing is left to do.

    Tells whether other timers of the ticket's family may have been set or silenced by it.
    """
    now, post = how
    clock = session.get_one(Clock, timer.clock_id)
    if clock.stopped_at is not None or clock.paused_at is not None:
        timer.state = TimerState.CANCELLED.value
        return False
    try:
        change = prepare(session, ticket, _command(ticket, timer, clock), (SYSTEM, now))
    except Refused as refusal:
        _cancel(timer, refusal)
        return False
    timer.state, timer.fired_at = TimerState.FIRED.value, now
    change.post = post
    take(change)
    return bool(change.decision.clocks or change.decision.follow_ups or change.moves)


def _cancel(timer: Timer, refusal: Refused) -> None:
    timer.state, timer.refusal_code = TimerState.CANCELLED.value, str(refusal.code)


def _command(ticket: Ticket, timer: Timer, clock: Clock) -> Command:
    is_of_share = clock.assignment_id is not None
    asked = timer_action(ClockName(clock.name), TimerKind(timer.kind), is_of_share=is_of_share)
    if asked is None:
        message = f"no action for {timer.kind} of {clock.name}"
        raise LookupError(message)
    subjects = {
        Machine.ASSIGNMENT: clock.assignment_id,
        Machine.REQUEST: clock.request_id,
        Machine.ORDER: clock.order_id,
    }
    return Command(
        number=ticket.number,
        action=asked.action,
        data=asked.data,
        version=None,
        machine=asked.machine,
        subject_id=subjects.get(asked.machine),
    )
