"""How does somebody see a sealed identity: once, on one page, with their own name across it?"""

from datetime import UTC, datetime

from flask import Response

from hotline.models.ticket import Request
from hotline.services.lifecycle import Command, advance
from hotline.web.pages import render
from hotline.web.revealing import hand_out_sealed
from hotline.web.ticket_moves import Look, Target
from hotline.web.transaction import transaction

VIEW = "view_identity"


def answer_identity(look: Look, target: Target) -> Response:
    """Use up the one look that was granted and show who called. Raises Refused when there is none left.

    No version is asked for: whatever became of the ticket meanwhile, the look was granted. No request key
    either: a second press must not see it again.
    """
    number, viewer, now = look.ticket.number, look.viewer, datetime.now(UTC)
    command = Command(number, target.action, {}, None, target.machine, target.subject_id)
    with transaction() as session:
        advance(session, command, viewer, now)
        caller = hand_out_sealed(session, session.get_one(Request, target.subject_id), number, now)
    answer = render("tickets/identity.html", number=number, caller=caller, viewer=viewer, seen_at=now)
    answer.headers["Cache-Control"] = "no-store"
    return answer
