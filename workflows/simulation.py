"""What would these limits have meant for a stream of tickets: who is late, who is warned, who is loaded?

Months pass in seconds: every ticket's handling clock is planned, and its moments are played in the order of a
simulated clock. Nothing is written anywhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from workflows.counting import COUNT_WHOLE_DAYS
from workflows.policy import EXTENSIONS, PAUSES, Case, Policy, PolicyEntry
from workflows.sla import ClockReading, PlannedClock, held_for, plan, plan_until, shift
from workflows.vocabulary import ClockName
from workflows.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class Hold:
    """The ticket lay in a state in which clocks may stand still; `state` is empty where it is not known."""

    state: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class Grant:
    """So many days more were granted."""

    days: int


@dataclass(frozen=True, slots=True)
class Arrival:
    """A ticket of the stream, or one round of it: when it came and, if it ended, when.

    `line` tells it from all others; `limit_class` and what else is known of its case find its row of the
    policy. `befell` is in the order of time.
    """

    line: int
    limit_class: str
    unit: str
    at: datetime
    closed_at: datetime | None
    ticket_type: str = ""
    categories: frozenset[int] = frozenset()
    unit_tier: int | None = None
    is_rework: bool = False
    befell: tuple[Hold | Grant, ...] = ()

    @property
    def case(self) -> Case:
        return Case(self.limit_class, self.ticket_type, self.categories, self.unit_tier)


@dataclass(frozen=True, slots=True)
class Rules:
    """A policy and the calendars its rows are counted by; what it finds for a case is remembered."""

    policy: Policy
    calendars: Mapping[str, WorkCalendar]
    _found: dict[tuple[str, Case, bool], PolicyEntry | None] = field(default_factory=dict, hash=False)

    @classmethod
    def by_one(cls, policy: Policy, calendar: WorkCalendar) -> "Rules":
        """Count every row by one calendar, whichever it names."""
        return cls(policy, defaultdict(lambda: calendar))

    def find(self, name: str, case: Case, *, is_rework: bool = False) -> PolicyEntry | None:
        """Find a row as the policy's find_or_first() does."""
        key = (name, case, is_rework)
        if key not in self._found:
            self._found[key] = self.policy.find_or_first(name, case, is_rework=is_rework)
        return self._found[key]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a ticket: its clock, or None where the policy makes no promise for its class."""

    arrival: Arrival
    clock: PlannedClock | None
    is_late: bool
    is_yellow: bool = False
    is_orange: bool = False


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


def simulate(rules: Rules, arrivals: Iterable[Arrival], until: datetime) -> Simulation:
    """Play the stream up to `until`: what came later is left out, what ended later is still open."""
    outcomes = [judge(rules, each, until) for each in arrivals if each.at <= until]
    total, by_class, by_unit = Tally(), dict[str, Tally](), dict[str, Tally]()
    for kind, outcome in _in_order(outcomes, until):
        came = outcome.arrival
        own = by_class.setdefault(came.limit_class, Tally()), by_unit.setdefault(came.unit, Tally())
        for tally in (total, *own):
            _count(tally, kind, outcome, until)
    return Simulation(outcomes, total, by_class, by_unit)


def judge(rules: Rules, came: Arrival, until: datetime) -> Outcome:
    """Lay out the handling clock of one arrival, and tell what it had come to by `until`."""
    case = came.case
    entry = rules.find(ClockName.HANDLE, case, is_rework=came.is_rework)
    if entry is None:
        return Outcome(came, None, is_late=False)
    clock = plan(entry.limit, rules.calendars[entry.calendar], came.at)
    if came.befell:
        clock = _moved(rules, entry, came, clock, until)
    ended = _ended(came, until)
    # Finishing at the very due moment is on time; what still runs then is late.
    is_late = ended > clock.due_at if _is_closed(came, until) else clock.due_at <= until
    # As with timers: a warning before the start is only a light, one after the end never comes.
    lights = [at is not None and came.at < at < ended for at in (clock.yellow_at, clock.orange_at)]
    return Outcome(came, clock, is_late, *lights)


def _moved(
    rules: Rules, entry: PolicyEntry, came: Arrival, clock: PlannedClock, until: datetime
) -> PlannedClock:
    """Move a clock by the time it was held and the days it was granted, as far as these rules allow."""
    unit, calendar, granted = entry.limit.unit, rules.calendars[entry.calendar], 0
    for each in came.befell:
        if isinstance(each, Grant):
            due = _extended(rules, came.case, calendar, clock.due_at, (each.days, granted))
            clock = plan_until(entry.limit, calendar, (came.at, due))
            granted += 1
        elif each.state not in PAUSES or each.state in entry.pauses_in:
            # What is held before counting begins costs nothing.
            began = max(each.began_at, calendar.counted_from(came.at, entry.limit.start))
            held = held_for(unit, calendar, began, min(each.ended_at or until, until))
            reading = ClockReading(came.at, clock.due_at, clock.yellow_at, clock.orange_at)
            later = shift(reading, unit, calendar, held)
            clock = PlannedClock(came.at, later.due_at, later.yellow_at, later.orange_at)
    return clock


def _extended(
    rules: Rules, case: Case, calendar: WorkCalendar, due: datetime, wish: tuple[int, int]
) -> datetime:
    """Add the days of a grant, cut to what the first or second extension may be at most."""
    days, before = wish
    first = rules.find(EXTENSIONS[0], case)
    most = rules.find(EXTENSIONS[before], case) if before < len(EXTENSIONS) else None
    if first is None or most is None:
        return due
    return calendar.add(due, min(days, most.limit.amount), first.limit.unit, COUNT_WHOLE_DAYS)


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
    if outcome.is_yellow and clock.yellow_at is not None:
        yield _Kind.YELLOW, clock.yellow_at
    if outcome.is_orange and clock.orange_at is not None:
        yield _Kind.ORANGE, clock.orange_at
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
