"""How does somebody see a sealed identity: once, on one page, with their own name across it?"""

from datetime import UTC, datetime

import structlog
from flask import Response
from sqlalchemy.orm import Session

from hotline.models.ticket import Citizen
from hotline.queries.ticket_parts import Caller
from hotline.services.lifecycle import Command, advance
from hotline.web.pages import render
from hotline.web.ticket_moves import Look, Target
from hotline.web.transaction import transaction

VIEW = "view_identity"
_log = structlog.get_logger(__name__)


def answer_identity(look: Look, target: Target) -> Response:
    """Use up the one look that was granted and show who called. Raises Refused when there is none left.

    No version is asked for: whatever became of the ticket meanwhile, the look was granted. No request key
    either: a second press must not see it again.
    """
    number, viewer, now = look.ticket.number, look.viewer, datetime.now(UTC)
    command = Command(number, target.action, {}, None, target.machine, target.subject_id)
    with transaction() as session:
        ticket = advance(session, command, viewer, now)
        caller = _caller(session, ticket.citizen_id)
    _log.info("sealed_identity_shown", number=number, user_id=viewer.user_id, unit_id=viewer.unit_id)
    answer = render("tickets/identity.html", number=number, caller=caller, viewer=viewer, seen_at=now)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _caller(session: Session, citizen_id: int | None) -> Caller | None:
    citizen = None if citizen_id is None else session.get_one(Citizen, citizen_id)
    if citizen is None:
        return None
    return Caller(citizen.name or "", citizen.phone or "", citizen.email or "", citizen.id_number or "")
