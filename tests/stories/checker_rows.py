"""Which rows of the tables may an event have been: by states and role, and by the kind of its request?"""

from collections.abc import Sequence

from hotline.models.ticket import Assignment, Request, TicketEvent
from workflows.assignment import ASSIGNMENT
from workflows.definition import Transition
from workflows.order import ORDER
from workflows.request import REQUEST
from workflows.ticket import TICKET

_TABLES = {str(table.machine): table for table in (TICKET, ASSIGNMENT, REQUEST, ORDER)}


def rows_of(
    event: TicketEvent, shares: Sequence[Assignment], requests: Sequence[Request]
) -> list[Transition]:
    """Choose the rows that lead from the event's one state to the other for its role and request."""
    kind = _kind_of(event, shares, requests)
    return [
        row
        for row in _TABLES[event.machine].transitions
        if row.action == event.action and _allows(row, event) and _is_about(row, kind)
    ]


def _allows(row: Transition, event: TicketEvent) -> bool:
    target = event.from_state if row.target is None else row.target
    return event.from_state in row.sources and event.to_state == target and event.role in row.roles


def _kind_of(event: TicketEvent, shares: Sequence[Assignment], requests: Sequence[Request]) -> str:
    request = next((each for each in requests if each.id == event.subject_id), None)
    if event.machine != "request" or request is None:
        return ""
    share = next((each for each in shares if each.id == request.assignment_id), None)
    is_child = share is not None and share.parent_id is not None
    if request.kind == "return":
        return "is_return_of_child" if is_child else "is_return_to_centre"
    return f"is_{request.kind}"


def _is_about(row: Transition, kind: str) -> bool:
    return not kind or not row.when or kind in row.when
