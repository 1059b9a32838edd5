"""The table of one unit's share of a ticket: sign, give to a person, handle, pass down, answer, give back."""

from workflows.choices import ContactMade, Result
from workflows.data import ANSWER_LIMIT, choice, flag, text
from workflows.definition import (
    ClockOp,
    ClockOrder,
    ClockScope,
    Effect,
    FollowUp,
    Notice,
    Transition,
    Workflow,
)
from workflows.giving import GIVING
from workflows.passing_down import PASSING_DOWN
from workflows.vocabulary import AssignmentState, Audience, ClockName, Machine, Role

_A = AssignmentState
_STOP_SIGN = ClockOrder(ClockOp.STOP, ClockName.SIGN, ClockScope.ASSIGNMENT)
_STOP_ITS_CLOCKS = ClockOrder(ClockOp.STOP_ALL, scope=ClockScope.ASSIGNMENT)
_STOP_CONTACT = ClockOrder(ClockOp.STOP, ClockName.CONTACT)
_FINISH = FollowUp(Machine.TICKET, "finish_handling")
_HANDLER = frozenset({Role.HANDLER})
_LEADER = frozenset({Role.UNIT_LEADER})
_SYSTEM = frozenset({Role.SYSTEM})
_REPLY = (
    choice("contact", ContactMade),
    text("no_contact_reason", 200, required=False),
    choice("result", Result),
    text("answer", ANSWER_LIMIT),
    text("public_answer", ANSWER_LIMIT, required=False),
    flag("is_confirmed"),
)
_REPLY_GUARDS = (
    "acts_for_unit",
    "ticket_in_process",
    "contact_recorded",
    "says_nothing_forbidden",
    "answers_every_point",
)

