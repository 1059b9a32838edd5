"""Which column means what, and what does a cell say in our words?"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hotline.services.categorise import category_rules, suggest_category, suggest_type
from hotline.services.local_times import read_local
from workflows.errors import FieldCode, FieldError
from workflows.vocabulary import IntakeChannel, TicketType, Urgency, Word

# The headers each of our fields goes by; the first that the file has is taken. Compared without case.
HEADERS: Mapping[str, tuple[str, ...]] = {
    "source_id": ("source_id", "id", "编号", "工单编号", "序号", "msg_id"),
    "type": ("type", "诉求类型", "类型"),
    "title": ("title", "标题", "主题"),
    "content": ("content", "诉求内容", "内容", "描述", "description"),
    "category": ("category", "分类", "问题分类", "诉求分类"),
    "district": ("district", "区", "区县", "行政区"),
    "street": ("street", "街道", "街道（镇）"),
    "address": ("address", "地址", "详细地址", "事发地址"),
    "accused": ("accused", "被举报对象", "被反映单位"),
    "citizen_name": ("name", "姓名", "诉求人", "联系人", "citizen_name"),
    "phone": ("phone", "电话", "联系电话", "手机", "手机号"),
    "email": ("email", "邮箱", "电子邮箱"),
    "id_number": ("id_number", "证件号码", "身份证号", "身份证号码"),
    "urgency": ("urgency", "紧急程度"),
    "channel": ("channel", "渠道", "来源", "受理渠道"),
    "created": ("created", "时间", "创建时间", "受理时间", "登记时间", "time", "created_at"),
    "is_anonymous": ("anonymous", "匿名", "is_anonymous"),
    "is_confidential": ("confidential", "保密", "is_confidential"),
    "is_minor": ("minor", "未成年人", "是否未成年", "is_minor"),
    "guardian_phone": ("guardian_phone", "监护人电话"),
    "callback_wanted": ("callback", "需要回访", "是否回访", "callback_wanted"),
}
_WORDS: Mapping[str, type[Word]] = {"type": TicketType, "urgency": Urgency, "channel": IntakeChannel}
_CREATED = "created"
_FLAGS = ("is_anonymous", "is_confidential", "is_minor", "callback_wanted")
_YES = frozenset({"是", "1", "true", "yes", "y", "√"})
_NO = frozenset({"否", "0", "false", "no", "n", "×"})


class MappingError(ValueError):
    """A mapping that does not fit the file; the text says why."""


class BadCellError(ValueError):
    """A cell that cannot be read as what its column means."""

    def __init__(self, error: FieldError) -> None:
        super().__init__(error.field)
        self.error = error


@dataclass(frozen=True, slots=True)
class Mapped:
    """A row in our words."""

    record: Mapping[str, Any]
    source_id: str
    created_at: datetime | None


def columns_for(header: Iterable[str], mapping: Mapping[str, str] | None = None) -> dict[str, str]:
    """Find the file's column of each of our fields. Raises MappingError without one for the content."""
    present = {name.casefold(): name for name in header}
    columns = {
        ours: present[name] for ours, names in HEADERS.items() for name in reversed(names) if name in present
    }
    for ours, theirs in (mapping or {}).items():
        if ours not in HEADERS:
            message = f"{ours} is none of our fields: {', '.join(HEADERS)}"
            raise MappingError(message)
        if theirs.casefold() not in present:
            message = f"the file has no column {theirs}"
            raise MappingError(message)
        columns[ours] = present[theirs.casefold()]
    if "content" not in columns:
        message = "the file has no column for the content; name it in a mapping file"
        raise MappingError(message)
    return columns


def read_mapping(path: Path) -> dict[str, str]:
    """Read {"our field": "their column"}. Raises MappingError, or OSError when it cannot be opened."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        message = f"{path.name} is no JSON file"
        raise MappingError(message) from error
    if not isinstance(found, dict) or not all(isinstance(value, str) for value in found.values()):
        message = f'{path.name} must hold one object of "our field": "their column"'
        raise MappingError(message)
    return found


def record_of(cells: Mapping[str, str], columns: Mapping[str, str], zone: ZoneInfo, now: datetime) -> Mapped:
    """Say a row in our words, with type and category suggested where it names none. Raises BadCellError."""
    said = {ours: cells.get(theirs, "").strip() for ours, theirs in columns.items()}
    record: dict[str, Any] = {name: value for name, value in said.items() if value}
    source_id, created = record.pop("source_id", ""), record.pop(_CREATED, "")
    record |= {name: _word(name, record[name]) for name in _WORDS if name in record}
    record |= {name: _flag(name, record[name]) for name in _FLAGS if name in record}
    title, content = str(record.get("title", "")), str(record.get("content", ""))
    record.setdefault("type", str(suggest_type(title, content)))
    record.setdefault("channel", str(IntakeChannel.IMPORT))
    record["category"] = _category(str(record.get("category", ""))) or suggest_category(title, content)
    return Mapped(record, str(source_id), _instant(str(created), zone, now) if created else None)


def _word(field: str, text: str) -> str:
    words = _WORDS[field]
    for word in words:
        if text.casefold() in {word.value, word.label_zh, word.label_en.casefold()}:
            return word.value
    choices = "、".join(word.label_zh for word in words)
    raise BadCellError(FieldError(field, FieldCode.NOT_A_CHOICE, choices))


def _flag(field: str, text: str) -> bool:
    if text.casefold() in _YES:
        return True
    if text.casefold() in _NO:
        return False
    raise BadCellError(FieldError(field, FieldCode.NOT_A_FLAG))


def _category(text: str) -> str:
    """Take a leaf by its own name too; codes and paths are looked up in the tree as it is."""
    named = [rule.code for rule in category_rules() if rule.owner and rule.name == text]
    return named[0] if len(named) == 1 else text


def _instant(text: str, zone: ZoneInfo, now: datetime) -> datetime:
    try:
        instant = read_local(text, zone)
    except ValueError as error:
        raise BadCellError(FieldError(_CREATED, FieldCode.NOT_AN_INSTANT)) from error
    if instant > now:
        raise BadCellError(FieldError(_CREATED, FieldCode.IN_THE_FUTURE))
    return instant
