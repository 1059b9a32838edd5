"""How do units come about, change and move: the one door, whether a screen, a command or the demo asks?

A unit is never deleted: how it ends is told in `unit_endings`. Whoever changes one holds its row by a lock
that lets others still point at it: whoever gives it a share holds a ticket an ending may be waiting for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.models.calendars import CITY_CALENDAR
from hotline.models.directory import DirectoryAct, Listed
from hotline.models.organisation import Area, Unit, UnitKind
from hotline.queries.directory import subtree_ids
from hotline.services.calendars import city_date, load_calendar
from hotline.services.directory_changes import (
    Changed,
    Noted,
    Signed,
    compare,
    faults_of_reason,
    faults_of_text,
    note,
    require_administrator,
    require_seen,
)
from hotline.services.identity import check_contact, normal_phone
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

LOWEST_TIER = 3
LONGEST: Mapping[str, int] = {"name": 120, "short_name": 40, "name_en": 160, "liaison_email": 254}
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,31}")
_TOP_KINDS = frozenset({UnitKind.CENTRE, UnitKind.DISTRICT})


@dataclass(frozen=True, slots=True)
class UnitInput:
    """What somebody fills in for a unit."""

    name: str
    kind: str
    short_name: str = ""
    name_en: str = ""
    district: str = ""
    liaison_phone: str = ""
    liaison_email: str = ""
    has_reply_review: bool = True
    valid_from_on: date | None = None


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to be; the code names it for good."""

    code: str
    parent_id: int | None
    written: UnitInput
    calendar: str = CITY_CALENDAR


def create_unit(session: Session, new: NewUnit, signed: Signed) -> Unit:
    """Add a unit below another or at the top. Raises Refused naming every field that is wrong."""
    require_administrator(signed.actor)
    above = _get_above(session, new.parent_id)
    faults = [*_faults_of_code(session, new.code)]
    faults += _faults_of(session, None, new.written)
    tier = tier_below(above, new.written.kind)
    if tier > LOWEST_TIER:
        faults.append(FieldError("parent", FieldCode.TOO_DEEP))
    _require_none([*faults, *faults_of_reason(signed.reason)])
    unit = Unit(code=new.code, parent_id=new.parent_id, tier=tier, calendar=new.calendar, version=1)
    _write(unit, new.written)
    unit.is_active = stands_on(unit, today_of(session, signed.at))
    session.add(unit)
    try:
        session.flush()
    except IntegrityError as error:
        raise invalid(FieldError("code", FieldCode.TAKEN)) from error
    said = {"code": unit.code, "parent": "" if above is None else above.name, **said_of(unit)}
    note_unit(session, unit, DirectoryAct.CREATED, compare({}, said), signed)
    return unit


def edit_unit(session: Session, unit_id: int, written: UnitInput, seen: int | None, signed: Signed) -> Unit:
    """Write what a unit is. Raises Refused for wrong fields, an outdated form, and when nothing differs."""
    unit, today = lock_unit(session, unit_id, seen, signed), today_of(session, signed.at)
    faults = list(_faults_of(session, unit, written))
    if unit.is_active and (written.valid_from_on or today) > today:
        # A unit that stands leaves off by its end alone, which asks what it has in hand.
        faults.append(FieldError("valid_from_on", FieldCode.TOO_LATE, str(today)))
    _require_none([*faults, *faults_of_reason(signed.reason)])
    before, old_kind = said_of(unit), unit.kind
    _write(unit, written)
    changed = compare(before, said_of(unit))
    if not changed:
        raise Refused(Code.NOTHING_CHANGED)
    if unit.parent_id is None and unit.kind != old_kind:
        changed += _lower(session, unit, tier_below(None, unit.kind) - unit.tier, "kind")
    unit.is_active = unit.is_active or stands_on(unit, today)
    note_unit(session, unit, DirectoryAct.CHANGED, changed, signed)
    return unit


