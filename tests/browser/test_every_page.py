"""Every page of every role, light and dark, wide and narrow: nothing out of reach, shifted, blocked or too heavy."""

import pytest
from sqlalchemy import select

from hotline.models.organisation import Unit
from hotline.models.ticket import Assignment, Ticket
from tests.browser.conftest import City, Visitors
from tests.browser.sweep import CITIZEN, Sweep, accounts

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]

# What a citizen can do depends on where the ticket stands.
STATES = ("to_call_back", "awaiting_supplement", "in_process", "closed")
_OF_EACH = 3


def doors_of_citizens(city: City) -> tuple[str, ...]:
    """Links as messages bring them, one for each of the states."""
    with city.sessions()() as session:
        known = (
            select(Ticket.link_token)
            .where(Ticket.citizen_id.is_not(None))
            .order_by(Ticket.closed_at.desc(), Ticket.id.desc())
        )
        tokens = [
            token
            for state in STATES
            for token in session.scalars(known.where(Ticket.state == state).limit(_OF_EACH))
        ]
    return tuple(f"/t/{token}" for token in tokens)


# What is only led to from one state of things, which the first account to open a page need not see.
DOORS = {
    "admin": (
        "/admin/policies?version=3",
        "/admin/policies/draft/discard",
        "/admin/categories/1/end",
        "/admin/calendars/city/years/2027/official",
        "/admin/messages/extended/draft",
        "/admin/messages/extended/draft/publish",
        "/admin/messages/extended/draft/discard",
        "/catalogue/draft/rows/1",
        "/admin/categories/2",
    ),
    "agent": ("/tickets/{in_process}/data-request",),
    "handler": (
        "/tickets/{handled}",
        "/tickets/{handled}/reveal",
        "/inbox/pass-down?number={handled}",
        "/inbox/give?number={handled}",
        "/inbox/pressed?act=sign&kept={handled}~not_in_this_state",
    ),
    "dispatcher": ("/dispatch/bulk?number={to_dispatch}",),
    "reviewer": ("/knowledge/ZS00016/draft",),
    "supervisor": (
        "/board/overdue/orders/new?number={in_process}&number={in_dispute}",
        "/tickets/{confidential}/requests/ask_disclosure",
    ),
}


def doors_of(city: City, username: str) -> tuple[str, ...]:
    """Fill in the newest tickets there are."""
    of_state = {state: Ticket.state == state for state in ("in_process", "in_dispute", "to_dispatch")}
    kinds = {**of_state, "confidential": (Ticket.state == "in_process") & Ticket.is_confidential}
    with city.sessions()() as session:
        known = select(Ticket.number).order_by(Ticket.id.desc())
        mine = select(Unit.id).where(Unit.code == "WT-CG").scalar_subquery()
        shares = select(Assignment.ticket_id).where(
            Assignment.unit_id == mine, Assignment.state == "handling"
        )
        kinds["handled"] = Ticket.id.in_(shares)
        numbers = {name: session.scalars(known.where(which)).first() for name, which in kinds.items()}
    return tuple(door.format(**numbers) for door in DOORS.get(username, ()))


def swept(visitors: Visitors, *, is_thorough: bool) -> Sweep:
    sweep = Sweep(visitors, is_thorough)
    sweep.walk(CITIZEN, frozenset(), doors_of_citizens(visitors.city))
    for username, roles in accounts():
        sweep.walk(username, roles, doors_of(visitors.city, username))
    return sweep


def test_every_page_is_within_reach_and_has_no_fault(visitors: Visitors) -> None:
    sweep = swept(visitors, is_thorough=False)
    lonely = [f"{endpoint}: nothing leads to it" for endpoint in sweep.unreached()]
    assert not sweep.faults + lonely, "\n".join(sweep.faults + lonely)


@pytest.mark.walk
def test_every_page_action_and_view_has_no_fault_in_any_look(visitors: Visitors) -> None:
    sweep = swept(visitors, is_thorough=True)
    assert not sweep.faults, "\n".join(sweep.faults)
