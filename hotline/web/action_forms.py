"""What does somebody fill in for an action: fields made from the row's needs, in the words of our screens?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from hotline.models.catalog import Category
from hotline.models.organisation import UnitKind
from hotline.queries.directory import list_units
from hotline.queries.wording import field_label
from hotline.services.site import current_site
from hotline.web.forms import has_forbidden_character
from workflows.choices import Visibility
from workflows.definition import Need, NeedKind
from workflows.errors import FieldError

_TEXTAREA_FROM = 121
_SEGMENTED_UP_TO = 5
_LOCAL = "%Y-%m-%dT%H:%M"
# Said by the system or by another door, never by a person at a form.
_UNASKED = frozenset({"by"})
HINTS: Mapping[str, str] = {
    "advice": "写给承办单位，说明办理要求。",
    "answer": "写给诉求人：先写结论，再写依据和联系人。",
    "basis": "写明职责依据或法律依据。",
    "choice_reason": "所选单位不在职责目录推荐之列时必填。",
    "co_units": "按住 Ctrl 可以选择多个单位。",
    "contacted_at": "不能晚于现在。",
    "is_hard": "疑难工单适用更长的时限。",
    "no_contact_reason": "没有联系到诉求人时必填。",
    "path": "告诉诉求人可以找谁、走什么途径。",
    "public_answer": "会对外公开，不能有姓名、电话和证件号码。",
    "source": "例如知识库条目名称和版本。",
    "suggested_unit": "您认为应当承办的单位。",
    "visibility": "选择“诉求人可见”后，诉求人能在进度页看到。",
}


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Options under one heading; the heading is empty for a plain list."""

    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FormField:
    """One field as the template draws it. `values` holds the text, or every chosen value."""

    name: str
    widget: str
    label: str
    hint: str
    is_required: bool
    max_length: int
    values: tuple[str, ...]
    groups: tuple[OptionGroup, ...] = ()
    errors: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        return self.values[0] if self.values else ""

    @property
    def options(self) -> tuple[tuple[str, str], ...]:
        return tuple(option for group in self.groups for option in group.options)

    @property
    def rows(self) -> int:
        return 6 if self.max_length > 1000 else 3  # noqa: PLR2004 - long texts get more room


Values = Mapping[str, Sequence[str]]
Complaints = Mapping[str, tuple[str, ...]]


def make_fields(
    session: Session, action: str, needs: Sequence[Need], values: Values, errors: Complaints
) -> tuple[FormField, ...]:
    """Draw a field per need, with what was typed or is known; units and categories are read for choosing."""
    groups = cache(lambda kind: _groups_of_rows(session, kind))
    return tuple(
        FormField(
            name=need.name,
            widget=_widget(need),
            label=field_label(action, need.name),
            hint=HINTS.get(need.name, ""),
            is_required=need.is_required,
            max_length=need.max_length,
            values=tuple(values.get(need.name, ())),
            groups=_groups(need, groups),
            errors=errors.get(need.name, ()),
        )
        for need in needs
        if need.name not in _UNASKED
    )


def typed_values(needs: Sequence[Need], form: MultiDict[str, str]) -> dict[str, list[str]]:
    """Keep what came with the form exactly as typed, so that it can be shown again."""
    return {need.name: form.getlist(need.name) for need in needs if need.name in form}


def read_data(needs: Sequence[Need], form: MultiDict[str, str]) -> dict[str, object]:
    """Read the form into data for the engine, which checks it: local times become aware, boxes yes or no."""
    return {
        need.name: _READERS.get(need.kind, _read_text)(need, form)
        for need in needs
        if need.name not in _UNASKED
    }


def initial_values(needs: Sequence[Need], known: Mapping[str, object], now: datetime) -> dict[str, list[str]]:
    """Fill a new form with what is known of the ticket; instants start at now in the city's zone."""
    values: dict[str, list[str]] = {}
    for need in needs:
        value = known.get(need.name)
        if need.kind is NeedKind.INSTANT:
            values[need.name] = [now.astimezone(current_site().zone).strftime(_LOCAL)]
        elif need.choices is Visibility:
            values[need.name] = [str(value or Visibility.INTERNAL)]
        elif need.kind is NeedKind.FLAG:
            values[need.name] = ["1"] if value else []
        elif need.choices is not None and len(need.choices) == 1:
            values[need.name] = [word.value for word in need.choices]
        elif value not in (None, "", ()):
            values[need.name] = [str(value)]
    return values


