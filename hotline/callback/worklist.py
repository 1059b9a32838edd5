"""Which citizens are still to be asked, and what does each line of the list say?"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, exists, or_, select

from hotline.models.ticket import Rating, Ticket
from hotline.queries.merged import waits_for_rating
from hotline.queries.worklists import Filters, TicketRow
from hotline.web.moments import city_short
from hotline.web.split_list import ListRow, View, plain_row
from workflows.vocabulary import Role, TicketState

_WAITING = (TicketState.TO_CALL_BACK.value,)


def views(now: datetime, zone: ZoneInfo) -> tuple[View, ...]:
    """List the views by the callback clock; today is the city's."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    asked_today = exists(
        select(Rating.id).where(
            Rating.ticket_id == Ticket.id,
            Rating.rated_by == Role.CALLBACK_AGENT.value,
            Rating.rated_at >= today,
        )
    )
    is_booked = Ticket.call_booked_at.is_not(None)
    is_time = and_(is_booked, Ticket.call_booked_at <= now)
    is_first = and_(Ticket.call_attempts == 0, Ticket.call_booked_at.is_(None))
    is_missed = and_(Ticket.call_attempts > 0, Ticket.call_booked_at.is_(None))
    return (
        View("waiting", "待回访", Filters(states=_WAITING, only=(or_(is_first, is_time),), ahead=is_time)),
        View("booked", "预约回拨", Filters(states=_WAITING, only=(is_booked,), sort="call_booked_at")),
        View("missed", "未接通", Filters(states=_WAITING, only=(is_missed,))),
        View("merged", "并案待评", Filters(only=(waits_for_rating(),), sort="-created_at")),
        View("done", "今日已完成", Filters(only=(asked_today,), sort="-due_at")),
    )


def dress(rows: Sequence[TicketRow], now: datetime) -> list[ListRow]:
    """Name the main unit, and mark booked and failed calls and later rounds."""
    return [
        replace(
            plain_row(row),
            state=None if row.state == TicketState.TO_CALL_BACK else row.state,
            meta=row.unit or row.district,
            tags=tuple(_tags(row, now)),
        )
        for row in rows
    ]


def _tags(row: TicketRow, now: datetime) -> list[tuple[str, str]]:
    tags = []
    if row.call_booked_at is not None and row.state == TicketState.TO_CALL_BACK:
        is_time = row.call_booked_at <= now
        said = f"{'到点回拨' if is_time else '预约'} {city_short(row.call_booked_at)}"
        tags.append((said, "warn" if is_time else "hold"))
    if row.round > 1:
        tags.append((f"第 {row.round} 轮", "warn"))
    if row.call_attempts and row.state == TicketState.TO_CALL_BACK:
        tags.append((f"未接通 {row.call_attempts} 次", "hold"))
    return tags
