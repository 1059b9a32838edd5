"""Where is the recipient of a waiting message reached now? Asked when it goes out, not when it was put."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Citizen
from hotline.services.identity import takes_sms
from notifications.catalog import Channel

Addresses = dict[Channel, str]
_KNOWN: Mapping[str, Any] = {"citizen": Citizen, "unit": Unit, "user": User}


def addresses_now(session: Session, references: Collection[str]) -> Mapping[str, Addresses]:
    """Tell the addresses of recipients (`citizen:5`, `unit:7`, `user:3`); of whoever left there are none.

    Other references, such as the telephone of somebody who wrote us an SMS, are not in the answer.
    """
    wanted: dict[str, set[int]] = {}
    for reference in references:
        sort, _, row_id = reference.partition(":")
        if sort in _KNOWN:
            wanted.setdefault(sort, set()).add(int(row_id))
    found = {f"{sort}:{row_id}": Addresses() for sort, ids in wanted.items() for row_id in ids}
    for sort, ids in wanted.items():
        rows = session.scalars(select(_KNOWN[sort]).where(_KNOWN[sort].id.in_(ids)))
        found |= {f"{sort}:{row.id}": _of(row) for row in rows}
    return found


def of_citizen(citizen: Citizen) -> Addresses:
    """Tell where a citizen hears first; their ticket's page is what is left when these fail.

    A minor's guardian is told in the child's place.
    """
    if citizen.is_minor and citizen.guardian_phone:
        return _present(citizen.guardian_phone, "")
    return _present(citizen.phone or "", citizen.email or "")


def of_unit(unit: Unit) -> Addresses:
    return _present(unit.liaison_phone, unit.liaison_email)


def of_user(user: User) -> Addresses:
    """A user's mailbox is named by the user; nobody is told whose account was closed."""
    return {**_present(user.phone, user.email), Channel.MAILBOX: user.username} if user.is_active else {}


def _of(row: Citizen | Unit | User) -> Addresses:
    if isinstance(row, User):
        return of_user(row)
    if isinstance(row, Unit):
        return of_unit(row)
    return {**of_citizen(row), Channel.MAILBOX: f"citizen:{row.id}"}


def _present(phone: str, email: str) -> Addresses:
    addresses = {Channel.SMS: phone if takes_sms(phone) else "", Channel.EMAIL: email}
    return {channel: address for channel, address in addresses.items() if address}
