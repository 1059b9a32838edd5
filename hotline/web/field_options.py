"""Among what does somebody choose in a form: words, units, categories, parts of the ticket at hand?"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.orders import OrderUnit
from hotline.models.organisation import Unit, UnitKind
from hotline.models.ticket import Assignment
from hotline.queries.colleagues import Colleague, list_colleagues
from hotline.queries.directory import list_units, subtree_ids, unit_names
from hotline.queries.duplicates import find_candidates, matter_of
from hotline.web.ticket_moves import Look, Target
from workflows.choices import OrderLevel
from workflows.definition import Need, NeedKind
from workflows.vocabulary import AssignmentState

_GONE = (AssignmentState.RETURNED.value, AssignmentState.RECALLED.value)
_ANSWERED = AssignmentState.REPLIED.value


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Options under one heading; the heading is empty for a plain list."""

    label: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Choosing:
    """A need of an action that somebody is about to take on a ticket."""

    look: Look
    target: Target
    need: Need


def groups_of(choosing: Choosing) -> tuple[OptionGroup, ...]:
    """List what may be chosen for a need, as far as the rules can tell beforehand; empty for typed text."""
    need = choosing.need
    own = _OF_ACTIONS.get((choosing.target.action, need.name))
    if own is not None:
        return own(choosing.look, choosing.target)
    if need.choices is not None:
        return (OptionGroup("", tuple((word.value, word.label_zh) for word in need.choices)),)
    if need.kind is NeedKind.ANSWER:
        return (OptionGroup("", (("1", "是"), ("0", "否"))),)
    if need.kind in (NeedKind.UNIT, NeedKind.UNITS):
        return _grouped(_by_kind(list_units(choosing.look.session)))
    return _grouped(_categories(choosing.look.session)) if need.kind is NeedKind.CATEGORY else ()


def suggestions_of(choosing: Choosing) -> tuple[tuple[str, str], ...]:
    """Suggest tickets that may be the same matter and can take this one in."""
    if choosing.need.kind is not NeedKind.TICKET:
        return ()
    look = choosing.look
    matter = matter_of(look.session, look.ticket)
    found = find_candidates(look.session, look.viewer, matter, look.now)
    return tuple((each.row.number, f"{each.row.title}（{each.reasons}）") for each in found if each.is_open)


def _higher_levels(look: Look, _target: Target) -> tuple[OptionGroup, ...]:
    """Supervision only grows stronger."""
    higher = (word for word in OrderLevel if int(word.value) > look.ticket.supervised_level)
    return (OptionGroup("", tuple((word.value, word.label_zh) for word in higher)),)


def _below(look: Look, target: Target) -> tuple[OptionGroup, ...]:
    """Work is passed down the branch of the unit that holds the share."""
    share = None if target.subject_id is None else look.session.get(Assignment, target.subject_id)
    if share is None:
        return ()
    below = subtree_ids(look.session, share.unit_id) - {share.unit_id}
    return _grouped(_by_kind(unit for unit in list_units(look.session) if unit.id in below))


def _instead(look: Look, target: Target) -> tuple[OptionGroup, ...]:
    """Whoever gives a ticket back names any unit but its own. The request keeps the name."""
    share = None if target.subject_id is None else look.session.get(Assignment, target.subject_id)
    own = None if share is None else share.unit_id
    others = _by_kind(unit for unit in list_units(look.session) if unit.id != own)
    return _grouped((kind, name, name) for kind, _, name in others)


def _colleagues(look: Look, target: Target) -> tuple[OptionGroup, ...]:
    """The handlers of the share's unit, oneself first; whoever holds it now is left out."""
    share = None if target.subject_id is None else look.session.get(Assignment, target.subject_id)
    if share is None:
        return ()
    viewer_id = look.viewer.user_id
    others = [each for each in list_colleagues(look.session, share.unit_id) if each.id != share.handler_id]
    ordered = sorted(others, key=lambda each: each.id != viewer_id)
    options = ((str(each.id), _with_load(each, viewer_id)) for each in ordered)
    return (OptionGroup("", tuple(options)),)


def _with_load(each: Colleague, viewer_id: int | None) -> str:
    name = f"{each.name}（我自己）" if each.id == viewer_id else each.name
    return f"{name} · 在手 {each.in_hand} 件"