def move_unit(
    session: Session, unit_id: int, parent_id: int | None, seen: int | None, signed: Signed
) -> Unit:
    """Put a unit, with all below it, under another one or at the top."""
    # Moves follow one another: two at once could close a circle that neither of them sees.
    session.execute(select(Unit.id).order_by(Unit.id).with_for_update(key_share=True))
    unit = lock_unit(session, unit_id, seen, signed)
    above = _get_above(session, parent_id)
    fault = find_fault_of_move(session, unit, above)
    _require_none([*([fault] if fault else ()), *faults_of_reason(signed.reason)])
    if parent_id == unit.parent_id:
        raise Refused(Code.NOTHING_CHANGED)
    before = {"parent": _name_of(session, unit.parent_id)}
    unit.parent_id = parent_id
    changed = compare(before, {"parent": "" if above is None else above.name})
    changed += _lower(session, unit, tier_below(above, unit.kind) - unit.tier, "parent")
    note_unit(session, unit, DirectoryAct.MOVED, changed, signed)
    return unit


def find_fault_of_move(session: Session, unit: Unit, above: Unit | None) -> FieldError | None:
    """Tell why a unit cannot stand under another one."""
    below = subtree_ids(session, unit.id)
    if above is not None and above.id in below:
        return FieldError("parent", FieldCode.UNDER_ITSELF)
    deepest = max(session.scalars(select(Unit.tier).where(Unit.id.in_(below))))
    if deepest + tier_below(above, unit.kind) - unit.tier > LOWEST_TIER:
        return FieldError("parent", FieldCode.TOO_DEEP)
    return None


def lock_unit(session: Session, unit_id: int, seen: int | None, signed: Signed) -> Unit:
    """Hold a unit that has not ended, as whoever changes it saw it."""
    require_administrator(signed.actor)
    # Not the strongest lock: a share that is given to the unit meanwhile points at its row.
    held = select(Unit).where(Unit.id == unit_id).with_for_update(key_share=True)
    unit = session.scalar(held, execution_options={"populate_existing": True})
    if unit is None:
        raise Refused(Code.NOT_FOUND)
    if has_ended(unit):
        raise Refused(Code.UNIT_ENDED)
    require_seen(unit.version, seen)
    return unit


def note_unit(session: Session, unit: Unit, act: DirectoryAct, changed: Changed, signed: Signed) -> None:
    """Count a change of a unit and put it on record; a new one has its first version."""
    if act is not DirectoryAct.CREATED:
        unit.version += 1
    note(session, Noted(Listed.UNIT, unit.id, unit.version, act, changed), signed)


def has_ended(unit: Unit) -> bool:
    """Whether it is over, not only planned to be, and not only waiting for its first day."""
    return not unit.is_active and unit.ended_on is not None


def stands_on(unit: Unit, on: date) -> bool:
    """Whether a date lies between the first day of a unit and its end, if there is one."""
    return (unit.valid_from_on or on) <= on < (unit.ended_on or date.max)


def stood_on(unit: Unit, on: date, today: date) -> bool:
    """Whether there was a unit on a day; one that is overdue to end is there till today."""
    is_overdue = unit.is_active and unit.ended_on is not None and unit.ended_on <= on <= today
    return is_overdue or stands_on(unit, on)


def tier_below(above: Unit | None, kind: str) -> int:
    """Tell at which tier a unit stands: one below the unit above, else as its kind has it."""
    if above is not None:
        return above.tier + 1
    return 1 if kind in _TOP_KINDS else 2


def today_of(session: Session, now: datetime) -> date:
    return city_date(load_calendar(session), now)


def is_unit_code(code: str) -> bool:
    # The page of a new unit is where the page of a unit of that code would be.
    return bool(_CODE.fullmatch(code)) and code.casefold() != "new"


