"""Telephones in people's hands that write to the hotline, for the tests of SMS that come in."""

from datetime import timedelta

from sqlalchemy import select, update

from hotline.models.ticket import Ticket, TicketEvent
from hotline.services.texting.door import take_in
from hotline.services.texting.texter import Outcome
from notifications.inbound import Inbound
from notifications.models import OutboxMessage
from tests.stories.tale import Tale

PHONE, STRANGER, CENTRE = "+8613800138000", "+8613900139000", "+8612345"
REQUEST = "12345#李四#梧桐路 3 号#路灯坏了三天，晚上很黑"
MISSING = {"missing": "请补充楼栋", "answer_by": "2026-11-25"}


class Phone:
    """A telephone in somebody's hands; each SMS is a minute after the one before."""

    def __init__(self, tale: Tale, number: str = PHONE) -> None:
        self.tale, self.number, self.serial = tale, number, 0

    def send(
        self, words: str, *, after: timedelta = timedelta(minutes=1), reference: str = ""
    ) -> Outcome | None:
        self.tale.now += after
        self.serial += 1
        name = reference or f"SM{self.number}{self.serial}"
        return take_in(self.tale.session, Inbound("twilio", name, self.number, words, self.tale.now), CENTRE)

    def answers(self) -> list[OutboxMessage]:
        rows = select(OutboxMessage).where(OutboxMessage.because == "texter").order_by(OutboxMessage.id)
        return [row for row in self.tale.session.scalars(rows) if row.address == self.number]

    def kinds(self) -> list[str]:
        return [row.kind for row in self.answers()]


def mine(tale: Tale, **changes) -> Tale:
    """The citizen of the tale calls from the telephone of these tests."""
    return tale.register(phone=PHONE, **changes)


def invited(tale: Tale) -> str:
    """What was to be sent has been sent."""
    tale.session.execute(update(OutboxMessage).values(state="accepted"))
    return tale.number


def answered(tale: Tale) -> str:
    tale.to_call_back(phone=PHONE)
    return invited(tale)


def tickets(tale: Tale) -> list[Ticket]:
    return list(tale.session.scalars(select(Ticket).order_by(Ticket.id)))


def last_event(tale: Tale, number: str) -> TicketEvent:
    of_ticket = select(TicketEvent).join(Ticket).where(Ticket.number == number)
    return tale.session.scalars(of_ticket.order_by(TicketEvent.number.desc())).first()
