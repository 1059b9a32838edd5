"""Which rows does the data of an action name: units and categories, by id or code."""

from collections.abc import Iterable, Mapping
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
        value = resolved.get(need.name)
        if value in (None, "", [], ()):
            continue
        try:
            if need.kind is NeedKind.UNIT:
                resolved[need.name] = _unit_id(session, value)
            elif need.kind is NeedKind.UNITS:
                resolved[need.name] = [_unit_id(session, item) for item in _listed(value)]
            elif need.kind is NeedKind.CATEGORY:
                resolved[need.name] = _category_id(session, value)
        except LookupError:
            code = FieldCode.UNKNOWN_CATEGORY if need.kind is NeedKind.CATEGORY else FieldCode.UNKNOWN_UNIT
            errors.append(FieldError(need.name, code))
    if errors:
        raise invalid(*errors)
    return resolved


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _unit_id(session: Session, value: Any) -> int:
    found = session.scalar(select(Unit.id).where(or_(Unit.code == str(value), Unit.id == _as_id(value))))
    if found is None:
        raise LookupError
    return found


def _category_id(session: Session, value: Any) -> int:
    match = or_(Category.code == str(value), Category.path == str(value), Category.id == _as_id(value))
    found = session.scalar(
        select(Category.id).where(match, Category.is_active.is_(True), Category.is_leaf.is_(True))
    )
    if found is None:
        raise LookupError
    return found


def _as_id(value: Any) -> int:
    """Read a row id; anything else becomes 0, an id no row has."""
    text = str(value)
    is_id = text.isascii() and text.isdigit() and len(text) <= len("9223372036854775807") - 1
    return int(text) if is_id else 0
