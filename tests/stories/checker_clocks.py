"""Do a ticket's clocks and timers agree with its state, and did each timer fire once, on time and in order?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from hotline.models.clocks import Clock, Timer
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from workflows.timer_actions import LADDER as STEPS
from workflows.timer_actions import SHARE_TIMER_ACTIONS, TIMER_ACTIONS, timer_action
from workflows.vocabulary import ClockName, TimerKind

_AT_UNITS = frozenset({"in_process", "to_dispatch", "awaiting_supplement", "in_dispute", "suspended"})
_RUNS_IN = {
    "dispatch": frozenset({"intake_review", "to_dispatch", "awaiting_supplement"}),
    "handle": _AT_UNITS,
    "contact": _AT_UNITS,
    "supplement": frozenset({"awaiting_supplement"}),
    "suspension": frozenset({"suspended"}),
    "dispute": frozenset({"in_dispute"}),
    "review": frozenset({"reply_review"}),
    "callback": frozenset({"to_call_back"}),
    "archive": frozenset({"closed"}),
}
# The clock that must run in a state; a hard matter that comes back has no dispatch promise.
_NEEDED_IN = {
    "intake_review": "dispatch",
    "awaiting_supplement": "supplement",
    "in_process": "handle",
    "suspended": "suspension",
    "in_dispute": "dispute",
    "reply_review": "review",
    "to_call_back": "callback",
    "closed": "archive",
}
_NEVER_HELD = frozenset({"supplement", "suspension", "dispute", "review", "callback", "archive"})
LADDER = frozenset(STEPS.values())
_RELEASES = frozenset({"close_order", "withdraw_order", "approve", "refuse", "cancel"})
_ENDINGS = frozenset({"close", "close_without_callback"})
_AT_WORK = frozenset({"to_sign", "handling", "sub_dispatched", "unit_review"})


@dataclass(frozen=True, slots=True)
class Parts:
    """What of a ticket has clocks of its own."""

    shares: Sequence[Assignment]
    requests: Sequence[Request]
    orders: Sequence[SupervisionOrder]


def find_clock_faults(
    ticket: Ticket,
    parts: Parts,
    times: tuple[Sequence[Clock], Sequence[Timer]],
    events: Sequence[TicketEvent],
) -> Iterator[str]:
    """Say what in one ticket's clocks, timers and their events cannot be true at once."""
    clocks, timers = times
    running = [clock for clock in clocks if clock.stopped_at is None]
    yield from _running_faults(ticket, [clock for clock in running if _is_own(clock)])
    yield from _part_faults(parts, running)
    yield from _due_faults(ticket, [clock for clock in running if _is_own(clock)])
    yield from _timer_faults(running, timers)
    yield from _firing_faults(clocks, timers)
    yield from _acting_faults(ticket, clocks, timers, events)


def _is_own(clock: Clock) -> bool:
    """Whether the promise is the ticket's, not that of a share, request or order."""
    return (clock.assignment_id, clock.request_id, clock.order_id) == (None, None, None)


def _running_faults(ticket: Ticket, own: Sequence[Clock]) -> Iterator[str]:
    names = [clock.name for clock in own]
    if len(set(names)) < len(names):
        yield f"two clocks of one name run: {names}"
    for name in names:
        if ticket.state not in _RUNS_IN[name]:
            yield f"clock {name} runs in {ticket.state}"
    needed = _NEEDED_IN.get(ticket.state)
    if needed is not None and needed not in names and ticket.outcome != "merged":
        yield f"no clock {needed} runs in {ticket.state}"
    for clock in own:
        is_held = ticket.state in {"awaiting_supplement", "suspended"}
        if (clock.paused_at is not None) != (is_held and clock.name not in _NEVER_HELD):
            yield f"clock {clock.name} held since {clock.paused_at} in {ticket.state}"


def _part_faults(parts: Parts, running: Sequence[Clock]) -> Iterator[str]:
    """An unsigned share, a child at work, an open request and an unanswered order have a clock each."""
    wanted = {
        "sign": {share.id for share in parts.shares if share.state == "to_sign"},
        "handle": {share.id for share in parts.shares if share.parent_id and share.state in _AT_WORK},
        "decision": {request.id for request in parts.requests if request.state == "requested"},
        "supervision": {order.id for order in parts.orders if order.state == "issued"},
    }
    there: dict[str, set[int | None]] = {name: set() for name in wanted}
    for clock in running:
        if not _is_own(clock):
            there[clock.name].add(clock.assignment_id or clock.request_id or clock.order_id)
    for name, ids in wanted.items():
        if there[name] != ids:
            yield f"clocks {name} run for {there[name]}, not for {ids}"


