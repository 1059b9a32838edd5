"""What does a guard get, and how is it known by name.

A guard gets a Case and returns None or a refusal. A condition returns True or False. Tables use both by name.
Guards marked `needs_data` are skipped when only asking what is available.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from workflows.choices import CONTENT
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.facts import AssignmentFacts, Facts, OrderFacts, RequestFacts
from workflows.vocabulary import Role


@dataclass(slots=True)
class Case:
    """What moves through a machine: the facts, who asks, with what data, when; `state` is the machine's."""

    state: str
    facts: Facts
    actor: Actor
    role: Role
    data: Mapping[str, Any]
    now: datetime
    refusal: Refused | None = None

    @property
    def assignment(self) -> AssignmentFacts:
        """The assignment asked about; only tables of assignments and their requests use it."""
        if self.facts.subject_assignment is None:
            raise Refused(Code.NOT_FOUND)
        return self.facts.subject_assignment

    @property
    def request(self) -> RequestFacts:
        """The request asked about; only the table of requests uses it."""
        if self.facts.subject_request is None:
            raise Refused(Code.NOT_FOUND)
        return self.facts.subject_request

    @property
    def order(self) -> OrderFacts:
        """The supervision order asked about; only the table of orders uses it."""
        if self.facts.subject_order is None:
            raise Refused(Code.NOT_FOUND)
        return self.facts.subject_order


_LOWEST_TIER = 3

Guard = Callable[[Case], Refused | None]
Condition = Callable[[Case], bool]
GUARDS: dict[str, Guard] = {}
NEEDS_DATA: set[str] = set()
CONDITIONS: dict[str, Condition] = {}


def guard(*, needs_data: bool = False) -> Callable[[Guard], Guard]:
    """Enter a guard in the register under its own name."""

    def enter(named: Guard) -> Guard:
        GUARDS[named.__name__] = named
        if needs_data:
            NEEDS_DATA.add(named.__name__)
        return named

    return enter


def condition(named: Condition) -> Condition:
    """Enter a condition in the register under its own name."""
    CONDITIONS[named.__name__] = named
    return named


def is_content(data: Mapping[str, Any]) -> bool:
    """Tell whether a rating says the matter is solved and the citizen is at least fairly satisfied."""
    return data.get("solved") in {"yes", "partly"} and data.get("satisfaction") in CONTENT


def comes_from_lowest_tier(case: Case) -> bool:
    """Tell whether the share's unit is of the third tier with a unit over it."""
    unit = case.facts.units.get(case.assignment.unit_id)
    return unit is not None and unit.tier >= _LOWEST_TIER and bool(unit.above_ids)
