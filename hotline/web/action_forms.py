"""What does somebody fill in for an action: fields made from the row's needs, in the words of our screens?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from werkzeug.datastructures import MultiDict

from hotline.queries.wording import field_label
from hotline.services.site import current_site
from hotline.web.field_hints import hint_of, nothing_of
from hotline.web.field_limits import NONE, Limits, limits_of
from hotline.web.field_options import Choosing, OptionGroup, groups_of, suggestions_of
from hotline.web.forms import has_forbidden_character
from hotline.web.ticket_moves import Look, Target
from workflows.choices import Visibility
from workflows.definition import Need, NeedKind
from workflows.errors import FieldError

_TEXTAREA_FROM = 121
_SEGMENTED_UP_TO = 5
# Found in the whole directory by typing a name or its pinyin.
_NAMED_UNITS = frozenset({"suggested_unit"})
_LOCAL = "%Y-%m-%dT%H:%M"
# Said by the system or by another door, never by a person at a form.
_UNASKED = frozenset({"by"})


@dataclass(frozen=True, slots=True)
class FormField:
    """One field as the template draws it. `values` holds the text, or every chosen value.

    `nothing` says what can be done instead of an action whose field has nothing to choose from.
    """

    name: str
    widget: str
    label: str
    hint: str
    is_required: bool
    max_length: int
    values: tuple[str, ...]
    groups: tuple[OptionGroup, ...] = ()
    errors: tuple[str, ...] = ()
    limits: Limits = NONE
    suggestions: tuple[tuple[str, str], ...] = ()
    nothing: str = ""

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
    look: Look, target: Target, needs: Sequence[Need], values: Values, errors: Complaints
) -> tuple[FormField, ...]:
    """Draw a field per need, with what was typed or is known and what may be chosen for this very ticket."""
    return tuple(
        _field(Choosing(look, target, need), tuple(values.get(need.name, ())), errors.get(need.name, ()))
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
        elif isinstance(value, tuple):
            values[need.name] = [str(each) for each in value]
        elif value not in (None, ""):
            values[need.name] = [str(value)]
    return values


def errors_of_fields(errors: Sequence[FieldError], say: Callable[[FieldError], str]) -> Complaints:
    """Group the sentences of field errors by field."""
    grouped: dict[str, tuple[str, ...]] = {}
    for error in errors:
        grouped[error.field] = (*grouped.get(error.field, ()), say(error))
    return grouped


def _field(choosing: Choosing, values: tuple[str, ...], errors: tuple[str, ...]) -> FormField:
    need, action = choosing.need, choosing.target.action
    limits = limits_of(choosing.look, choosing.target, need)
    groups = groups_of(choosing)
    return FormField(
        name=need.name,
        widget=_widget(need),
        label=field_label(action, need.name),
        hint=f"{limits.said}{hint_of(action, need.name)}",
        is_required=need.is_required,
        max_length=need.max_length,
        values=values,
        groups=groups,
        errors=errors,
        limits=limits,
        suggestions=suggestions_of(choosing),
        nothing="" if any(group.options for group in groups) else nothing_of(action, need.name),
    )


def _widget(need: Need) -> str:
    if need.name in _NAMED_UNITS:
        return "combo"
    if need.choices is not None and len(need.choices) == 1:
        return "hidden"
    if need.kind is NeedKind.CHOICE:
        return "segmented" if len(need.choices or ()) <= _SEGMENTED_UP_TO else "select"
    if need.kind is NeedKind.TEXT:
        return "textarea" if need.max_length >= _TEXTAREA_FROM else "text"
    # Supporting units come from the whole directory, ordered ones from the few that hold the ticket.
    if need.kind is NeedKind.UNITS:
        return "multiple" if need.name == "co_units" else "checks"
    return _WIDGETS[need.kind]


_WIDGETS: Mapping[NeedKind, str] = {
    NeedKind.CHOICES: "checks",
    NeedKind.FLAG: "checkbox",
    NeedKind.ANSWER: "segmented",
    NeedKind.NUMBER: "number",
    NeedKind.INSTANT: "instant",
    NeedKind.DATE: "date",
    NeedKind.TICKET: "ticket",
    NeedKind.UNIT: "select",
    NeedKind.CATEGORY: "select",
    NeedKind.ASSIGNMENT: "select",
    NeedKind.PERSON: "select",
}


def _listed(value: object) -> Sequence[object]:
    return tuple(value) if isinstance(value, list | tuple | set | frozenset) else ()


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
