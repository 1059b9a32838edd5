"""How do the workflow's tables read on a screen: states by actions, and each row in words?"""

from dataclasses import dataclass

from hotline.queries.guard_words import CONDITION_WORDS, GUARD_WORDS
from hotline.queries.wording import MESSAGE_KINDS, field_label
from workflows.checks import WORKFLOWS
from workflows.definition import NEW, ClockOp, ClockOrder, LimitKind, Transition, Workflow

_OPS = {
    ClockOp.START: "开始",
    ClockOp.START_IF_ABSENT: "未开始则开始",
    ClockOp.STOP: "停止",
    ClockOp.STOP_ALL: "停止",
    ClockOp.PAUSE: "暂停",
    ClockOp.RESUME: "继续",
    ClockOp.EXTEND: "延长",
    ClockOp.RECOUNT: "按新日历重算",
    ClockOp.CLIMB: "超期后逐级提级：",
    ClockOp.UNDO_START: "取消所撤步骤开始的",
    ClockOp.UNDO_STOP: "恢复所撤步骤停止的",
}
_LIMITS = {LimitKind.REWORK: "（重办时限）", LimitKind.CHOSEN_DATE: "（至选定日期）"}
_NEW_LABEL = "（新建）"


@dataclass(frozen=True, slots=True)
class Act:
    """One row of a table. `cells` follow the states: where it leads, empty for forbidden."""

    action: str
    label: str
    cells: tuple[str, ...]
    roles: tuple[str, ...]
    needs: tuple[str, ...]
    guards: tuple[str, ...]
    clocks: tuple[str, ...]
    tells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """One machine."""

    name: str
    label: str
    version: int
    states: tuple[str, ...]
    acts: tuple[Act, ...]


def tables() -> list[Table]:
    """Read the tables that the engine runs on."""
    return [_table(workflow) for workflow in WORKFLOWS]


def _table(workflow: Workflow) -> Table:
    states = [NEW, *(str(state) for state in workflow.states)]
    used = {str(source) for row in workflow.transitions for source in row.sources}
    used |= {str(row.target) for row in workflow.transitions if row.target is not None}
    shown = [state for state in states if state in used]
    labels = {str(state): state.label_zh for state in workflow.states} | {NEW: _NEW_LABEL}
    return Table(
        name=workflow.machine.value,
        label=workflow.machine.label_zh,
        version=workflow.version,
        states=tuple(labels[state] for state in shown),
        acts=tuple(_act(row, shown, labels) for row in workflow.transitions),
    )


def _act(row: Transition, states: list[str], labels: dict[str, str]) -> Act:
    leads_to = "不变" if row.target is None else labels[str(row.target)]
    sources = {str(source) for source in row.sources}
    return Act(
        action=row.action,
        label=row.label_zh,
        cells=tuple(leads_to if state in sources else "" for state in states),
        roles=tuple(sorted(role.label_zh for role in row.roles)),
        needs=tuple(
            field_label(row.action, need.name) + ("" if need.is_required else "（选填）")
            for need in row.needs
        ),
        guards=(
            *(f"适用于{CONDITION_WORDS[name]}" for name in row.when),
            *(GUARD_WORDS[name] for name in row.guards),
        ),
        clocks=tuple(dict.fromkeys(_order(order) for order in row.clocks)),
        tells=tuple(
            f"{notice.audience.label_zh}：{MESSAGE_KINDS.get(notice.kind, notice.kind)}"
            + (f"（{CONDITION_WORDS[notice.when]}）" if notice.when else "")
            for notice in row.notices
        ),
    )


def _order(order: ClockOrder) -> str:
    if order.clock is None:
        return f"{_OPS[order.op]}全部计时"
    return f"{_OPS[order.op]}{order.clock.label_zh}{_LIMITS.get(order.limit, '')}"
