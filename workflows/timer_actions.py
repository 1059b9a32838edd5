"""What does a clock's timer ask for when its moment has come?"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflows.vocabulary import ClockName, Machine, TimerKind


@dataclass(frozen=True, slots=True)
class TimerAction:
    """What a timer asks for when it fires; `data` goes with the action."""

    machine: Machine
    action: str
    data: Mapping[str, str] = field(default_factory=dict, hash=False)


_WARNED = (
    ClockName.DISPATCH,
    ClockName.HANDLE,
    ClockName.REVIEW,
    ClockName.DISPUTE,
)
_MARKED_OVERDUE = (
    ClockName.DISPATCH,
    ClockName.CONTACT,
    ClockName.HANDLE,
    ClockName.REVIEW,
    ClockName.DISPUTE,
)
_WARNINGS = (TimerKind.YELLOW, TimerKind.ORANGE)
# By which timer an overdue handling clock climbs to a level; when, the policy's steps say.
LADDER: Mapping[int, TimerKind] = {level: TimerKind(f"level_{level}") for level in range(1, 7)}

# A moment without a row here has no timer; it only colours the light.
TIMER_ACTIONS: Mapping[tuple[ClockName, TimerKind], TimerAction] = {
    **{
        (clock, kind): TimerAction(Machine.TICKET, "warn", {"clock": clock, "level": kind})
        for clock in _WARNED
        for kind in _WARNINGS
    },
    **{
        (clock, TimerKind.RED): TimerAction(Machine.TICKET, "mark_overdue", {"clock": clock})
        for clock in _MARKED_OVERDUE
    },
    (ClockName.SIGN, TimerKind.RED): TimerAction(Machine.ASSIGNMENT, "sign_overdue"),
    (ClockName.CALLBACK, TimerKind.RED): TimerAction(Machine.TICKET, "close"),
    (ClockName.ARCHIVE, TimerKind.RED): TimerAction(Machine.TICKET, "archive"),
    (ClockName.SUPPLEMENT, TimerKind.RED): TimerAction(Machine.TICKET, "supplement_expired"),
    (ClockName.SUSPENSION, TimerKind.RED): TimerAction(Machine.TICKET, "resume"),
    (ClockName.DECISION, TimerKind.RED): TimerAction(
        Machine.REQUEST, "mark_decision_overdue", {"clock": ClockName.DECISION}
    ),
    **{
        (ClockName.HANDLE, kind): TimerAction(Machine.TICKET, "escalate", {"level": str(level)})
        for level, kind in LADDER.items()
    },
    (ClockName.SUPERVISION, TimerKind.RED): TimerAction(Machine.ORDER, "mark_order_overdue"),
    **{
        (ClockName.SUPERVISION, kind): TimerAction(Machine.ORDER, "warn_order", {"level": kind})
        for kind in _WARNINGS
    },
    **{
        (ClockName.SIGN, kind): TimerAction(
            Machine.ASSIGNMENT, "warn_share", {"clock": ClockName.SIGN, "level": kind}
        )
        for kind in _WARNINGS
    },
}
# The handling clock of a share that a unit passed down speaks to that unit alone.
SHARE_TIMER_ACTIONS: Mapping[tuple[ClockName, TimerKind], TimerAction] = {
    (ClockName.HANDLE, TimerKind.RED): TimerAction(
        Machine.ASSIGNMENT, "mark_share_overdue", {"clock": ClockName.HANDLE}
    ),
    **{
        (ClockName.HANDLE, kind): TimerAction(
            Machine.ASSIGNMENT, "warn_share", {"clock": ClockName.HANDLE, "level": kind}
        )
        for kind in _WARNINGS
    },
}


def timer_action(clock: ClockName, kind: TimerKind, *, is_of_share: bool) -> TimerAction | None:
    """Find what a timer asks for; None for a moment that only colours the light."""
    if is_of_share and (clock, kind) in SHARE_TIMER_ACTIONS:
        return SHARE_TIMER_ACTIONS[clock, kind]
    return TIMER_ACTIONS.get((clock, kind))
