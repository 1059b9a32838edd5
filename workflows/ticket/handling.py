"""From dispatch until every unit has answered."""

from workflows.data import CONTACT, DISPATCH
from workflows.definition import Effect, Notice, Transition
from workflows.ticket.parts import OPEN_CLOCKS, SIGN, SYSTEM_ONLY, S, start, stop
from workflows.vocabulary import Audience, ClockName, Role

HANDLING_ROWS = (
    Transition(
        action="dispatch",
        label_zh="派单",
        label_en="Dispatch",
        sources=(S.TO_DISPATCH,),
        target=S.IN_PROCESS,
        roles=frozenset({Role.DISPATCHER}),
        needs=DISPATCH,
        guards=("not_claimed_by_another", "units_are_fit", "catalogue_or_reason"),
        effects=(Effect.CREATE_ASSIGNMENTS, Effect.PROPOSE_OTHER_UNIT),
        clocks=(
            stop(ClockName.DISPATCH),
            SIGN,
            *OPEN_CLOCKS,
        ),
        notices=(
            Notice(Audience.UNITS, "new_ticket"),
            Notice(Audience.DUTY, "new_ticket", when="cannot_wait"),
            Notice(Audience.CITIZEN, "dispatched"),
        ),
        undone_by="undo_dispatch",
    ),
    Transition(
        action="return_to_dispatch",
        label_zh="退单重派",
        label_en="Back to dispatch",
        sources=(S.IN_PROCESS,),
        target=S.TO_DISPATCH,
        roles=SYSTEM_ONLY,
        guards=("main_came_back",),
        clocks=(start(ClockName.DISPATCH),),
    ),
    Transition(
        action="record_contact",
        label_zh="先行联系",
        label_en="Record contact",
        sources=(S.IN_PROCESS,),
        target=None,
        roles=frozenset({Role.HANDLER}),
        needs=CONTACT,
        guards=("acts_for_main_unit", "contact_followed_intake"),
        effects=(Effect.KEEP_CONTACT,),
        clocks=(stop(ClockName.CONTACT),),
    ),
    Transition(
        action="finish_handling",
        label_zh="办理完毕",
        label_en="Finish handling",
        sources=(S.IN_PROCESS,),
        target=S.REPLY_REVIEW,
        roles=SYSTEM_ONLY,
        guards=("main_has_replied", "co_handlers_done"),
        clocks=(stop(ClockName.HANDLE), stop(ClockName.CONTACT), start(ClockName.REVIEW)),
        notices=(Notice(Audience.AUDITOR, "reply_to_review"),),
    ),
)
