"""What may happen beside the road: clocks that warn, people who press, words that are put right."""

from workflows.choices import OrderLevel, Visibility
from workflows.data import choice, text
from workflows.definition import ClockOp, ClockOrder, Effect, Need, NeedKind, Notice, Transition
from workflows.ticket.parts import OPEN, STAFF, SYSTEM_ONLY, S
from workflows.vocabulary import Audience, ClockName, Role, TicketType, TimerKind, Urgency

_NOT_DRAFT = tuple(state for state in OPEN if state != S.DRAFT)

WATCHING_ROWS = (
    Transition(
        action="warn",
        label_zh="临期提醒",
        label_en="Warn",
        sources=OPEN,
        target=None,
        roles=SYSTEM_ONLY,
        needs=(choice("clock", ClockName), choice("level", TimerKind)),
        guards=("clock_is_running",),
        notices=(
            Notice(Audience.MAIN_UNIT, "due_soon", when="concerns_unit"),
            Notice(Audience.DISPATCHER, "due_soon_centre", when="concerns_dispatcher"),
            Notice(Audience.AUDITOR, "due_soon_centre", when="concerns_auditor"),
        ),
    ),
    Transition(
        action="mark_overdue",
        label_zh="超期亮灯",
        label_en="Mark overdue",
        sources=OPEN,
        target=None,
        roles=SYSTEM_ONLY,
        needs=(choice("clock", ClockName),),
        guards=("clock_is_running",),
        clocks=(ClockOrder(ClockOp.CLIMB, ClockName.HANDLE),),
        notices=(
            Notice(Audience.MAIN_UNIT, "overdue", when="concerns_unit"),
            Notice(Audience.UNIT_LEADER, "overdue", when="concerns_unit"),
            Notice(Audience.DISPATCHER, "overdue_supervisor", when="concerns_dispatcher"),
            Notice(Audience.SUPERVISOR, "overdue_supervisor"),
        ),
    ),
    Transition(
        action="escalate",
        label_zh="提级",
        label_en="Escalate",
        sources=OPEN,
        target=None,
        roles=SYSTEM_ONLY | frozenset({Role.SUPERVISOR}),
        needs=(choice("level", OrderLevel), text("reason", 500, required=False)),
        guards=("level_is_higher",),
        effects=(Effect.RAISE_LEVEL,),
        notices=(
            Notice(Audience.UNIT_LEADER, "escalated"),
            Notice(Audience.CENTRE_LEADER, "escalated", when="is_high_level"),
        ),
    ),
    Transition(
        action="urge",
        label_zh="催办",
        label_en="Urge",
        sources=_NOT_DRAFT,
        target=None,
        roles=frozenset({Role.CITIZEN, Role.AGENT, Role.SUPERVISOR}),
        needs=(text("words", 500, required=False),),
        guards=("own_ticket", "not_urged_within_4h"),
        effects=(Effect.COUNT_URGE,),
        notices=(
            Notice(Audience.MAIN_UNIT, "urged", when="is_with_unit"),
            Notice(Audience.DISPATCHER, "urged_centre", when="is_with_centre"),
            Notice(Audience.CITIZEN, "urge_noted", when="is_by_agent"),
        ),
    ),
    Transition(
        action="reclassify",
        label_zh="改分类或紧急程度",
        label_en="Reclassify",
        sources=_NOT_DRAFT,
        target=None,
        roles=frozenset({Role.REVIEWER, Role.DISPATCHER}),
        needs=(
            choice("type", TicketType, required=False),
            Need("category", NeedKind.CATEGORY, is_required=False),
            choice("urgency", Urgency, required=False),
            text("reason", 500),
        ),
        guards=("something_changes",),
        effects=(Effect.KEEP_RECORD,),
        notices=(Notice(Audience.MOVED_UNIT, "reclassified"),),
    ),
    Transition(
        action="recount",
        label_zh="时限重算",
        label_en="Recount",
        sources=OPEN,
        target=None,
        roles=SYSTEM_ONLY,
        guards=("something_runs",),
        clocks=(ClockOrder(ClockOp.RECOUNT),),
        notices=(Notice(Audience.MOVED_UNIT, "reclassified"),),
    ),
    Transition(
        action="note",
        label_zh="备注",
        label_en="Note",
        sources=(*OPEN, S.CLOSED),
        target=None,
        roles=STAFF,
        needs=(text("text", 1000), choice("visibility", Visibility)),
        guards=("may_see",),
    ),
)
