"""Other faces of pages that test_every_page opens once: other readers, views, searches, states and refusals."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select, update

from hotline.demo.load import DemoPlan, load_demo
from hotline.models.ticket import Assignment, Ticket
from notifications.models import OutboxMessage, State
from tests.browser.conftest import DESKTOP, PHONE, City, Visitors, accessibility_faults
from tests.hotline.test_demo import LIGHTS, STATES

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("city")]

# name, who looks, address; {state} stands for the number of a ticket in that state.
PAGES = [
    ("desk-trusted", "agent2", "/desk"),
    ("overdue-forecast", "centre", "/board/overdue?view=forecast"),
    ("ticket-closed", "supervisor", "/tickets/{closed}"),
    ("admin-calendar", "admin", "/admin/calendars/city?year=2026"),
    ("policies-draft", "admin", "/admin/policies?version=3"),
    ("delivery-seen", "supervisor", "/admin/delivery"),
    ("knowledge-found", "agent", "/knowledge?q=gjj"),
    ("knowledge-nothing", "handler", "/knowledge?q=没有这样的事"),
    ("knowledge-correction", "leader", "/knowledge/ZS00010"),
    ("knowledge-over", "agent", "/knowledge/ZS00014"),
    ("knowledge-to-publish", "admin", "/knowledge/ZS00018"),
    ("knowledge-corrections", "handler", "/knowledge/queue?view=corrections"),
    ("requests-centre", "centre", "/requests"),
    ("requests-security", "security", "/requests"),
    ("requests-unit", "leader", "/requests"),
    ("search-words", "handler", "/search?q=电梯&type=help"),
    ("admin-units-found", "admin", "/admin/units?q=wtcg&expanded=y"),
    ("admin-unit-end", "admin", "/admin/units/WT-CG/end?on=2199-01-01&successor="),
    ("forbidden", "agent", "/admin"),
    ("missing", "agent", "/tickets/YJ20200101-00000"),
]
ERRORS_EXPECTED = {"forbidden", "missing"}


def address(city: City, path: str) -> str:
    """Fill in the number of a ticket in the state the path names."""
    if "{" not in path:
        return city.address + path
    state = path.split("{")[1].split("}", maxsplit=1)[0]
    newest = select(Ticket.number).where(Ticket.state == state).order_by(Ticket.id.desc())
    with city.sessions()() as session:
        return city.address + path.replace(f"{{{state}}}", session.scalars(newest).first() or "none")


@pytest.mark.parametrize(("name", "username", "path"), PAGES, ids=[page[0] for page in PAGES])
def test_a_page_has_no_fault(visitors: Visitors, name: str, username: str, path: str) -> None:
    page = visitors.page(username)
    page.goto(address(visitors.city, path))
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert accessibility_faults(page) == [], size
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    if name not in ERRORS_EXPECTED:
        assert visitors.complaints == []


def test_the_page_of_a_citizens_messages_has_no_fault(visitors: Visitors) -> None:
    city = visitors.city
    with city.sessions()() as session:
        known = select(Ticket.number, Ticket.link_token).where(
            Ticket.state == "in_process", Ticket.citizen_id.is_not(None)
        )
        number, token = session.execute(known.order_by(Ticket.id.desc()).limit(1)).one()
    page = visitors.page("")
    page.goto(f"{city.address}/t/{token}")
    page.goto(f"{city.address}/contact/{number}")
    for size in (DESKTOP, PHONE):
        page.set_viewport_size(size)
        assert accessibility_faults(page) == [], size
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert visitors.complaints == []


def test_dead_letters_are_ticked_and_sent_again(visitors: Visitors) -> None:
    city = visitors.city
    with city.sessions().begin() as session:
        newest = select(OutboxMessage.id).where(OutboxMessage.state == State.ACCEPTED)
        ids = session.scalars(newest.order_by(OutboxMessage.id.desc()).limit(2)).all()
        dead = {"state": State.DEAD, "last_error": "tencent_InvalidParameterValue.IncorrectPhoneNumber"}
        session.execute(update(OutboxMessage).where(OutboxMessage.id.in_(ids)).values(**dead))
    page = visitors.page("admin")
    page.goto(f"{city.address}/admin/delivery")
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)
        assert accessibility_faults(page) == [], size
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    for each in ids:
        page.locator(f"#row-{each} .pick").click()
    page.get_by_role("button", name="重新发送所选").click()
    page.get_by_text("2 条消息等待重新发送").wait_for()
    assert page.locator("#rows input").count() == 0
    assert visitors.complaints == []


def test_units_see_only_what_was_given_to_them(visitors: Visitors) -> None:
    city = visitors.city
    with city.sessions()() as session:
        foreign = session.scalars(
            select(Ticket.number).where(Ticket.id.not_in(select(Assignment.ticket_id))).limit(1)
        ).one()
    page = visitors.page("handler")
    answer = page.goto(f"{city.address}/tickets/{foreign}")
    assert answer is not None
    assert answer.status == 404


def test_the_city_shows_every_state_and_light_at_whatever_hour_it_is_loaded(visitors: Visitors) -> None:
    engine = visitors.city.sessions().kw["bind"]
    there = load_demo(engine, DemoPlan(visitors.city.password), datetime.now(UTC))
    assert not there.is_new
    assert set(there.states) >= STATES
    assert set(there.lights) >= LIGHTS