def errors_of_fields(errors: Sequence[FieldError], say: Callable[[FieldError], str]) -> Complaints:
    """Group the sentences of field errors by field."""
    grouped: dict[str, tuple[str, ...]] = {}
    for error in errors:
        grouped[error.field] = (*grouped.get(error.field, ()), say(error))
    return grouped


def _widget(need: Need) -> str:
    if need.choices is not None and len(need.choices) == 1:
        return "hidden"
    if need.kind is NeedKind.CHOICE:
        return "segmented" if len(need.choices or ()) <= _SEGMENTED_UP_TO else "select"
    if need.kind is NeedKind.TEXT:
        return "textarea" if need.max_length >= _TEXTAREA_FROM else "text"
    return {
        NeedKind.CHOICES: "checks",
        NeedKind.FLAG: "checkbox",
        NeedKind.NUMBER: "number",
        NeedKind.INSTANT: "instant",
        NeedKind.UNIT: "select",
        NeedKind.UNITS: "multiple",
        NeedKind.CATEGORY: "select",
    }[need.kind]


def _groups(need: Need, of_rows: Callable[[NeedKind], tuple[OptionGroup, ...]]) -> tuple[OptionGroup, ...]:
    if need.choices is not None:
        return (OptionGroup("", tuple((word.value, word.label_zh) for word in need.choices)),)
    if need.kind in (NeedKind.UNIT, NeedKind.UNITS):
        return of_rows(NeedKind.UNIT)
    return of_rows(NeedKind.CATEGORY) if need.kind is NeedKind.CATEGORY else ()


def _groups_of_rows(session: Session, kind: NeedKind) -> tuple[OptionGroup, ...]:
    pairs = _units(session) if kind is NeedKind.UNIT else _categories(session)
    grouped: dict[str, list[tuple[str, str]]] = {}
    for heading, value, label in pairs:
        grouped.setdefault(heading, []).append((value, label))
    return tuple(OptionGroup(heading, tuple(options)) for heading, options in grouped.items())


def _units(session: Session) -> list[tuple[str, str, str]]:
    units = [unit for unit in list_units(session) if unit.kind != UnitKind.CENTRE]
    order = {kind.value: place for place, kind in enumerate(UnitKind)}
    units.sort(key=lambda unit: order.get(unit.kind, len(order)))
    return [(UnitKind(unit.kind).label_zh, str(unit.id), unit.name) for unit in units]


def _categories(session: Session) -> list[tuple[str, str, str]]:
    leaves = select(Category).where(Category.is_leaf.is_(True), Category.is_active.is_(True))
    return [
        (leaf.path.partition("/")[0].strip(), str(leaf.id), leaf.path)
        for leaf in session.scalars(leaves.order_by(Category.path))
    ]


def _read_text(need: Need, form: MultiDict[str, str]) -> object:
    return form.get(need.name) or None


def _read_list(need: Need, form: MultiDict[str, str]) -> object:
    return [value for value in form.getlist(need.name) if value]


def _read_flag(need: Need, form: MultiDict[str, str]) -> object:
    return need.name in form


def _read_instant(need: Need, form: MultiDict[str, str]) -> object:
    text = form.get(need.name, "").strip()
    try:
        local = datetime.fromisoformat(text)
    except ValueError:
        return text if not has_forbidden_character(text) else "?"
    return local if local.tzinfo is not None else local.replace(tzinfo=current_site().zone)


_READERS: Mapping[NeedKind, Callable[[Need, MultiDict[str, str]], object]] = {
    NeedKind.CHOICES: _read_list,
    NeedKind.UNITS: _read_list,
    NeedKind.FLAG: _read_flag,
    NeedKind.INSTANT: _read_instant,
}
