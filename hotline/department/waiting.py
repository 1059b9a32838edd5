"""Why can nothing be done now on a ticket that stands still, and until when?"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Ticket
from hotline.queries.wording import say_date
from hotline.services.calendars import city_date, load_calendar
from workflows.vocabulary import ClockName, TicketState

_MOMENT = timedelta(seconds=1)
_WORDS: Mapping[str, str] = {
    TicketState.AWAITING_SUPPLEMENT: "等待诉求人补充",
    TicketState.SUSPENDED: "挂账",
    TicketState.IN_DISPUTE: "会商中",
}
_CLOCKS: Mapping[str, str] = {
    TicketState.AWAITING_SUPPLEMENT: ClockName.SUPPLEMENT.value,
    TicketState.SUSPENDED: ClockName.SUSPENSION.value,
    TicketState.IN_DISPUTE: ClockName.DISPUTE.value,
}
_THEN: Mapping[str, str] = {
    TicketState.AWAITING_SUPPLEMENT: "诉求人补充或者到期之后恢复办理，在这之前时限暂停。",
    TicketState.SUSPENDED: "到期或者具备条件后恢复办理，在这之前时限暂停。",
    TicketState.IN_DISPUTE: "中心领导决定由谁承办，决定之前不需要办理。",
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why a ticket stands still, and what ends it."""

    words: str
    then: str


def waiting_of(session: Session, tickets: Collection[Ticket], now: datetime) -> dict[int, Waiting]:
    """Say of each ticket that stands still why, and until which day where one is set."""
    ids = [ticket.id for ticket in tickets if ticket.state in _WORDS]
    if not ids:
        return {}
    running = select(Clock.ticket_id, Clock.name, Clock.due_at).where(
        Clock.ticket_id.in_(ids), Clock.name.in_(_CLOCKS.values()), Clock.stopped_at.is_(None)
    )
    due = {(ticket_id, name): due_at for ticket_id, name, due_at in session.execute(running)}
    calendar = load_calendar(session)

    def words(ticket: Ticket) -> str:
        due_at = due.get((ticket.id, _CLOCKS[ticket.state]))
        # A chosen day ends at the midnight after it.
        last = None if due_at is None else city_date(calendar, due_at - _MOMENT)
        until = "" if last is None else f"，至 {say_date(last, city_date(calendar, now))}"
        return f"{_WORDS[ticket.state]}{until}"

    return {
        ticket.id: Waiting(words(ticket), _THEN[ticket.state]) for ticket in tickets if ticket.state in _WORDS
    }
