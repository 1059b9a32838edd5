"""When the units were wrong: other units, more units, a dispute; and when the matter must wait."""

from workflows.data import DECISION, text
from workflows.definition import Effect, Need, NeedKind, Notice, Transition
from workflows.ticket.parts import (
    GO_ON,
    HOLD_ALL,
    OPEN_CLOCKS,
    RECALLED,
    SIGN,
    SYSTEM_ONLY,
    S,
    start,
    stop,
    until,
)
from workflows.vocabulary import Audience, ClockName, Role

_DISPATCHER = frozenset({Role.DISPATCHER})
_LEADER = frozenset({Role.CENTRE_LEADER})

DISPUTE_ROWS = (
    Transition(
        action="redirect",
        label_zh="调单",
        label_en="Redirect to another unit",
        sources=(S.IN_PROCESS,),
        target=None,
        roles=_DISPATCHER,
        needs=(
            Need("assignment", NeedKind.ASSIGNMENT),
            Need("unit", NeedKind.UNIT),
            text("reason", 500),
        ),
        guards=("live_share_is_named", "units_are_fit"),
        effects=(Effect.REDIRECT,),
        clocks=(SIGN,),
        notices=(
            Notice(Audience.UNITS, "new_ticket"),
            Notice(Audience.DUTY, "new_ticket", when="cannot_wait"),
            RECALLED,
        ),
        undone_by="undo_redirect",
    ),
    Transition(
        action="add_co_handler",
        label_zh="加派协办",
        label_en="Add a supporting unit",
        sources=(S.IN_PROCESS,),
        target=None,
        roles=_DISPATCHER | frozenset({Role.HANDLER}),
        needs=(Need("unit", NeedKind.UNIT), text("advice", 1000)),
        guards=("dispatches_or_leads", "units_are_fit"),
        effects=(Effect.ADD_CO_HANDLER,),
        clocks=(SIGN,),
        notices=(
            Notice(Audience.UNITS, "new_ticket"),
            Notice(Audience.DUTY, "new_ticket", when="cannot_wait"),
        ),
        undone_by="undo_add_co_handler",
    ),
    Transition(
        action="raise_dispute",
        label_zh="提交会商",
        label_en="Raise a dispute",
        sources=(S.TO_DISPATCH, S.IN_PROCESS),
        target=S.IN_DISPUTE,
        roles=_DISPATCHER,
        needs=(text("reason", 1000),),
        guards=("not_claimed_by_another", "returned_twice_or_no_owner"),
        clocks=(stop(ClockName.DISPATCH), start(ClockName.DISPUTE)),
        notices=(
            Notice(Audience.OPEN_UNITS, "dispute_raised"),
            Notice(Audience.SUPERVISOR, "dispute_raised_centre"),
            Notice(Audience.CENTRE_LEADER, "dispute_raised_centre"),
        ),
    ),
    Transition(
        action="decide_dispute",
        label_zh="会商决定",
        label_en="Decide the dispute",
        sources=(S.IN_DISPUTE,),
        target=S.IN_PROCESS,
        roles=_LEADER,
        needs=DECISION,
        guards=("not_own_dispute", "decided_units_are_fit"),
        effects=(
            Effect.RECALL_ASSIGNMENTS,
            Effect.CREATE_ASSIGNMENTS,
            Effect.FORBID_RETURN,
            Effect.PROPOSE_CATALOGUE_ROW,
        ),
        clocks=(stop(ClockName.DISPUTE), SIGN, *OPEN_CLOCKS),
        notices=(
            Notice(Audience.UNITS, "new_ticket"),
            Notice(Audience.DUTY, "new_ticket", when="cannot_wait"),
            Notice(Audience.CITIZEN, "dispatched"),
            RECALLED,
        ),
    ),
    Transition(
        action="suspend",
        label_zh="挂账",
        label_en="Suspend",
        sources=(S.IN_PROCESS,),
        target=S.SUSPENDED,
        roles=SYSTEM_ONLY,
        needs=(Need("review_on", NeedKind.DATE),),
        clocks=(
            HOLD_ALL,
            until(ClockName.SUSPENSION, "review_on"),
        ),
        notices=(
            Notice(Audience.CITIZEN, "suspended"),
            Notice(Audience.SUPERVISOR, "suspended_supervisor"),
        ),
    ),
    Transition(
        action="resume",
        label_zh="恢复办理",
        label_en="Resume",
        sources=(S.SUSPENDED,),
        target=S.IN_PROCESS,
        roles=_LEADER | SYSTEM_ONLY,
        needs=(text("reason", 500, required=False),),
        guards=("review_date_reached",),
        clocks=(
            stop(ClockName.SUSPENSION),
            GO_ON,
        ),
        notices=(Notice(Audience.MAIN_UNIT, "resumed_unit"), Notice(Audience.CITIZEN, "resumed")),
    ),
)
