"""Every page, in both sizes: no accessibility fault, no script error, no sideways scroll, nothing blocked."""

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
    ("login", "", "/login"),
    ("find", "", "/find"),
    ("help", "", "/help"),
    ("submit", "", "/submit"),
    ("mailbox", "", "/mailbox"),
    ("desk", "agent", "/desk"),
    ("desk-trusted", "agent2", "/desk"),
    ("desk-mine", "agent", "/desk/mine"),
    ("search", "agent", "/search"),
    ("search-words", "handler", "/search?q=电梯&type=help"),
    ("search-view", "agent", "/search/views/new?q=电梯"),
    ("search-views", "agent", "/search/views"),
    ("intake", "reviewer", "/intake"),
    ("dispatch", "dispatcher", "/dispatch"),
    ("inbox", "handler", "/inbox"),
    ("unit-review", "leader", "/inbox/review"),
    ("reply-review", "auditor", "/review"),
    ("callback", "callback", "/callback"),
    ("board", "supervisor", "/board"),
    ("cockpit", "centre", "/figures"),
    ("figures-units", "centre", "/figures/units"),
    ("figures-trends", "supervisor", "/figures/trends"),
    ("figures-daily", "centre", "/figures/daily"),
    ("figures-tickets", "supervisor", "/figures/tickets?measure=closed"),
    ("overdue", "supervisor", "/board/overdue"),
    ("overdue-forecast", "centre", "/board/overdue?view=forecast"),
    ("overdue-orders", "supervisor", "/board/overdue/orders/new?number={in_process}"),
    ("ticket-in-process", "supervisor", "/tickets/{in_process}"),
    ("ticket-clocks", "supervisor", "/tickets/{in_process}/clocks"),
    ("ticket-closed", "supervisor", "/tickets/{closed}"),
    ("ticket-print", "supervisor", "/tickets/{closed}/print"),
    ("action-note", "supervisor", "/tickets/{in_process}/actions/note"),
    ("action-dispatch", "dispatcher", "/tickets/{to_dispatch}/actions/dispatch"),
    ("admin", "admin", "/admin"),
    ("admin-units", "admin", "/admin/units"),
    ("admin-units-found", "admin", "/admin/units?q=wtcg&expanded=y"),
    ("admin-unit", "admin", "/admin/units/WT-CG"),
    ("admin-unit-new", "admin", "/admin/units/new"),
    ("admin-unit-edit", "admin", "/admin/units/WT-CG/edit"),
    ("admin-unit-move", "admin", "/admin/units/WT-CG/move?to="),
    ("admin-unit-end", "admin", "/admin/units/WT-CG/end?on=2199-01-01&successor="),
    ("admin-users", "admin", "/admin/users"),
    ("admin-user", "admin", "/admin/users/of/handler"),
    ("admin-user-edit", "admin", "/admin/users/of/handler/edit"),
    ("roster", "leader", "/rosters/WT-CG"),
    ("roster-read", "handler", "/rosters/WT-CG"),
    ("admin-categories", "admin", "/admin/categories"),
    ("admin-calendars", "admin", "/admin/calendars"),
    ("admin-calendar", "admin", "/admin/calendars/city?year=2026"),
    ("admin-calendar-day", "admin", "/admin/calendars/city/day?on=2026-10-01&last=2026-10-07"),
    ("admin-calendar-week", "admin", "/admin/calendars/city/week"),
    ("admin-calendar-import", "admin", "/admin/calendars/city/years/2005/import"),
    ("admin-calendar-official", "admin", "/admin/calendars/city/years/2027/official"),
    ("admin-calendar-editions", "admin", "/admin/calendars/city/editions"),
    ("admin-calendar-new", "admin", "/admin/calendars/new"),
    ("messages", "admin", "/admin/messages"),
    ("messages-kind", "centre", "/admin/messages/urge_noted"),
    ("messages-draft", "admin", "/admin/messages/extended/draft"),
    ("messages-publish", "centre", "/admin/messages/extended/draft/publish"),
    ("messages-discard", "admin", "/admin/messages/extended/draft/discard"),
    ("policies", "admin", "/admin/policies"),
    ("policies-draft", "admin", "/admin/policies?version=3"),
    ("policies-versions", "centre", "/admin/policies/versions"),
    ("policies-compare", "centre", "/admin/policies/compare"),
    ("policies-trial", "centre", "/admin/policies/trial?span=30"),
    ("policies-row", "admin", "/admin/policies/draft/rows/new"),
    ("policies-step", "admin", "/admin/policies/draft/steps/new"),
    ("policies-publish", "centre", "/admin/policies/draft/publish"),
    ("policies-discard", "admin", "/admin/policies/draft/discard"),
    ("delivery", "admin", "/admin/delivery"),
    ("delivery-seen", "supervisor", "/admin/delivery"),
    ("admin-workflow", "admin", "/admin/workflow"),
    ("catalogue", "dispatcher", "/catalogue"),
    ("catalogue-versions", "centre", "/catalogue/versions"),
    ("catalogue-checks", "centre", "/catalogue/checks"),
    ("catalogue-trial", "centre", "/catalogue/trial"),
    ("catalogue-proposals", "dispatcher", "/catalogue/proposals"),
    ("catalogue-row", "admin", "/catalogue/draft/rows/1"),
    ("knowledge", "agent", "/knowledge"),
    ("knowledge-found", "agent", "/knowledge?q=gjj"),
    ("knowledge-nothing", "handler", "/knowledge?q=没有这样的事"),
    ("knowledge-entry", "agent", "/knowledge/ZS00001"),
    ("knowledge-correction", "leader", "/knowledge/ZS00010"),
    ("knowledge-versions", "handler", "/knowledge/ZS00009/versions"),
    ("knowledge-over", "agent", "/knowledge/ZS00014"),
    ("knowledge-to-publish", "admin", "/knowledge/ZS00018"),
    ("knowledge-draft", "reviewer", "/knowledge/ZS00016/draft"),
    ("knowledge-new", "agent", "/knowledge/new"),
    ("knowledge-queue", "reviewer", "/knowledge/queue?view=centre"),
    ("knowledge-corrections", "handler", "/knowledge/queue?view=corrections"),
    ("requests-dispatcher", "dispatcher", "/requests"),
    ("requests-centre", "centre", "/requests"),
    ("requests-security", "security", "/requests"),
    ("requests-unit", "leader", "/requests"),
    ("requests-mine", "handler", "/requests/mine"),
    ("export-ask", "supervisor", "/search/export"),
    ("exports", "supervisor", "/exports"),
    ("orders", "supervisor", "/board/orders"),
    ("order", "supervisor", "/board/orders/1"),
    ("order-issue", "supervisor", "/tickets/{in_process}/orders/issue"),
    ("orders-unit", "handler", "/inbox/orders"),
    ("ledger-suspended", "centre", "/board/suspended"),
    ("ledger-disputes", "centre", "/board/disputes"),
    ("ledger-invalid", "reviewer", "/board/invalid"),
    ("ledger-merged", "supervisor", "/board/merged"),
    ("ledger-excluded", "centre", "/board/excluded"),
    ("styleguide", "admin", "/styleguide/"),
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
