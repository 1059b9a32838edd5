"""Are the tables sound? Proves them at start-up and in tests, and names every fault at once."""

from collections.abc import Iterable

from workflows.assignment import ASSIGNMENT
from workflows.definition import NEW, ClockOp, Effect, NeedKind, Transition, Workflow
from workflows.guards import CONDITIONS, GUARDS
from workflows.order import ORDER
from workflows.request import REQUEST
from workflows.ticket import TICKET
from workflows.timer_actions import SHARE_TIMER_ACTIONS, TIMER_ACTIONS
from workflows.vocabulary import ClockName

WORKFLOWS = (TICKET, ASSIGNMENT, REQUEST, ORDER)
_FIRST = {"ticket": NEW, "assignment": "to_sign", "request": NEW, "order": NEW}
_STARTS = frozenset({ClockOp.START, ClockOp.START_IF_ABSENT})


def find_faults(workflows: Iterable[Workflow] = WORKFLOWS, kinds: Iterable[str] | None = None) -> list[str]:
    """List what is wrong with the tables, in words. `kinds` are the known message kinds."""
    tables = tuple(workflows)
    faults = [fault for workflow in tables for fault in _faults_of(workflow)]
    faults += _clock_faults(tables)
    faults += _timer_faults(tables)
    if kinds is not None:
        faults += _notice_faults(tables, frozenset(kinds))
    return faults


def _faults_of(workflow: Workflow) -> Iterable[str]:
    name = workflow.machine
    reachable = _reachable(workflow)
    for state in workflow.states:
        if state not in reachable:
            yield f"{name}: state {state} is never reached"
        if state not in workflow.terminal and not _exits(workflow, state):
            yield f"{name}: state {state} is a dead end"
    for row in workflow.transitions:
        yield from (f"{name}.{row.action}: {fault}" for fault in _row_faults(workflow, row))


def _row_faults(workflow: Workflow, row: Transition) -> Iterable[str]:
    known = {NEW, *(str(state) for state in workflow.states)}
    yield from (f"unknown state {state}" for state in row.sources if state not in known)
    if row.target is not None and row.target not in known:
        yield f"unknown state {row.target}"
    if not row.roles:
        yield "nobody may take it"
    if not row.label_zh or not row.label_en:
        yield "has no label"
    yield from (f"unknown guard {guard}" for guard in row.guards if guard not in GUARDS)
    named = (*row.when, *(notice.when for notice in row.notices if notice.when))
    yield from (f"unknown condition {condition}" for condition in named if condition not in CONDITIONS)
    yield from (
        f"{need.name} has no choices" for need in row.needs if _lacks_choices(need.kind, need.choices)
    )
    if row.undone_by:
        yield from _undo_faults(workflow, row)
    twins = [other for other in workflow.transitions if other.action == row.action]
    if any(twin.needs != row.needs for twin in twins):
        yield "rows of one action ask for different data"


def _undo_faults(workflow: Workflow, row: Transition) -> Iterable[str]:
    """What takes a step back leads to where it began, for the same people, and tells nobody."""
    undo = next((each for each in workflow.transitions if each.action == row.undone_by), None)
    if undo is None:
        yield f"no action {row.undone_by} undoes it"
        return
    if (undo.target or undo.sources, undo.sources) not in {
        (row.sources[0], (row.target,)),
        (row.sources, row.sources),
    }:
        yield f"{undo.action} does not lead back"
    if undo.roles != row.roles:
        yield f"{undo.action} is for others"
    if undo.needs or undo.notices or Effect.UNTELL not in undo.effects:
        yield f"{undo.action} asks for data, or tells somebody"


def _lacks_choices(kind: NeedKind, choices: object) -> bool:
    return kind in {NeedKind.CHOICE, NeedKind.CHOICES} and not choices


def _reachable(workflow: Workflow) -> set[str]:
    reached = {_FIRST[workflow.machine]}
    while True:
        found = {
            str(row.target)
            for row in workflow.transitions
            if row.target is not None and reached & {str(source) for source in row.sources}
        }
        if found <= reached:
            return reached
        reached |= found


def _exits(workflow: Workflow, state: str) -> bool:
    return any(state in row.sources and row.target not in {None, state} for row in workflow.transitions)


def _clock_faults(tables: tuple[Workflow, ...]) -> Iterable[str]:
    """Every clock a row starts is stopped by some other row of the same scope."""
    orders = [(row, order) for table in tables for row in table.transitions for order in row.clocks]
    stops_all = {order.scope for _, order in orders if order.op is ClockOp.STOP_ALL}
    stops = {(order.clock, order.scope) for _, order in orders if order.op is ClockOp.STOP}
    for row, order in orders:
        if order.op in _STARTS and order.clock is None:
            yield f"{row.action}: starts no clock in particular"
        can_stop = (order.clock, order.scope) in stops or order.scope in stops_all
        if order.op in _STARTS and not can_stop:
            yield f"{row.action}: clock {order.clock} never stops"


def _timer_faults(tables: tuple[Workflow, ...]) -> Iterable[str]:
    """Every timer asks for an action that the system may take."""
    allowed = {
        (table.machine, row.action) for table in tables for row in table.transitions if "system" in row.roles
    }
    for (clock, kind), timer in (*TIMER_ACTIONS.items(), *SHARE_TIMER_ACTIONS.items()):
        if (timer.machine, timer.action) not in allowed:
            yield f"timer {ClockName(clock)}/{kind}: {timer.machine}.{timer.action} is not the system's"


def _notice_faults(tables: tuple[Workflow, ...], kinds: frozenset[str]) -> Iterable[str]:
    wished = ((table, row, n) for table in tables for row in table.transitions for n in row.notices)
    for table, row, notice in wished:
        if notice.kind not in kinds:
            yield f"{table.machine}.{row.action}: no message kind {notice.kind}"
