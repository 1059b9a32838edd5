"""By what does a citizen hear of their ticket, and what do they wish: no SMS, no mail, another address?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.ticket import Citizen, Ticket
from hotline.services.address_book import of_citizen
from hotline.services.identity import keep_email
from hotline.services.lifecycle import lock_ticket
from notifications.catalog import Channel
from notifications.optouts import list_opted_out, opt_in, opt_out
from workflows.errors import Code, Refused

_ORDER = (Channel.SMS, Channel.EMAIL)


@dataclass(frozen=True, slots=True)
class Way:
    """One channel that could reach a citizen, and whether they want it."""

    channel: Channel
    address: str = field(repr=False)
    is_opted_out: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """How a citizen is reached, in the order in which it is tried; what is left is the page of the ticket.

    `may_give_email` is false where nobody is kept, and where a guardian is told in a minor's place.
    """

    ways: Sequence[Way] = ()
    may_give_email: bool = False

    @property
    def first(self) -> Way | None:
        """By what the next message comes."""
        return next((way for way in self.ways if not way.is_opted_out), None)

    def find(self, channel: str) -> Way | None:
        """Find how a channel stands; None when there is no address for it."""
        return next((way for way in self.ways if way.channel == channel), None)


def read_ways(session: Session, number: str) -> Ways:
    """Read how a ticket's citizen is reached now."""
    citizen = _citizen(session, number)
    if citizen is None:
        return Ways()
    addresses = of_citizen(citizen)
    unwanted = list_opted_out(session, addresses)
    return Ways(
        [Way(each, addresses[each], each in unwanted) for each in _ORDER if each in addresses],
        may_give_email=_is_known(citizen) and not (citizen.is_minor and citizen.guardian_phone),
    )


def wish(session: Session, number: str, channel: str, *, wants: bool, now: datetime) -> None:
    """Let the citizen have no more messages by a channel, or have them again; twice is once. Never commits.

    Raises Refused where there is no address for the channel.
    """
    way = read_ways(session, number).find(channel)
    if way is None:
        raise Refused(Code.NOT_FOUND)
    if wants:
        opt_in(session, way.channel, way.address)
    else:
        opt_out(session, way.channel, way.address, now)


def give_email(session: Session, number: str, email: str) -> None:
    """Note where the citizen has their mail; it holds for this ticket. Never commits. Locks the ticket.

    Raises Refused for what is no mail address, and where there is nobody to keep it for.
    """
    lock_ticket(session, number)
    citizen = _citizen(session, number)
    if citizen is None or not read_ways(session, number).may_give_email:
        raise Refused(Code.NOT_FOUND)
    keep_email(citizen, email)


def _is_known(citizen: Citizen) -> bool:
    """Tell whether anybody is kept: once erased, nothing new of them may begin to stay for good."""
    return any((citizen.name, citizen.phone, citizen.email, citizen.id_number))


def _citizen(session: Session, number: str) -> Citizen | None:
    of_ticket = select(Citizen).join(Ticket, Ticket.citizen_id == Citizen.id)
    return session.scalar(of_ticket.where(Ticket.number == number))
