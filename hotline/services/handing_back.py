"""What becomes of the shares in somebody's hand when they can handle them no longer?"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.models.ticket import Assignment, Ticket
from hotline.services.directory_changes import Signed
from hotline.services.lifecycle import ENGINES, Command, advance
from workflows.definition import SYSTEM
from workflows.vocabulary import Machine

_ACT = "release_handler"


def hand_back(session: Session, user: User, signed: Signed) -> int:
    """Give every open share in somebody's hand back to its unit; tells how many that were."""
    in_hand = ENGINES[Machine.ASSIGNMENT].row(_ACT).sources
    shares = session.execute(
        select(Assignment.id, Ticket.number)
        .join(Ticket, Ticket.id == Assignment.ticket_id)
        .where(Assignment.handler_id == user.id, Assignment.state.in_(in_hand))
        .order_by(Ticket.id, Assignment.id)
    ).all()
    for share_id, number in shares:
        command = Command(number, _ACT, machine=Machine.ASSIGNMENT, subject_id=share_id)
        advance(session, command, SYSTEM, signed.at)
    return len(shares)
