"""Which rows does the data of an action name: units, categories and people, by id, code or user name."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.queries.typed import row_id_in
from workflows.definition import Need, NeedKind
from workflows.errors import FieldCode, FieldError, invalid

_MOST = 2**63
# More than any ticket is shared out to at once.
_MOST_UNITS = 100


def resolve(session: Session, needs: Iterable[Need], data: Mapping[str, Any]) -> dict[str, Any]:
    """Replace ids or codes given as text by row ids. Raises Refused naming each field that names nothing."""
    resolved = dict(data)
    errors = []
    for need in needs:
        find = _FINDERS.get(need.kind)
        value = resolved.get(need.name)
        if find is None or value in (None, "", [], ()):
            continue
        try:
            resolved[need.name] = find(session, value)
        except LookupError:
            errors.append(FieldError(need.name, _UNKNOWN[need.kind]))
    if errors:
        raise invalid(*errors)
    return resolved


def name_person(session: Session, needs: Iterable[Need], data: Mapping[str, Any]) -> str:
    """Name the `person` that the data of an action names, by id or user name; empty where there is none."""
    person_id = resolve(session, needs, data).get("person")
    return session.get_one(User, person_id).display_name if person_id else ""


def _unit_ids(session: Session, values: Any) -> list[int]:
    asked = values if isinstance(values, list | tuple) else [values]
    if len(asked) > _MOST_UNITS:  # each is looked up by itself
        raise LookupError
    return [_unit_id(session, value) for value in asked]


def _unit_id(session: Session, value: Any) -> int:
    return _find(session, select(Unit.id), (Unit.code,), Unit.id, value)


def _category_id(session: Session, value: Any) -> int:
    usable = select(Category.id).where(Category.is_active.is_(True), Category.is_leaf.is_(True))
    names = (Category.code, Category.path)
    try:
        return _find(session, usable, names, Category.id, value)
    except LookupError:
        # Who still writes the old code of one that was merged means the other.
        merged = select(Category.merged_into_id).where(Category.merged_into_id.is_not(None))
        return _category_id(session, _find(session, merged, names, Category.id, value))


def _person_id(session: Session, value: Any) -> int:
    return _find(session, select(User.id), (User.username,), User.id, value)


def _ticket_number(session: Session, value: Any) -> str:
    text = str(value).strip().upper()
    if not text.isprintable():
        raise LookupError
    found = session.scalar(select(Ticket.number).where(Ticket.number == text))
    if found is None:
        raise LookupError
    return found


def _find(
    session: Session,
    rows: Select[Any],
    names: Iterable[InstrumentedAttribute[str]],
    key: InstrumentedAttribute[int],
    value: Any,
) -> int:
    """Find by code first, for a code may be all digits. PostgreSQL refuses texts with NUL."""
    tries = [key == value] if _is_number(value) else []
    if isinstance(value, str) and value.strip().isprintable():
        text = value.strip()
        tries = [or_(*(name == text for name in names)), key == row_id_in(text)]
    for match in tries:
        found: int | None = session.scalar(rows.where(match))
        if found is not None:
            return found
    raise LookupError


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < _MOST


_UNKNOWN = {
    NeedKind.UNIT: FieldCode.UNKNOWN_UNIT,
    NeedKind.UNITS: FieldCode.UNKNOWN_UNIT,
    NeedKind.CATEGORY: FieldCode.UNKNOWN_CATEGORY,
    NeedKind.TICKET: FieldCode.UNKNOWN_TICKET,
    # Nobody learns here which accounts there are.
    NeedKind.PERSON: FieldCode.NOT_A_COLLEAGUE,
}
_FINDERS: Mapping[NeedKind, Callable[[Session, Any], Any]] = {
    NeedKind.TICKET: _ticket_number,
    NeedKind.UNIT: _unit_id,
    NeedKind.UNITS: _unit_ids,
    NeedKind.CATEGORY: _category_id,
    NeedKind.PERSON: _person_id,
}
