"""What may still happen to a closed ticket: it comes back, leaves the figures, goes to the archive."""

from workflows.data import text
from workflows.definition import Effect, Notice, Transition
from workflows.ticket.parts import ENDED, REWORK, SIGN, STOP_ALL, SYSTEM_ONLY, S, start, stop
from workflows.vocabulary import Audience, ClockName, Role

_SUPERVISOR = SYSTEM_ONLY | frozenset({Role.SUPERVISOR})
_REASON = (text("reason", 500),)
_WHY_REOPEN = (text("reason", 1000),)
_REOPENABLE = ("outcome_reopenable", "within_30_days")

AFTERWARDS_ROWS = (
    Transition(
        action="reopen",
        label_zh="重启",
        label_en="Reopen",
        sources=(S.CLOSED,),
        target=S.IN_PROCESS,
        roles=_SUPERVISOR,
        needs=_WHY_REOPEN,
        when=("has_main_unit",),
        guards=_REOPENABLE,
        effects=(Effect.CLEAR_OUTCOME, Effect.CANCEL_ABOUT_CLOSING, Effect.INCLUDE, Effect.NEW_ROUND),
        clocks=(stop(ClockName.ARCHIVE), SIGN, REWORK),
        notices=(Notice(Audience.UNITS, "reopened_unit"), Notice(Audience.CITIZEN, "reopened")),
    ),
    Transition(
        action="reopen",
        label_zh="重启",
        label_en="Reopen",
        sources=(S.CLOSED,),
        target=S.TO_DISPATCH,
        roles=_SUPERVISOR,
        needs=_WHY_REOPEN,
        when=("has_no_main_unit",),
        guards=_REOPENABLE,
        effects=(Effect.CLEAR_OUTCOME, Effect.CANCEL_ABOUT_CLOSING, Effect.INCLUDE, Effect.REOPEN),
        clocks=(stop(ClockName.ARCHIVE), start(ClockName.DISPATCH)),
        notices=(Notice(Audience.CITIZEN, "reopened"),),
    ),
    Transition(
        action="exclude",
        label_zh="剔除",
        label_en="Exclude from assessment",
        sources=ENDED,
        target=None,
        roles=SYSTEM_ONLY,
        guards=("not_yet_excluded",),
        effects=(Effect.EXCLUDE,),
        notices=(Notice(Audience.MAIN_UNIT, "excluded"),),
    ),
    Transition(
        action="include",
        label_zh="恢复考核",
        label_en="Include in assessment",
        sources=ENDED,
        target=None,
        roles=SYSTEM_ONLY | frozenset({Role.CENTRE_LEADER}),
        needs=_REASON,
        guards=("is_out_of_figures",),
        effects=(Effect.INCLUDE,),
        notices=(Notice(Audience.MAIN_UNIT, "included"),),
    ),
    Transition(
        action="archive",
        label_zh="归档",
        label_en="Archive",
        sources=(S.CLOSED,),
        target=S.ARCHIVED,
        roles=SYSTEM_ONLY,
        when=("stands_alone",),
        guards=("window_over", "no_open_request", "no_open_order"),
        effects=(Effect.MARK_ARCHIVED, Effect.ARCHIVE_FOLLOWERS),
        clocks=(STOP_ALL,),
    ),
    Transition(
        action="archive",
        label_zh="归档",
        label_en="Archive",
        sources=(S.CLOSED,),
        target=S.ARCHIVED,
        roles=SYSTEM_ONLY,
        when=("is_merged",),
        guards=("master_is_archived", "no_open_request", "no_open_order"),
        effects=(Effect.MARK_ARCHIVED,),
        clocks=(STOP_ALL,),
    ),
)
