"""What will happen if this is done: the new state, the clocks that move, and who hears what."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hotline.queries.wording import MESSAGE_KINDS, ROWS
from hotline.services.lifecycle import ENGINES
from workflows.definition import ClockOp, ClockOrder, ClockScope, Notice, Offer, Transition
from workflows.vocabulary import ClockName, Machine

_OPS = {
    ClockOp.START: "开始计时",
    ClockOp.START_IF_ABSENT: "开始计时",
    ClockOp.STOP: "停止计时",
    ClockOp.PAUSE: "暂停计时",
    ClockOp.RESUME: "继续计时",
    ClockOp.EXTEND: "延长时限",
    ClockOp.RECOUNT: "按新日历重算",
    ClockOp.CLIMB: "逐级督办计时",
    ClockOp.UNDO_START: "取消计时",
    ClockOp.UNDO_STOP: "照旧计时",
}
# The archive follows of itself a month later; nobody who decides now needs to weigh it.
_FAR_OFF = frozenset({"archive"})
# So many that may or may not be told say nothing together; filling in the form tells who it will be.
_TOO_MANY_PERHAPS = 4
_DEPENDS = "通知谁由填写的内容决定，填好后在这里列出"


@dataclass(frozen=True, slots=True)
class PartAfter:
    """A share, a request or an order that is made or changes its state."""

    name: str
    from_state: str
    to_state: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What one message says: `head` names its channel, its size and, unless it goes out at once, its fate."""

    head: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Tell:
    """Who hears what kind of message by which channels, and, once it is rehearsed, in which words."""

    line: str
    wordings: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """What an action does, in words. `to_state` is None when the state stays; a new row was "new".

    The table alone tells what may happen; a rehearsal with what was filled in is exact, or finds what is
    `wrong` with it.
    """

    from_state: str
    to_state: str | None
    tells: tuple[Tell, ...]
    clocks: tuple[str, ...]
    then: tuple[str, ...] = ()
    parts: tuple[PartAfter, ...] = ()
    is_exact: bool = False
    wrong: tuple[str, ...] = ()


def preview(machine: Machine, offer: Offer, state: str) -> Preview:
    """Say what the offered action will do from `state`, as far as can be told before any data is given."""
    row = _row(machine, offer, state)
    return Preview(
        from_state=state,
        to_state=None if row.target is None else str(row.target),
        tells=tuple(_tells(row.notices)),
        clocks=tuple(dict.fromkeys(_clock(order) for order in row.clocks)),
        then=tuple(
            ROWS[move.machine.value, move.action].label_zh
            for move in row.follow_ups
            if move.action not in _FAR_OFF
        ),
    )


def _row(machine: Machine, offer: Offer, state: str) -> Transition:
    """Find the row behind an offer: among rows of one action the labels or the notices differ."""
    rows = [row for row in ENGINES[machine].workflow.transitions if row.action == offer.action]
    told = (offer.label_zh, offer.notices)
    exact = (row for row in rows if (row.label_zh, row.notices) == told and state in row.sources)
    return next(exact, rows[0])


def _tells(notices: Sequence[Notice]) -> Iterator[Tell]:
    depends = sum(bool(notice.when) for notice in notices) >= _TOO_MANY_PERHAPS
    yield from (Tell(_tell(notice)) for notice in notices if not (depends and notice.when))
    if depends:
        yield Tell(_DEPENDS)


def _tell(notice: Notice) -> str:
    perhaps = "（视情况）" if notice.when else ""
    return f"{notice.audience.label_zh}：{MESSAGE_KINDS.get(notice.kind, notice.kind)}{perhaps}"


def _clock(order: ClockOrder) -> str:
    if order.op is ClockOp.STOP_ALL and order.scope is ClockScope.ORDER:
        return f"{_OPS[ClockOp.UNDO_START]}：{ClockName.SUPERVISION.label_zh}"
    if order.op is ClockOp.STOP_ALL or order.clock is None:
        return "停止全部计时"
    return f"{_OPS[order.op]}：{order.clock.label_zh}"
