"""What does somebody fill in about a unit, and which of it cannot be read?"""

from collections.abc import Mapping
from datetime import date

from hotline.models.organisation import Unit
from hotline.queries.typed import id_in
from hotline.services.units import NewUnit, UnitInput
from workflows.errors import FieldCode, FieldError, invalid

LABELS: Mapping[str, str] = {
    "code": "代码",
    "parent": "上级单位",
    "name": "名称",
    "short_name": "简称",
    "name_en": "英文名称",
    "kind": "性质",
    "district": "辖区",
    "liaison_phone": "值班台电话",
    "liaison_email": "联络邮箱",
    "has_reply_review": "单位审核",
    "valid_from_on": "启用日期",
    "on": "停用日期",
    "successor": "承接单位",
    "reason": "原因",
}
_TEXTS = ("name", "short_name", "name_en", "kind", "district", "liaison_phone", "liaison_email")
Typed = Mapping[str, str]


def empty() -> Typed:
    """The form of a new unit."""
    return {**dict.fromkeys(LABELS, ""), "has_reply_review": "y"}


def below(above: Unit) -> Typed:
    """The form of a new unit under another, in whose district it lies."""
    return {**empty(), "parent": str(above.id), "district": above.district}


def filled(unit: Unit) -> Typed:
    """The form of a unit as it is."""
    return {
        **dict.fromkeys(LABELS, ""),
        **{name: getattr(unit, name) for name in _TEXTS},
        "has_reply_review": "y" if unit.has_reply_review else "",
        "valid_from_on": "" if unit.valid_from_on is None else unit.valid_from_on.isoformat(),
    }


def read(form: Mapping[str, str]) -> Typed:
    """Take what was typed, field by field."""
    return {name: form.get(name, "").strip() for name in LABELS}


def written_from(typed: Typed) -> UnitInput:
    """Read the form as what a unit is. Raises Refused for a date that is none."""
    return UnitInput(
        **{name: typed[name] for name in _TEXTS},
        has_reply_review=bool(typed["has_reply_review"]),
        valid_from_on=_day("valid_from_on", typed["valid_from_on"]),
    )


def new_from(typed: Typed) -> NewUnit:
    """Read the form as a unit to be."""
    return NewUnit(typed["code"], id_from("parent", typed["parent"]), written_from(typed))


def id_from(name: str, text: str) -> int | None:
    """Read which unit was chosen; none at all is a choice too."""
    if not text:
        return None
    found = id_in(text)
    if found is None:
        raise invalid(FieldError(name, FieldCode.UNKNOWN_UNIT))
    return found


def day_from(name: str, text: str) -> date:
    """Read a day that has to be named."""
    day = _day(name, text)
    if day is None:
        raise invalid(FieldError(name, FieldCode.REQUIRED))
    return day


def _day(name: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise invalid(FieldError(name, FieldCode.NOT_A_DATE)) from error
