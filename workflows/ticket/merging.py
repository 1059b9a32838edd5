"""How one ticket comes to follow another, and how it leaves again."""

from workflows.data import RATING, text
from workflows.definition import Effect, Need, NeedKind, Notice, Transition
from workflows.ticket.parts import OPEN, RECALLED, STOP_ALL, SYSTEM_ONLY, WAITING, S, start
from workflows.vocabulary import Audience, ClockName, Role

_NUMBER = (text("number", 24),)

MERGING_ROWS = (
    Transition(
        action="merge",
        label_zh="并案",
        label_en="Merge into another ticket",
        sources=WAITING,
        target=S.CLOSED,
        roles=frozenset({Role.DISPATCHER}),
        needs=(Need("master", NeedKind.TICKET), text("reason", 200, required=False)),
        guards=(
            "not_claimed_by_another",
            "not_itself",
            "no_cycle",
            "master_is_open",
            "not_confidential_mix",
            "master_is_not_with_the_accused",
        ),
        effects=(Effect.FOLLOW_MASTER, Effect.RECALL_ASSIGNMENTS, Effect.SET_OUTCOME),
        clocks=(STOP_ALL,),
        notices=(Notice(Audience.CITIZEN, "merged"), RECALLED),
    ),
    Transition(
        action="unmerge",
        label_zh="解除并案",
        label_en="Take out of the master",
        sources=(S.CLOSED,),
        target=S.TO_DISPATCH,
        roles=frozenset({Role.SUPERVISOR}),
        needs=(text("reason", 500),),
        guards=("is_follower",),
        effects=(Effect.LEAVE_MASTER, Effect.CLEAR_OUTCOME),
        clocks=(start(ClockName.DISPATCH),),
        notices=(Notice(Audience.CITIZEN, "unmerged"),),
    ),
    Transition(
        action="take_in",
        label_zh="并入他单",
        label_en="Take in a follower",
        sources=OPEN,
        target=None,
        roles=SYSTEM_ONLY,
        needs=_NUMBER,
        effects=(Effect.COUNT_FOLLOWER,),
    ),
    Transition(
        action="let_go",
        label_zh="并入的工单恢复单独办理",
        label_en="Let a follower go",
        sources=(*OPEN, S.CLOSED),
        target=None,
        roles=SYSTEM_ONLY,
        needs=_NUMBER,
        effects=(Effect.UNCOUNT_FOLLOWER,),
    ),
    Transition(
        action="rate_merged",
        label_zh="并案评价",
        label_en="Rate as a follower",
        sources=(S.CLOSED,),
        target=None,
        roles=frozenset({Role.CITIZEN, Role.CALLBACK_AGENT}),
        needs=RATING,
        guards=("own_ticket", "is_follower", "master_is_answered", "not_rated_yet", "rating_is_complete"),
        effects=(Effect.KEEP_RATING,),
        notices=(Notice(Audience.SUPERVISOR, "merged_dissatisfied", when="is_discontent"),),
    ),
)