def _due_faults(ticket: Ticket, running: Sequence[Clock]) -> Iterator[str]:
    own = {clock.name: clock for clock in running}
    if ticket.leading_clock is None:
        if ticket.due_at is not None:
            yield "due without a leading clock"
        return
    clock = own.get(ticket.leading_clock)
    if clock is None:
        yield f"led by {ticket.leading_clock}, which does not run"
    elif (ticket.due_at, ticket.paused_at) != (clock.due_at, clock.paused_at):
        yield f"due {ticket.due_at} but its clock {clock.name} {clock.due_at}"
    elif ticket.warn_at != min(at for at in (clock.yellow_at, clock.orange_at, clock.due_at) if at):
        yield f"warns at {ticket.warn_at}, its clock {clock.name} at {clock.yellow_at} or {clock.orange_at}"


def _timer_faults(running: Sequence[Clock], timers: Sequence[Timer]) -> Iterator[str]:
    """A running clock has its timers, and no other clock waits for one."""
    free = {clock.id for clock in running if clock.paused_at is None}
    there = {(timer.clock_id, timer.kind) for timer in timers}
    for timer in timers:
        if timer.state == "pending" and timer.clock_id not in free:
            yield f"timer {timer.kind} waits for clock {timer.clock_id}, which does not run"
    for clock in running:
        if _asked_by(clock, TimerKind.RED) and (clock.id, "red") not in there:
            yield f"clock {clock.name} has no timer"


def _firing_faults(clocks: Sequence[Clock], timers: Sequence[Timer]) -> Iterator[str]:
    """I8: never early, in due order. What a later step set anew may be older than what has fired."""
    fired = [timer for timer in timers if timer.state == "fired"]
    for timer in fired:
        if timer.fired_at is None or timer.fired_at < timer.due_at:
            yield f"timer {timer.kind} due {timer.due_at} fired {timer.fired_at}"
    reds = {timer.clock_id: timer.fired_at for timer in fired if timer.kind == "red"}
    for timer in fired:
        if timer.kind in LADDER and not (red := reds.get(timer.clock_id)):
            yield f"timer {timer.kind} fired before its clock was overdue: {red}"
    late = {clock.id for clock in clocks if clock.due_at < clock.started_at}
    first = [t for t in fired if t.cycle == 1 and t.kind not in LADDER and t.clock_id not in late]
    moments = [(timer.due_at, timer.fired_at) for timer in first if timer.fired_at is not None]
    for (earlier_due, earlier), (later_due, later) in pairwise(moments):
        if later < earlier:
            yield f"the timer due {later_due} fired before the one due {earlier_due}"


def _acting_faults(
    ticket: Ticket, clocks: Sequence[Clock], timers: Sequence[Timer], events: Sequence[TicketEvent]
) -> Iterator[str]:
    """I8: once; every firing is an event of the system, and the system acts by itself only on time."""
    by_id = {clock.id: clock for clock in clocks}
    asked = Counter(
        (_asked_by(by_id[timer.clock_id], TimerKind(timer.kind)), timer.fired_at)
        for timer in timers
        if timer.state == "fired"
    )
    done = Counter((event.action, event.at) for event in events if event.role == "system")
    missing = {action for (action, at), count in asked.items() if done[action, at] < count}
    if missing:
        yield f"fired without an event: {sorted(missing)}"
    known = {**TIMER_ACTIONS, **SHARE_TIMER_ACTIONS}.values()
    # A follower goes to the archive with its master.
    timed = {each.action for each in known} - _ENDINGS - ({"archive"} if ticket.master_id else set())
    # What the archive waited for asks for it again when it is over.
    released = {("archive", event.at) for event in events if event.action in _RELEASES}
    unasked = {
        action
        for (action, at), count in done.items()
        if action in timed and asked[action, at] < count and (action, at) not in released
    }
    if unasked:
        yield f"the system acted without a timer: {sorted(unasked)}"


def _asked_by(clock: Clock, kind: TimerKind) -> str:
    found = timer_action(ClockName(clock.name), kind, is_of_share=clock.assignment_id is not None)
    return "" if found is None else found.action
