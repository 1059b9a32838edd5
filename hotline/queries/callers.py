"""Who is on the line: what is known of a telephone number, open tickets first and the newest on top."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Citizen, Ticket
from hotline.queries.scope import visible_to
from hotline.queries.worklists import Filters, TicketRow, count, list_page
from workflows.definition import Actor
from workflows.vocabulary import TicketState

RECENT = timedelta(days=90)
OVER = (str(TicketState.CLOSED), str(TicketState.ARCHIVED))
OPEN = tuple(str(state) for state in TicketState if state not in OVER)
_MOST_OPEN = 10
_MOST_CLOSED = 8
_LOOK_BACK = 10


@dataclass(frozen=True, slots=True)
class Caller:
    """What the tickets of one number say. `calls` counts the tickets of the last 90 days, `total` all.

    `place` is district, street and address as they were given last.
    """

    name: str
    place: tuple[str, str, str]
    calls: int
    total: int
    open_tickets: list[TicketRow]
    closed_tickets: list[TicketRow]

    @property
    def address(self) -> str:
        return "".join(self.place)

    @property
    def is_known(self) -> bool:
        return self.total > 0

    @property
    def history(self) -> list[TicketRow]:
        return self.open_tickets + self.closed_tickets


def find_caller(session: Session, viewer: Actor, phone_hash: str, now: datetime, besides: str = "") -> Caller:
    """Look a number up by its keyed hash; an unknown one gives an empty caller.

    The ticket numbered `besides` is left out: it is the one being written.
    """
    name, place = _last_words(session, viewer, phone_hash)
    newest = Filters(phone_hash=phone_hash, sort="-created_at", only=(Ticket.number != besides,))
    open_now = replace(newest, states=OPEN, limit=_MOST_OPEN)
    over = replace(newest, states=OVER, limit=_MOST_CLOSED)
    return Caller(
        name=name,
        place=place,
        calls=count(session, viewer, replace(newest, created_from=now - RECENT), now),
        total=count(session, viewer, newest, now),
        open_tickets=list_page(session, viewer, open_now, now).rows,
        closed_tickets=list_page(session, viewer, over, now).rows,
    )


def _last_words(session: Session, viewer: Actor, phone_hash: str) -> tuple[str, tuple[str, str, str]]:
    """The name and the place given last with this number, from the few newest tickets."""
    rows = session.execute(
        select(Citizen.name, Ticket.district, Ticket.street, Ticket.address)
        .join(Ticket, Ticket.citizen_id == Citizen.id)
        .where(Citizen.phone_hash == phone_hash, visible_to(viewer))
        .order_by(Ticket.created_at.desc(), Ticket.id.desc())
        .limit(_LOOK_BACK)
    ).all()
    name = next((row.name for row in rows if row.name), "")
    places = ((row.district, row.street, row.address) for row in rows if row.address)
    return name, next(places, ("", "", ""))
