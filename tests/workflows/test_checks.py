"""The proof of the tables finds what it is meant to find."""

from dataclasses import replace

import pytest

from workflows.checks import WORKFLOWS, find_faults
from workflows.definition import Transition, Workflow
from workflows.diagram import mermaid
from workflows.guards import CONDITIONS, GUARDS
from workflows.prose import CLOCKS, MACHINES, STATES
from workflows.ticket import TICKET
from workflows.vocabulary import ClockName, TicketState


def changed(action: str, **changes: object) -> Workflow:
    rows = tuple(replace(row, **changes) if row.action == action else row for row in TICKET.transitions)
    return replace(TICKET, transitions=rows)


def without(*actions: str) -> Workflow:
    rows: tuple[Transition, ...] = tuple(row for row in TICKET.transitions if row.action not in actions)
    return replace(TICKET, transitions=rows)


def test_the_tables_are_sound() -> None:
    assert find_faults() == []


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        (without("finish_handling"), "state reply_review is never reached"),
        (without("archive", "reopen", "unmerge"), "state closed is a dead end"),
        (changed("note", guards=("may_fly",)), "unknown guard may_fly"),
        (changed("note", when=("is_tuesday",)), "unknown condition is_tuesday"),
        (changed("note", roles=frozenset()), "nobody may take it"),
        (changed("note", label_zh=""), "has no label"),
        (changed("note", target="limbo"), "unknown state limbo"),
    ],
)
def test_a_planted_fault_is_named(broken: Workflow, fault: str) -> None:
    assert any(fault in found for found in find_faults([broken]))


def test_a_notice_without_a_message_kind_is_named() -> None:
    assert any("no message kind accepted" in fault for fault in find_faults([TICKET], kinds=["closed"]))


def test_a_timer_without_a_system_row_is_named() -> None:
    assert any("archive is not the system's" in fault for fault in find_faults([without("archive")]))


def test_the_diagram_shows_every_state_the_table_reaches() -> None:
    drawn = mermaid(TICKET)
    later = {TicketState.AWAITING_SUPPLEMENT, TicketState.IN_DISPUTE, TicketState.SUSPENDED}
    assert [state for state in TicketState if state not in later and state.label_zh not in drawn] == []


def test_every_state_condition_and_clock_is_explained_to_people_who_write_no_code():
    shown = {(flow.machine, str(state)) for flow in WORKFLOWS for state in flow.states}
    assert set(STATES) == shown
    assert set(MACHINES) == {flow.machine for flow in WORKFLOWS}
    assert set(CLOCKS) == set(ClockName)
    assert [name for name, named in {**GUARDS, **CONDITIONS}.items() if not named.__doc__] == []
