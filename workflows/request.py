"""The table of requests: one person asks, another decides. Here for the kind `return`."""

from workflows.choices import ReturnReason
from workflows.data import choice, text
from workflows.definition import (
    NEW,
    ClockOp,
    ClockOrder,
    ClockScope,
    Effect,
    FollowUp,
    Notice,
    Transition,
    Workflow,
)
from workflows.vocabulary import Audience, ClockName, Machine, RequestKind, RequestState, Role

_R = RequestState
_START = ClockOrder(ClockOp.START, ClockName.DECISION, ClockScope.REQUEST)
_STOP = ClockOrder(ClockOp.STOP, ClockName.DECISION, ClockScope.REQUEST)
_DISPATCHER = frozenset({Role.DISPATCHER})
_HANDLER = frozenset({Role.HANDLER})

REQUEST = Workflow(
    machine=Machine.REQUEST,
    version=1,
    states=RequestState,
    terminal=frozenset({_R.APPROVED, _R.REFUSED, _R.CANCELLED}),
    transitions=(
        Transition(
            action="ask",
            label_zh="申请退单",
            label_en="Ask to return",
            sources=(NEW,),
            target=_R.REQUESTED,
            roles=_HANDLER,
            needs=(
                choice("kind", RequestKind),
                choice("reason", ReturnReason),
                text("basis", 500),
                text("suggested_unit", 100, required=False),
            ),
            guards=(
                "acts_for_unit",
                "assignment_is_open",
                "return_not_forbidden",
                "within_return_window",
                "no_such_open_request",
            ),
            effects=(Effect.OPEN_REQUEST,),
            clocks=(_START,),
            notices=(Notice(Audience.DISPATCHER, "return_requested"),),
        ),
        Transition(
            action="approve",
            label_zh="同意",
            label_en="Approve",
            sources=(_R.REQUESTED,),
            target=_R.APPROVED,
            roles=_DISPATCHER,
            needs=(text("reason", 500, required=False),),
            guards=("not_own_request", "assignment_is_open"),
            effects=(Effect.DECIDE_REQUEST,),
            clocks=(_STOP,),
            notices=(Notice(Audience.UNIT, "return_decided"),),
            follow_ups=(FollowUp(Machine.ASSIGNMENT, "accept_return"),),
        ),
        Transition(
            action="refuse",
            label_zh="驳回",
            label_en="Refuse",
            sources=(_R.REQUESTED,),
            target=_R.REFUSED,
            roles=_DISPATCHER,
            needs=(text("reason", 500),),
            guards=("not_own_request",),
            effects=(Effect.DECIDE_REQUEST, Effect.FORBID_RETURN),
            clocks=(_STOP,),
            notices=(Notice(Audience.UNIT, "return_decided"),),
        ),
        Transition(
            action="cancel",
            label_zh="撤回申请",
            label_en="Cancel",
            sources=(_R.REQUESTED,),
            target=_R.CANCELLED,
            roles=_HANDLER | frozenset({Role.SYSTEM}),
            guards=("own_request",),
            effects=(Effect.DECIDE_REQUEST,),
            clocks=(_STOP,),
        ),
    ),
)
