"""What do people of the demo city ask of one another: to stand in, to ring somebody they may not know?"""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.demo.people import Staff
from hotline.models.ticket import Assignment, Ticket
from hotline.services.directory_changes import Signed
from hotline.services.lifecycle import Command, advance
from hotline.services.substitutions import Wish, name_substitute
from workflows.vocabulary import AssignmentState, Machine, Role, TicketState

_LEAVE = timedelta(days=5)
_QUESTION = "请问方便在哪天下午上门核实？到场后会先与物业联系，不会提到是谁反映的。"


def seed_substitution(session: Session, now: datetime) -> None:
    """Let the handler's colleague stand in during the handler's leave."""
    staff = Staff(session)
    principal, substitute = staff["handler"], staff["handler3"]
    wish = Wish(
        principal.user_id or 0,
        substitute.user_id,
        frozenset({Role.HANDLER}),
        now,
        now + _LEAVE,
        "年休假，由同事代为办理",
    )
    name_substitute(session, wish, Signed(principal, now, "年休假"))


def seed_contact(session: Session, now: datetime) -> None:
    """Let a unit ask the centre to ring whoever called in confidence; nobody has rung yet."""
    handler = Staff(session)["handler"]
    sealed = (
        select(Ticket.number, Assignment.id)
        .join(Assignment, Assignment.ticket_id == Ticket.id)
        .where(
            Ticket.state == TicketState.IN_PROCESS.value,
            Ticket.is_confidential,
            Assignment.unit_id == handler.unit_id,
            Assignment.state == AssignmentState.HANDLING.value,
        )
    )
    for number, share_id in session.execute(sealed.order_by(Ticket.id.desc()).limit(1)).all():
        asked = {"question": _QUESTION}
        advance(session, Command(number, "ask_contact", asked, None, Machine.REQUEST, share_id), handler, now)
