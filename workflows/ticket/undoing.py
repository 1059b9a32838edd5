"""A moment later: what was given to a unit by mistake was never given. Nobody hears of either."""

from workflows.definition import Effect, Transition
from workflows.ticket.parts import S, undo_start, undo_stop
from workflows.vocabulary import ClockName, Role

UNDOING_ROWS = (
    Transition(
        action="undo_dispatch",
        label_zh="撤销派单",
        label_en="Undo the dispatch",
        sources=(S.IN_PROCESS,),
        target=S.TO_DISPATCH,
        roles=frozenset({Role.DISPATCHER}),
        guards=("just_dispatched",),
        effects=(Effect.UNTELL, Effect.UNDO_SHARES, Effect.UNDO_DISPATCH),
        clocks=(undo_stop(ClockName.DISPATCH), undo_start(ClockName.CONTACT), undo_start(ClockName.HANDLE)),
    ),
    Transition(
        action="undo_redirect",
        label_zh="撤销调单",
        label_en="Undo the redirecting",
        sources=(S.IN_PROCESS,),
        target=None,
        roles=frozenset({Role.DISPATCHER}),
        guards=("just_redirected",),
        effects=(Effect.UNTELL, Effect.UNDO_SHARES, Effect.UNDO_REDIRECT),
    ),
    Transition(
        action="undo_add_co_handler",
        label_zh="撤销加派",
        label_en="Undo the adding of a unit",
        sources=(S.IN_PROCESS,),
        target=None,
        roles=frozenset({Role.DISPATCHER, Role.HANDLER}),
        guards=("just_added_co_handler",),
        effects=(Effect.UNTELL, Effect.UNDO_SHARES),
    ),
)
