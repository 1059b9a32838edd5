"""How do the tables look to a reader: diagrams, states, rows and conditions in words, as Markdown."""

from collections.abc import Iterable

from workflows.checks import WORKFLOWS
from workflows.definition import NEW, ClockOp, ClockOrder, LimitKind, Need, Notice, Transition, Workflow
from workflows.grace import GRACE
from workflows.guards import CONDITIONS, GUARDS
from workflows.prose import CLOCKS, MACHINES, STATES
from workflows.vocabulary import Role

_OPS = {
    ClockOp.START: "starts",
    ClockOp.START_IF_ABSENT: "starts, unless it runs,",
    ClockOp.STOP: "stops",
    ClockOp.PAUSE: "holds",
    ClockOp.RESUME: "lets run on",
    ClockOp.EXTEND: "lengthens",
    ClockOp.RECOUNT: "counts anew, by the newest calendar,",
    ClockOp.CLIMB: "once overdue, escalates",
    ClockOp.UNDO_START: "calls off, if the undone step started it,",
    ClockOp.UNDO_STOP: "lets run on, if the undone step stopped it,",
}
_LIMITS = {LimitKind.REWORK: " (shorter, for rework)", LimitKind.CHOSEN_DATE: " (until the chosen day)"}
_MANY = 5
_HEADING = """# What may happen to a ticket

Whatever is not a row on this page cannot happen, through any door: the screens, the API, a timer or an
import. Each action names who may take it, what they must give, what must hold, what it does to the clocks
and who is told. Chinese labels are those of the screens. "The system" acts by itself, on time or as a
consequence.
Generated from the tables by `flask --app wsgi check-workflow --write`; a test fails when this page is stale.
"""


def render_markdown() -> str:
    """Draw every machine and write out its rows."""
    return _HEADING + "".join(_section(workflow) for workflow in WORKFLOWS) + _clocks()


def mermaid(workflow: Workflow) -> str:
    """Draw one machine as a Mermaid state diagram; rows that keep the state are left to the table."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {state} : {state.label_zh} {state.label_en}" for state in workflow.states]
    arrows = dict.fromkeys(
        f"    {_node(source)} --> {row.target} : {row.label_zh}"
        for row in workflow.transitions
        if row.target is not None and len(row.sources) < _MANY
        for source in row.sources
    )
    return "\n".join([*lines, *arrows, *(f"    {state} --> [*]" for state in sorted(workflow.terminal))])


def _section(workflow: Workflow) -> str:
    machine = workflow.machine
    states = "\n".join(
        f"| {state.label_zh} | {state.label_en} | {STATES[machine, str(state)]} |"
        for state in workflow.states
    )
    rows = "\n".join(_line(workflow, row) for row in workflow.transitions)
    return (
        f"\n## {machine.label_en} {machine.label_zh}\n\n{MACHINES[machine]}\n\n"
        f"```mermaid\n{mermaid(workflow)}\n```\n\n"
        f"| 状态 | State | Meaning |\n|---|---|---|\n{states}\n\n"
        "| Action | From → to | Who | Gives | Only if | Clocks | Tells |\n|---|---|---|---|---|---|---|\n"
        f"{rows}\n\n{_conditions(workflow)}"
    )


def _line(workflow: Workflow, row: Transition) -> str:
    cells = (
        f"{row.label_zh} {row.label_en} `{row.action}`{_undo(row)}",
        f"{_sources(workflow, row)} → {_label(workflow, row.target)}",
        _listed(_role(role) for role in sorted(row.roles)),
        _listed(_need(need) for need in row.needs),
        _listed(_words(name) for name in (*row.when, *row.guards)),
        _listed(_order(order) for order in row.clocks),
        _listed(_notice(notice) for notice in row.notices),
    )
    return "| " + " | ".join(cells) + " |"


def _undo(row: Transition) -> str:
    return f", for {GRACE.seconds} s undone by `{row.undone_by}`" if row.undone_by else ""


def _conditions(workflow: Workflow) -> str:
    """Say in a sentence what each name in the column "only if" asks for."""
    rows = workflow.transitions
    named = {name for row in rows for name in (*row.when, *row.guards)}
    named |= {notice.when for row in rows for notice in row.notices if notice.when}
    lines = (f"- **{_words(name)}**: {_sentence(name)}" for name in sorted(named))
    return f"What must hold for {workflow.machine.label_en.lower()}s:\n\n" + "\n".join(lines) + "\n"


def _clocks() -> str:
    rows = "\n".join(f"| {clock.label_zh} | {clock.label_en} | {text} |" for clock, text in CLOCKS.items())
    return f"\n## Clocks 时限\n\n| 时限 | Clock | Runs |\n|---|---|---|\n{rows}\n"


def _sources(workflow: Workflow, row: Transition) -> str:
    if len(row.sources) >= _MANY:
        left_out = {str(state) for state in workflow.states} - {str(source) for source in row.sources}
        return f"any but {_listed(_label(workflow, state) for state in workflow.states if state in left_out)}"
    return _listed(_label(workflow, source) for source in row.sources)


def _label(workflow: Workflow, state: str | None) -> str:
    if state is None:
        return "the same"
    if state == NEW:
        return "new"
    return next(each.label_en for each in workflow.states if each == state).lower()


def _node(source: str) -> str:
    return "[*]" if source == NEW else source


def _role(role: Role) -> str:
    return "the system" if role is Role.SYSTEM else role.label_en.lower()


def _need(need: Need) -> str:
    name = _words(need.name)
    return name if need.is_required else f"{name} (optional)"


def _order(order: ClockOrder) -> str:
    if order.op is ClockOp.STOP_ALL:
        return "stops all"
    if order.clock is None:
        return f"{_OPS[order.op]} all"
    return f"{_OPS[order.op]} {order.clock.label_en.lower()}{_LIMITS.get(order.limit, '')}"


def _notice(notice: Notice) -> str:
    condition = f", if {_words(notice.when)}" if notice.when else ""
    return f"{notice.audience.label_en.lower()}: {_words(notice.kind)}{condition}"


def _sentence(name: str) -> str:
    return (({**GUARDS, **CONDITIONS}[name].__doc__ or "").strip().splitlines() or [""])[0]


def _words(name: str) -> str:
    return name.replace("_", " ")


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
