"""Which event moved a ticket's due date, from when to when?

A clock keeps only its first and its present due date. So a move is told when one event alone can have made
it, and left untold when several moved the same clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from hotline.models.clocks import Clock
from hotline.models.ticket import Request, TicketEvent
from workflows.vocabulary import ClockName, Machine, RequestKind

Move = tuple[datetime, datetime]

_MOVERS = frozenset({"resume", "supplement", "supplement_expired", "reclassify"})


def find_moves(
    events: Sequence[TicketEvent], requests: Mapping[int, Request], clocks: Iterable[Clock]
) -> dict[int, Move]:
    """Tell for events, by number, from when to when each moved the handling clock of the whole ticket."""
    moves: dict[int, Move] = {}
    for clock in clocks:
        if clock.name != ClockName.HANDLE or clock.assignment_id is not None:
            continue
        movers = [event for event in events if _moves(event, requests) and _runs_at(clock, event.at)]
        if len(movers) == 1 and clock.due_at != clock.original_due_at:
            moves[movers[0].number] = (clock.original_due_at, clock.due_at)
    return moves


def _moves(event: TicketEvent, requests: Mapping[int, Request]) -> bool:
    if event.machine == Machine.TICKET:
        return event.action in _MOVERS
    request = requests.get(event.subject_id or 0) if event.machine == Machine.REQUEST else None
    return event.action == "approve" and request is not None and request.kind == RequestKind.EXTENSION


def _runs_at(clock: Clock, at: datetime) -> bool:
    return clock.started_at <= at and (clock.stopped_at is None or at <= clock.stopped_at)
