"""What does somebody fill in to put a person on duty, and which of it cannot be read?"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hotline.queries.typed import id_in, moment_in
from hotline.services.rosters import ShiftInput
from workflows.errors import FieldCode, FieldError, invalid

LABELS: Mapping[str, str] = {
    "user": "值班人",
    "starts_at": "开始",
    "ends_at": "结束",
    "place": "次序",
    "days": "连续几天",
}
_EVENING, _MORNING = time(17, 30), time(8, 30)
Typed = Mapping[str, str]


def filled(on: date) -> Typed:
    """The form of one night."""
    begins, ends = datetime.combine(on, _EVENING), datetime.combine(on + timedelta(days=1), _MORNING)
    texts = {"starts_at": f"{begins:%Y-%m-%dT%H:%M}", "ends_at": f"{ends:%Y-%m-%dT%H:%M}"}
    return {"user": "", "place": "1", "days": "1", **texts}


def read(form: Mapping[str, str]) -> Typed:
    """Take what was typed, field by field."""
    return {name: form.get(name, "").strip() for name in LABELS}


def shift_from(typed: Typed, zone: ZoneInfo) -> ShiftInput:
    """Read the form. Raises Refused naming every field that is not what it should be."""
    moments = {name: moment_in(typed[name], zone) for name in ("starts_at", "ends_at")}
    numbers = {name: id_in(typed[name]) for name in ("user", "place", "days")}
    faults = [FieldError(name, FieldCode.NOT_AN_INSTANT) for name, at in moments.items() if at is None]
    faults += [FieldError("user", FieldCode.NOTHING_CHOSEN)] if numbers["user"] is None else []
    faults += [
        FieldError(name, FieldCode.NOT_A_NUMBER) for name in ("place", "days") if numbers[name] is None
    ]
    if faults:
        raise invalid(*faults)
    return ShiftInput(
        numbers["user"] or 0,
        moments["starts_at"] or datetime.min.replace(tzinfo=UTC),
        moments["ends_at"] or datetime.min.replace(tzinfo=UTC),
        numbers["place"] or 0,
        numbers["days"] or 0,
    )
