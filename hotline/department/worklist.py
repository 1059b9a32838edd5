"""Which tickets lie with somebody's unit and those below it, in which views, and what does each line say?"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select
from sqlalchemy.orm import Session, aliased

from hotline.department.waiting import Waiting, waiting_of
from hotline.models.clocks import Clock
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.scope import KEPT_VIEWERS
from hotline.queries.watches import watched_by
from hotline.queries.wording import say_level
from hotline.queries.worklists import Filters, TicketRow
from hotline.services.reply_drafts import drafted_shares
from hotline.web.moments import city_short_day
from hotline.web.split_list import ListRow, View, plain_row
from workflows.definition import Actor
from workflows.sla import ClockReading, light
from workflows.vocabulary import AssignmentState, ClockName, Light, RequestKind, RequestState, TicketState

SORTS: Mapping[str, str] = {
    "due_at": "按剩余时间",
    "created_at": "按受理时间，旧的在前",
    "-created_at": "按受理时间，新的在前",
}
_GONE = (AssignmentState.RECALLED.value, AssignmentState.RETURNED.value)
_AT_WORK = (AssignmentState.TO_SIGN, AssignmentState.HANDLING, AssignmentState.UNIT_REVIEW)
_OPEN = (*_AT_WORK, AssignmentState.SUB_DISPATCHED)
_HELD = (TicketState.AWAITING_SUPPLEMENT.value, TicketState.SUSPENDED.value, TicketState.IN_DISPUTE.value)
_SOON = (Light.YELLOW.value, Light.ORANGE.value)
# Made once: to make an alias lists every column of its table anew.
_SHARE = aliased(Assignment)


@dataclass(frozen=True, slots=True)
class OwnShare:
    """The share of the viewer's units that a line of the list speaks of; `sign` is its running sign clock.

    `asked` is the kind of an open request of it, `level` how strongly the ticket is supervised; `part` is
    empty for the main unit, `holder` says who of the unit holds it. While `is_to_contact` the promise to
    call the citizen first is not kept yet. `unit` is named where it is one below the viewer's.
    """

    id: int
    state: str
    part: str
    sign: Clock | None
    asked: str
    level: int
    is_to_mend: bool
    holder: str = ""
    waiting: Waiting | None = None
    is_drafted: bool = False
    is_to_contact: bool = False
    unit: str = ""


@lru_cache(maxsize=KEPT_VIEWERS)
def inbox_views(viewer: Actor) -> tuple[View, ...]:
    """List the views of a unit, over its subtree. Where a ticket stands still its shares are listed apart.

    Kept as they were built, as the conditions of scope are: nothing but who somebody is makes them.
    """
    in_process = (TicketState.IN_PROCESS.value,)

    def at_work(*states: AssignmentState) -> Filters:
        return Filters(states=in_process, only=(_holds(viewer, states),))

    def running_first(*states: str, only: ColumnElement[bool]) -> Filters:
        return Filters(states=states, only=(only,), sort="running_due_at")

    return (
        View("to_sign", "待签收", at_work(AssignmentState.TO_SIGN)),
        View("handling", "办理中", at_work(AssignmentState.HANDLING)),
        View("soon", "临期", replace(at_work(*_OPEN), lights=_SOON)),
        View("overdue", "已超期", replace(at_work(*_OPEN), is_overdue=True), is_alarming=True),
        View("to_mend", "待补正", Filters(states=in_process, only=(_holds_to_mend(viewer),))),
        View("mine", "我的", running_first(*in_process, *_HELD, only=_holds_in_person(viewer))),
        View("watched", "我关注的", running_first(only=watched_by(viewer.user_id))),
        View("sub_dispatched", "已下派", at_work(AssignmentState.SUB_DISPATCHED)),
        View("unit_review", "单位待审", at_work(AssignmentState.UNIT_REVIEW)),
        View("held", "暂停中", Filters(states=_HELD, only=(_holds(viewer, _OPEN),))),
        View(
            "replied",
            "已反馈",
            Filters(only=(_holds(viewer, (AssignmentState.REPLIED,)),), sort="-created_at"),
        ),
    )


def review_views(viewer: Actor) -> tuple[View, ...]:
    """List what waits for the unit's leader: one view."""
    waiting = _holds(viewer, (AssignmentState.UNIT_REVIEW,))
    in_process = (TicketState.IN_PROCESS.value,)
    return (View("unit_review", "待审核", Filters(states=in_process, only=(waiting,))),)


