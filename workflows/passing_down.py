"""The rows of a share by which a unit passes work to a unit below it, and the share's own clocks warn."""

from workflows.data import choice, text
from workflows.definition import (
    ClockOp,
    ClockOrder,
    ClockScope,
    Effect,
    LimitKind,
    Need,
    NeedKind,
    Notice,
    Transition,
)
from workflows.vocabulary import AssignmentState, Audience, ClockName, Role, TimerKind

_A = AssignmentState
_AT_WORK = (_A.TO_SIGN, _A.HANDLING, _A.SUB_DISPATCHED, _A.UNIT_REVIEW)
_HANDLER = frozenset({Role.HANDLER})
_SYSTEM = frozenset({Role.SYSTEM})
_SIGN = ClockOrder(ClockOp.START, ClockName.SIGN, ClockScope.ASSIGNMENT)
_ITS_TIME = ClockOrder(
    ClockOp.START, ClockName.HANDLE, ClockScope.ASSIGNMENT, LimitKind.CHOSEN_DATE, "answer_by"
)

PASSING_DOWN = (
    Transition(
        action="sub_dispatch",
        label_zh="下派",
        label_en="Sub-dispatch",
        sources=(_A.HANDLING,),
        target=_A.SUB_DISPATCHED,
        roles=_HANDLER,
        needs=(Need("unit", NeedKind.UNIT), Need("answer_by", NeedKind.DATE), text("advice", 1000)),
        guards=(
            "acts_for_unit",
            "ticket_in_process",
            "child_below_unit",
            "units_are_fit",
            "dates_are_to_come",
            "limit_within_remaining",
        ),
        effects=(Effect.CREATE_CHILD,),
        clocks=(_SIGN, _ITS_TIME),
        notices=(
            Notice(Audience.UNITS, "new_ticket"),
            Notice(Audience.DUTY, "new_ticket", when="cannot_wait"),
        ),
        undone_by="undo_sub_dispatch",
    ),
    Transition(
        action="undo_sub_dispatch",
        label_zh="撤销下派",
        label_en="Undo the sub-dispatch",
        sources=(_A.SUB_DISPATCHED,),
        target=_A.HANDLING,
        roles=_HANDLER,
        guards=("acts_for_unit", "just_sub_dispatched"),
        effects=(Effect.UNTELL, Effect.RECALL_CHILD),
    ),
    Transition(
        action="take_back",
        label_zh="收回",
        label_en="Take back",
        sources=(_A.SUB_DISPATCHED,),
        target=_A.HANDLING,
        roles=_HANDLER,
        needs=(text("reason", 500),),
        guards=("acts_for_unit", "ticket_in_process"),
        effects=(Effect.RECALL_CHILD,),
        notices=(Notice(Audience.RECALLED_UNITS, "ticket_recalled"),),
    ),
    Transition(
        action="child_replied",
        label_zh="下级单位已反馈",
        label_en="Unit below replied",
        sources=(_A.SUB_DISPATCHED,),
        target=_A.HANDLING,
        roles=_SYSTEM,
        notices=(Notice(Audience.UNIT, "child_replied"),),
    ),
    Transition(
        action="child_returned",
        label_zh="下级单位已退回",
        label_en="Unit below gave it back",
        sources=(_A.SUB_DISPATCHED,),
        target=_A.HANDLING,
        roles=_SYSTEM,
        notices=(Notice(Audience.UNIT, "child_returned"),),
    ),
    Transition(
        action="warn_share",
        label_zh="临期提醒",
        label_en="Warn the unit",
        sources=_AT_WORK,
        target=None,
        roles=_SYSTEM,
        needs=(choice("clock", ClockName), choice("level", TimerKind)),
        notices=(Notice(Audience.UNIT, "due_soon"),),
    ),
    Transition(
        action="mark_share_overdue",
        label_zh="分单超期",
        label_en="Mark the share overdue",
        sources=_AT_WORK,
        target=None,
        roles=_SYSTEM,
        needs=(choice("clock", ClockName),),
        notices=(
            Notice(Audience.UNIT, "overdue"),
            Notice(Audience.UNIT_LEADER, "overdue"),
            Notice(Audience.PARENT_UNIT, "overdue"),
        ),
    ),
)
