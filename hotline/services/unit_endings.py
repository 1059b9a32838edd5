"""How does a unit end, or become part of another one, on its date?

It stays in every ticket and report it ever had. What it has in hand goes through the workflow's door to its
successor, one event in each ticket's trail; without a successor it ends only once nothing is in hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.directory import DirectoryAct, DirectoryChange, Listed
from hotline.models.knowledge import KnowledgeEntry
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.queries.directory import subtree_ids
from hotline.queries.unit_effects import list_blockers, list_open_numbers
from hotline.services.catalogue import replace_unit
from hotline.services.directory_changes import Signed, compare, faults_of_reason
from hotline.services.lifecycle import Command, advance
from hotline.services.people import change_unit
from hotline.services.units import lock_unit, move_unit, note_unit, stands_on, today_of
from workflows.definition import SYSTEM
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Ending:
    """From which day on a unit is no more, and which one goes on with its work."""

    on: date
    successor_id: int | None = None


def plan_ending(session: Session, unit_id: int, ending: Ending, seen: int | None, signed: Signed) -> Unit:
    """End a unit today, or lay down the day on which it ends.

    Raises Refused for wrong fields, and for today also while something keeps it from ending.
    """
    unit = lock_unit(session, unit_id, seen, signed)
    successor = None if ending.successor_id is None else session.get(Unit, ending.successor_id)
    today = today_of(session, signed.at)
    faults = [*find_faults(session, unit, ending, today), *faults_of_reason(signed.reason)]
    if faults:
        raise invalid(*faults)
    before = _said(session, unit)
    unit.ended_on, unit.successor_id = ending.on, ending.successor_id
    changed = compare(before, _said(session, unit))
    if ending.on <= today:
        _carry_out(session, unit, successor, signed)
    else:
        note_unit(session, unit, DirectoryAct.ENDING_PLANNED, changed, signed)
    return unit


def cancel_ending(session: Session, unit_id: int, seen: int | None, signed: Signed) -> Unit:
    """Let a unit go on whose end was only planned."""
    unit = lock_unit(session, unit_id, seen, signed)
    faults = list(faults_of_reason(signed.reason))
    if faults:
        raise invalid(*faults)
    if unit.ended_on is None:
        raise Refused(Code.NO_ENDING_PLANNED)
    before = _said(session, unit)
    unit.ended_on = unit.successor_id = None
    note_unit(session, unit, DirectoryAct.ENDING_CANCELLED, compare(before, _said(session, unit)), signed)
    return unit


def find_faults(session: Session, unit: Unit, ending: Ending, today: date) -> list[FieldError]:
    """Tell what is wrong with a wish to end a unit."""
    faults = []
    if ending.on < today:
        faults.append(FieldError("on", FieldCode.IN_THE_PAST))
    elif unit.valid_from_on is not None and (not unit.is_active or ending.on <= unit.valid_from_on):
        faults.append(FieldError("on", FieldCode.ENDS_BEFORE_BEGINNING))
    if ending.successor_id is not None:
        successor = session.get(Unit, ending.successor_id)
        is_fit = (
            successor is not None
            and stands_on(successor, ending.on)
            and successor.id not in subtree_ids(session, unit.id)
        )
        if not is_fit:
            faults.append(FieldError("successor", FieldCode.UNFIT_SUCCESSOR))
    return faults


def list_due(session: Session, now: datetime) -> Sequence[int]:
    """List the units whose first or last day has come, and those that were given work as they ended."""
    today = today_of(session, now)
    begins = and_(~Unit.is_active, Unit.valid_from_on <= today, Unit.ended_on.is_(None))
    ends = and_(Unit.is_active, Unit.ended_on <= today)
    merged = and_(~Unit.is_active, Unit.successor_id.is_not(None))
    found = session.scalars(select(Unit).where(or_(begins, ends, merged)).order_by(Unit.id)).all()
    return [
        unit.id
        for unit in found
        if unit.is_active or unit.successor_id is None or list_open_numbers(session, unit.id)
    ]


def keep_date(session: Session, unit_id: int, now: datetime) -> bool:
    """Let a unit begin or end whose day has come; False while something keeps it from ending."""
    held = select(Unit).where(Unit.id == unit_id).with_for_update(key_share=True)
    unit = session.scalars(held, execution_options={"populate_existing": True}).one()
    successor = None if unit.successor_id is None else session.get(Unit, unit.successor_id)
    if not unit.is_active and successor is not None:
        _hand_over(session, unit, successor, Signed(SYSTEM, now, ""))
    elif not unit.is_active:
        unit.is_active = True
        note_unit(session, unit, DirectoryAct.BEGUN, [], Signed(SYSTEM, now, "到启用日期"))
    elif list_blockers(session, unit, successor):
        return False
    else:
        _carry_out(session, unit, successor, Signed(SYSTEM, now, _planned_reason(session, unit)))
    return True


def _carry_out(session: Session, unit: Unit, successor: Unit | None, signed: Signed) -> None:
    if list_blockers(session, unit, successor):
        raise Refused(Code.UNIT_NOT_EMPTY)
    if successor is not None:
        _hand_over(session, unit, successor, signed)
        _bequeath(session, unit, successor, signed)
    unit.is_active = False
    act = DirectoryAct.ENDED if successor is None else DirectoryAct.MERGED
    note_unit(session, unit, act, compare({}, _said(session, unit)), signed)


def _hand_over(session: Session, unit: Unit, successor: Unit, signed: Signed) -> None:
    reason = f"{unit.name}并入{successor.name}。{signed.reason}"[:_LONGEST_REASON]
    data = {"from_unit": unit.id, "unit": successor.id, "reason": reason}
    for number in list_open_numbers(session, unit.id):
        advance(session, Command(number, "hand_over", data), SYSTEM, signed.at)


def _bequeath(session: Session, unit: Unit, successor: Unit, signed: Signed) -> None:
    """Let everything that points at a unit and is no ticket point at its successor."""
    with_it = Signed(signed.actor, signed.at, f"随{unit.name}并入{successor.name}")
    for user in session.scalars(select(User).where(User.unit_id == unit.id, User.is_active)).all():
        change_unit(session, user, successor, with_it)
    for child_id in session.scalars(select(Unit.id).where(Unit.parent_id == unit.id, Unit.is_active)).all():
        move_unit(session, child_id, successor.id, None, with_it)
    owned = update(Category).where(Category.owner_unit_id == unit.id)
    session.execute(owned.values(owner_unit_id=successor.id))
    answered_for = update(KnowledgeEntry).where(KnowledgeEntry.unit_id == unit.id)
    session.execute(answered_for.values(unit_id=successor.id))
    replace_unit(session, unit.id, successor.id, signed.actor, signed.at)


def _planned_reason(session: Session, unit: Unit) -> str:
    planned = select(DirectoryChange.reason).where(
        DirectoryChange.listed == Listed.UNIT.value,
        DirectoryChange.subject_id == unit.id,
        DirectoryChange.act == DirectoryAct.ENDING_PLANNED.value,
    )
    return session.scalar(planned.order_by(DirectoryChange.id.desc()).limit(1)) or "到停用日期"


def _said(session: Session, unit: Unit) -> dict[str, str]:
    successor = None if unit.successor_id is None else session.get(Unit, unit.successor_id)
    return {
        "ended_on": "" if unit.ended_on is None else unit.ended_on.isoformat(),
        "successor": "" if successor is None else successor.name,
    }
