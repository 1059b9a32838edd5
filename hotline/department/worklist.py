"""Which tickets lie with somebody's unit and those below it, in which views, and what does each line say?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.queries.worklists import Filters, TicketRow
from hotline.services.site import current_site
from hotline.web.split_list import ListRow, View, plain_row
from workflows.definition import Actor
from workflows.sla import ClockReading, light
from workflows.vocabulary import AssignmentState, ClockName, Light, RequestState, TicketState

SORTS: Mapping[str, str] = {
    "due_at": "按剩余时间",
    "created_at": "按受理时间，旧的在前",
    "-created_at": "按受理时间，新的在前",
}
_GONE = (AssignmentState.RECALLED.value, AssignmentState.RETURNED.value)
_OPEN = (
    AssignmentState.TO_SIGN.value,
    AssignmentState.HANDLING.value,
    AssignmentState.UNIT_REVIEW.value,
)
_SOON = (Light.YELLOW.value, Light.ORANGE.value)


@dataclass(frozen=True, slots=True)
class OwnShare:
    """The share of the viewer's units that a line of the list speaks of; `sign` is its running sign clock."""

    id: int
    state: str
    is_main: bool
    sign: Clock | None
    is_return_asked: bool


def inbox_views(viewer: Actor) -> tuple[View, ...]:
    """List the views of a unit, over its subtree."""
    units = tuple(sorted(viewer.subtree_unit_ids))

    def held(*states: str) -> Filters:
        return Filters(unit_ids=units, assignment_states=states)

    in_process = replace(held(*_OPEN), states=(TicketState.IN_PROCESS.value,))
    return (
        View("to_sign", "待签收", held(AssignmentState.TO_SIGN.value)),
        View("handling", "办理中", held(AssignmentState.HANDLING.value)),
        View("soon", "临期", replace(in_process, lights=_SOON)),
        View("overdue", "已超期", replace(in_process, is_overdue=True), is_alarming=True),
        View("unit_review", "单位待审", held(AssignmentState.UNIT_REVIEW.value)),
        View("replied", "已反馈", replace(held(AssignmentState.REPLIED.value), sort="-created_at")),
    )


def review_views(viewer: Actor) -> tuple[View, ...]:
    """List what waits for the unit's leader: one view."""
    units = tuple(sorted(viewer.subtree_unit_ids))
    waiting = Filters(unit_ids=units, assignment_states=(AssignmentState.UNIT_REVIEW.value,))
    return (View("unit_review", "待审核", waiting),)


def narrow(filters: Filters, more: Mapping[str, str]) -> Filters:
    """Sort as people chose above the list."""
    return replace(filters, sort=more["sort"]) if more.get("sort") else filters


def own_shares(session: Session, viewer: Actor, numbers: Sequence[str]) -> dict[str, OwnShare]:
    """Find the latest standing share of the viewer's units for each ticket, in three queries."""
    found = session.execute(
        select(Ticket.number, Assignment)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .where(Ticket.number.in_(numbers), Assignment.state.not_in(_GONE))
        .where(Assignment.unit_id.in_(viewer.subtree_unit_ids))
        .order_by(Assignment.id)
    ).all()
    ids = [share.id for _, share in found]
    asked = _asked_returns(session, ids)
    clocks = _sign_clocks(session, ids)
    return {
        number: OwnShare(share.id, share.state, share.is_main, clocks.get(share.id), share.id in asked)
        for number, share in found
    }


def dress(rows: Sequence[TicketRow], shares: Mapping[str, OwnShare], now: datetime) -> list[ListRow]:
    """Say how each ticket stands with the unit; what is not signed yet shows the time left to sign."""
    return [_dressed(row, shares.get(row.number), now) for row in rows]


def _dressed(row: TicketRow, share: OwnShare | None, now: datetime) -> ListRow:
    day = row.created_at.astimezone(current_site().zone)
    plain = replace(plain_row(row), meta=f"{day:%m-%d} {row.street or row.district}".strip())
    if share is None:
        return plain
    plain = replace(plain, state=share.state, tags=tuple(_tags(row, share)))
    if share.sign is None:
        return plain
    clock = share.sign
    reading = ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )
    return replace(plain, light=light(reading, now), due_at=clock.due_at)


def _tags(row: TicketRow, share: OwnShare) -> list[tuple[str, str]]:
    found = []
    if row.round > 1:
        found.append((f"第 {row.round} 轮重办", "warn"))
    if share.is_return_asked:
        found.append(("退单审批中", "warn"))
    if not share.is_main:
        found.append(("协办", "line"))
    return found


def _asked_returns(session: Session, share_ids: Sequence[int]) -> set[int | None]:
    query = select(Request.assignment_id).where(
        Request.assignment_id.in_(share_ids), Request.state == RequestState.REQUESTED.value
    )
    return set(session.scalars(query))


def _sign_clocks(session: Session, share_ids: Sequence[int]) -> dict[int | None, Clock]:
    query = select(Clock).where(
        Clock.assignment_id.in_(share_ids), Clock.name == ClockName.SIGN.value, Clock.stopped_at.is_(None)
    )
    return {clock.assignment_id: clock for clock in session.scalars(query)}
