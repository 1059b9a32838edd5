"""How does the category tree change: nothing is deleted, and who changed what, when and why is kept.

A category is a branch or a leaf for good, since tickets point at leaves. One that ended stays in the tickets
and figures that name it and can no longer be chosen; what still asks for one that was merged gets the other.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category, CategoryAct, CategoryChange
from hotline.models.organisation import Unit
from hotline.queries.search_words import initials_of
from hotline.services.catalogue import require_role
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

EDITORS = frozenset({Role.ADMINISTRATOR})
LONGEST_NAME, LONGEST_SYNONYMS, LONGEST_REASON = 100, 300, 200
_LONGEST_PATH, _LONGEST_INITIALS = 300, 100
_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{0,31}")
_BETWEEN = re.compile(r"[\s、，,；;]+")
_LAST_PLACE = 9999


@dataclass(frozen=True, slots=True)
class CategoryInput:
    """What somebody fills in for a category; code and kind count only for a new one."""

    name: str
    parent_id: int | None
    code: str = ""
    is_leaf: bool = True
    name_en: str = ""
    synonyms: str = ""
    owner_unit_id: int | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changes something, when and why, and which version of it they saw."""

    actor: Actor
    now: datetime
    reason: str
    seen: int = 0


class Tree:
    """Every category, locked for a change of the tree and written back as a whole."""

    def __init__(self, session: Session) -> None:
        # Tickets that are being written keep their reference meanwhile; two changes of the tree do not meet.
        locked = select(Category).order_by(Category.id).with_for_update(key_share=True)
        self.nodes = {
            node.id: node for node in session.scalars(locked.execution_options(populate_existing=True))
        }

    def above(self, node_id: int | None) -> Iterator[int]:
        """A node and everything over it."""
        while node_id is not None:
            yield node_id
            node_id = self.nodes[node_id].parent_id

    def below(self, node_id: int | None) -> list[Category]:
        """What lies right under a node, as it is ordered."""
        children = [node for node in self.nodes.values() if node.parent_id == node_id]
        return sorted(children, key=lambda node: (node.position, node.code))

    def settle(self) -> None:
        """Write path, level, place and initials of every node anew."""
        waiting: list[tuple[int | None, str, str, int]] = [(None, "", "", 0)]
        while waiting:
            parent_id, path, place, level = waiting.pop()
            for number, node in enumerate(self.below(parent_id)):
                node.position, node.level = number, level + 1
                node.path = f"{path}/{node.name}" if path else node.name
                node.place = f"{place}{number:04d}"
                spoken = [node.name, *node.synonyms.split()]
                node.initials = " ".join(map(initials_of, spoken))[:_LONGEST_INITIALS]
                waiting.append((node.id, node.path, node.place, node.level))


def put_category(session: Session, category_id: int | None, given: CategoryInput, edit: Edit) -> Category:
    """Add a category, or rename, move and order one. Never commits.

    Raises Refused naming every field to mend, STALE_EDITION where it was changed in between, and
    NOTHING_CHANGED.
    """
    require_role(edit.actor, EDITORS)
    tree = Tree(session)
    node = None if category_id is None else _get_seen(tree, category_id, edit.seen)
    faults = [
        *_faults_of_words(given, edit),
        *_faults_of_place(tree, node, given),
        *_faults_of_owner(session, given),
    ]
    if faults:
        raise invalid(*faults)
    before = None if node is None else _said(session, tree, node)
    if node is None:
        node = Category(code=given.code.strip(), is_leaf=given.is_leaf, level=0, path="", name="", version=0)
        session.add(node)
    _write(tree, node, given)
    session.flush()
    tree.nodes[node.id] = node
    tree.settle()
    after = _said(session, tree, node)
    if before == after:
        raise Refused(Code.NOTHING_CHANGED)
    _note(
        session,
        node,
        edit,
        (CategoryAct.ADDED if before is None else CategoryAct.CHANGED, before or {}, after),
    )
    return node


def end_category(session: Session, category_id: int, into_id: int | None, edit: Edit) -> Category:
    """End a category, or merge it into another one of its kind. Never commits; raises Refused."""
    require_role(edit.actor, EDITORS)
    tree = Tree(session)
    node = _get_seen(tree, category_id, edit.seen)
    into = None if into_id is None else tree.nodes.get(into_id)
    faults = list(_faults_of_reason(edit))
    if any(child.is_active for child in tree.below(node.id)):
        faults.append(FieldError("into", FieldCode.HAS_CHILDREN))
    is_fit = into is not None and into.is_active and into.is_leaf == node.is_leaf and into.id != node.id
    if into_id is not None and not is_fit:
        faults.append(FieldError("into", FieldCode.UNKNOWN_CATEGORY))
    if faults:
        raise invalid(*faults)
    if not node.is_active:
        raise Refused(Code.NOTHING_CHANGED)
    node.is_active, node.merged_into_id = False, into_id
    change = {} if into is None else {"并入": into.path}
    act = CategoryAct.ENDED if into is None else CategoryAct.MERGED
    _note(session, node, edit, (act, dict.fromkeys(change, ""), change))
    return node


