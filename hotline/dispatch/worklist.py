"""Which tickets wait for a dispatcher, in which views, and what does each line of the list say?"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from hotline.models.ticket import Request, Ticket, TicketEvent
from hotline.queries.suggestions import Owner, owners_of
from hotline.queries.worklists import Filters, TicketRow
from hotline.services.site import current_site
from hotline.web.split_list import ListRow, View, plain_row
from workflows.definition import Actor
from workflows.vocabulary import IntakeChannel, Light, RequestState, TicketState

CHANNELS = tuple(channel.value for channel in IntakeChannel)
REQUESTS = "requests"
_TO_DISPATCH = (TicketState.TO_DISPATCH.value,)
_SOON = (Light.YELLOW.value, Light.ORANGE.value, Light.RED.value)


def views(viewer: Actor, now: datetime) -> tuple[View, ...]:
    """List the dispatcher's views; today is the city's."""
    return (
        View("waiting", "待派", Filters(states=_TO_DISPATCH)),
        View("returned", "退单重派", Filters(states=_TO_DISPATCH, was_returned=True)),
        View(REQUESTS, "退单申请", Filters(only=(_has_open_request(),))),
        View("soon", "即将超时", Filters(states=_TO_DISPATCH, lights=_SOON), is_alarming=True),
        View("mine", "我今天派的", Filters(only=(_dispatched_by(viewer, now),), sort="-created_at")),
    )


def narrow(filters: Filters, more: Mapping[str, str]) -> Filters:
    """Add the source people chose above the list."""
    return replace(filters, channels=(more["channel"],)) if more.get("channel") else filters


def dress(session: Session, rows: Sequence[TicketRow]) -> list[ListRow]:
    """Say of each ticket where it should go, or that people have to think about it."""
    owners = owners_of(session, [row.number for row in rows])
    return [_dressed(row, owners.get(row.number)) for row in rows]


def _dressed(row: TicketRow, owner: Owner | None) -> ListRow:
    plain = plain_row(row)
    if row.state != TicketState.TO_DISPATCH:
        return replace(plain, state=row.state, aside=row.unit)
    if row.return_count:
        mark = ("退单重派", "warn")
    elif owner is None:
        mark = ("多部门", "warn")
    else:
        mark = ("规则命中", "ok")
    return replace(plain, state=None, tags=(mark,), aside=owner.unit if owner else "待人工")


def _has_open_request() -> ColumnElement[bool]:
    return exists(
        select(Request.id).where(
            Request.ticket_id == Ticket.id, Request.state == RequestState.REQUESTED.value
        )
    )


def _dispatched_by(viewer: Actor, now: datetime) -> ColumnElement[bool]:
    zone = current_site().zone
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return exists(
        select(TicketEvent.id).where(
            TicketEvent.ticket_id == Ticket.id,
            TicketEvent.action == "dispatch",
            TicketEvent.actor_id == viewer.user_id,
            TicketEvent.at >= midnight,
            TicketEvent.at < midnight + timedelta(days=1),
        )
    )
