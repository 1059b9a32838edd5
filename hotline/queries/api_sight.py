"""Which parts of a ticket may a viewer read one by one? Those that the ticket's page shows them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from hotline.queries import api_parts
from hotline.queries.ticket_rows import Sight
from hotline.queries.timeline_acts import told_of
from hotline.queries.wording import Names
from workflows.definition import Actor

# A query and the column that orders it.
Source = tuple[Select[Any], Any]


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of one ticket for one viewer, who may see the ticket (ask queries.scope first).

    A ticket has at most some hundred of each, so a unit's are picked by the page's own rule, row by row.
    """

    session: Session
    ticket: Ticket
    viewer: Actor

    def events(self) -> Source:
        events, requests = self._all(TicketEvent), self._all(Request)
        told = told_of(events, self._all(Assignment), requests, Names({}, {}))
        return self._seen(api_parts.events_of(self.ticket.id), lambda sight, row: sight.sees_event(row, told))

    def clocks(self) -> Source:
        return self._seen(api_parts.clocks_of(self.ticket.id), Sight.sees_clock)

    def assignments(self) -> Source:
        return self._seen(
            api_parts.assignments_of(self.ticket.id), lambda sight, row: sight.sees(row.unit_id)
        )

    def requests(self) -> Source:
        return self._seen(api_parts.requests_of(self.ticket.id), Sight.sees_request)

    def attachments(self) -> Source:
        return self._seen(api_parts.attachments_of(self.ticket, self.viewer), Sight.sees_file)

    def _all(self, model: Any) -> Any:
        of_ticket = select(model).where(model.ticket_id == self.ticket.id)
        return self.session.scalars(of_ticket.order_by(model.id)).all()

    def _seen(self, source: Source, sees: Callable[[Sight, Any], bool]) -> Source:
        sight = Sight.of(self.viewer, self._all(Assignment))
        if sight.sees_all:
            return source
        query, column = source
        rows = self.session.scalars(query).all()
        return query.where(column.class_.id.in_([row.id for row in rows if sees(sight, row)])), column
