"""What does somebody fill in for a row of the limits or a step of the ladder, kept as it was typed?"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from werkzeug.datastructures import MultiDict

from hotline.models.policies import PolicyRow, PolicyStep
from hotline.queries.typed import number_in
from hotline.services.policy_edits import RowInput, StepInput
from workflows.counting import DayEndRule, StartRule
from workflows.policy import CITY, PAUSES, LimitClass, RowName

_MOST = 999_999_999
_NO_NUMBER = -1
ROW_LABELS: Mapping[str, str] = {
    "clock": "时限",
    "limit_class": "时限类别",
    "ticket_type": "工单类型",
    "category": "诉求分类",
    "unit_tier": "主办单位层级",
    "is_rework": "重办",
    "amount": "时长",
    "unit": "单位",
    "calendar": "工作日历",
    "start_rule": "起算",
    "day_end_rule": "到期时刻",
    "yellow_amount": "黄灯提前量",
    "yellow_unit": "黄灯提前量的单位",
    "orange_amount": "橙灯提前量",
    "orange_unit": "橙灯提前量的单位",
    "pauses_in": "暂停",
}
STEP_LABELS: Mapping[str, str] = {
    "limit_class": "时限类别",
    "level": "级别",
    "amount": "超期多久",
    "unit": "单位",
}


@dataclass(frozen=True, slots=True)
class TypedRow:
    """The form of a row as it was sent."""

    clock: str = RowName.HANDLE.value
    limit_class: str = LimitClass.ANY.value
    ticket_type: str = ""
    category: str = ""
    unit_tier: str = ""
    is_rework: str = ""
    amount: str = ""
    unit: str = "working_days"
    calendar: str = CITY
    start_rule: str = StartRule.NEXT_WORKING_DAY.value
    day_end_rule: str = DayEndRule.CLOSING.value
    yellow_amount: str = ""
    yellow_unit: str = ""
    orange_amount: str = ""
    orange_unit: str = ""
    pauses_in: tuple[str, ...] = tuple(sorted(PAUSES))


@dataclass(frozen=True, slots=True)
class TypedStep:
    """The form of a step as it was sent."""

    limit_class: str = LimitClass.ANY.value
    level: str = ""
    amount: str = ""
    unit: str = "working_days"


def read_row(form: MultiDict[str, str]) -> TypedRow:
    """Read the form; nothing is checked here, the service does that."""
    names = [field.name for field in fields(TypedRow) if field.name != "pauses_in"]
    return TypedRow(
        **{name: form.get(name, "").strip() for name in names}, pauses_in=tuple(form.getlist("pauses_in"))
    )


def filled_from(row: PolicyRow) -> TypedRow:
    """Fill the form from a row."""
    same = ("clock", "limit_class", "amount", "unit", "calendar", "start_rule", "day_end_rule")
    lights = ("yellow_amount", "yellow_unit", "orange_amount", "orange_unit")
    stored = {name: _text(getattr(row, name)) for name in (*same, *lights, "ticket_type", "unit_tier")}
    return TypedRow(
        **stored,
        category=_text(row.category_id),
        is_rework="y" if row.is_rework else "",
        pauses_in=tuple(row.pauses_in.split()),
    )


def input_of(typed: TypedRow, row_id: int | None) -> RowInput:
    """Make the service's input; a text that is no number becomes -1, which no field takes."""
    words = ("clock", "limit_class", "unit", "ticket_type", "calendar", "start_rule", "day_end_rule")
    return RowInput(
        **{name: getattr(typed, name) for name in (*words, "yellow_unit", "orange_unit")},
        amount=_number(typed.amount) or 0,
        category_id=_number(typed.category),
        unit_tier=_number(typed.unit_tier),
        is_rework=bool(typed.is_rework),
        yellow_amount=_number(typed.yellow_amount),
        orange_amount=_number(typed.orange_amount),
        pauses_in=typed.pauses_in,
        row_id=row_id,
    )


def read_step(form: MultiDict[str, str]) -> TypedStep:
    """Read the form of a step."""
    return TypedStep(**{field.name: form.get(field.name, "").strip() for field in fields(TypedStep)})


def filled_from_step(step: PolicyStep) -> TypedStep:
    """Fill the form from a step."""
    return TypedStep(step.limit_class, str(step.level), str(step.amount), step.unit)


def input_of_step(typed: TypedStep, step_id: int | None) -> StepInput:
    """Make the service's input of a step."""
    level, amount = _number(typed.level) or 0, _number(typed.amount) or 0
    return StepInput(typed.limit_class, level, amount, typed.unit, step_id)


def _number(text: str) -> int | None:
    if not text:
        return None
    number = number_in(text, _MOST)
    return _NO_NUMBER if number is None else number


def _text(value: object) -> str:
    return "" if value is None else str(value)