def _faults_of_code(session: Session, code: str) -> Iterator[FieldError]:
    if not code:
        yield FieldError("code", FieldCode.REQUIRED)
    elif not is_unit_code(code):
        yield FieldError("code", FieldCode.BAD_UNIT_CODE)
    # Two that differ by capitals alone are read, and dictated on the telephone, as one.
    elif session.scalar(select(Unit.id).where(func.lower(Unit.code) == code.lower())) is not None:
        yield FieldError("code", FieldCode.TAKEN)


def said_of(unit: Unit) -> dict[str, str]:
    """Say what a unit is as its form does."""
    return {
        "name": unit.name,
        "short_name": unit.short_name,
        "name_en": unit.name_en,
        "kind": UnitKind(unit.kind).label_zh,
        "district": unit.district,
        "liaison_phone": unit.liaison_phone,
        "liaison_email": unit.liaison_email,
        "has_reply_review": "需要" if unit.has_reply_review else "不需要",
        "valid_from_on": "" if unit.valid_from_on is None else unit.valid_from_on.isoformat(),
    }


def _write(unit: Unit, written: UnitInput) -> None:
    unit.name, unit.short_name = written.name.strip(), written.short_name.strip()
    unit.name_en, unit.kind, unit.district = written.name_en.strip(), written.kind, written.district
    unit.liaison_phone = normal_phone(written.liaison_phone) if written.liaison_phone.strip() else ""
    unit.liaison_email = written.liaison_email.strip()
    unit.has_reply_review, unit.valid_from_on = written.has_reply_review, written.valid_from_on


def _faults_of(session: Session, unit: Unit | None, written: UnitInput) -> Iterator[FieldError]:
    for name, longest in LONGEST.items():
        yield from faults_of_text(name, getattr(written, name), longest, is_required=name == "name")
    if written.kind not in {kind.value for kind in UnitKind}:
        yield FieldError("kind", FieldCode.NOT_A_CHOICE)
    districts = {"", *session.scalars(select(Area.name))} | ({unit.district} if unit is not None else set())
    if written.district not in districts:
        yield FieldError("district", FieldCode.NOT_A_CHOICE)
    yield from _faults_of_contact(written)
    twin = select(Unit.id).where(Unit.name == written.name.strip(), Unit.is_active)
    if session.scalar(twin if unit is None else twin.where(Unit.id != unit.id)) is not None:
        yield FieldError("name", FieldCode.TAKEN)
    if (
        unit is not None
        and unit.ended_on is not None
        and (written.valid_from_on or date.min) >= unit.ended_on
    ):
        yield FieldError("valid_from_on", FieldCode.TOO_LATE, str(unit.ended_on))


def _faults_of_contact(written: UnitInput) -> Iterator[FieldError]:
    try:
        check_contact({"phone": written.liaison_phone.strip(), "email": written.liaison_email.strip()})
    except Refused as refusal:
        yield from (replace(error, field=f"liaison_{error.field}") for error in refusal.errors)


def _get_above(session: Session, parent_id: int | None) -> Unit | None:
    held = select(Unit).where(Unit.id == parent_id).with_for_update(key_share=True)
    above = None if parent_id is None else session.scalar(held)
    if parent_id is not None and (above is None or has_ended(above)):
        raise invalid(FieldError("parent", FieldCode.UNKNOWN_UNIT))
    return above


def _lower(session: Session, unit: Unit, steps: int, field: str) -> Changed:
    """Let a unit and all below it stand so many tiers lower, and say so."""
    if not steps:
        return []
    below = session.scalars(select(Unit).where(Unit.id.in_(subtree_ids(session, unit.id)))).all()
    if max(each.tier for each in below) + steps > LOWEST_TIER:
        raise invalid(FieldError(field, FieldCode.TOO_DEEP))
    before = unit.tier
    for each in below:
        each.tier += steps
    return [["tier", str(before), str(unit.tier)]]


def _name_of(session: Session, unit_id: int | None) -> str:
    unit = None if unit_id is None else session.get(Unit, unit_id)
    return "" if unit is None else unit.name


def _require_none(faults: list[FieldError]) -> None:
    if faults:
        raise invalid(*faults)
