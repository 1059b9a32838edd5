"""Which steps of a ticket were taken back a moment later? Nobody outside the house hears of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from hotline.models.ticket import TicketEvent
from hotline.queries.wording import ROWS
from workflows.definition import ActorKind

_UNDOES = frozenset(row.undone_by for row in ROWS.values() if row.undone_by)


@dataclass(frozen=True, slots=True)
class Undone:
    """Steps that were undone and the undoings, each with what followed from it, by the numbers of events.

    `share_ids` are the shares that were given by mistake.
    """

    steps: frozenset[int]
    undoings: frozenset[int]
    share_ids: frozenset[int]

    def hides(self, event: TicketEvent) -> bool:
        """Tell whether an event is the house's own business: a mistake, or its mending."""
        return event.number in self.steps or event.number in self.undoings


def find_undone(events: Iterable[TicketEvent]) -> Undone:
    """Find what was undone in one ticket; what the system did belongs to the act before it."""
    acts: list[list[TicketEvent]] = []
    steps: list[TicketEvent] = []
    undoings: list[TicketEvent] = []
    for event in sorted(events, key=lambda each: each.number):
        if event.actor_kind != ActorKind.SYSTEM:
            acts.append([])
        if not acts:
            continue
        acts[-1].append(event)
        if event.action in _UNDOES and len(acts) > 1:
            steps += acts[-2]
        if acts[-1][0].action in _UNDOES and event.at == acts[-1][0].at:
            undoings.append(event)
    return Undone(_numbers(steps), _numbers(undoings), frozenset(_given(undoings)))


def _numbers(events: Iterable[TicketEvent]) -> frozenset[int]:
    return frozenset(event.number for event in events)


def _given(undoings: Iterable[TicketEvent]) -> Iterable[int]:
    recalls = (event.subject_id for event in undoings if event.action == "recall")
    return (share_id for share_id in recalls if share_id is not None)
