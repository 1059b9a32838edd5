"""Facts, people and questions for tests of the tables."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from workflows.assignment import ASSIGNMENT
from workflows.definition import (
    NEW,
    Actor,
    ActorKind,
    Ask,
    Decision,
)
from workflows.engine import Engine
from workflows.facts import AssignmentFacts, Facts, UnitFacts
from workflows.request import REQUEST
from workflows.ticket import TICKET
from workflows.vocabulary import Role

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
TICKETS, ASSIGNMENTS, REQUESTS = Engine(TICKET), Engine(ASSIGNMENT), Engine(REQUEST)
HOUSING, ROADS = 7, 8
GOOD_REPLY = {
    "contact": "contacted",
    "result": "resolved",
    "answer": "电梯已于今天上午修复，物业承诺今后停运会提前三天告知。",
}


def staff(role: Role, user_id: int = 1, unit_id: int | None = None, *rights: str) -> Actor:
    subtree = frozenset() if unit_id is None else frozenset({unit_id})
    return Actor(ActorKind.USER, "某员工", frozenset({role}), user_id, unit_id, subtree, frozenset(rights))


def share(state: str = "handling", **changes: Any) -> AssignmentFacts:
    base = AssignmentFacts(id=5, state=state, unit_id=HOUSING, is_main=True, round=1)
    return replace(base, **{"handled_by_ids": frozenset({30}), **changes})


def ticket(state: str, **changes: Any) -> Facts:
    base = Facts(
        number="YJ20261123-00001",
        state=state,
        type="complaint",
        has_place=True,
        has_category=True,
        recorded_by_ids=frozenset({1}),
        units={HOUSING: UnitFacts(HOUSING, "住建局"), ROADS: UnitFacts(ROADS, "交通局")},
    )
    return replace(base, **changes)


def decide(facts: Facts, action: str, actor: Actor, **data: Any) -> Decision:
    return TICKETS.decide(facts, facts.state, Ask(action, actor, data, NOW))


def decide_share(facts: Facts, action: str, actor: Actor, **data: Any) -> Decision:
    assert facts.subject_assignment is not None
    return ASSIGNMENTS.decide(facts, facts.subject_assignment.state, Ask(action, actor, data, NOW))


def ask_return(facts: Facts, actor: Actor) -> Decision:
    data = {"reason": "not_our_duty", "basis": "三定方案第五条"}
    return REQUESTS.decide(facts, NEW, Ask("ask_return", actor, data, NOW))
