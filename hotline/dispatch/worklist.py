"""Which tickets wait for a dispatcher, in which views, and what does each line of the list say?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, aliased

from hotline.models.catalog import Category
from hotline.models.clocks import Clock
from hotline.models.ticket import Request, Ticket, TicketEvent
from hotline.queries.catalogue import First, list_first, suggest_for
from hotline.queries.worklists import Filters, TicketRow
from hotline.services.site import current_site
from hotline.web.split_list import ListRow, View, plain_row
from workflows.definition import Actor
from workflows.sla import ClockReading, light
from workflows.vocabulary import ClockName, IntakeChannel, Light, RequestKind, RequestState, TicketState

CHANNELS = tuple(channel.value for channel in IntakeChannel)
REQUESTS = "requests"
_TO_DISPATCH = (TicketState.TO_DISPATCH.value,)
_IN_DISPUTE = (TicketState.IN_DISPUTE.value,)
_OFTEN = 2
# What one choice will hardly settle: with the leader by now, given back again and again, or hard.
_IS_HARD = or_(Ticket.state.in_(_IN_DISPUTE), Ticket.return_count >= _OFTEN, Ticket.is_hard)
_BY_ROW, _BY_OWNER = ("规则命中", "ok"), ("默认单位", "info")
_SOON = (Light.YELLOW.value, Light.ORANGE.value, Light.RED.value)


def views(viewer: Actor, now: datetime) -> tuple[View, ...]:
    """List the dispatcher's views; today is the city's."""
    return (
        View("waiting", "待派", Filters(states=_TO_DISPATCH)),
        View("returned", "退单重派", Filters(states=_TO_DISPATCH, was_returned=True)),
        View(REQUESTS, "退单申请", Filters(only=(_has_open_return(),))),
        View("hard", "疑难待协调", Filters(states=(*_TO_DISPATCH, *_IN_DISPUTE), only=(_IS_HARD,))),
        View("soon", "即将超时", Filters(states=_TO_DISPATCH, lights=_SOON), is_alarming=True),
        View("mine", "我今天派的", Filters(only=(_dispatched_by(viewer, now),), sort="-created_at")),
    )


def narrow(filters: Filters, more: Mapping[str, str]) -> Filters:
    """Add the source people chose above the list."""
    return replace(filters, channels=(more["channel"],)) if more.get("channel") else filters


def dress(session: Session, rows: Sequence[TicketRow], now: datetime) -> list[ListRow]:
    """Say of each ticket where it should go, or what there is to decide, and how long that may take."""
    numbers = [row.number for row in rows]
    first, clocks = _first_units(session, rows, now), _decision_clocks(session, numbers)
    return [_timed(_dressed(row, first.get(row.number)), clocks.get(row.number), now) for row in rows]


def goes_unread(row: ListRow) -> bool:
    """Whether a ticket may be ticked to go where it is suggested; nobody else has it in hand."""
    return not row.held and not {_BY_ROW, _BY_OWNER}.isdisjoint(row.tags)


def _first_units(session: Session, rows: Sequence[TicketRow], now: datetime) -> dict[str, First]:
    waiting = [row.number for row in rows if row.state == TicketState.TO_DISPATCH]
    of_category = select(Ticket).join(Category, Category.id == Ticket.category_id)
    tickets = session.scalars(of_category.where(Ticket.number.in_(waiting))).all()
    plain = {each.number: (each.category_id or 0, each.district) for each in tickets if not each.accused}
    found = list_first(session, plain, now)
    # Whom a report may reach has to be asked for each one; there are few of them.
    for report in (each for each in tickets if each.accused):
        best = next(iter(suggest_for(session, report, now)), None)
        if best is not None:
            found[report.number] = First(best.unit, best.row_number is not None)
    return found


def _dressed(row: TicketRow, first: First | None) -> ListRow:
    plain = plain_row(row)
    if row.state != TicketState.TO_DISPATCH:
        return replace(plain, aside=row.unit)
    if row.return_count:
        return replace(plain, state=None, tags=(("退单重派", "warn"),), aside="待人工")
    if first is None:
        return replace(plain, state=None, tags=(("多部门", "warn"),), aside="待人工")
    tag = _BY_ROW if first.is_named_by_row else _BY_OWNER
    return replace(plain, state=None, tags=(tag,), aside=first.unit)


def _timed(row: ListRow, clock: Clock | None, now: datetime) -> ListRow:
    """Show the time left to decide where a return waits for a decision."""
    if clock is None:
        return row
    reading = ClockReading(
        clock.started_at, clock.due_at, clock.yellow_at, clock.orange_at, clock.paused_at, clock.stopped_at
    )
    decision = ClockName.DECISION.label_zh
    return replace(row, light=light(reading, now), due_at=clock.due_at, clock=decision)


def _decision_clocks(session: Session, numbers: Sequence[str]) -> dict[str, Clock]:
    running = (
        select(Ticket.number, Clock)
        .join(Clock, Clock.ticket_id == Ticket.id)
        .join(Request, Request.id == Clock.request_id)
        .where(Ticket.number.in_(numbers), Clock.stopped_at.is_(None))
        .where(Clock.name == ClockName.DECISION.value, Request.kind == RequestKind.RETURN.value)
    )
    return {number: clock for number, clock in session.execute(running)}  # noqa: C416 - a Row is no pair to mypy


def _has_open_return() -> ColumnElement[bool]:
    return exists(
        select(Request.id).where(
            Request.ticket_id == Ticket.id,
            Request.kind == RequestKind.RETURN.value,
            Request.state == RequestState.REQUESTED.value,
        )
    )


def _dispatched_by(viewer: Actor, now: datetime) -> ColumnElement[bool]:
    zone, undoing = current_site().zone, aliased(TicketEvent)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return exists(
        select(TicketEvent.id).where(
            TicketEvent.ticket_id == Ticket.id,
            TicketEvent.action == "dispatch",
            TicketEvent.actor_id == viewer.user_id,
            TicketEvent.at >= midnight,
            TicketEvent.at < midnight + timedelta(days=1),
            ~exists(
                select(undoing.id).where(
                    undoing.ticket_id == TicketEvent.ticket_id,
                    undoing.number == TicketEvent.number + 1,
                    undoing.action == "undo_dispatch",
                )
            ),
        )
    )
