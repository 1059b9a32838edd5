"""Whom does an audience of the tables mean now, and where does each channel reach them?"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.orders import OrderUnit
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, Citizen, Ticket
from hotline.queries.directory import list_users_with_role
from hotline.queries.rosters import list_on_duty
from hotline.queries.substitutions import list_standing_in, roles_in
from hotline.services.address_book import of_citizen, of_unit, of_user
from hotline.services.barring import barred_from
from hotline.services.claims import POOLS
from hotline.services.effects.change import Change, find_main, list_shares
from hotline.services.reasons import FOLLOWER, SUBSTITUTE
from hotline.services.remembered import once
from notifications.catalog import Channel
from workflows.definition import Notice
from workflows.request.parts import DECIDERS
from workflows.vocabulary import Audience, RequestKind, Role

# What happens to a master is told to the citizens of its followers too, each under their own number.
_SHARED = frozenset(
    {"dispatched", "replied", "closed", "reworked", "suspended", "resumed", "reopened", "extended"}
)
_AT_WORK = ("to_sign", "handling", "sub_dispatched", "unit_review")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person or unit and where each channel reaches them; `ticket` is the one they know.

    `because` is in what capacity they hear of it, of a substitute `stands_in_for` whom. Who `is_guarded` is
    told nothing of the matter, since others may read it: a minor without a guardian's number, and whoever
    asked for confidence.
    """

    reference: str
    language: str
    addresses: Mapping[Channel, str]
    ticket: Ticket
    is_citizen: bool = False
    because: str = ""
    is_guarded: bool = False
    stands_in_for: str = ""


def recipients_of(change: Change, notice: Notice) -> list[Recipient]:
    """Resolve an audience to the people and units it means now, and keep why; nobody hears of their own act.

    What follows from an act is its maker's own as well, though the system carries it out. Nobody hears twice:
    who is meant in their own name is no substitute.
    """
    found = _RESOLVERS[notice.audience](change)
    if notice.audience is Audience.CITIZEN and notice.kind in _SHARED and change.ticket.follower_count:
        found += _followers(change)
    own = f"user:{change.begun_by}"
    meant = {recipient.reference for recipient in found if not recipient.stands_in_for}
    found = [each for each in found if not (each.stands_in_for and each.reference in meant)]
    return [
        replace(recipient, because=recipient.because or str(notice.audience))
        for recipient in found
        if own not in {recipient.reference, recipient.stands_in_for} and recipient.addresses
    ]


def _citizen(change: Change) -> list[Recipient]:
    return citizen_of(change.session, change.ticket)


def _followers(change: Change) -> list[Recipient]:
    followers = select(Ticket).where(Ticket.master_id == change.ticket.id).order_by(Ticket.id)
    tickets = change.session.scalars(followers).all()
    found = [recipient for ticket in tickets for recipient in citizen_of(change.session, ticket)]
    return [replace(recipient, because=FOLLOWER) for recipient in found]


def citizen_of(session: Session, ticket: Ticket) -> list[Recipient]:
    """Tell who called, with or without an address; nobody where no citizen is on record."""
    if ticket.citizen_id is None:
        return []
    citizen = session.get_one(Citizen, ticket.citizen_id)
    is_guarded = ticket.is_confidential or (citizen.is_minor and not citizen.guardian_phone)
    return [
        Recipient(
            f"citizen:{citizen.id}",
            citizen.language,
            of_citizen(citizen),
            ticket,
            is_citizen=True,
            is_guarded=is_guarded,
        )
    ]


def _units(change: Change, unit_ids: Iterable[int]) -> list[Recipient]:
    wanted = frozenset(unit_ids) - _barred(change)
    units = once(change.session, ("units", wanted), lambda: _named(change.session, wanted))
    return [Recipient(f"unit:{unit.id}", "zh", of_unit(unit), change.ticket) for unit in units]


def _named(session: Session, unit_ids: Iterable[int]) -> Sequence[Unit]:
    return session.scalars(select(Unit).where(Unit.id.in_(unit_ids)).order_by(Unit.id)).all()


def _person(change: Change, user: User) -> Recipient:
    return Recipient(f"user:{user.id}", user.language, of_user(user), change.ticket)


def _user(change: Change, user_id: int | None) -> list[Recipient]:
    user = change.session.get(User, user_id) if user_id is not None else None
    is_told = user is not None and user.is_active and user.unit_id not in _barred(change)
    return _people(change, [user]) if user is not None and is_told else []


def _holders(change: Change, role: Role, unit_id: int | None = None) -> list[Recipient]:
    session = change.session
    users = once(session, (role, unit_id), lambda: list_users_with_role(session, role, unit_id))
    barred = _barred(change)
    return _people(change, [user for user in users if user.unit_id not in barred], role)


def _people(change: Change, users: Sequence[User], role: Role | None = None) -> list[Recipient]:
    """These people, and whoever stands in for one of them now, in that role if it is meant by it.

    A substitute works where their principal does, and sees what the lent roles see.
    """
    told = {f"user:{user.id}": _person(change, user) for user in users}
    now = change.now
    running = once(change.session, ("standing in", now), lambda: list_standing_in(change.session, now))
    for row, substitute in running:
        principal, reference = f"user:{row.principal_id}", f"user:{substitute.id}"
        is_lent = role is None or role in roles_in(row.roles)
        if is_lent and principal in told and reference not in told:
            found = _person(change, substitute)
            told[reference] = replace(found, because=SUBSTITUTE, stands_in_for=principal)
    return list(told.values())


