"""Which other ticket did its agent, in a note, or its citizen say a ticket is the same matter as?"""

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket, TicketEvent
from workflows.definition import ActorKind

SUGGESTION: Final = "疑似与 {number} 重复，建议并案。"
CLAIM: Final = "与 {number} 是同一件事，请一并办理。"
_WORDS: Mapping[str, re.Pattern[str]] = {
    "note": re.compile(r"疑似与 (\S+) 重复，建议并案"),
    "add_details": re.compile(r"与 (\S+) 是同一件事"),
}
_JOINED = re.compile(CLAIM.format(number=r"\S+"))


class SaidSame(NamedTuple):
    """Numbers of other tickets, empty where none was named.

    `suggested` was noted by the agent as the one to merge into, `claimed` added by the citizen as the same
    matter.
    """

    suggested: str
    claimed: str


def is_claim(event: TicketEvent) -> bool:
    """Whether a citizen chose, as they sent their request, to join one from nearby."""
    is_own = event.actor_kind == ActorKind.CITIZEN and event.action == "add_details"
    return is_own and _JOINED.fullmatch(str(event.data.get("text", ""))) is not None


def find_said_same(session: Session, ticket: Ticket) -> SaidSame:
    """Find what was said last, of each kind."""
    said = (
        select(TicketEvent.action, TicketEvent.data)
        .where(TicketEvent.ticket_id == ticket.id, TicketEvent.action.in_(_WORDS))
        .order_by(TicketEvent.number)
    )
    named = {"note": "", "add_details": ""}
    for action, data in session.execute(said):
        match = _WORDS[action].search(str(data.get("text", "")))
        named[action] = match[1] if match else named[action]
    return SaidSame(named["note"], named["add_details"])
