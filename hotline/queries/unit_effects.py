"""What hangs on a unit, and what keeps it from ending or from being merged into another?"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Exists, Select, exists, func, or_, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueCoUnit, CatalogueRow, CatalogueVersion
from hotline.models.knowledge import KnowledgeEntry
from hotline.models.orders import OrderUnit, SupervisionOrder
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, Ticket
from hotline.queries.accused import accused_by, find_accused
from hotline.queries.catalogue_rows import valid_version
from hotline.queries.directory import subtree_ids
from hotline.queries.order_parts import is_open
from workflows.facts import LIVE_ENDS
from workflows.vocabulary import AssignmentState, TicketState

MOST_NAMED = 5
_OVER = (TicketState.CLOSED.value, TicketState.ARCHIVED.value)
_LOWEST_TIER = 3


@dataclass(frozen=True, slots=True)
class Effects:
    """How much hangs on a unit."""

    tickets: int
    orders: int
    catalogue_rows: int
    categories: int
    entries: int
    people: int
    below: int

    @property
    def words(self) -> str:
        """Say it in one breath."""
        counted = (
            (self.tickets, "件在办工单"),
            (self.orders, "条督办单"),
            (self.catalogue_rows, "条派单目录规则"),
            (self.categories, "个诉求分类"),
            (self.entries, "条知识"),
            (self.people, "人"),
            (self.below, "个下级单位"),
        )
        said = "，".join(f"{number} {label}" for number, label in counted if number)
        return f"影响 {said}" if said else "没有在办工单、督办单、目录规则、人员和下级单位受影响"


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """A ticket that is not over and of which a unit has a share."""

    number: str
    state: str
    share_state: str
    is_main: bool
    handler: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Blocker:
    """What has to be settled first; `numbers` are the tickets it is about, the first of them."""

    words: str
    numbers: tuple[str, ...] = ()


def count_effects(session: Session, unit_id: int, now: datetime) -> Effects:
    """Count what a unit has in hand and what names it."""
    return Effects(
        tickets=len(list_open_numbers(session, unit_id)),
        orders=_count(session, _open_orders(unit_id)),
        catalogue_rows=_count(session, _rows_naming(unit_id, now)),
        categories=_count(session, select(Category.id).where(Category.owner_unit_id == unit_id)),
        entries=_count(session, select(KnowledgeEntry.id).where(KnowledgeEntry.unit_id == unit_id)),
        people=_count(session, select(User.id).where(User.unit_id == unit_id, User.is_active)),
        below=_count(session, select(Unit.id).where(Unit.parent_id == unit_id, Unit.is_active)),
    )


def list_open_numbers(session: Session, unit_id: int) -> Sequence[str]:
    """List the tickets that are not over and of which the unit has a share, the oldest first."""
    return session.scalars(select(Ticket.number).where(_has_share(unit_id)).order_by(Ticket.id)).all()


def count_open_tickets(session: Session) -> dict[int, int]:
    """Count for each unit the tickets that list_open_numbers() lists."""
    query = (
        select(Assignment.unit_id, func.count(Assignment.ticket_id.distinct()))
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(Assignment.state.not_in(LIVE_ENDS), Ticket.state.not_in(_OVER))
        .group_by(Assignment.unit_id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def list_open_tickets(session: Session, unit_id: int, most: int) -> list[OpenTicket]:
    """List those tickets with how each stands, the most pressing first, without what they are about.

    Of one that was handled again the share of the last round stands for all.
    """
    last = (
        select(func.max(Assignment.id))
        .where(Assignment.unit_id == unit_id, Assignment.state.not_in(LIVE_ENDS))
        .group_by(Assignment.ticket_id)
    )
    query = (
        select(Ticket, Assignment, User.display_name)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .outerjoin(User, User.id == Assignment.handler_id)
        .where(Assignment.id.in_(last), Ticket.state.not_in(_OVER))
        .order_by(Ticket.due_at.is_(None), Ticket.due_at, Assignment.id)
    )
    return [
        OpenTicket(ticket.number, ticket.state, share.state, share.is_main, handler or "", ticket.due_at)
        for ticket, share, handler in session.execute(query.limit(most))
    ]


def list_blockers(session: Session, unit: Unit, successor: Unit | None) -> tuple[Blocker, ...]:
    """List what keeps a unit from ending now; a successor takes most of it over."""
    found = _of_ending(session, unit) if successor is None else _of_merging(session, unit, successor)
    return tuple(found)


def _of_ending(session: Session, unit: Unit) -> Iterator[Blocker]:
    numbers = list_open_numbers(session, unit.id)
    if numbers:
        yield _about(f"{len(numbers)} 件工单没有办结，请先办结或调单给其他单位", numbers)
    orders = session.scalars(_numbers_of_orders(unit.id)).all()
    if orders:
        yield _about(f"{len(orders)} 条督办单没有办结，请先反馈并办结", orders)
    below = _count(session, select(Unit.id).where(Unit.parent_id == unit.id, Unit.is_active))
    if below:
        yield Blocker(f"还有 {below} 个下级单位，请先调整到其他单位之下或停用")


def _of_merging(session: Session, unit: Unit, successor: Unit) -> Iterator[Blocker]:
    below = select(func.max(Unit.tier)).where(Unit.id.in_(subtree_ids(session, unit.id) - {unit.id}))
    deepest = session.scalar(below)
    if deepest is not None and deepest - unit.tier + successor.tier > _LOWEST_TIER:
        yield Blocker("下级单位并入后会超过三级，请先调整下级单位")
    shared = session.scalars(_held_by_both(unit.id, successor.id)).all()
    if shared:
        yield _about(f"{len(shared)} 件工单承接单位自己也在办，请先办结或收回其中一份", shared)
    accused = _accusing(session, unit, successor)
    if accused:
        yield _about(f"{len(accused)} 件举报涉及承接单位，不能移交给它，请先调单给其他单位", accused)
    orders = session.scalars(_stuck_orders(unit.id, successor.id)).all()
    if orders:
        yield _about(f"{len(orders)} 条督办单不能移交（工单已办结，或同时下给两个单位），请先办结", orders)


def _about(words: str, numbers: Sequence[str]) -> Blocker:
    return Blocker(words, tuple(numbers[:MOST_NAMED]))


def _accusing(session: Session, unit: Unit, successor: Unit) -> list[str]:
    accusing = select(Ticket).where(
        _has_share(unit.id), or_(Ticket.accused.is_not(None), Ticket.follower_count > 0)
    )
    return [
        ticket.number
        for ticket in session.scalars(accusing.order_by(Ticket.id))
        if find_accused(session, {successor.id}, accused_by(session, ticket))
    ]


def _has_share(unit_id: int) -> Exists:
    return exists().where(
        Assignment.ticket_id == Ticket.id,
        Assignment.unit_id == unit_id,
        Assignment.state.not_in(LIVE_ENDS),
        Ticket.state.not_in(_OVER),
    )


def _held_by_both(unit_id: int, other_id: int) -> Select[str]:
    at_work = exists().where(
        Assignment.ticket_id == Ticket.id,
        Assignment.unit_id == other_id,
        Assignment.state.not_in((*LIVE_ENDS, AssignmentState.REPLIED)),
    )
    return select(Ticket.number).where(_has_share(unit_id), at_work).order_by(Ticket.id)


def _open_orders(unit_id: int) -> Select[int]:
    return (
        select(SupervisionOrder.id)
        .join(OrderUnit, OrderUnit.order_id == SupervisionOrder.id)
        .where(OrderUnit.unit_id == unit_id, is_open())
    )


def _numbers_of_orders(unit_id: int) -> Select[str]:
    of_orders = select(Ticket.number).join(SupervisionOrder, SupervisionOrder.ticket_id == Ticket.id)
    return of_orders.where(SupervisionOrder.id.in_(_open_orders(unit_id))).order_by(SupervisionOrder.id)


def _stuck_orders(unit_id: int, other_id: int) -> Select[str]:
    """Orders that no hand-over of their ticket reaches, or that name both units."""
    names_both = SupervisionOrder.id.in_(_open_orders(other_id))
    return _numbers_of_orders(unit_id).where(or_(~_has_share(unit_id), names_both))


def _rows_naming(unit_id: int, now: datetime) -> Select[int]:
    helping = exists().where(CatalogueCoUnit.row_id == CatalogueRow.id, CatalogueCoUnit.unit_id == unit_id)
    return select(CatalogueRow.id).where(
        CatalogueRow.version_id.in_(
            select(CatalogueVersion.id).where(CatalogueVersion.id == valid_version(now))
        ),
        or_(CatalogueRow.main_unit_id == unit_id, helping),
    )


def _count(session: Session, query: Select[int]) -> int:
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0
