"""Do a ticket's clocks and timers agree with its state, and did each timer fire once, on time and in order?"""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from hotline.models.clocks import Clock, Timer
from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from workflows.sla import TIMER_ACTIONS
from workflows.vocabulary import ClockName, TimerKind

_RUNS_IN = {
    "dispatch": frozenset({"intake_review", "to_dispatch"}),
    "handle": frozenset({"in_process", "to_dispatch"}),
    "contact": frozenset({"in_process", "to_dispatch"}),
    "review": frozenset({"reply_review"}),
    "callback": frozenset({"to_call_back"}),
    "archive": frozenset({"closed"}),
}
# The clock that must run in a state; a hard matter that comes back has no dispatch promise.
_NEEDED_IN = {
    "intake_review": "dispatch",
    "in_process": "handle",
    "reply_review": "review",
    "to_call_back": "callback",
    "closed": "archive",
}
_ENDINGS = frozenset({"close", "close_without_callback"})


def find_clock_faults(
    ticket: Ticket,
    parts: tuple[Sequence[Assignment], Sequence[Request]],
    times: tuple[Sequence[Clock], Sequence[Timer]],
    events: Sequence[TicketEvent],
) -> Iterator[str]:
    """Say what in one ticket's clocks, timers and their events cannot be true at once."""
    clocks, timers = times
    running = [clock for clock in clocks if clock.stopped_at is None]
    yield from _running_faults(ticket, parts, running)
    yield from _due_faults(ticket, running)
    yield from _timer_faults(running, timers)
    yield from _firing_faults(clocks, timers, events)


def _running_faults(
    ticket: Ticket, parts: tuple[Sequence[Assignment], Sequence[Request]], running: Sequence[Clock]
) -> Iterator[str]:
    shares, requests = parts
    own = [clock.name for clock in running if clock.assignment_id is None and clock.request_id is None]
    if len(set(own)) < len(own):
        yield f"two clocks of one name run: {own}"
    for name in own:
        if ticket.state not in _RUNS_IN[name]:
            yield f"clock {name} runs in {ticket.state}"
    needed = _NEEDED_IN.get(ticket.state)
    if needed is not None and needed not in own:
        yield f"no clock {needed} runs in {ticket.state}"
    unsigned = {share.id for share in shares if share.state == "to_sign"}
    if {clock.assignment_id for clock in running if clock.name == "sign"} != unsigned:
        yield "sign clocks do not match the unsigned shares"
    open_requests = {request.id for request in requests if request.state == "requested"}
    if {clock.request_id for clock in running if clock.name == "decision"} != open_requests:
        yield "decision clocks do not match the open requests"


def _due_faults(ticket: Ticket, running: Sequence[Clock]) -> Iterator[str]:
    own = {clock.name: clock for clock in running if clock.assignment_id is None and clock.request_id is None}
    if ticket.leading_clock is None:
        if ticket.due_at is not None:
            yield "due without a leading clock"
        return
    clock = own.get(ticket.leading_clock)
    if clock is None:
        yield f"led by {ticket.leading_clock}, which does not run"
    elif (ticket.due_at, ticket.paused_at) != (clock.due_at, clock.paused_at):
        yield f"due {ticket.due_at} but its clock {clock.name} {clock.due_at}"


def _timer_faults(running: Sequence[Clock], timers: Sequence[Timer]) -> Iterator[str]:
    """A running clock has its timers, and no other clock waits for one."""
    free = {clock.id for clock in running if clock.paused_at is None}
    there = {(timer.clock_id, timer.kind) for timer in timers}
    for timer in timers:
        if timer.state == "pending" and timer.clock_id not in free:
            yield f"timer {timer.kind} waits for clock {timer.clock_id}, which does not run"
    for clock in running:
        has_red = (ClockName(clock.name), TimerKind.RED) in TIMER_ACTIONS
        if has_red and (clock.id, "red") not in there:
            yield f"clock {clock.name} has no timer"


def _firing_faults(
    clocks: Sequence[Clock], timers: Sequence[Timer], events: Sequence[TicketEvent]
) -> Iterator[str]:
    """I8: once, never early, in due order; and every firing is an event of the system."""
    fired = [timer for timer in timers if timer.state == "fired"]
    names = {clock.id: ClockName(clock.name) for clock in clocks}
    for timer in fired:
        if timer.fired_at is None or timer.fired_at < timer.due_at:
            yield f"timer {timer.kind} due {timer.due_at} fired {timer.fired_at}"
    moments = [(timer.due_at, timer.fired_at) for timer in fired if timer.fired_at is not None]
    for (earlier_due, earlier), (later_due, later) in pairwise(moments):
        if later < earlier:
            yield f"the timer due {later_due} fired before the one due {earlier_due}"
    asked = Counter(
        (TIMER_ACTIONS[names[timer.clock_id], TimerKind(timer.kind)].action, timer.fired_at)
        for timer in fired
    )
    done = Counter((event.action, event.at) for event in events if event.role == "system")
    missing = {action for (action, at), count in asked.items() if done[action, at] < count}
    if missing:
        yield f"fired without an event: {sorted(missing)}"
    timed = {action.action for action in TIMER_ACTIONS.values()} - _ENDINGS
    unasked = {
        action for (action, at), count in done.items() if action in timed and asked[action, at] < count
    }
    if unasked:
        yield f"the system acted without a timer: {sorted(unasked)}"