def restore_category(session: Session, category_id: int, edit: Edit) -> Category:
    """Take an ended category into use again, under a parent that is in use. Never commits; raises Refused."""
    require_role(edit.actor, EDITORS)
    tree = Tree(session)
    node = _get_seen(tree, category_id, edit.seen)
    faults = list(_faults_of_reason(edit))
    if any(not tree.nodes[each].is_active for each in tree.above(node.parent_id)):
        faults.append(FieldError("reason", FieldCode.PARENT_ENDED))
    if faults:
        raise invalid(*faults)
    if node.is_active:
        raise Refused(Code.NOTHING_CHANGED)
    node.is_active, node.merged_into_id = True, None
    _note(session, node, edit, (CategoryAct.RESTORED, {}, {}))
    return node


def split_synonyms(text: str) -> list[str]:
    """The words of a list, however they are set apart."""
    return [word for word in _BETWEEN.split(text.strip()) if word]


def _write(tree: Tree, node: Category, given: CategoryInput) -> None:
    node.name, node.name_en = given.name.strip(), given.name_en.strip()
    node.synonyms = " ".join(dict.fromkeys(split_synonyms(given.synonyms)))
    node.owner_unit_id = given.owner_unit_id if node.is_leaf else None
    node.parent_id = given.parent_id
    others = [each for each in tree.below(given.parent_id) if each is not node]
    for number, each in enumerate(others):
        each.position = number + (number >= given.position)
    node.position = min(given.position, len(others))


def _get_seen(tree: Tree, category_id: int, seen: int) -> Category:
    node = tree.nodes.get(category_id)
    if node is None:
        raise Refused(Code.NOT_FOUND)
    if node.version != seen:
        raise Refused(Code.STALE_EDITION)
    return node


def _faults_of_words(given: CategoryInput, edit: Edit) -> Iterator[FieldError]:
    if not given.name.strip():
        yield FieldError("name", FieldCode.REQUIRED)
    elif "/" in given.name:
        yield FieldError("name", FieldCode.BAD_NAME)
    longest = {"name": LONGEST_NAME, "name_en": LONGEST_NAME, "synonyms": LONGEST_SYNONYMS}
    for name, most in longest.items():
        if len(getattr(given, name)) > most:
            yield FieldError(name, FieldCode.TOO_LONG, str(most))
    if not 0 <= given.position <= _LAST_PLACE:
        yield FieldError("position", FieldCode.NOT_IN_RANGE, f"1–{_LAST_PLACE}")
    yield from _faults_of_reason(edit)


def _faults_of_reason(edit: Edit) -> Iterator[FieldError]:
    if not edit.reason.strip():
        yield FieldError("reason", FieldCode.REQUIRED)
    elif len(edit.reason.strip()) > LONGEST_REASON:
        yield FieldError("reason", FieldCode.TOO_LONG, str(LONGEST_REASON))


def _faults_of_place(tree: Tree, node: Category | None, given: CategoryInput) -> Iterator[FieldError]:
    parent = None if given.parent_id is None else tree.nodes.get(given.parent_id)
    is_leaf = given.is_leaf if node is None else node.is_leaf
    if given.parent_id is not None and (parent is None or parent.is_leaf or not parent.is_active):
        yield FieldError("parent", FieldCode.UNKNOWN_CATEGORY)
    elif node is not None and node.id in tree.above(given.parent_id):
        yield FieldError("parent", FieldCode.UNDER_ITSELF)
    elif is_leaf and parent is None and node is None:
        yield FieldError("parent", FieldCode.NOTHING_CHOSEN)
    elif parent is not None and len(f"{parent.path}/{given.name}") > _LONGEST_PATH:
        yield FieldError("parent", FieldCode.TOO_LONG, str(_LONGEST_PATH))
    names = {each.name for each in tree.below(given.parent_id) if each is not node}
    if given.name.strip() in names:
        yield FieldError("name", FieldCode.TAKEN)
    if node is None:
        yield from _faults_of_code(tree.nodes.values(), given.code.strip())


def _faults_of_code(nodes: Sequence[Category] | Any, code: str) -> Iterator[FieldError]:
    if not _CODE.fullmatch(code):
        yield FieldError("code", FieldCode.BAD_CATEGORY_CODE)
    elif any(node.code == code for node in nodes):
        yield FieldError("code", FieldCode.TAKEN)


def _faults_of_owner(session: Session, given: CategoryInput) -> Iterator[FieldError]:
    if given.owner_unit_id is not None:
        unit = session.get(Unit, given.owner_unit_id)
        if unit is None or not unit.is_active:
            yield FieldError("owner", FieldCode.UNKNOWN_UNIT)


def _said(session: Session, tree: Tree, node: Category) -> dict[str, str]:
    unit = session.get(Unit, node.owner_unit_id) if node.owner_unit_id else None
    parent = tree.nodes.get(node.parent_id or 0)
    return {
        "名称": node.name,
        "英文名称": node.name_en,
        "上级": "" if parent is None else parent.path,
        "同义词": node.synonyms,
        "承办单位": "" if unit is None else unit.name,
        "次序": str(node.position + 1),
    }


def _note(session: Session, node: Category, edit: Edit, told: tuple[CategoryAct, Any, Any]) -> None:
    act, before, after = told
    node.version += 1
    session.add(
        CategoryChange(
            category_id=node.id,
            number=node.version,
            act=act.value,
            changes={
                name: [before.get(name, ""), words]
                for name, words in after.items()
                if before.get(name, "") != words
            },
            reason=edit.reason.strip(),
            changed_by_id=edit.actor.user_id,
            changed_at=edit.now,
        )
    )
    session.flush()
