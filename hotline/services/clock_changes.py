"""What befell a clock: each change is kept, with what it was counted by and when it fell due after it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, ClockChange
from workflows.vocabulary import ChangeReason


@dataclass(frozen=True, slots=True)
class Noted:
    """One change of one clock, read before anything else befalls it in the same step."""

    clock: Clock
    reason: ChangeReason
    values: Mapping[str, object]


def note(
    clock: Clock, reason: ChangeReason, edition_id: int, held: int | None = None, days: int | None = None
) -> Noted:
    """Take down what a clock says now; `held` are seconds of its own kind of time."""
    values = {
        "policy_row_id": clock.policy_row_id,
        "calendar_edition_id": edition_id,
        "due_at": clock.due_at,
        "held_seconds": held,
        "days": days,
    }
    return Noted(clock, reason, values)


def keep(session: Session, noted: Sequence[Noted], stamp: Mapping[str, object]) -> None:
    """Append the changes in order, numbered after the earlier ones; `stamp` has `at` and `event_number`.

    The clocks must have their ids, and the caller holds the ticket's lock.
    """
    if not noted:
        return
    numbers = _last_numbers(session, (each.clock for each in noted))
    rows = []
    for each in noted:
        numbers[each.clock.id] = numbers.get(each.clock.id, 0) + 1
        rows.append(
            {
                **each.values,
                **stamp,
                "clock_id": each.clock.id,
                "number": numbers[each.clock.id],
                "reason": str(each.reason),
            }
        )
    session.execute(insert(ClockChange), rows)


def _last_numbers(session: Session, clocks: Iterable[Clock]) -> dict[int, int]:
    wanted = {clock.id for clock in clocks}
    last = select(ClockChange.clock_id, func.max(ClockChange.number))
    rows = session.execute(last.where(ClockChange.clock_id.in_(wanted)).group_by(ClockChange.clock_id))
    return {clock_id: number for clock_id, number in rows}  # noqa: C416 - a Row is no pair to mypy
