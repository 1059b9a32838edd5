"""Which rows does the data of an action name: units and categories, by id or code."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from workflows.definition import Need, NeedKind
from workflows.errors import FieldCode, FieldError, invalid


def resolve(session: Session, needs: Iterable[Need], data: Mapping[str, Any]) -> dict[str, Any]:
    """Replace ids or codes given as text by row ids. Raises Refused naming each field that names nothing."""
    resolved = dict(data)
    errors = []
    for need in needs:
        find = _FINDERS.get(need.kind)
        if find is None or need.name not in resolved:
            continue
        value = resolved.pop(need.name)
        if value in (None, "", [], ()):
            continue
        try:
            resolved[need.name] = find(session, value)
        except LookupError:
            code = FieldCode.UNKNOWN_CATEGORY if need.kind is NeedKind.CATEGORY else FieldCode.UNKNOWN_UNIT
            errors.append(FieldError(need.name, code))
    if errors:
        raise invalid(*errors)
    return resolved


def _unit_ids(session: Session, values: Any) -> list[int]:
    return [_unit_id(session, value) for value in (values if isinstance(values, list | tuple) else [values])]


def _unit_id(session: Session, value: Any) -> int:
    text = _as_text(value)
    found = session.scalar(select(Unit.id).where(or_(Unit.code == text, Unit.id == _as_id(text))))
    if found is None:
        raise LookupError
    return found


def _category_id(session: Session, value: Any) -> int:
    text = _as_text(value)
    match = or_(Category.code == text, Category.path == text, Category.id == _as_id(text))
    found = session.scalar(
        select(Category.id).where(match, Category.is_active.is_(True), Category.is_leaf.is_(True))
    )
    if found is None:
        raise LookupError
    return found


def _as_text(value: Any) -> str:
    """Read a code or an id; PostgreSQL refuses NUL and lone surrogates, so nothing with them is looked up."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise LookupError
    text = str(value).strip()
    if not text.isprintable():
        raise LookupError
    return text


def _as_id(text: str) -> int:
    """Read a row id; anything else becomes 0, an id no row has."""
    is_id = text.isascii() and text.isdigit() and len(text) < len("9223372036854775807")
    return int(text) if is_id else 0


_FINDERS: Mapping[NeedKind, Callable[[Session, Any], Any]] = {
    NeedKind.UNIT: _unit_id,
    NeedKind.UNITS: _unit_ids,
    NeedKind.CATEGORY: _category_id,
}
