"""A page asks for its ticket and for each kind of its parts once; what may be done is asked anew when it is done."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from database import db
from hotline.models.barred_units import BarredUnit
from hotline.models.ticket import Assignment, Ticket
from hotline.services import offering
from hotline.services.lifecycle import lock_ticket
from hotline.services.remembered import looking, parts_of
from hotline.web.named_ticket import forget_named, get_named, is_named_in_scope
from hotline.web.transaction import begin_reading, transaction
from tests.hotline.department.office import GOOD_REPLY, post, sign_in
from workflows.definition import Actor
from workflows.errors import Refused


@contextmanager
def statements() -> Iterator[list[str]]:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(" ".join(statement.split()))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def test_the_page_of_a_ticket_asks_the_scope_once(client, office):
    number = office.handled()
    sign_in(client, "handler").get(f"/tickets/{number}")
    with statements() as seen:
        assert client.get(f"/tickets/{number}").status_code == 200
    assert len([each for each in seen if each.startswith("SELECT tickets.") and "barred_units" in each]) == 1


def test_the_inbox_counts_its_views_in_one_statement(client, office):
    office.handled()
    sign_in(client, "handler").get("/inbox")
    with statements() as seen:
        assert client.get("/inbox").status_code == 200
    assert len([each for each in seen if "count(" in each]) == 1


def _waiting(page: str) -> dict[str, str]:
    menu = BeautifulSoup(page, "html.parser").select_one(".topnav")
    return {each.text.split()[0]: each.text.split(" ", 1)[1] for each in menu.select("a:has(.count)")}


def test_the_menu_counts_what_waits_for_ones_own_unit_in_one_statement_and_not_again_at_once(client, office):
    kept_from, mine = office.dispatched(), office.dispatched("路灯不亮")
    office.dispatched("井盖破损", unit="BJ-CG")
    with office.factory.begin() as session:
        session.add(BarredUnit(ticket_id=office.ticket(kept_from).id, unit_id=office.unit_id("WT-ZJ")))
    sign_in(client, "chief")
    with statements() as seen:
        page = client.get("/knowledge").text
    assert _waiting(page) == {"收件箱": "1 件待办"}
    assert len([each for each in seen if each.startswith("SELECT (SELECT count(")]) == 1
    with statements() as seen:
        client.get("/knowledge")
    assert [each for each in seen if each.startswith("SELECT (SELECT count(")] == []
    office.on_share(mine, "handler", "sign")
    office.on_share(mine, "handler", "submit_reply", GOOD_REPLY)
    post(client, "/preferences/no-such")
    assert _waiting(client.get("/knowledge").text) == {"待审核": "1 件待办"}


def test_the_guards_answer_holds_for_one_view_of_one_viewer_until_something_is_written(app, office):
    number, viewer = office.handled(), office.actor("handler")
    with app.app_context():
        session = db.session()
        begin_reading(session)
        assert is_named_in_scope(session, number, viewer)
        with pytest.raises(Refused):
            get_named(session, number, office.actor("other"))
        assert is_named_in_scope(session, number, viewer)
        with statements() as seen:
            assert get_named(session, number, viewer).number == number
            assert seen == []
            assert get_named(session, number, viewer).number == number
            assert len(seen) == 1
        assert is_named_in_scope(session, number, viewer)
        with transaction():
            lock_ticket(session, number)
            session.scalars(select(Assignment)).one().state = "recalled"
        with pytest.raises(Refused):
            get_named(session, number, viewer)


def test_what_another_request_left_is_no_answer(app, office):
    number, viewer = office.handled(), office.actor("handler")
    with app.app_context():
        begin_reading(db.session())
        assert is_named_in_scope(db.session(), number, viewer)
        forget_named()
        with statements() as seen:
            get_named(db.session(), number, viewer)
        assert len(seen) == 1


@pytest.mark.parametrize("number", ["\x00", "YJ\ud8001", "YJ 1", "", "Y" * 25])
def test_what_can_be_no_number_is_no_tickets(app, office, number):
    with app.app_context():
        begin_reading(db.session())
        assert not is_named_in_scope(db.session(), number, office.actor("agent"))


def _offered(session: Session, number: str, asked_by: tuple[Actor, datetime]) -> list[str]:
    ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
    share = session.scalars(select(Assignment).where(Assignment.ticket_id == ticket.id)).one()
    found = [offering.offers, offering.ask_offers, offering.new_order_offers]
    offers = [each for ask in found for each in ask(session, ticket, *asked_by)]
    offers += offering.assignment_offers(session, ticket, share, *asked_by)
    return [each.action for each in offers]


def test_a_look_reads_each_kind_of_part_once_and_offers_the_same(office):
    number, asked_by = office.handled(), (office.actor("handler"), office.now)
    with office.factory() as session:
        alone = _offered(session, number, asked_by)
        ticket_id = session.scalars(select(Ticket.id)).one()
        with statements() as seen, looking(session, ticket_id):
            assert _offered(session, number, asked_by) == alone
    assert "submit_reply" in alone
    for table in ("supervision_orders", "clocks", "requests", "barred_units"):
        assert len([each for each in seen if f"FROM {table} " in each]) == 1, table


def test_the_next_look_sees_what_changed_since(office):
    number = office.handled()
    with office.factory() as session:
        ticket_id = session.scalars(select(Ticket.id)).one()
        with looking(session, ticket_id):
            assert [share.state for share in parts_of(session, Assignment, ticket_id)] == ["handling"]
        session.rollback()
        office.dispatched()
        office.act("agent", number, "withdraw", {"reason": "不再需要", "is_identity_checked": True})
        with looking(session, ticket_id):
            assert [share.state for share in parts_of(session, Assignment, ticket_id)] == ["recalled"]


def test_a_look_inside_an_act_leaves_what_the_act_holds(office):
    number = office.handled()
    with office.factory.begin() as session:
        ticket = lock_ticket(session, number)
        parts_of(session, Assignment, ticket.id)
        with looking(session, ticket.id):
            parts_of(session, Assignment, ticket.id)
        with statements() as seen:
            parts_of(session, Assignment, ticket.id)
        assert seen == []