def to_do(viewer: Actor) -> Filters:
    """What the unit has to sign or to answer."""
    at_hand = _holds(viewer, (AssignmentState.TO_SIGN, AssignmentState.HANDLING))
    return Filters(states=(TicketState.IN_PROCESS.value,), only=(at_hand,))


def _holds(viewer: Actor, states: Sequence[AssignmentState]) -> ColumnElement[bool]:
    """The viewer's units hold the ticket so; what was passed down counts for the unit below alone."""
    return exists(_held(viewer, states))


def _holds_to_mend(viewer: Actor) -> ColumnElement[bool]:
    """A reply of the viewer's units was sent back, by their leader or by the centre, and not given again."""
    return exists(_held(viewer, (AssignmentState.HANDLING,)).where(_SHARE.answer.is_not(None)))


def _holds_in_person(viewer: Actor) -> ColumnElement[bool]:
    """The share lies with the viewer or whom they stand in for, not with just anybody of the unit."""
    return exists(_held(viewer, _OPEN).where(_SHARE.handler_id.in_(sorted(viewer.ids))))


def _held(viewer: Actor, states: Sequence[AssignmentState]) -> Select[int]:
    return select(_SHARE.id).where(
        _SHARE.ticket_id == Ticket.id,
        _SHARE.unit_id.in_(tuple(sorted(viewer.subtree_unit_ids))),
        _SHARE.state.in_([state.value for state in states]),
        or_(_SHARE.parent_id.is_(None), _SHARE.unit_id == viewer.unit_id),
    )


def narrow(filters: Filters, more: Mapping[str, str]) -> Filters:
    """Sort as people chose above the list; by the time left, what stands still has none."""
    chosen = more.get("sort") or filters.sort
    is_same = (chosen, filters.sort) == ("due_at", "running_due_at")
    return filters if is_same else replace(filters, sort=chosen)


def own_shares(session: Session, viewer: Actor, numbers: Sequence[str], now: datetime) -> dict[str, OwnShare]:
    """Find the latest standing share of the viewer's units for each ticket, in a handful of queries."""
    found = _standing(session, viewer, numbers)
    ids = [share.id for _, share, _, _ in found]
    asked, clocks = _asked(session, ids), _sign_clocks(session, ids)
    drafted = drafted_shares(session, ids, viewer.user_id or 0, now)
    waiting = waiting_of(session, {ticket for ticket, *_ in found if ticket.state in _HELD}, now)
    to_contact = _to_contact(session, {ticket.id for ticket, *_ in found})
    return {
        ticket.number: OwnShare(
            share.id,
            share.state,
            _part(share),
            clocks.get(share.id),
            asked.get(share.id, ""),
            ticket.supervised_level,
            share.state == AssignmentState.HANDLING and share.answer is not None,
            _holder(share, name, viewer),
            waiting.get(ticket.id),
            share.id in drafted,
            share.state == AssignmentState.HANDLING and ticket.id in to_contact,
            "" if share.unit_id == viewer.unit_id else unit.short_name or unit.name,
        )
        for ticket, share, name, unit in found
    }


