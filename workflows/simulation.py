"""What would these limits have meant for a stream of tickets: who is late, who is warned, who is loaded?

Months pass in seconds: every ticket's handling clock is planned, and its moments are played in the order of a
simulated clock. Nothing is written anywhere.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from workflows.policy import Case, Policy
from workflows.sla import PlannedClock, plan
from workflows.vocabulary import ClockName
from workflows.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class Arrival:
    """A ticket of the stream: when it came and, if it ended, when.

    `line` tells it from all others; `limit_class` names its row of the policy.
    """

    line: int
    limit_class: str
    unit: str
    at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a ticket: its clock, or None where the policy makes no promise for its class."""

    arrival: Arrival
    clock: PlannedClock | None
    is_late: bool


@dataclass(slots=True)
class Tally:
    """What happened to a group of tickets; `yellow` and `orange` count the warnings that came."""

    tickets: int = 0
    closed: int = 0
    without_limit: int = 0
    late_closed: int = 0
    late_open: int = 0
    yellow: int = 0
    orange: int = 0
    most_open: int = 0
    open_time: timedelta = field(default_factory=timedelta)

    @property
    def late(self) -> int:
        return self.late_closed + self.late_open

    @property
    def still_open(self) -> int:
        return self.tickets - self.closed


@dataclass(frozen=True, slots=True)
class Simulation:
    """The whole stream, and the same by class and by unit."""

    outcomes: Sequence[Outcome]
    total: Tally
    by_class: dict[str, Tally]
    by_unit: dict[str, Tally]


class _Kind(IntEnum):
    """What happens at a moment; of what happens at once, the end comes first: then it is on time."""

    ARRIVES = 1
    CLOSES = 2
    YELLOW = 3
    ORANGE = 4
    RED = 5


def simulate(
    policy: Policy, calendar: WorkCalendar, arrivals: Iterable[Arrival], until: datetime
) -> Simulation:
    """Play the stream up to `until`: what came later is left out, what ended later is still open."""
    outcomes = [_outcome(policy, calendar, each, until) for each in arrivals if each.at <= until]
    total, by_class, by_unit = Tally(), dict[str, Tally](), dict[str, Tally]()
    for kind, outcome in _in_order(outcomes, until):
        came = outcome.arrival
        own = by_class.setdefault(came.limit_class, Tally()), by_unit.setdefault(came.unit, Tally())
        for tally in (total, *own):
            _count(tally, kind, outcome, until)
    return Simulation(outcomes, total, by_class, by_unit)


def _outcome(policy: Policy, calendar: WorkCalendar, came: Arrival, until: datetime) -> Outcome:
    entry = policy.find(ClockName.HANDLE, Case(came.limit_class))
    clock = None if entry is None else plan(entry.limit, calendar, came.at)
    # Finishing at the very due moment is on time; what still runs then is late.
    is_late = clock is not None and (
        _ended(came, until) > clock.due_at if _is_closed(came, until) else clock.due_at <= until
    )
    return Outcome(came, clock, is_late)


def _in_order(outcomes: Sequence[Outcome], until: datetime) -> Iterator[tuple[_Kind, Outcome]]:
    moments = [(at, kind, n) for n, each in enumerate(outcomes) for kind, at in _moments(each, until)]
    for _, kind, n in sorted(moments):
        yield kind, outcomes[n]


def _moments(outcome: Outcome, until: datetime) -> Iterator[tuple[_Kind, datetime]]:
    came, clock = outcome.arrival, outcome.clock
    yield _Kind.ARRIVES, came.at
    if _is_closed(came, until):
        yield _Kind.CLOSES, _ended(came, until)
    if clock is None:
        return
    for kind, at in ((_Kind.YELLOW, clock.yellow_at), (_Kind.ORANGE, clock.orange_at)):
        # As with timers: a warning before the start is only a light, one after the end never comes.
        if at is not None and came.at < at < _ended(came, until):
            yield kind, at
    if outcome.is_late:
        yield _Kind.RED, clock.due_at


def _count(tally: Tally, kind: _Kind, outcome: Outcome, until: datetime) -> None:
    if kind is _Kind.ARRIVES:
        tally.tickets += 1
        tally.without_limit += outcome.clock is None
        tally.most_open = max(tally.most_open, tally.still_open)
        tally.open_time += _ended(outcome.arrival, until) - outcome.arrival.at
    elif kind is _Kind.CLOSES:
        tally.closed += 1
    elif kind is _Kind.RED:
        is_closed = _is_closed(outcome.arrival, until)
        tally.late_closed += is_closed
        tally.late_open += not is_closed
    elif kind is _Kind.YELLOW:
        tally.yellow += 1
    else:
        tally.orange += 1


def _is_closed(came: Arrival, until: datetime) -> bool:
    return came.closed_at is not None and came.closed_at <= until


def _ended(came: Arrival, until: datetime) -> datetime:
    return until if came.closed_at is None or came.closed_at > until else came.closed_at
