"""What does somebody fill in for a category, and how does a node of the tree fill the form?"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

from hotline.queries.category_pages import CategoryLine
from hotline.queries.typed import row_id_in
from hotline.services.category_edits import CategoryInput
from hotline.web.forms import has_forbidden_character
from workflows.errors import FieldCode, FieldError, invalid

LABELS: Mapping[str, str] = {
    "code": "代码",
    "kind": "层次",
    "parent": "上级",
    "name": "名称",
    "name_en": "英文名称",
    "synonyms": "同义词",
    "owner": "承办单位",
    "position": "次序",
    "reason": "原因",
    "into": "并入",
    "table": "表格",
}
KINDS = (("leaf", "小类：工单归到这里"), ("branch", "大类：下面再分小类"))
_LAST = 9999


@dataclass(frozen=True, slots=True)
class TypedCategory:
    """The form as it was sent; kept as typed when it comes back."""

    code: str = ""
    kind: str = "leaf"
    parent: str = ""
    name: str = ""
    name_en: str = ""
    synonyms: str = ""
    owner: str = ""
    position: str = ""
    reason: str = ""


def read_category(form: Mapping[str, str]) -> TypedCategory:
    """Take what was typed."""
    return TypedCategory(**{each.name: form.get(each.name, "").strip() for each in fields(TypedCategory)})


def filled_from(line: CategoryLine) -> TypedCategory:
    """Fill the form from the tree; why it is changed has to be said anew."""
    return TypedCategory(
        code=line.code,
        kind="leaf" if line.is_leaf else "branch",
        parent=str(line.parent_id or ""),
        name=line.name,
        name_en=line.name_en,
        synonyms=line.synonyms,
        owner=str(line.owner_id or ""),
        position=str(line.position + 1),
    )


def input_of(typed: TypedCategory) -> CategoryInput:
    """Make the service's input; raises Refused for what is not of its shape."""
    faults = [
        FieldError(each.name, FieldCode.BAD_CHARACTER)
        for each in fields(typed)
        if has_forbidden_character(getattr(typed, each.name))
    ]
    if typed.kind not in dict(KINDS):
        faults.append(FieldError("kind", FieldCode.NOT_A_CHOICE))
    if typed.position and not 0 < row_id_in(typed.position) <= _LAST:
        faults.append(FieldError("position", FieldCode.NOT_IN_RANGE, f"1–{_LAST}"))
    if faults:
        raise invalid(*faults)
    return CategoryInput(
        name=typed.name,
        parent_id=row_id_in(typed.parent) if typed.parent else None,
        code=typed.code,
        is_leaf=typed.kind == "leaf",
        name_en=typed.name_en,
        synonyms=typed.synonyms,
        owner_unit_id=row_id_in(typed.owner) if typed.owner else None,
        position=row_id_in(typed.position) - 1 if typed.position else _LAST,
    )