def _standing(
    session: Session, viewer: Actor, numbers: Sequence[str]
) -> Sequence[Row[Ticket, Assignment, str, Unit]]:
    """Read the shares with who holds them and their units, the latest of a ticket last."""
    return session.execute(
        select(Ticket, Assignment, User.display_name, Unit)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .join(Unit, Unit.id == Assignment.unit_id)
        .outerjoin(User, User.id == Assignment.handler_id)
        .where(Ticket.number.in_(numbers), Assignment.state.not_in(_GONE))
        .where(Assignment.unit_id.in_(viewer.subtree_unit_ids))
        .where(or_(Assignment.parent_id.is_(None), Assignment.unit_id == viewer.unit_id))
        .order_by(Assignment.id)
    ).all()


def dress(rows: Sequence[TicketRow], shares: Mapping[str, OwnShare], now: datetime) -> list[ListRow]:
    """Say how each ticket stands with the unit; what is not signed yet shows the time left to sign."""
    return [_dressed(row, shares.get(row.number), now) for row in rows]


def _dressed(row: TicketRow, share: OwnShare | None, now: datetime) -> ListRow:
    plain = replace(
        plain_row(row), meta=f"{city_short_day(row.created_at)} {row.street or row.district}".strip()
    )
    if share is None:
        return plain
    plain = replace(plain, state=_state(row, share), tags=tuple(_tags(row, share)), aside=share.unit)
    if share.sign is None or share.waiting is not None:
        return plain
    clock = share.sign
    reading = ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )
    return replace(plain, light=light(reading, now), due_at=clock.due_at, clock=ClockName.SIGN.label_zh)


def _state(row: TicketRow, share: OwnShare) -> str:
    """How the share stands; once answered and handed on, what became of the ticket."""
    is_handed_on = share.state == AssignmentState.REPLIED and row.state != TicketState.IN_PROCESS
    return row.state if is_handed_on else share.state


def _tags(row: TicketRow, share: OwnShare) -> list[tuple[str, str]]:
    found = []
    if share.waiting is not None:
        found.append((f"‖ {share.waiting.words}", "hold"))
    if share.level:
        found.append((say_level(share.level), "bad"))
    if row.urge_count:
        found.append((f"催办 {row.urge_count} 次", "warn"))
    if row.round > 1:
        found.append((f"第 {row.round} 轮重办", "warn"))
    return [*found, *_share_tags(share)]


def _share_tags(share: OwnShare) -> list[tuple[str, str]]:
    found = [(share.holder, "line")] if share.holder else []
    if share.is_to_mend:
        found.append(("待补正", "warn"))
    if share.is_to_contact:
        found.append(("待联系", "warn"))
    if share.is_drafted:
        found.append(("有草稿", "info"))
    if share.asked:
        found.append((f"{share.asked}审批中", "warn"))
    if share.part:
        found.append((share.part, "line"))
    return found


def _holder(share: Assignment, name: str | None, viewer: Actor) -> str:
    return "我经办" if share.handler_id is not None and share.handler_id == viewer.user_id else name or ""


def _part(share: Assignment) -> str:
    if share.is_main:
        return ""
    return "协办" if share.parent_id is None else "下派"


def _asked(session: Session, share_ids: Sequence[int]) -> dict[int, str]:
    query = select(Request.assignment_id, Request.kind).where(
        Request.assignment_id.in_(share_ids), Request.state == RequestState.REQUESTED.value
    )
    return {share_id: RequestKind(kind).label_zh for share_id, kind in session.execute(query) if share_id}


def _to_contact(session: Session, ticket_ids: Collection[int]) -> set[int]:
    query = select(Clock.ticket_id).where(
        Clock.ticket_id.in_(ticket_ids), Clock.name == ClockName.CONTACT.value, Clock.stopped_at.is_(None)
    )
    return set(session.scalars(query))


def _sign_clocks(session: Session, share_ids: Sequence[int]) -> dict[int | None, Clock]:
    query = select(Clock).where(
        Clock.assignment_id.in_(share_ids), Clock.name == ClockName.SIGN.value, Clock.stopped_at.is_(None)
    )
    return {clock.assignment_id: clock for clock in session.scalars(query)}
