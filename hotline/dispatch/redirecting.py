"""How does a ticket go on from a unit that gives it back to the one it names, in one step?"""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.ticket import Request, Ticket
from hotline.queries.directory import find_meant_unit
from hotline.services.lifecycle import Command, advance
from workflows.definition import Actor
from workflows.errors import Code, Refused

_WHY = "采纳退单单位的建议"


def send_instead(session: Session, grant: Command, actor: Actor, now: datetime) -> Ticket:
    """Grant the return, then dispatch to the unit it names. Never commits; raises Refused for either."""
    advance(session, grant, actor, now)
    unit = find_meant_unit(session, session.get_one(Request, grant.subject_id).suggested_unit)
    if unit is None:
        raise Refused(Code.NOT_IN_THIS_STATE)
    data = {"main_unit": unit.id, "choice_reason": _WHY}
    return advance(session, Command(grant.number, "dispatch", data), actor, now)