ASSIGNMENT = Workflow(
    machine=Machine.ASSIGNMENT,
    version=1,
    states=AssignmentState,
    terminal=frozenset({_A.REPLIED, _A.RETURNED, _A.RECALLED}),
    transitions=(
        *PASSING_DOWN,
        *GIVING,
        Transition(
            action="sign",
            label_zh="签收",
            label_en="Sign",
            sources=(_A.TO_SIGN,),
            target=_A.HANDLING,
            roles=_HANDLER,
            guards=("acts_for_unit", "ticket_is_not_held"),
            effects=(Effect.KEEP_SIGNATURE,),
            clocks=(_STOP_SIGN,),
            undone_by="undo_sign",
        ),
        Transition(
            action="undo_sign",
            label_zh="撤销签收",
            label_en="Undo the signing",
            sources=(_A.HANDLING,),
            target=_A.TO_SIGN,
            roles=_HANDLER,
            guards=("acts_for_unit", "just_signed"),
            effects=(Effect.UNTELL, Effect.UNDO_SIGNATURE),
            clocks=(ClockOrder(ClockOp.UNDO_STOP, ClockName.SIGN, ClockScope.ASSIGNMENT),),
        ),
        Transition(
            action="sign_overdue",
            label_zh="超时自动签收",
            label_en="Signed by the system, late",
            sources=(_A.TO_SIGN,),
            target=_A.HANDLING,
            roles=_SYSTEM,
            effects=(Effect.KEEP_SIGNATURE,),
            clocks=(_STOP_SIGN,),
            notices=(
                Notice(Audience.UNIT, "sign_overdue"),
                Notice(Audience.DUTY, "sign_overdue", when="cannot_wait"),
                Notice(Audience.SUPERVISOR, "sign_overdue_supervisor"),
            ),
        ),
        Transition(
            action="submit_reply",
            label_zh="提交办理结果",
            label_en="Submit reply",
            sources=(_A.HANDLING,),
            target=_A.UNIT_REVIEW,
            roles=_HANDLER,
            needs=_REPLY,
            when=("goes_to_unit_leader",),
            guards=_REPLY_GUARDS,
            effects=(Effect.KEEP_REPLY,),
            clocks=(_STOP_CONTACT,),
            notices=(Notice(Audience.UNIT_LEADER, "unit_reply_to_review"),),
        ),
        Transition(
            action="submit_reply",
            label_zh="提交办理结果",
            label_en="Submit reply",
            sources=(_A.HANDLING,),
            target=_A.REPLIED,
            roles=_HANDLER,
            needs=_REPLY,
            when=("is_main_without_review",),
            guards=_REPLY_GUARDS,
            effects=(Effect.KEEP_REPLY,),
            clocks=(_STOP_CONTACT,),
            follow_ups=(_FINISH,),
        ),
        Transition(
            action="submit_reply",
            label_zh="提交办理结果",
            label_en="Submit reply",
            sources=(_A.HANDLING,),
            target=_A.REPLIED,
            roles=_HANDLER,
            needs=_REPLY,
            when=("is_co_handler",),
            guards=_REPLY_GUARDS,
            effects=(Effect.KEEP_REPLY,),
            notices=(Notice(Audience.MAIN_UNIT, "co_reply"),),
            follow_ups=(_FINISH,),
        ),
        Transition(
            action="submit_reply",
            label_zh="提交办理结果",
            label_en="Submit reply",
            sources=(_A.HANDLING,),
            target=_A.REPLIED,
            roles=_HANDLER,
            needs=_REPLY,
            when=("is_child",),
            guards=_REPLY_GUARDS,
            effects=(Effect.KEEP_REPLY, Effect.REPORT_TO_PARENT),
            clocks=(_STOP_ITS_CLOCKS,),
        ),
        Transition(
            action="approve_unit_reply",
            label_zh="同意上报",
            label_en="Approve reply",
            sources=(_A.UNIT_REVIEW,),
            target=_A.REPLIED,
            roles=_LEADER,
            guards=("acts_for_unit", "ticket_in_process", "not_own_work"),
            follow_ups=(_FINISH,),
        ),
        Transition(
            action="refuse_unit_reply",
            label_zh="退回修改",
            label_en="Refuse reply",
            sources=(_A.UNIT_REVIEW,),
            target=_A.HANDLING,
            roles=_LEADER,
            needs=(text("reason", 500),),
            guards=("acts_for_unit", "ticket_in_process"),
            effects=(Effect.RELEASE_ABSENT,),
            notices=(Notice(Audience.HANDLER, "unit_reply_refused"),),
        ),
        Transition(
            action="accept_return",
            label_zh="同意退单",
            label_en="Accept return",
            sources=(_A.TO_SIGN, _A.HANDLING),
            target=_A.RETURNED,
            roles=_SYSTEM,
            when=("is_no_child",),
            effects=(Effect.COUNT_RETURN, Effect.CANCEL_REQUESTS),
            clocks=(_STOP_ITS_CLOCKS,),
            follow_ups=(FollowUp(Machine.TICKET, "return_to_dispatch"), _FINISH),
        ),
        Transition(
            action="accept_return",
            label_zh="同意退单",
            label_en="Accept return",
            sources=(_A.TO_SIGN, _A.HANDLING),
            target=_A.RETURNED,
            roles=_SYSTEM,
            when=("is_child",),
            effects=(Effect.CANCEL_REQUESTS, Effect.REPORT_TO_PARENT),
            clocks=(_STOP_ITS_CLOCKS,),
        ),
        Transition(
            action="handle_again",
            label_zh="重新办理",
            label_en="Handle again",
            sources=(_A.REPLIED,),
            target=_A.HANDLING,
            roles=_SYSTEM,
            effects=(Effect.RELEASE_ABSENT,),
        ),
        Transition(
            action="recall",
            label_zh="撤回",
            label_en="Recall",
            sources=(_A.TO_SIGN, _A.HANDLING, _A.SUB_DISPATCHED, _A.UNIT_REVIEW, _A.REPLIED),
            target=_A.RECALLED,
            roles=_SYSTEM,
            effects=(Effect.RECALL_CHILD, Effect.CANCEL_REQUESTS),
            clocks=(_STOP_ITS_CLOCKS,),
        ),
        *(
            Transition(
                action="put_back",
                label_zh="恢复分单",
                label_en="Put back",
                sources=(_A.RECALLED,),
                target=state,
                roles=_SYSTEM,
                needs=(choice("state", AssignmentState),),
                when=(was,),
                effects=(Effect.NAME_RECALL,),
                clocks=(ClockOrder(ClockOp.UNDO_STOP, scope=ClockScope.ASSIGNMENT),),
            )
            for state, was in (
                (_A.TO_SIGN, "was_to_sign"),
                (_A.HANDLING, "was_handling"),
                (_A.UNIT_REVIEW, "was_in_unit_review"),
            )
        ),
    ),
)
