"""What does somebody fill in for a group of watch words, and how does a version fill the form?"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date

from hotline.models.watch_words import WordKind
from hotline.queries.watch_words import Group
from hotline.services.watch_words import GroupInput, list_faults
from hotline.web.forms import has_forbidden_character
from workflows.choices import EmergencyLine
from workflows.errors import FieldCode, FieldError, invalid

LABELS: Mapping[str, str] = {
    "name": "名称",
    "kind": "作用",
    "words": "词",
    "exceptions": "误报词",
    "line": "转接号码",
    "procedure": "处置要点",
    "valid_from_on": "生效日期",
    "valid_until_on": "失效日期",
    "is_active": "使用",
    "reason": "修改原因",
}
KINDS = tuple((word.value, word.label_zh) for word in WordKind)
LINES = tuple((word.value, word.label_zh) for word in EmergencyLine)
_DATES = ("valid_from_on", "valid_until_on")


@dataclass(frozen=True, slots=True)
class TypedGroup:
    """The form as it was sent; kept as typed when it comes back."""

    name: str = ""
    kind: str = WordKind.EMERGENCY.value
    words: str = ""
    exceptions: str = ""
    line: str = ""
    procedure: str = ""
    valid_from_on: str = ""
    valid_until_on: str = ""
    is_active: str = "y"
    reason: str = ""

    def named(self) -> list[tuple[str, str]]:
        """Every field with what stands in it, for a page that only carries them on."""
        return [(each.name, getattr(self, each.name)) for each in fields(self)]


def read_group(form: Mapping[str, str]) -> TypedGroup:
    """Take what was typed; an empty box is a group that is not used."""
    typed = {each.name: form.get(each.name, "").replace("\r\n", "\n") for each in fields(TypedGroup)}
    return TypedGroup(**typed)


def filled_from(group: Group) -> TypedGroup:
    """Fill the form from a version; why it is changed has to be said anew."""
    return TypedGroup(
        name=group.name,
        kind=group.kind.value,
        words="\n".join(group.words),
        exceptions="\n".join(group.exceptions),
        line=group.line,
        procedure=group.procedure,
        valid_from_on=str(group.valid_from_on or ""),
        valid_until_on=str(group.valid_until_on or ""),
        is_active="y" if group.is_active else "",
    )


def input_of(typed: TypedGroup) -> GroupInput:
    """Make the service's input; raises Refused naming every field that is wrong."""
    dates = {name: _date(getattr(typed, name)) for name in _DATES}
    given = GroupInput(
        name=typed.name,
        kind=typed.kind,
        words=tuple(typed.words.split("\n")),
        exceptions=tuple(typed.exceptions.split("\n")),
        line=typed.line,
        procedure=typed.procedure,
        is_active=bool(typed.is_active),
        reason=typed.reason,
        **dates,
    )
    faults = (*_faults_of_shape(typed, dates), *list_faults(given))
    if faults:
        raise invalid(*faults)
    return given


def list_changes(before: TypedGroup | None, after: TypedGroup) -> list[tuple[str, str, str]]:
    """List the fields that differ, with both; of the lists only the words that come and go."""
    old = before or TypedGroup(kind="", is_active="")
    changes = []
    for name, label in LABELS.items():
        was, becomes = getattr(old, name), getattr(after, name)
        if name == "reason" or was.strip() == becomes.strip():
            continue
        if name in {"words", "exceptions"} and before is not None:
            gone, come = _only_in(was, becomes), _only_in(becomes, was)
            changes.append((label, f"去掉：{gone}" if gone else "", f"新增：{come}" if come else ""))
        else:
            changes.append((label, _said(name, was), _said(name, becomes)))
    return changes


def _only_in(one: str, other: str) -> str:
    others = {line.strip() for line in other.split("\n")}
    return "、".join(line.strip() for line in one.split("\n") if line.strip() and line.strip() not in others)


def _said(name: str, value: str) -> str:
    if name == "is_active":
        return "使用" if value else "停用"
    return dict(KINDS + LINES).get(value, value)


def _faults_of_shape(typed: TypedGroup, dates: Mapping[str, date | None]) -> list[FieldError]:
    bad = [name for name, text in typed.named() if has_forbidden_character(text)]
    undated = [name for name in _DATES if getattr(typed, name).strip() and dates[name] is None]
    return [FieldError(name, FieldCode.BAD_CHARACTER) for name in bad] + [
        FieldError(name, FieldCode.NOT_A_DATE) for name in undated
    ]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
