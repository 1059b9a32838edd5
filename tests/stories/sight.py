"""What is so in the city of the long tales, at which hour, and who has been told what?"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, select

from hotline.models.clocks import Clock, Timer
from hotline.models.orders import SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from hotline.queries.board import Days, Figures, read_figures
from hotline.queries.lights import light_of
from hotline.queries.public_status import PublicStatus, read_status
from hotline.queries.scope import get_visible
from hotline.services.timers import fire_due
from notifications.catalog import Channel
from notifications.models import OPEN_STATES, MailboxMessage, OutboxMessage
from notifications.providers.mailbox import MailboxProvider
from notifications.worker import send_due
from tests.stories.checker import find_faults
from tests.stories.town import CITY, city
from workflows.definition import Actor, ActorKind, citizen_actor
from workflows.grace import GRACE
from workflows.vocabulary import Role

_HALF_A_MINUTE = timedelta(seconds=30)
_WAITING = OutboxMessage.state.in_(
    bindparam("waiting", list(OPEN_STATES), expanding=True, literal_execute=True)
)


@dataclass
class Sight:
    """The city's clock, its rows and its mailbox."""

    app: Any
    factory: Any
    clock: Any
    units: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    _read_until: int = 0

    @property
    def now(self) -> datetime:
        return datetime.now(UTC)

    def until(self, text: str) -> None:
        """Let time pass up to a moment of the city's clocks; what falls due on the way happens then."""
        self._pass_to(city(text).astimezone(UTC))

    def wait(self, **spell: float) -> None:
        """Let time pass for a spell."""
        self._pass_to(self.now + timedelta(**spell))

    def _pass_to(self, moment: datetime) -> None:
        while (due := self._next_due()) is not None and due <= moment:
            self.clock.move_to(max(due, self.now))
            fire_due(self.factory, self.now)
            self.deliver()
        self.clock.move_to(moment)

    def _next_due(self) -> datetime | None:
        timer = select(func.min(Timer.due_at)).where(Timer.state == "pending")
        message = select(func.min(OutboxMessage.next_attempt_at)).where(_WAITING)
        with self.factory() as session, session.begin():
            found = [session.scalar(timer), session.scalar(message)]
        return min((moment for moment in found if moment is not None), default=None)

    def _tick(self) -> None:
        """No two people act in the same instant."""
        self.clock.move_to(self.now + timedelta(seconds=1))

    def ticket(self, number: str) -> Ticket:
        with self.factory() as session:
            return session.scalars(select(Ticket).where(Ticket.number == number)).one()

    def state(self, number: str) -> str:
        return self.ticket(number).state

    def light(self, number: str) -> str:
        return str(light_of(self.ticket(number), self.now).value)

    def share(self, number: str, unit: str) -> Assignment:
        """The unit's latest share."""
        of_unit = (Assignment.ticket_id == self.ticket(number).id, Assignment.unit_id == self.units[unit])
        with self.factory() as session:
            return session.scalars(select(Assignment).where(*of_unit).order_by(Assignment.id.desc())).first()

    def request(self, number: str) -> Request:
        """The ticket's latest request."""
        of_ticket = select(Request).where(Request.ticket_id == self.ticket(number).id)
        with self.factory() as session:
            return session.scalars(of_ticket.order_by(Request.id.desc())).first()

    def orders(self, number: str) -> list[SupervisionOrder]:
        of_ticket = select(SupervisionOrder).where(SupervisionOrder.ticket_id == self.ticket(number).id)
        with self.factory() as session:
            return list(session.scalars(of_ticket.order_by(SupervisionOrder.id)))

    def clock_of(self, number: str, name: str, unit: str = "") -> Clock:
        """The latest clock of that name: the ticket's own, or that of a unit's share."""
        share = self.share(number, unit).id if unit else None
        of_ticket = (Clock.ticket_id == self.ticket(number).id, Clock.name == name)
        with self.factory() as session:
            found = select(Clock).where(*of_ticket).order_by(Clock.id.desc())
            return next(clock for clock in session.scalars(found) if clock.assignment_id == share)

    def due(self, number: str, name: str = "handle", unit: str = "") -> str:
        """When a clock runs out, as the city says it."""
        return say(self.clock_of(number, name, unit).due_at)

    def figures(self) -> Figures:
        """The tiles of the board as the supervisor reads them."""
        midnight = self.now.astimezone(CITY)
        viewer = Actor(ActorKind.USER, "supervisor", frozenset({Role.SUPERVISOR}))
        with self.factory() as session:
            return read_figures(session, viewer, Days.of(midnight), self.now)

    def actions(self, number: str) -> list[str]:
        of_ticket = select(TicketEvent.action).where(TicketEvent.ticket_id == self.ticket(number).id)
        with self.factory() as session:
            return list(session.scalars(of_ticket.order_by(TicketEvent.number)))

    def public(self, number: str) -> PublicStatus:
        """What may be shown to the citizen, before a page puts it into words."""
        with self.factory() as session:
            return read_status(session, get_visible(session, number, citizen_actor(number)), self.now)

    def deliver(self) -> None:
        """Send every message that is due; those of the last step, once it can no longer be undone."""
        of_step = (_WAITING, OutboxMessage.topic.startswith("act:"))
        with self.factory() as session:
            last = session.scalar(select(func.max(OutboxMessage.next_attempt_at)).where(*of_step))
        at = self.now if last is None or last - self.now > GRACE else max(last, self.now)
        self.clock.move_to(at)
        mailbox = MailboxProvider(self.factory, lambda: self.now)
        while send_due(self.factory, dict.fromkeys(Channel, mailbox), lambda: self.now):
            continue

    def news(self, number: str = "") -> set[tuple[str, str]]:
        """What arrived since the last look, as (kind, whom); of one ticket, or of all."""
        self.deliver()
        with self.factory() as session:
            rows = session.scalars(
                select(MailboxMessage).where(MailboxMessage.id > self._read_until).order_by(MailboxMessage.id)
            ).all()
        self._read_until = max((row.id for row in rows), default=self._read_until)
        return {(row.kind, self._named(row.recipient)) for row in rows if number in ("", row.subject)}

    def messages(self, number: str) -> list[MailboxMessage]:
        """Every message about a ticket that arrived, oldest first."""
        self.deliver()
        with self.factory() as session:
            of_ticket = select(MailboxMessage).where(MailboxMessage.subject == number)
            return list(session.scalars(of_ticket.order_by(MailboxMessage.id)))

    def _named(self, recipient: str) -> str:
        return self.names.get(recipient, recipient.partition(":")[0])

    def end(self) -> None:
        """The tale is told: every row must agree with every other."""
        self.deliver()
        with self.factory() as session:
            faults = find_faults(session)
        assert not faults, faults


def say(moment: datetime | None) -> str:
    """A moment as the city says it, to the nearest minute: acts are seconds apart."""
    return "" if moment is None else (moment + _HALF_A_MINUTE).astimezone(CITY).strftime("%m-%d %H:%M")
