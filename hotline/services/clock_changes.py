"""What befell a clock: each change is kept, with what it was counted by and when it fell due after it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, ClockChange
from workflows.vocabulary import ChangeReason


@dataclass(frozen=True, slots=True)
class Noted:
    """One change of one clock, read before anything else befalls it in the same step."""

    clock: Clock
    reason: ChangeReason
    at: datetime
    values: Mapping[str, object]


def note(
    clock: Clock,
    reason: ChangeReason,
    measured: tuple[datetime, int],
    held: int | None = None,
    days: int | None = None,
) -> Noted:
    """Take down what a clock says: when and by which edition; `held` are seconds of its own kind of time."""
    at, edition_id = measured
    values = {
        "policy_row_id": clock.policy_row_id,
        "calendar_edition_id": edition_id,
        "due_at": clock.due_at,
        "held_seconds": held,
        "days": days,
    }
    return Noted(clock, reason, at, values)


def pauses_in(changes: Iterable[tuple[str, datetime]]) -> list[tuple[datetime, datetime]]:
    """Pair the pauses of a clock that are over, from its changes (reason and moment) in order."""
    began: datetime | None = None
    found = []
    for reason, at in changes:
        if reason == ChangeReason.PAUSED:
            began = at
        elif reason == ChangeReason.RESUMED and began is not None:
            found.append((began, at))
            began = None
    return found


def keep(session: Session, noted: Sequence[Noted], event_number: int) -> None:
    """Append the changes in order, numbered after the earlier ones.

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
                "at": each.at,
                "event_number": event_number,
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
