"""How does a unit's duty roster change: by its leader or an administrator, by shifts or by the week?"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.directory import DirectoryAct, DirectoryChange, Listed
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.rosters import MOST_IN_LINE, DutyShift
from hotline.services.directory_changes import Noted, Signed, note
from hotline.services.site import current_site
from workflows.definition import Actor, ActorKind
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

MOST_DAYS = 7
_LONGEST = timedelta(days=7)
_FURTHEST = timedelta(days=366)
_ONE_DAY = timedelta(days=1)
_ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class ShiftInput:
    """Who is on duty from when to when, at which place in line; the same again on each of so many days."""

    user_id: int
    starts_at: datetime
    ends_at: datetime
    place: int = 1
    days: int = 1


def may_edit_roster(actor: Actor, unit_id: int) -> bool:
    """A unit's leader sees to its roster; administrators and the program itself to every one."""
    is_leader = Role.UNIT_LEADER in actor.roles and actor.unit_id == unit_id
    return is_leader or Role.ADMINISTRATOR in actor.roles or actor.kind is ActorKind.SYSTEM


def add_shifts(session: Session, unit_id: int, given: ShiftInput, signed: Signed) -> int:
    """Put somebody on duty, on one day or on several in a row; tells how many shifts that are."""
    unit = _hold(session, unit_id, signed)
    user = session.get(User, given.user_id)
    faults = list(_faults_of(unit, user, given, signed.at))
    if faults or user is None:
        raise invalid(*faults)
    shifts = [
        DutyShift(
            unit_id=unit.id,
            user_id=user.id,
            starts_at=given.starts_at + number * _ONE_DAY,
            ends_at=given.ends_at + number * _ONE_DAY,
            place=given.place,
        )
        for number in range(given.days)
    ]
    if any(_is_taken(session, shift) for shift in shifts):
        raise invalid(FieldError("starts_at", FieldCode.ON_DUTY_ALREADY))
    session.add_all(shifts)
    _note(session, unit, [["shift", "", _say(shift, user)] for shift in shifts], signed)
    return len(shifts)


def remove_shift(session: Session, unit_id: int, shift_id: int, signed: Signed) -> None:
    """Take somebody off duty; what is over stays, for somebody may ask who was there."""
    unit = _hold(session, unit_id, signed)
    shift = _shift_to_change(session, unit, shift_id, signed)
    said = _say(shift, session.get_one(User, shift.user_id))
    session.delete(shift)
    _note(session, unit, [["shift", said, ""]], signed)


def give_shift(session: Session, unit_id: int, shift_id: int, user_id: int, signed: Signed) -> None:
    """Let somebody else of the unit stand a shift that is not over."""
    unit = _hold(session, unit_id, signed)
    shift, user = _shift_to_change(session, unit, shift_id, signed), session.get(User, user_id)
    if user is None or not user.is_active or user.unit_id != unit.id:
        raise invalid(FieldError("user", FieldCode.NOT_A_CHOICE))
    if user.id == shift.user_id:
        raise Refused(Code.NOTHING_CHANGED)
    given = DutyShift(
        unit_id=unit.id,
        user_id=user.id,
        starts_at=shift.starts_at,
        ends_at=shift.ends_at,
        place=shift.place,
    )
    if _is_taken(session, given):
        raise invalid(FieldError("user", FieldCode.ON_DUTY_ALREADY))
    before = _say(shift, session.get_one(User, shift.user_id))
    shift.user_id = user.id
    _note(session, unit, [["shift", before, _say(shift, user)]], signed)


