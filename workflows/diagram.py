"""How do the tables look to a reader: one Mermaid diagram per machine and the whole table, as Markdown."""

from collections.abc import Iterable

from workflows.checks import RESERVED, WORKFLOWS
from workflows.definition import NEW, ClockOp, ClockOrder, LimitKind, Notice, Transition, Workflow

_MARKS = {
    ClockOp.START: "▶",
    ClockOp.START_IF_ABSENT: "▶?",
    ClockOp.STOP: "■",
    ClockOp.STOP_ALL: "■ all",
    ClockOp.PAUSE: "‖",
    ClockOp.RESUME: "⏵",
}
_MANY = 5
_HEADING = """# The workflow

Generated from the tables in `workflows/` by `flask --app wsgi check-workflow --write`;
a test fails when this page is stale.
`▶` starts a clock, `▶?` starts it unless it runs, `■` stops it. `–` is the state before the first event.
"""


def render_markdown() -> str:
    """Draw every machine and write out its rows."""
    return _HEADING + "".join(_section(workflow) for workflow in WORKFLOWS)


def mermaid(workflow: Workflow) -> str:
    """Draw one machine as a Mermaid state diagram; rows that keep the state are left to the table."""
    lines = ["stateDiagram-v2"]
    reserved = RESERVED[workflow.machine]
    lines += [f"    {state} : {state.label_zh} {state}" for state in workflow.states if state not in reserved]
    for row in workflow.transitions:
        if row.target is not None and len(row.sources) < _MANY:
            lines += [f"    {_node(source)} --> {row.target} : {row.label_zh}" for source in row.sources]
    lines += [f"    {state} --> [*]" for state in sorted(workflow.terminal)]
    return "\n".join(lines)


def _section(workflow: Workflow) -> str:
    rows = "\n".join(_line(workflow, row) for row in workflow.transitions)
    return (
        f"\n## {workflow.machine.label_en} {workflow.machine.label_zh}\n\n"
        f"```mermaid\n{mermaid(workflow)}\n```\n\n"
        "| action | from → to | by | needs | guards | clocks | tells |\n|---|---|---|---|---|---|---|\n"
        f"{rows}\n"
    )


def _line(workflow: Workflow, row: Transition) -> str:
    cells = (
        f"`{row.action}` {row.label_zh}",
        f"{_sources(workflow, row)} → {row.target or 'same'}",
        _listed(sorted(row.roles)),
        _listed(need.name if need.is_required else f"{need.name}?" for need in row.needs),
        _listed((*(f"if {name}" for name in row.when), *row.guards)),
        _listed(_order(order) for order in row.clocks),
        _listed(_notice(notice) for notice in row.notices),
    )
    return "| " + " | ".join(cells) + " |"


def _sources(workflow: Workflow, row: Transition) -> str:
    if len(row.sources) >= _MANY:
        closed = {"closed"} & set(row.sources)
        return "any open" + (", closed" if closed and workflow.machine == "ticket" else "")
    return ", ".join("–" if source == NEW else source for source in row.sources)


def _node(source: str) -> str:
    return "[*]" if source == NEW else source


def _order(order: ClockOrder) -> str:
    if order.op is ClockOp.STOP_ALL:
        return _MARKS[order.op]
    rework = " (rework)" if order.limit is LimitKind.REWORK else ""
    return f"{_MARKS[order.op]}{order.clock}{rework}"


def _notice(notice: Notice) -> str:
    condition = f" if {notice.when}" if notice.when else ""
    return f"{notice.audience}: {notice.kind}{condition}"


def _listed(words: Iterable[str]) -> str:
    return ", ".join(words)
