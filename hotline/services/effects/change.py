"""One accepted decision while it is carried out: the rows it touches and the moves it causes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from hotline.models.orders import OrderCause, SupervisionOrder
from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from hotline.services.remembered import parts_of
from notifications.outbox import Message, put
from workflows.definition import Actor, Decision
from workflows.facts import LIVE_ENDS
from workflows.vocabulary import Machine

_Part = TypeVar("_Part")
# Takes each message of a change: the outbox itself, or whoever gathers what one person is told at once.
Post = Callable[[Session, Message], None]


@dataclass(frozen=True, slots=True)
class Move:
    """A system action to take next on another row of the ticket, or of the ticket `number` names."""

    machine: Machine
    action: str
    subject_id: int | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    number: str | None = None
    cause: OrderCause = OrderCause.PERSON


@dataclass(slots=True)
class Change:
    """What is being changed. `touched` are shares made now, `dropped` those taken from their units.

    `former_handler_id` is from whose hand a share is taken.

    `begun_by` is the user whose act this is, or follows from; `undone` is the step that is taken back.
    """

    session: Session
    ticket: Ticket
    decision: Decision
    actor: Actor
    now: datetime
    assignment: Assignment | None = None
    request: Request | None = None
    order: SupervisionOrder | None = None
    touched: list[Assignment] = field(default_factory=list)
    dropped: list[Assignment] = field(default_factory=list)
    former_handler_id: int | None = None
    is_reclassified: bool = False
    due_before: datetime | None = None
    cause: OrderCause = OrderCause.PERSON
    moves: list[Move] = field(default_factory=list)
    post: Post = put
    begun_by: int | None = None
    undone: TicketEvent | None = None

    def __post_init__(self) -> None:
        if self.begun_by is None:
            self.begun_by = self.actor.user_id

    @property
    def data(self) -> Mapping[str, Any]:
        return self.decision.data

    @property
    def share(self) -> Assignment:
        """The assignment the action is about; raises TypeError for a row that has none."""
        return _present(self.assignment, self)

    @property
    def asked(self) -> Request:
        """The request the action is about."""
        return _present(self.request, self)

    @property
    def written(self) -> SupervisionOrder:
        """The supervision order the action is about."""
        return _present(self.order, self)


def list_shares(change: Change) -> list[Assignment]:
    """List every share of the ticket, oldest first."""
    return parts_of(change.session, Assignment, change.ticket.id)


def find_main(change: Change) -> Assignment | None:
    """Find the live main share of this round."""
    ours = [a for a in list_shares(change) if a.is_main and a.round == change.ticket.round]
    return next((a for a in reversed(ours) if a.state not in LIVE_ENDS), None)


def _present(part: _Part | None, change: Change) -> _Part:
    if part is None:
        message = f"{change.decision.transition.action} is about a row that is not there"
        raise TypeError(message)
    return part
