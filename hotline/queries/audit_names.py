"""What are the things called that audit records keep by their ids and codes?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Select, String, cast, false, or_, select
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar
from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueProposal, CatalogueRow
from hotline.models.data_requests import DataRequest
from hotline.models.organisation import Unit
from hotline.models.people import ApiToken, User
from hotline.models.saved_forms import SavedFormVersion
from hotline.models.watch_words import WordVersion
from hotline.queries.audit_rows import Line, Thing
from hotline.queries.policy_pages import name_rows, name_steps
from hotline.queries.wording import MESSAGE_KINDS

# Each reads what a fact keeps and what that is called; of several names the last one holds.
_CALLED: Mapping[str, Select[Any, Any]] = {
    "account": select(User.id, User.username),
    "calendar": select(Calendar.code, Calendar.name),
    "category_id": select(Category.id, Category.path),
    "code": select(Unit.code, Unit.name),
    "data_request": select(DataRequest.id, DataRequest.kind),
    "form_id": select(SavedFormVersion.form_id, SavedFormVersion.name).order_by(SavedFormVersion.id),
    "group_id": select(WordVersion.group_id, WordVersion.name).order_by(WordVersion.id),
    "proposal_id": select(CatalogueProposal.id, Category.path).join(
        Category, Category.id == CatalogueProposal.category_id
    ),
    "principal": select(User.username, User.display_name),
    "row_number": select(CatalogueRow.number, Category.path)
    .join(Category, Category.id == CatalogueRow.category_id)
    .order_by(CatalogueRow.id),
    "substitute": select(User.username, User.display_name),
    "token_id": select(ApiToken.id, ApiToken.name),
    "username": select(User.username, User.display_name),
}
# What is called by several words of its own.
_SAID: Mapping[str, Callable[[Session, Sequence[Any]], Mapping[Any, str]]] = {
    "row_id": name_rows,
    "step_id": name_steps,
}
# These are names themselves: what they stand for is said beside them.
_ARE_NAMES = frozenset({"calendar", "code", "principal", "row_number", "substitute", "username"})
# Several kinds of things have one part of an address for theirs: the endpoint tells which.
_BY_ENDPOINT: Mapping[str, tuple[str, str]] = {
    "code": ("calendars.", "calendar"),
    "request_id": ("supervisor.", "data_request"),
}


def name_facts(session: Session, lines: Iterable[Line]) -> list[Line]:
    """Put the names of things where records keep ids; of what is gone the id stays."""
    kept = list(lines)
    wanted: dict[str, set[Any]] = {}
    for line in kept:
        for fact, value in line.facts.items():
            wanted.setdefault(_source(line, fact), set()).add(value)
    called = {source: _read(session, source, values) for source, values in wanted.items()}
    return [replace(line, facts=_named(line, called)) for line in kept]


def things_meant(session: Session, words: str) -> tuple[Thing, ...]:
    """List what somebody may mean who types a code, an account or a name as the trail shows them."""
    code = words.split(maxsplit=1)[0] if words.split() else ""
    kinds = {**{word: kind for kind, word in MESSAGE_KINDS.items()}, **{kind: kind for kind in MESSAGE_KINDS}}
    found = [Thing("kind", kinds[words])] if words in kinds else []
    for source, query in _CALLED.items():
        key, name = query.selected_columns
        meant = or_(cast(key, String).in_({words, code}) if source in _ARE_NAMES else false(), name == words)
        rows = session.execute(query.where(meant)).all()
        found += [_thing(source, str(row[0])) for row in rows]
    return tuple(dict.fromkeys(found))


def _thing(source: str, value: str) -> Thing:
    for fact, (prefix, own) in _BY_ENDPOINT.items():
        if source == own:
            return Thing(fact, value, endpoints=prefix)
        if source == fact:
            return Thing(fact, value, not_endpoints=prefix)
    return Thing(source, value)


def _source(line: Line, fact: str) -> str:
    prefix, source = _BY_ENDPOINT.get(fact, ("", fact))
    return source if line.endpoint.startswith(prefix) else fact


def _read(session: Session, source: str, values: Iterable[Any]) -> Mapping[Any, str]:
    if source in _SAID:
        return _SAID[source](session, [value for value in values if isinstance(value, int)])
    query = _CALLED.get(source)
    if query is None:
        return {}
    key = query.selected_columns[0]
    found = session.execute(query.where(key.in_(_of_type(key, values))))
    return {row[0]: row[1] for row in found}


def _of_type(key: Any, values: Iterable[Any]) -> Sequence[Any]:
    return [value for value in values if isinstance(value, key.type.python_type)]


def _named(line: Line, called: Mapping[str, Mapping[Any, str]]) -> dict[str, Any]:
    named = {}
    for fact, value in line.facts.items():
        source = _source(line, fact)
        name = called[source].get(value)
        named[fact] = value if name is None else f"{value} {name}" if source in _ARE_NAMES else name
    return named
