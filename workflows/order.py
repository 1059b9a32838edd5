"""The table of supervision orders: issued to units, answered by each, closed or withdrawn by the centre."""

from workflows.choices import OrderLevel
from workflows.data import choice, text
from workflows.definition import (
    NEW,
    ClockOp,
    ClockOrder,
    ClockScope,
    Effect,
    LimitKind,
    Need,
    NeedKind,
    Notice,
    Transition,
    Workflow,
)
from workflows.ticket.parts import WAITED_FOR
from workflows.vocabulary import (
    ENDED_ORDERS,
    Audience,
    ClockName,
    Machine,
    OrderState,
    Role,
    TimerKind,
)

_O = OrderState
_SUPERVISING = frozenset({Role.SUPERVISOR, Role.CENTRE_LEADER})
_SYSTEM = frozenset({Role.SYSTEM})
_UNIT = frozenset({Role.HANDLER, Role.UNIT_LEADER})
_START = ClockOrder(
    ClockOp.START, ClockName.SUPERVISION, ClockScope.ORDER, LimitKind.CHOSEN_DATE, "answer_by"
)
_STOP = ClockOrder(ClockOp.STOP, ClockName.SUPERVISION, ClockScope.ORDER)
_CALL_OFF = ClockOrder(ClockOp.STOP_ALL, scope=ClockScope.ORDER)
_ANSWER = (text("answer", 2000),)


def _told(kind: str) -> tuple[Notice, ...]:
    return (Notice(Audience.ORDERED_UNITS, kind), Notice(Audience.ORDERED_LEADERS, kind))


ORDER = Workflow(
    machine=Machine.ORDER,
    version=1,
    states=OrderState,
    terminal=frozenset(ENDED_ORDERS),
    transitions=(
        Transition(
            action="issue",
            label_zh="下发督办单",
            label_en="Issue an order",
            sources=(NEW,),
            target=_O.ISSUED,
            roles=_SUPERVISING | _SYSTEM,
            needs=(
                choice("level", OrderLevel),
                Need("units", NeedKind.UNITS),
                text("opinion", 2000),
                Need("answer_by", NeedKind.DATE, is_required=False),
            ),
            guards=("is_not_archived", "ordered_units_are_fit", "dates_are_to_come"),
            effects=(Effect.OPEN_ORDER,),
            clocks=(_START,),
            notices=_told("order_issued"),
        ),
        Transition(
            action="answer",
            label_zh="督办反馈",
            label_en="Answer the order",
            sources=(_O.ISSUED,),
            target=None,
            roles=_UNIT,
            needs=_ANSWER,
            when=("others_still_owe",),
            guards=("acts_for_ordered_unit", "not_own_order"),
            effects=(Effect.KEEP_ORDER_ANSWER,),
        ),
        Transition(
            action="answer",
            label_zh="督办反馈",
            label_en="Answer the order",
            sources=(_O.ISSUED,),
            target=_O.ANSWERED,
            roles=_UNIT,
            needs=_ANSWER,
            when=("nobody_else_owes",),
            guards=("acts_for_ordered_unit", "not_own_order"),
            effects=(Effect.KEEP_ORDER_ANSWER,),
            clocks=(_STOP,),
            notices=(Notice(Audience.SUPERVISOR, "order_answered"),),
        ),
        Transition(
            action="refuse_answer",
            label_zh="退回反馈",
            label_en="Refuse the answer",
            sources=(_O.ANSWERED,),
            target=_O.ISSUED,
            roles=_SUPERVISING,
            needs=(
                text("reason", 500),
                Need("units", NeedKind.UNITS, is_required=False),
                Need("answer_by", NeedKind.DATE, is_required=False),
            ),
            guards=("not_own_order_answer", "refused_units_are_named", "dates_are_to_come"),
            effects=(Effect.REFUSE_ORDER_ANSWER,),
            clocks=(_START,),
            notices=_told("order_answer_refused"),
        ),
        Transition(
            action="close_order",
            label_zh="督办办结",
            label_en="Close the order",
            sources=(_O.ANSWERED,),
            target=_O.CLOSED,
            roles=_SUPERVISING,
            needs=(text("opinion", 1000),),
            guards=("not_own_order_answer",),
            effects=(Effect.CLOSE_ORDER,),
            notices=_told("order_closed"),
            follow_ups=(WAITED_FOR,),
        ),
        Transition(
            action="withdraw_order",
            label_zh="撤回督办单",
            label_en="Withdraw the order",
            sources=(_O.ISSUED,),
            target=_O.WITHDRAWN,
            roles=_SUPERVISING,
            needs=(text("reason", 500),),
            guards=("order_has_no_answer",),
            effects=(Effect.WITHDRAW_ORDER,),
            clocks=(_CALL_OFF,),
            notices=_told("order_withdrawn"),
            follow_ups=(WAITED_FOR,),
        ),
        Transition(
            action="warn_order",
            label_zh="督办临期提醒",
            label_en="Warn about the order",
            sources=(_O.ISSUED,),
            target=None,
            roles=_SYSTEM,
            needs=(choice("level", TimerKind),),
            notices=(Notice(Audience.ORDERED_UNITS, "order_due_soon"),),
        ),
        Transition(
            action="mark_order_overdue",
            label_zh="督办超期",
            label_en="Mark the order overdue",
            sources=(_O.ISSUED,),
            target=None,
            roles=_SYSTEM,
            notices=(*_told("order_overdue"), Notice(Audience.SUPERVISOR, "order_overdue_supervisor")),
        ),
    ),
)
