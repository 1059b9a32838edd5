"""Which step of a citizen's story is an event, if any: one answer for their page and for the staff's."""

from hotline.models.ticket import Assignment, Request, TicketEvent
from hotline.queries.public_words import CLOSED_BY, DECISIONS, STEPS, StepKind
from hotline.queries.said_same import is_claim
from workflows.choices import Visibility
from workflows.vocabulary import Machine, Role


def step_kind(event: TicketEvent, request: Request | None, share: Assignment | None) -> StepKind | None:
    """Name the step, or None for what stays in the house.

    `request` is the one an event decides and `share` the one it is about; of shares the main one's count.
    """
    if share is not None and not share.is_main and event.machine != Machine.REQUEST:
        return None
    if event.action == "note":
        return StepKind.NOTE if event.data.get("visibility") == Visibility.CITIZEN else None
    if is_claim(event):
        return StepKind.JOINED
    if event.action == "urge" and event.role == Role.SUPERVISOR:
        return None
    if event.action == "close":
        return CLOSED_BY.get(event.role, StepKind.CLOSED)
    decided = DECISIONS.get((request.kind, event.action)) if request is not None else None
    return decided or STEPS.get((event.machine, event.action))
