"""What would one policy have made of past tickets that another made late, or kept from being late?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workflows.simulation import Arrival, Outcome, Rules, judge
from workflows.vocabulary import ClockName

# How many tickets that change sides are told one by one.
MOST_NAMED = 20


@dataclass(slots=True)
class Side:
    """What happened to a group of tickets under one policy; each warning of each round counts."""

    late: int = 0
    yellow: int = 0
    orange: int = 0

    def warn(self, outcome: Outcome) -> None:
        """Count the warnings of one round."""
        self.yellow += outcome.is_yellow
        self.orange += outcome.is_orange


@dataclass(slots=True)
class Group:
    """A group of tickets under both policies."""

    tickets: int = 0
    before: Side = field(default_factory=Side)
    after: Side = field(default_factory=Side)


@dataclass(frozen=True, slots=True)
class Moved:
    """A ticket that is late under one policy alone, by the round that makes it so."""

    before: Outcome
    after: Outcome


@dataclass(slots=True)
class Trial:
    """All tickets, and the same by class and by unit; `moved` names the first of those that change sides."""

    total: Group = field(default_factory=Group)
    by_class: dict[str, Group] = field(default_factory=dict)
    by_unit: dict[str, Group] = field(default_factory=dict)
    newly_late: int = 0
    no_longer_late: int = 0
    moved: list[Moved] = field(default_factory=list)


def compare(before: Rules, after: Rules, tickets: Iterable[Sequence[Arrival]], until: datetime) -> Trial:
    """Judge each ticket, given as its rounds in order, under both policies.

    A ticket is late when one of its rounds is; it counts for the unit and class of its last round.
    """
    trial = Trial()
    for rounds in tickets:
        pairs = [_judge_twice(before, after, each, until) for each in rounds]
        was_late = any(pair.before.is_late for pair in pairs)
        is_late = any(pair.after.is_late for pair in pairs)
        last = rounds[-1]
        groups = (
            trial.total,
            trial.by_class.setdefault(last.limit_class, Group()),
            trial.by_unit.setdefault(last.unit, Group()),
        )
        for group in groups:
            group.tickets += 1
            group.before.late += was_late
            group.after.late += is_late
            for pair in pairs:
                group.before.warn(pair.before)
                group.after.warn(pair.after)
        _note_side(trial, pairs, was_late=was_late, is_late=is_late)
    return trial


def _judge_twice(before: Rules, after: Rules, came: Arrival, until: datetime) -> Moved:
    """Judge a round under both; most changes touch few cases, so for the others once is enough."""
    old = judge(before, came, until)
    return Moved(old, old if _count_alike(before, after, came) else judge(after, came, until))


def _count_alike(before: Rules, after: Rules, came: Arrival) -> bool:
    if came.befell:
        return False
    old, new = (
        rules.find(ClockName.HANDLE, came.case, is_rework=came.is_rework) for rules in (before, after)
    )
    if old is None or new is None:
        return old is new
    return old.limit == new.limit and old.calendar == new.calendar


def _note_side(trial: Trial, pairs: Sequence[Moved], *, was_late: bool, is_late: bool) -> None:
    if was_late == is_late:
        return
    trial.newly_late += is_late
    trial.no_longer_late += was_late
    if len(trial.moved) < MOST_NAMED:
        trial.moved.append(next(pair for pair in pairs if pair.before.is_late != pair.after.is_late))
