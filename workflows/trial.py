"""What would one policy have made of past tickets that another made late, or kept from being late?"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from workflows.simulation import Arrival, Outcome, Rules, judge

# How many tickets that change sides are told one by one.
MOST_NAMED = 20


@dataclass(slots=True)
class Side:
    """What happened to a group of tickets under one policy; each warning of each round counts."""

    late: int = 0
    yellow: int = 0
    orange: int = 0


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
        pairs = [Moved(judge(before, each, until), judge(after, each, until)) for each in rounds]
        last = rounds[-1]
        groups = (
            trial.total,
            trial.by_class.setdefault(last.limit_class, Group()),
            trial.by_unit.setdefault(last.unit, Group()),
        )
        for group in groups:
            group.tickets += 1
            _count(group.before, [pair.before for pair in pairs])
            _count(group.after, [pair.after for pair in pairs])
        _note_side(trial, pairs)
    return trial


def _count(side: Side, outcomes: Sequence[Outcome]) -> None:
    side.late += any(each.is_late for each in outcomes)
    side.yellow += sum(each.is_yellow for each in outcomes)
    side.orange += sum(each.is_orange for each in outcomes)


def _note_side(trial: Trial, pairs: Sequence[Moved]) -> None:
    was_late = any(pair.before.is_late for pair in pairs)
    is_late = any(pair.after.is_late for pair in pairs)
    if was_late == is_late:
        return
    trial.newly_late += is_late
    trial.no_longer_late += was_late
    if len(trial.moved) < MOST_NAMED:
        trial.moved.append(next(pair for pair in pairs if pair.before.is_late != pair.after.is_late))