def copy_week(session: Session, unit_id: int, begins: datetime, signed: Signed) -> int:
    """Repeat the shifts of the week before; leaves out who is gone or on duty then already."""
    unit = _hold(session, unit_id, signed)
    before = (
        select(DutyShift, User)
        .join(User, User.id == DutyShift.user_id)
        .where(
            DutyShift.unit_id == unit.id,
            DutyShift.starts_at >= begins - _ONE_WEEK,
            DutyShift.starts_at < begins,
        )
    )
    copied = []
    for shift, user in session.execute(before.order_by(DutyShift.starts_at, DutyShift.id)).all():
        again = DutyShift(
            unit_id=unit.id,
            user_id=user.id,
            starts_at=shift.starts_at + _ONE_WEEK,
            ends_at=shift.ends_at + _ONE_WEEK,
            place=shift.place,
        )
        if user.is_active and user.unit_id == unit.id and not _is_taken(session, again):
            session.add(again)
            copied.append(["shift", "", _say(again, user)])
    if copied:
        _note(session, unit, copied, signed)
    return len(copied)


def _hold(session: Session, unit_id: int, signed: Signed) -> Unit:
    """Let changes of one roster follow one another."""
    unit = session.scalar(select(Unit).where(Unit.id == unit_id).with_for_update(key_share=True))
    if unit is None:
        raise Refused(Code.NOT_FOUND)
    if not may_edit_roster(signed.actor, unit_id):
        raise Refused(Code.NOT_YOUR_ROLE)
    return unit


def _shift_to_change(session: Session, unit: Unit, shift_id: int, signed: Signed) -> DutyShift:
    shift = session.get(DutyShift, shift_id)
    if shift is None or shift.unit_id != unit.id or shift.ends_at <= signed.at:
        raise Refused(Code.NOT_FOUND)
    return shift


def _faults_of(unit: Unit, user: User | None, given: ShiftInput, now: datetime) -> Iterator[FieldError]:
    if user is None or not user.is_active or user.unit_id != unit.id:
        yield FieldError("user", FieldCode.NOT_A_CHOICE)
    yield from _faults_of_times(given, now)
    if not 1 <= given.place <= MOST_IN_LINE:
        yield FieldError("place", FieldCode.NOT_A_CHOICE)
    if not 1 <= given.days <= MOST_DAYS:
        yield FieldError("days", FieldCode.NOT_IN_RANGE, f"1–{MOST_DAYS}")
    elif given.days > 1 and given.ends_at - given.starts_at > _ONE_DAY:
        yield FieldError("days", FieldCode.ON_DUTY_ALREADY)


def _faults_of_times(given: ShiftInput, now: datetime) -> Iterator[FieldError]:
    if given.ends_at <= given.starts_at:
        yield FieldError("ends_at", FieldCode.ENDS_BEFORE_BEGINNING)
    elif given.ends_at - given.starts_at > _LONGEST:
        yield FieldError("ends_at", FieldCode.SPAN_TOO_LONG, str(_LONGEST.days))
    elif given.ends_at <= now:
        yield FieldError("ends_at", FieldCode.IN_THE_PAST)
    elif given.starts_at > now + _FURTHEST:
        yield FieldError("starts_at", FieldCode.TOO_LATE, "一年以内")


def _is_taken(session: Session, shift: DutyShift) -> bool:
    at_once = select(DutyShift.id).where(
        DutyShift.unit_id == shift.unit_id,
        DutyShift.user_id == shift.user_id,
        DutyShift.starts_at < shift.ends_at,
        DutyShift.ends_at > shift.starts_at,
    )
    return session.scalar(at_once.limit(1)) is not None


def _say(shift: DutyShift, user: User) -> str:
    begins, ends = (moment.astimezone(current_site().zone) for moment in (shift.starts_at, shift.ends_at))
    return f"{user.display_name} {begins:%m-%d %H:%M} 至 {ends:%m-%d %H:%M}（第 {shift.place} 位）"


def _note(session: Session, unit: Unit, changed: list[list[str]], signed: Signed) -> None:
    of_roster = (DirectoryChange.listed == Listed.ROSTER.value, DirectoryChange.subject_id == unit.id)
    version = (session.scalar(select(func.count(DirectoryChange.id)).where(*of_roster)) or 0) + 1
    note(session, Noted(Listed.ROSTER, unit.id, version, DirectoryAct.CHANGED, changed), signed)
