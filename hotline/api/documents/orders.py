"""What do supervision orders look like as JSON: the order, each unit's answer, the order after an act."""

from hotline.api.documents.base import Document, Moment
from hotline.api.documents.tickets import TicketOut


class OrderAnswer(Document):
    """One unit named by an order; without `answered_at` it still owes its answer."""

    unit: str
    answer: str
    answered_at: Moment | None
    refused_reason: str


class OrderOut(Document):
    """A written order about a ticket to one unit or, jointly, to several."""

    id: str
    level: int
    is_joint: bool
    state: str
    cause: str
    opinion: str
    issued_by: str | None
    issued_at: Moment
    due_at: Moment | None
    answered_at: Moment | None
    closed_at: Moment | None
    closing_opinion: str
    units: list[OrderAnswer]


class OrderAfter(OrderOut):
    """An order after it was issued, answered or closed, with its ticket; `version` is the ticket's."""

    version: int
    ticket: TicketOut
