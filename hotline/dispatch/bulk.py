"""How are many tickets dispatched at once: only where one unit is suggested for all of them?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.queries.catalogue import Suggestion, suggest_for
from hotline.queries.scope import find_visible, visible_tickets
from hotline.services.lifecycle import Command, advance
from hotline.web.bulk import MOST_AT_ONCE, Pressed, press_each
from workflows.definition import Actor
from workflows.errors import Code, Refused
from workflows.policy import LimitClass
from workflows.vocabulary import TicketState


@dataclass(frozen=True, slots=True)
class Group:
    """Tickets that one unit is suggested for; none is for those of the last group."""

    unit: str
    tickets: tuple[Ticket, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The tickets that were ticked, and where each that waits would go; who looks may see them."""

    tickets: tuple[Ticket, ...]
    suggestions: Mapping[str, Suggestion]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The waiting tickets by unit; more than one group cannot go at once."""
        found: dict[str, list[Ticket]] = {}
        for ticket in self.tickets:
            if ticket.state == TicketState.TO_DISPATCH:
                named = self.suggestions.get(ticket.number)
                found.setdefault(named.unit if named else "", []).append(ticket)
        ordered = sorted(found.items(), key=lambda pair: not pair[0])
        return tuple(Group(unit, tuple(tickets)) for unit, tickets in ordered)

    @property
    def is_one(self) -> bool:
        return not any(not group.unit for group in self.groups) and len(self.groups) <= 1


def read_choice(session: Session, viewer: Actor, numbers: Sequence[str], now: datetime) -> Choice:
    """Find out where each of the ticked tickets would go; one that came back is never sent unread."""
    storable = [number for number in numbers[:MOST_AT_ONCE] if number.isprintable()]
    wanted = visible_tickets(viewer).where(Ticket.number.in_(storable))
    tickets = session.scalars(wanted.order_by(Ticket.due_at, Ticket.id)).all()
    waiting = (each for each in tickets if each.state == TicketState.TO_DISPATCH and not each.return_count)
    named = {each.number: next(iter(suggest_for(session, each, now)), None) for each in waiting}
    return Choice(tuple(tickets), {number: each for number, each in named.items() if each is not None})


def dispatch_all(
    choice: Choice, versions: Mapping[str, int | None], actor: Actor, now: datetime, key: str
) -> Pressed:
    """Dispatch each ticket as it is suggested, in a transaction of its own; `versions` are those seen."""

    def dispatch(session: Session, number: str) -> None:
        named = choice.suggestions.get(number)
        if find_visible(session, number, actor) is None:
            raise Refused(Code.NOT_FOUND)
        if named is None:
            raise Refused(Code.NOT_IN_THIS_STATE)
        data = {
            "main_unit": named.unit_id,
            "co_units": [unit_id for unit_id, _ in named.co_units],
            "is_hard": named.limit_class == LimitClass.HARD,
        }
        advance(session, Command(number, "dispatch", data, versions.get(number)), actor, now)

    return press_each([ticket.number for ticket in choice.tickets], dispatch, now, key)
