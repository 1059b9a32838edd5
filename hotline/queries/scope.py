"""Which tickets may somebody see at all? The one place that knows; every query of tickets starts here."""

import re
from functools import lru_cache

from sqlalchemy import ColumnElement, Select, and_, exists, false, select, true
from sqlalchemy.orm import Session, aliased

from hotline.models.barred_units import BarredUnit
from hotline.models.ticket import Assignment, Ticket
from workflows.definition import Actor, ActorKind
from workflows.errors import Code, Refused
from workflows.vocabulary import CENTRE_ROLES, UNIT_ROLES, Role

# What is no number is no ticket's; PostgreSQL would refuse to compare some of it.
_NUMBER = re.compile(r"[A-Za-z0-9-]{1,24}")
# Aliases of their own, so that outer queries may speak of assignments too. Made once: to make one lists every
# column of its table anew, which cost a list more than its rows.
_SHARE, _BAR = aliased(Assignment), aliased(BarredUnit)
# For how many people the conditions are kept as they were built: a page asks for them often. All of who
# somebody is tells them apart, so that whoever's rights change gets another.
KEPT_VIEWERS = 512


@lru_cache(maxsize=KEPT_VIEWERS)
def visible_to(viewer: Actor) -> ColumnElement[bool]:
    """The condition under which a ticket is visible: all to the centre, a unit's own subtree to units.

    Recalled and returned shares stop counting: what was taken from a unit is no longer its business. What
    accuses a unit is not there for it, nor for the unit over it, whoever below it has a share.
    """
    if viewer.kind is ActorKind.SYSTEM or viewer.roles & CENTRE_ROLES:
        return true()
    if viewer.roles & UNIT_ROLES and viewer.subtree_unit_ids:
        has_share = exists(
            select(_SHARE.id).where(
                _SHARE.ticket_id == Ticket.id,
                _SHARE.unit_id.in_(viewer.subtree_unit_ids),
                _SHARE.state.not_in(("recalled", "returned")),
            )
        )
        return and_(has_share, ~is_kept_from(viewer))
    if viewer.kind is ActorKind.CITIZEN and viewer.citizen_number:
        return Ticket.number == viewer.citizen_number
    if Role.IMPORTER in viewer.roles and viewer.user_id is not None:
        return Ticket.registered_by_id == viewer.user_id
    return false()


@lru_cache(maxsize=KEPT_VIEWERS)
def is_kept_from(viewer: Actor) -> ColumnElement[bool]:
    """The condition under which a ticket is kept from the viewer's unit, because it accuses it."""
    return exists(select(_BAR.unit_id).where(_BAR.ticket_id == Ticket.id, _BAR.unit_id == viewer.unit_id))


def visible_tickets(viewer: Actor) -> Select[Ticket]:
    """Start a query of the tickets a person may see."""
    return select(Ticket).where(visible_to(viewer))


def find_visible(session: Session, number: str, viewer: Actor) -> Ticket | None:
    """Find a ticket the viewer may see; one that exists but is not theirs looks absent."""
    if not _NUMBER.fullmatch(number):
        return None
    return session.scalar(visible_tickets(viewer).where(Ticket.number == number))


def get_visible(session: Session, number: str, viewer: Actor) -> Ticket:
    """Get a ticket the viewer may see; raises Refused when it is absent or not theirs."""
    ticket = find_visible(session, number, viewer)
    if ticket is None:
        raise Refused(Code.NOT_FOUND)
    return ticket


def names_caller_to(viewer: Actor) -> ColumnElement[bool]:
    """The condition under which a viewer who sees a ticket may find it by its caller.

    To find a confidential ticket by its caller's number would tell a unit who called.
    """
    if viewer.kind is ActorKind.SYSTEM or viewer.roles & CENTRE_ROLES:
        return true()
    return Ticket.is_confidential.is_(False)


def may_see_identity(ticket: Ticket, viewer: Actor) -> bool:
    """Whether the viewer may see who called: units never for confidential tickets, centre staff always.

    What is shown is still masked by the screens.
    """
    if viewer.roles & CENTRE_ROLES:
        return True
    return not ticket.is_confidential and bool(viewer.roles & UNIT_ROLES)


def find_position(ticket: Ticket, viewer: Actor) -> tuple[float, float] | None:
    """Where it is in degrees, latitude first, as far as it was said and the viewer may know.

    It may be where its citizen stood, so whoever may not know them does not read it either.
    """
    if ticket.latitude is None or ticket.longitude is None or not may_see_identity(ticket, viewer):
        return None
    return ticket.latitude, ticket.longitude
