"""What has a unit answered before, in this round and in earlier ones, and why did it come back?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hotline.models.ticket import Assignment, TicketEvent
from workflows.choices import ContactMade, Result
from workflows.vocabulary import Machine

_BACK = ("refuse_unit_reply", "send_back_reply", "rework")


@dataclass(frozen=True, slots=True)
class GivenReply:
    """A reply as it was handed in; `back` is the number of the event that sent it back, if one did."""

    number: int
    round: int
    by: str
    at: datetime
    contact: str
    result: str
    answer: str
    public_answer: str
    back: int | None


def list_replies(session: Session, share_id: int) -> list[GivenReply]:
    """List every reply the unit of a share handed in for its ticket, the first one first."""
    own, other = aliased(Assignment), aliased(Assignment)
    same_unit = (
        select(other.id)
        .join(own, (own.ticket_id == other.ticket_id) & (own.unit_id == other.unit_id))
        .where(own.id == share_id)
    )
    ticket = select(Assignment.ticket_id).where(Assignment.id == share_id).scalar_subquery()
    query = select(TicketEvent).where(
        TicketEvent.ticket_id == ticket, TicketEvent.action.in_(("submit_reply", *_BACK))
    )
    events = session.scalars(query.order_by(TicketEvent.number)).all()
    shares = set(session.scalars(same_unit))
    concerned = [each for each in events if each.machine == Machine.TICKET or each.subject_id in shares]
    return [
        _reply(event, concerned[at + 1 :])
        for at, event in enumerate(concerned)
        if event.action == "submit_reply"
    ]


def _reply(event: TicketEvent, later: Sequence[TicketEvent]) -> GivenReply:
    following = later[0] if later else None
    data = event.data
    return GivenReply(
        number=event.number,
        round=event.round,
        by=event.actor_name,
        at=event.at,
        contact=ContactMade(data["contact"]).label_zh if data.get("contact") else "",
        result=Result(data["result"]).label_zh if data.get("result") else "",
        answer=data.get("answer") or "",
        public_answer=data.get("public_answer") or "",
        back=following.number if following is not None and following.action in _BACK else None,
    )