def _not_busy(look: Look, _target: Target) -> tuple[OptionGroup, ...]:
    """Whoever holds the ticket already is not given it once more."""
    busy = {share.unit_id for share in _live_shares(look) if share.state != _ANSWERED}
    return _grouped(_by_kind(unit for unit in list_units(look.session) if unit.id not in busy))


def _movable_shares(look: Look, _target: Target) -> tuple[OptionGroup, ...]:
    shares = [share for share in _live_shares(look) if share.parent_id is None and share.state != _ANSWERED]
    names = unit_names(look.session, (share.unit_id for share in shares))
    return (OptionGroup("", tuple((str(share.id), _named(share, names)) for share in shares)),)


def _named(share: Assignment, names: Mapping[int, str]) -> str:
    part = "主办" if share.is_main else "协办"
    return f"{names[share.unit_id]} · {part} · {AssignmentState(share.state).label_zh}"


def _within_reach(look: Look, _target: Target) -> tuple[OptionGroup, ...]:
    """An order goes to units of the ticket, which come first, or to the units over them."""
    shares = sorted(_live_shares(look), key=lambda share: (not share.is_main, share.id))
    parts = {share.unit_id: "主办" if share.is_main else "协办" for share in reversed(shares)}
    own = list(dict.fromkeys(share.unit_id for share in shares))
    units = {unit.id: unit for unit in list_units(look.session)}
    above = dict.fromkeys(unit_id for each in own for unit_id in _above(units.get(each), units))
    named = [(unit_id, f" · {parts[unit_id]}") for unit_id in own]
    named += [(unit_id, " · 上级单位") for unit_id in above if unit_id not in parts]
    options = ((str(unit_id), units[unit_id].name + part) for unit_id, part in named if unit_id in units)
    return (OptionGroup("", tuple(options)),)


def _above(unit: Unit | None, units: Mapping[int, Unit]) -> Iterable[int]:
    while unit is not None and unit.parent_id is not None:
        yield unit.parent_id
        unit = units.get(unit.parent_id)


def _ordered(look: Look, target: Target) -> tuple[OptionGroup, ...]:
    named = select(OrderUnit.unit_id).where(OrderUnit.order_id == target.subject_id)
    names = unit_names(look.session, look.session.scalars(named.order_by(OrderUnit.unit_id)))
    return (OptionGroup("", tuple((str(unit_id), name) for unit_id, name in names.items())),)


def _live_shares(look: Look) -> list[Assignment]:
    of_ticket = select(Assignment).where(Assignment.ticket_id == look.ticket.id)
    return list(look.session.scalars(of_ticket.where(Assignment.state.not_in(_GONE)).order_by(Assignment.id)))


def _by_kind(units: Iterable[Unit]) -> list[tuple[str, str, str]]:
    order = {kind.value: place for place, kind in enumerate(UnitKind)}
    handling = sorted(
        (unit for unit in units if unit.kind != UnitKind.CENTRE),
        key=lambda unit: order.get(unit.kind, len(order)),
    )
    return [(UnitKind(unit.kind).label_zh, str(unit.id), unit.name) for unit in handling]


def _categories(session: Session) -> list[tuple[str, str, str]]:
    leaves = select(Category).where(Category.is_leaf.is_(True), Category.is_active.is_(True))
    return [
        (leaf.path.partition("/")[0].strip(), str(leaf.id), leaf.path)
        for leaf in session.scalars(leaves.order_by(Category.place, Category.path))
    ]


def _grouped(rows: Iterable[tuple[str, str, str]]) -> tuple[OptionGroup, ...]:
    groups: dict[str, list[tuple[str, str]]] = {}
    for heading, value, label in rows:
        groups.setdefault(heading, []).append((value, label))
    return tuple(OptionGroup(heading, tuple(options)) for heading, options in groups.items())


_OF_ACTIONS: Mapping[tuple[str, str], Callable[[Look, Target], tuple[OptionGroup, ...]]] = {
    ("sub_dispatch", "unit"): _below,
    ("ask_return", "suggested_unit"): _instead,
    ("give", "person"): _colleagues,
    ("escalate", "level"): _higher_levels,
    ("add_co_handler", "unit"): _not_busy,
    ("redirect", "unit"): _not_busy,
    ("redirect", "assignment"): _movable_shares,
    ("issue", "units"): _within_reach,
    ("refuse_answer", "units"): _ordered,
}
