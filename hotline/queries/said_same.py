"""Which other ticket did its agent, in a note, or its citizen say a ticket is the same matter as?"""

import re
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket, TicketEvent
from workflows.definition import ActorKind

SUGGESTION: Final = "疑似与 {number} 重复，建议并案。"
CLAIM: Final = "与 {number} 是同一件事，请一并办理。"
_SUGGESTED = re.compile(r"疑似与 (\S+) 重复，建议并案")
_CLAIMED = re.compile(r"与 (\S+) 是同一件事")
_JOINED = re.compile(CLAIM.format(number=r"\S+"))


def find_suggestion(session: Session, ticket: Ticket) -> str:
    """Find the number its agent noted as the ticket to merge it into; empty when there is none."""
    return _find(session, ticket, "note", _SUGGESTED)


def find_claim(session: Session, ticket: Ticket) -> str:
    """Find the number its citizen added as the same matter; empty when there is none."""
    return _find(session, ticket, "add_details", _CLAIMED)


def is_claim(event: TicketEvent) -> bool:
    """Whether a citizen chose, as they sent their request, to join one from nearby."""
    is_own = event.actor_kind == ActorKind.CITIZEN and event.action == "add_details"
    return is_own and _JOINED.fullmatch(str(event.data.get("text", ""))) is not None


def _find(session: Session, ticket: Ticket, action: str, words: re.Pattern[str]) -> str:
    said = (
        select(TicketEvent.data)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.action == action)
        .order_by(TicketEvent.number.desc())
    )
    found = (words.search(str(data.get("text", ""))) for data in session.scalars(said))
    return next((match[1] for match in found if match), "")
