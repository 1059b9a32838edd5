"""What will happen if this is done: the new state, the clocks that move, and who hears what."""

from dataclasses import dataclass

from hotline.queries.wording import MESSAGE_KINDS, ROWS
from workflows.assignment import ASSIGNMENT
from workflows.definition import ClockOp, ClockOrder, Notice, Offer, Transition
from workflows.request import REQUEST
from workflows.ticket import TICKET
from workflows.vocabulary import Machine

_TABLES = {Machine.TICKET: TICKET, Machine.ASSIGNMENT: ASSIGNMENT, Machine.REQUEST: REQUEST}
_OPS = {
    ClockOp.START: "开始计时",
    ClockOp.START_IF_ABSENT: "开始计时",
    ClockOp.STOP: "停止计时",
    ClockOp.PAUSE: "暂停计时",
    ClockOp.RESUME: "继续计时",
}


@dataclass(frozen=True, slots=True)
class Preview:
    """The row of the table in words. `to_state` is None when the state stays."""

    from_state: str
    to_state: str | None
    tells: tuple[str, ...]
    clocks: tuple[str, ...]
    then: tuple[str, ...]


def preview(machine: Machine, offer: Offer, state: str) -> Preview:
    """Say what the offered action will do from `state`, as far as can be told before any data is given."""
    row = _row(machine, offer, state)
    return Preview(
        from_state=state,
        to_state=None if row.target is None else str(row.target),
        tells=tuple(_tell(notice) for notice in row.notices),
        clocks=tuple(dict.fromkeys(_clock(order) for order in row.clocks)),
        then=tuple(ROWS[move.machine.value, move.action].label_zh for move in row.follow_ups),
    )


def _row(machine: Machine, offer: Offer, state: str) -> Transition:
    """Find the row behind an offer: among rows of one action the notices differ."""
    rows = [row for row in _TABLES[machine].transitions if row.action == offer.action]
    exact = (row for row in rows if row.notices == offer.notices and state in row.sources)
    return next(exact, rows[0])


def _tell(notice: Notice) -> str:
    perhaps = "（视情况）" if notice.when else ""
    return f"{notice.audience.label_zh}：{MESSAGE_KINDS.get(notice.kind, notice.kind)}{perhaps}"


def _clock(order: ClockOrder) -> str:
    if order.op is ClockOp.STOP_ALL or order.clock is None:
        return "停止全部计时"
    return f"{_OPS[order.op]}：{order.clock.label_zh}"
