"""What did a period bring as a whole: how was it taken up, and what became of what was closed?"""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.queries.measures import Measure, count_by_unit
from hotline.queries.peers import Counts
from hotline.queries.periods import Period
from hotline.queries.rates import Rate
from workflows.vocabulary import Outcome, TicketState


@dataclass(frozen=True, slots=True)
class Whole:
    """The city together; `units` is what its units are judged by."""

    accepted: int
    answered_directly: int
    dispatched: int
    closed: int
    units: Counts

    @property
    def direct_rate(self) -> Rate:
        return Rate(self.answered_directly, self.accepted)


def read_whole(session: Session, period: Period) -> Whole:
    """Count a period for the whole city."""
    direct = case((Ticket.outcome == Outcome.ANSWERED_DIRECTLY.value, 1))
    accepted = select(func.count(Ticket.id), func.count(direct), func.count(Ticket.dispatched_at)).where(
        period.holds(Ticket.created_at), Ticket.state != TicketState.DRAFT.value
    )
    closed = select(func.count(Ticket.id)).where(period.holds(Ticket.closed_at))
    counts = list(count_by_unit(session, period).values())
    together = Counts({measure: sum(each[measure] for each in counts) for measure in Measure})
    return Whole(*session.execute(accepted).one(), session.scalar(closed) or 0, together)
