"""When the citizen must add something, when it is an emergency, and when it is nothing at all."""

from workflows.choices import EmergencyLine
from workflows.data import choice, text
from workflows.definition import Effect, Need, NeedKind, Notice, Transition
from workflows.ticket.parts import (
    ARCHIVE,
    BEFORE_UNITS,
    GO_ON,
    HOLD_ALL,
    OPEN,
    RECALLED,
    STOP_ALL,
    SYSTEM_ONLY,
    WAITING,
    S,
    stop,
    until,
)
from workflows.vocabulary import Audience, ClockName, Role

_REVIEWER = frozenset({Role.REVIEWER})
_ASK = Need("answer_by", NeedKind.DATE)
# A citizen may say more at any time; what they were asked for is a supplement.
_UNASKED = tuple(state for state in OPEN if state not in {S.DRAFT, S.AWAITING_SUPPLEMENT})
_BACK_TO = (
    (S.INTAKE_REVIEW, "came_from_intake_review"),
    (S.TO_DISPATCH, "came_from_to_dispatch"),
    (S.IN_PROCESS, "came_from_in_process"),
)
_SUPPLEMENTED = tuple(
    Transition(
        action="supplement",
        label_zh="补充",
        label_en="Supplement",
        sources=(S.AWAITING_SUPPLEMENT,),
        target=state,
        roles=frozenset({Role.CITIZEN, Role.AGENT}),
        needs=(text("text", 2000),),
        when=(came_from,),
        guards=("own_ticket",),
        effects=(Effect.END_WAITING,),
        clocks=(stop(ClockName.SUPPLEMENT), GO_ON),
        notices=(Notice(Audience.SUPPLEMENT_ASKER, "supplement_received"),),
    )
    for state, came_from in _BACK_TO
)
_EXPIRED = tuple(
    Transition(
        action="supplement_expired",
        label_zh="补充逾期，按现有信息办理",
        label_en="Supplement overdue, handled with what is known",
        sources=(S.AWAITING_SUPPLEMENT,),
        target=state,
        roles=SYSTEM_ONLY,
        when=(came_from,),
        guards=("supplement_is_over",),
        effects=(Effect.END_WAITING,),
        clocks=(stop(ClockName.SUPPLEMENT), GO_ON),
        notices=(Notice(Audience.SUPPLEMENT_ASKER, "supplement_received"),),
    )
    for state, came_from in _BACK_TO
)

WAITING_ROWS = (
    Transition(
        action="ask_supplement",
        label_zh="请补充",
        label_en="Ask for more details",
        sources=WAITING,
        target=S.AWAITING_SUPPLEMENT,
        roles=frozenset({Role.REVIEWER, Role.DISPATCHER, Role.HANDLER}),
        needs=(text("missing", 200), _ASK),
        guards=("asks_for_main_unit", "dates_are_to_come", "answer_by_is_soon"),
        effects=(Effect.AWAIT_SUPPLEMENT,),
        clocks=(HOLD_ALL, until(ClockName.SUPPLEMENT, "answer_by")),
        notices=(Notice(Audience.CITIZEN, "supplement_needed"),),
    ),
    *_SUPPLEMENTED,
    *_EXPIRED,
    Transition(
        action="add_details",
        label_zh="补充留言",
        label_en="Add details",
        sources=_UNASKED,
        target=None,
        roles=frozenset({Role.CITIZEN, Role.AGENT}),
        needs=(text("text", 2000),),
        guards=("own_ticket",),
        notices=(Notice(Audience.MAIN_UNIT, "details_added", when="is_with_unit"),),
    ),
    Transition(
        action="transfer_emergency",
        label_zh="转紧急",
        label_en="Hand over to an emergency line",
        sources=(S.DRAFT, *BEFORE_UNITS),
        target=S.CLOSED,
        roles=frozenset({Role.AGENT, Role.REVIEWER, Role.DISPATCHER}),
        needs=(
            choice("line", EmergencyLine),
            Need("handed_over_at", NeedKind.INSTANT),
            text("note", 500, required=False),
        ),
        guards=("no_followers",),
        effects=(Effect.RECALL_ASSIGNMENTS, Effect.SET_OUTCOME),
        clocks=(STOP_ALL, ARCHIVE),
        notices=(
            Notice(Audience.CITIZEN, "transferred"),
            Notice(Audience.CENTRE_LEADER, "emergency_transferred"),
            RECALLED,
        ),
    ),
    Transition(
        action="propose_invalid",
        label_zh="提请判无效",
        label_en="Propose as invalid",
        sources=OPEN,
        target=None,
        roles=_REVIEWER,
        needs=(text("reason", 500),),
        guards=("not_yet_proposed", "no_followers"),
        effects=(Effect.PROPOSE_INVALID,),
        notices=(Notice(Audience.REVIEWER, "invalid_proposed"),),
    ),
    Transition(
        action="drop_invalid",
        label_zh="不判无效",
        label_en="Drop the proposal",
        sources=OPEN,
        target=None,
        roles=_REVIEWER,
        needs=(text("reason", 500),),
        guards=("is_proposed_invalid",),
        effects=(Effect.DROP_INVALID,),
    ),
    Transition(
        action="invalidate",
        label_zh="判为无效",
        label_en="Judge invalid",
        sources=OPEN,
        target=S.CLOSED,
        roles=_REVIEWER,
        needs=(text("reason", 500),),
        guards=("second_person", "no_followers"),
        effects=(Effect.RECALL_ASSIGNMENTS, Effect.SET_OUTCOME),
        clocks=(STOP_ALL, ARCHIVE),
        notices=(RECALLED,),
    ),
)
