"""One ticket's story: each act is a line, in the words of the tables, a minute after the one before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from hotline.services.intake import register
from hotline.services.lifecycle import Command, advance
from notifications.models import OutboxMessage
from tests.stories.town import COMPLAINT, CONTENT_RATING, MONDAY, POOR_RATING, REPLY, RETURN, Town
from workflows.definition import Actor
from workflows.vocabulary import Machine

_MINUTE = timedelta(minutes=1)
_NOTHING: Mapping[str, Any] = {}


@dataclass(slots=True)
class Tale:
    """Who does what to one ticket in one session. Nothing is committed here."""

    session: Session
    town: Town
    now: datetime = MONDAY
    number: str = ""
    # The number of another ticket of the tale, such as the master of this one.
    first: str = ""

    @property
    def ticket(self) -> Ticket:
        return self.session.scalars(select(Ticket).where(Ticket.number == self.number)).one()

    def register(self, **changes: Any) -> Self:
        data = {name: value for name, value in {**COMPLAINT, **changes}.items() if value is not None}
        self.number = register(self.session, data, self.town["agent"], self._tick()).number
        return self

    def act(self, who: str | Actor, action: str, data: Mapping[str, Any] = _NOTHING) -> Self:
        return self._advance(who, Command(self.number, action, data))

    def on_share(self, who: str | Actor, action: str, unit: str, data: Mapping[str, Any] = _NOTHING) -> Self:
        share = self.share(unit).id
        return self._advance(who, Command(self.number, action, data, None, Machine.ASSIGNMENT, share))

    def ask_return(self, who: str, unit: str) -> Self:
        return self.ask(who, "ask_return", unit, RETURN)

    def ask(self, who: str, action: str, unit: str = "", data: Mapping[str, Any] = _NOTHING) -> Self:
        """Ask for something about a unit's latest share, or about the whole ticket."""
        share = self.share(unit).id if unit else None
        return self._advance(who, Command(self.number, action, data, None, Machine.REQUEST, share))

    def on_request(self, who: str | Actor, action: str, data: Mapping[str, Any] = _NOTHING) -> Self:
        request = self.session.scalars(
            select(Request.id).where(Request.ticket_id == self.ticket.id).order_by(Request.id.desc())
        ).first()
        return self._advance(who, Command(self.number, action, data, None, Machine.REQUEST, request))

    def issued(self, *units: str, who: str = "supervisor") -> Self:
        """The centre writes an order of the third level to the units."""
        data = {"level": "3", "units": list(units), "opinion": "请写明超期原因和办结时间"}
        return self._advance(who, Command(self.number, "issue", data, None, Machine.ORDER))

    def on_order(self, who: str, action: str, data: Mapping[str, Any] = _NOTHING) -> Self:
        order = self.session.scalars(
            select(SupervisionOrder.id)
            .where(SupervisionOrder.ticket_id == self.ticket.id)
            .order_by(SupervisionOrder.id.desc())
        ).first()
        return self._advance(who, Command(self.number, action, data, None, Machine.ORDER, order))

    def to_dispatch(self, **changes: Any) -> Self:
        return self.register(**changes).act("agent", "submit").act("reviewer", "approve_intake")

    def dispatched(self, main: str = "HOUSING", *co_units: str) -> Self:
        data = {"main_unit": main, "co_units": list(co_units), "choice_reason": "属地情况特殊，由该单位牵头"}
        return self.act("dispatcher", "dispatch", data)

    def replied(self, unit: str = "HOUSING", **changes: Any) -> Self:
        """The unit signs, answers and, where it reviews, approves."""
        handler, leader = f"handler_{unit.lower()}", f"leader_{unit.lower()}"
        if self.share(unit).state == "to_sign":
            self.on_share(handler, "sign", unit)
        self.on_share(handler, "submit_reply", unit, {**REPLY, **changes})
        if self.share(unit).state == "unit_review":
            self.on_share(leader, "approve_unit_reply", unit)
        return self

    def to_call_back(self, **changes: Any) -> Self:
        return self.to_dispatch(**changes).dispatched().replied().act("auditor", "approve_reply")

    def closed(self) -> Self:
        return self.act("callback", "close", CONTENT_RATING)

    def reworked(self) -> Self:
        return self.act("callback", "rework", {**POOR_RATING, "reason": "电梯第二天又停了"})

    def share(self, unit: str) -> Assignment:
        """The unit's latest share."""
        return self.session.scalars(
            select(Assignment)
            .where(Assignment.ticket_id == self.ticket.id, Assignment.unit_id == self.town.units[unit])
            .order_by(Assignment.id.desc())
        ).first()

    def events(self) -> list[TicketEvent]:
        found = select(TicketEvent).where(TicketEvent.ticket_id == self.ticket.id)
        return list(self.session.scalars(found.order_by(TicketEvent.number)))

    def actions(self) -> list[str]:
        return [event.action for event in self.events()]

    def clocks(self) -> dict[str, str]:
        """The latest clock of each name: running, kept (in time or late) or cancelled."""
        found = select(Clock).where(Clock.ticket_id == self.ticket.id).order_by(Clock.id)
        return {clock.name: _fate(clock) for clock in self.session.scalars(found)}

    def told(self, *actions: str) -> list[tuple[str, str, str]]:
        """Who was told what by which channel, in the events of those actions; all of them without any."""
        events = {str(e.id): e.action for e in self.events()}
        rows = self.session.scalars(
            select(OutboxMessage).where(OutboxMessage.subject == self.number).order_by(OutboxMessage.id)
        )
        return sorted(
            (row.kind, row.recipient, row.channel)
            for row in rows
            if not actions or events.get(row.key.partition(":")[0]) in actions
        )

    def _advance(self, who: str | Actor, command: Command) -> Self:
        actor = self.town[who] if isinstance(who, str) else who
        advance(self.session, command, actor, self._tick())
        return self

    def _tick(self) -> datetime:
        self.now += _MINUTE
        return self.now


def _fate(clock: Clock) -> str:
    if clock.stopped_at is None:
        return "held" if clock.paused_at else "running"
    if clock.is_cancelled:
        return "cancelled"
    return "kept" if clock.stopped_at <= clock.due_at else "broken"
