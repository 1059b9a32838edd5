"""What does a citizen of the demo city want put right of what is kept because of their ticket?"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.services.data_requests import Wish, ask_correction
from workflows.choices import PersonalField
from workflows.vocabulary import TicketState

_WISH = Wish(PersonalField.ADDRESS.value, "文昌路 12 号 3 幢楼下", "当时说得急，楼栋没有说清")


def seed_data_requests(session: Session, now: datetime) -> None:
    """Let the citizen of the newest ticket at work ask; a supervisor has not answered yet."""
    at_work = select(Ticket.number).where(
        Ticket.state == TicketState.IN_PROCESS.value,
        Ticket.citizen_id.is_not(None),
        Ticket.is_confidential.is_(False),
    )
    for number in session.scalars(at_work.order_by(Ticket.id.desc()).limit(1)).all():
        ask_correction(session, number, _WISH, now)
