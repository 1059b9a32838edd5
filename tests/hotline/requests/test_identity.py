"""Is a sealed identity seen once, by its asker, within half an hour, and nowhere else?"""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotline.models.reveals import IdentityReveal
from hotline.models.ticket import TicketEvent
from tests.hotline.requests.wide_city import NOW, post
from tests.hotline.supervisor.small_city import PHONE, RECORD

PURPOSE = {"purpose": "核实举报人是否愿意作证。"}
NAME = RECORD["citizen_name"]


@pytest.fixture
def granted(city):
    """The number of a ticket and the address of the look that was granted just now."""

    def grant(at=None):
        at = at or datetime.now(UTC)
        number = city.handled(is_confidential=True, at=at)
        asked = city.ask(number, "unit-cg", "ask_disclosure", PURPOSE, at, share=False)
        city.decide(number, "security", "approve", at=at)
        return number, f"/tickets/{number}/requests/{asked}/actions/view_identity"

    return grant


def test_the_asker_sees_name_and_telephone_once_with_their_own_name_across_the_page(city, visit, granted):
    number, url = granted()
    unit = visit("unit-cg")
    before = unit.get(f"/tickets/{number}").text
    assert "查看保密身份" in before
    assert NAME not in before
    seen = post(unit, url)
    assert seen.status_code == 200
    assert NAME in seen.text
    assert PHONE in seen.text
    assert seen.text.count("unit-cg 的姓名") > 1
    assert seen.headers["Cache-Control"] == "no-store"
    assert NAME not in unit.get(f"/tickets/{number}").text


def test_one_press_beside_the_ticket_does_not_use_up_the_look(city, visit, granted):
    number, url = granted()
    unit = visit("unit-cg")
    page = unit.get(f"/tickets/{number}").text
    assert f'href="{url}' in page
    assert f'action="{url}"' not in page
    form = unit.get(url).text
    assert "只能查看这一次" in form
    assert f'action="{url}"' in form


def test_a_second_look_is_refused_with_the_way_to_a_new_request(city, visit, granted):
    _, url = granted()
    unit = visit("unit-cg")
    assert post(unit, url).status_code == 200
    again = post(unit, url)
    assert again.status_code == 409
    assert "请重新申请" in again.text
    assert NAME not in again.text


def test_a_look_after_half_an_hour_is_refused(city, visit, granted):
    _, url = granted(NOW - timedelta(minutes=31))
    late = post(visit("unit-cg"), url)
    assert late.status_code == 409
    assert NAME not in late.text


def test_nobody_but_the_asker_may_use_the_look(city, visit, granted):
    _, url = granted()
    for who in ("supervisor", "dispatcher"):
        assert NAME not in post(visit(who), url).text
    assert post(visit("security"), url).status_code == 403
    assert NAME in post(visit("unit-cg"), url).text


def test_the_look_is_written_into_the_trail_without_the_identity(city, visit, granted, session_factory):
    _, url = granted()
    post(visit("unit-cg"), url)
    with session_factory() as session:
        event = session.scalars(select(TicketEvent).order_by(TicketEvent.id.desc())).first()
    assert (event.action, event.actor_name) == ("view_identity", "unit-cg 的姓名")
    assert NAME not in str(event.data)


def test_opening_the_address_of_the_look_does_not_use_it_up(city, visit, granted):
    _, url = granted()
    unit = visit("unit-cg")
    assert NAME not in unit.get(url).text
    assert NAME in post(unit, url).text


def test_who_saw_a_sealed_identity_is_listed_with_purpose_and_time_for_those_who_watch(city, visit, granted):
    now = datetime.now(UTC)
    missed, _ = granted(now - timedelta(minutes=40))
    number, url = granted(now - timedelta(minutes=2))
    assert post(visit("unit-cg"), url).status_code == 200
    page = visit("security").get("/reveals?sealed=1").text
    assert page.count(PURPOSE["purpose"]) == 3  # twice allowed, once seen
    assert page.count(number) == 2
    assert page.count(missed) == 1
    assert [text in page for text in ("已查看", "过期未看", "unit-cg 的姓名")] == [True, True, True]
    assert NAME not in page
    assert PHONE not in page
    with city.factory() as session:
        row = session.scalars(select(IdentityReveal)).one()
    assert (row.way, row.words, row.shown) == ("sealed", PURPOSE["purpose"], "name,phone")


def test_the_asker_reads_until_when_they_may_look(visit, granted):
    granted(datetime.now(UTC) - timedelta(minutes=5))
    assert "本人可在" in visit("unit-cg").get("/requests/mine").text
