"""The rows of a share by which it is given to one person of its unit, and comes back to the unit."""

from workflows.definition import Effect, Need, NeedKind, Notice, Transition
from workflows.vocabulary import AssignmentState, Audience, Role

_A = AssignmentState
# Not while the leader reviews the answer: whoever wrote it must not come to be its reviewer.
_IN_HAND = (_A.TO_SIGN, _A.HANDLING, _A.SUB_DISPATCHED)
_UNIT_PEOPLE = frozenset({Role.HANDLER, Role.UNIT_LEADER})

GIVING = (
    Transition(
        action="give",
        label_zh="指派",
        label_en="Give to a person",
        sources=_IN_HAND,
        target=None,
        roles=_UNIT_PEOPLE,
        needs=(Need("person", NeedKind.PERSON),),
        guards=("acts_for_unit", "person_is_colleague", "changes_hands"),
        effects=(Effect.GIVE_SHARE,),
        notices=(Notice(Audience.HANDLER, "share_given"), Notice(Audience.FORMER_HANDLER, "share_taken")),
    ),
    Transition(
        action="give_back",
        label_zh="交还单位",
        label_en="Give back to the unit",
        sources=_IN_HAND,
        target=None,
        roles=_UNIT_PEOPLE,
        guards=("acts_for_unit", "is_in_somebodys_hand"),
        effects=(Effect.RELEASE_HANDLER,),
        notices=(Notice(Audience.FORMER_HANDLER, "share_taken"),),
    ),
    Transition(
        action="release_handler",
        label_zh="承办人停用或调离，退回单位",
        label_en="Given back to the unit: its handler left",
        sources=_IN_HAND,
        target=None,
        roles=frozenset({Role.SYSTEM}),
        effects=(Effect.RELEASE_HANDLER,),
    ),
)