def _barred(change: Change) -> frozenset[int]:
    """The units that must not hear of the ticket, because it accuses them."""
    return barred_from(change.session, change.ticket.id)


def _of_role(role: Role) -> Callable[[Change], list[Recipient]]:
    return lambda change: _holders(change, role)


def _main_unit(change: Change) -> list[Recipient]:
    main = find_main(change)
    return _units(change, [main.unit_id]) if main else []


def _moved_unit(change: Change) -> list[Recipient]:
    return _main_unit(change) if change.due_before != change.ticket.due_at else []


def _open_units(change: Change) -> list[Recipient]:
    return _units(change, [share.unit_id for share in list_shares(change) if share.state in _AT_WORK])


def _leaders(change: Change) -> list[Recipient]:
    share = change.assignment or find_main(change)
    return _holders(change, Role.UNIT_LEADER, share.unit_id) if share else []


def _on_duty(change: Change) -> list[Recipient]:
    """The first in line of each unit whom a message can reach; its leaders while nobody is on duty."""
    shares = [change.assignment] if change.assignment and not change.touched else change.touched
    found: dict[str, Recipient] = {}
    for unit_id in dict.fromkeys(share.unit_id for share in shares):
        people = list_on_duty(change.session, unit_id, change.now)
        first = [user for user in people if user.phone or user.email][:1] or people[:1]
        told = _people(change, first) or _holders(change, Role.UNIT_LEADER, unit_id)
        found |= {recipient.reference: recipient for recipient in told}
    return list(found.values())


def _handler(change: Change) -> list[Recipient]:
    """Whoever holds the share, or its unit while nobody does."""
    holder_id = change.assignment.handler_id if change.assignment else None
    return _own_unit(change) if holder_id is None else _user(change, holder_id)


def _own_unit(change: Change) -> list[Recipient]:
    return _units(change, [change.assignment.unit_id] if change.assignment else [])


def _parent_unit(change: Change) -> list[Recipient]:
    """The unit that passed the share down, or the one over the unit that holds it."""
    share = change.assignment
    if share is None:
        return []
    if share.parent_id is not None:
        return _units(change, [change.session.get_one(Assignment, share.parent_id).unit_id])
    above = change.session.get_one(Unit, share.unit_id).parent_id
    return _units(change, [above]) if above is not None else []


def _ordered(change: Change) -> list[int]:
    if change.order is None:
        return []
    of_order = select(OrderUnit.unit_id).where(OrderUnit.order_id == change.order.id)
    return list(change.session.scalars(of_order.order_by(OrderUnit.id)))


def _ordered_leaders(change: Change) -> list[Recipient]:
    return [who for unit_id in _ordered(change) for who in _holders(change, Role.UNIT_LEADER, unit_id)]


def _deciders(change: Change) -> list[Recipient]:
    if change.request is None:
        return []
    roles = _deciding(change, RequestKind(change.request.kind))
    found = {who.reference: who for role in sorted(roles) for who in _holders(change, role)}
    return list(found.values())


def _deciding(change: Change, kind: RequestKind) -> frozenset[Role]:
    """The first extension is laid before the dispatchers, a further one before the leader who may give it.

    Every agent may call for a unit, but not all of them are told.
    """
    if kind is RequestKind.CENTRE_CONTACT:
        return DECIDERS[kind] - {Role.AGENT}
    if kind is not RequestKind.EXTENSION:
        return DECIDERS[kind]
    return frozenset({Role.CENTRE_LEADER if change.ticket.extension_count else Role.DISPATCHER})


_RESOLVERS: Mapping[Audience, Callable[[Change], list[Recipient]]] = {
    Audience.CITIZEN: _citizen,
    Audience.AGENT: lambda change: _user(change, change.ticket.registered_by_id),
    Audience.HANDLER: _handler,
    Audience.FORMER_HANDLER: lambda change: _user(change, change.former_handler_id),
    Audience.UNITS: lambda change: _units(change, [share.unit_id for share in change.touched]),
    Audience.UNIT: _own_unit,
    Audience.MAIN_UNIT: _main_unit,
    Audience.OPEN_UNITS: _open_units,
    Audience.RECALLED_UNITS: lambda change: _units(change, [share.unit_id for share in change.dropped]),
    Audience.MOVED_UNIT: _moved_unit,
    Audience.PARENT_UNIT: _parent_unit,
    Audience.ORDERED_UNITS: lambda change: _units(change, _ordered(change)),
    Audience.ORDERED_LEADERS: _ordered_leaders,
    Audience.SUPPLEMENT_ASKER: lambda change: _user(change, change.ticket.supplement_asked_by_id),
    Audience.REQUEST_ASKER: lambda change: _user(
        change, change.request.asked_by_id if change.request else None
    ),
    Audience.REQUEST_DECIDERS: _deciders,
    Audience.UNIT_LEADER: _leaders,
    Audience.DUTY: _on_duty,
    Audience.DISPATCHER: _of_role(Role.DISPATCHER),
    Audience.AUDITOR: _of_role(Role.AUDITOR),
    Audience.SUPERVISOR: _of_role(Role.SUPERVISOR),
    Audience.REVIEWER: _of_role(Role.REVIEWER),
    Audience.CENTRE_DESK: lambda change: _holders(change, POOLS.get(change.ticket.state, Role.DISPATCHER)),
    Audience.CENTRE_LEADER: _of_role(Role.CENTRE_LEADER),
    Audience.SECURITY_OFFICER: _of_role(Role.SECURITY_OFFICER),
}
