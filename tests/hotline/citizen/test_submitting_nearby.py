"""Whoever reports what a neighbour has reported may join in, and learns nothing of who the neighbour is."""

import pytest
from sqlalchemy import select

from hotline.models.ticket import Ticket
from hotline.queries.duplicates import find_candidates, matter_of
from hotline.queries.said_same import find_said_same
from tests.hotline.citizen.journeys import RECORD
from tests.hotline.citizen.submission import PLACE, fill_in, number_on, one, send
from workflows.vocabulary import Role

STREET = PLACE["street"]
BEFORE = {
    **RECORD,
    "district": "梧桐区",
    "street": STREET,
    "address": "和平里小区 12 幢",
    "citizen_name": "刁甲乙",
}
NOW = "和平里小区 12 幢电梯停运好多天了，老人上下楼困难，请修一修。"
ASKED = "您说的是同一件事吗"


@pytest.fixture(autouse=True)
def folder(app, city, tmp_path):
    app.config["ATTACHMENT_FOLDER"] = tmp_path / "files"


@pytest.fixture
def before(city) -> str:
    return city.register(**BEFORE)


def contact_page(client, **changes) -> str:
    fill_in(client, **{"content": NOW, **changes})
    return client.get("/submit/who").text


def test_a_stranger_learns_what_kind_of_matter_where_and_since_when(client, before):
    page = contact_page(client)
    assert ASKED in page
    assert f"电梯，{STREET}，" in page
    for secret in (RECORD["title"], RECORD["content"], BEFORE["citizen_name"], RECORD["phone"]):
        assert secret not in page


@pytest.mark.parametrize(
    "what",
    [
        {"content": "路口的红绿灯一直闪黄灯，过马路很危险。"},
        {"street": "青桐街道"},
        {"type": "report", "accused": "一家店"},
        {"type": "consultation"},
    ],
)
def test_another_matter_another_street_and_a_report_are_asked_nothing(client, before, what):
    assert ASKED not in contact_page(client, **what)


@pytest.mark.parametrize("what", [{"is_confidential": True}, {"type": "report", "accused": "物业"}])
def test_what_is_confidential_is_never_named(client, city, what):
    city.register(**{**BEFORE, **what})
    assert ASKED not in contact_page(client)


def test_what_is_over_is_not_offered(client, city, before):
    city.act(before, "reject", Role.REVIEWER, reason="statutory_path", path="请向云江市人民法院提起诉讼")
    assert ASKED not in contact_page(client)


def test_the_story_of_whoever_joined_in_says_so_and_names_no_number(client, before):
    fill_in(client, content=NOW, same_as=before)
    send(client, "/submit/check")
    number = number_on(client.get("/submit/done").text)
    for path in (f"/status/{number}", f"/status/{number}/data"):
        page = client.get(path).text
        assert "您选择与附近的一件诉求一并办理" in page
        assert "已补充情况" not in page
        assert before not in page
    assert before not in client.get(f"/status/{number}/data.json").text


def test_whoever_joins_in_is_shown_so_before_sending_and_named_to_whoever_dispatches(
    client, before, city, session_factory
):
    checked = fill_in(client, content=NOW, same_as=before).text
    assert "与这件诉求一并办理" in checked
    send(client, "/submit/check")
    sent = one(session_factory, select(Ticket).where(Ticket.channel == "web"))
    with session_factory() as session:
        matter = matter_of(session, session.get_one(Ticket, sent.id))
        (found,) = find_candidates(session, city.actors[Role.DISPATCHER], matter, sent.created_at)
    assert (found.row.number, found.whys[0].words) == (before, "诉求人认为是同一件事")


@pytest.mark.parametrize("same_as", ["", "YJ20200101-00001"])
def test_nothing_chosen_and_anything_that_was_not_offered_join_nothing(
    client, before, session_factory, same_as
):
    assert "与这件诉求一并办理" not in fill_in(client, content=NOW, same_as=same_as).text
    send(client, "/submit/check")
    with session_factory() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.channel == "web")).one()
        assert not find_said_same(session, ticket).claimed


def test_a_changed_account_joins_nothing_it_is_no_longer_like(client, before):
    fill_in(client, content=NOW, same_as=before)
    send(
        client, "/submit?change=1", content="路口的红绿灯一直闪黄灯，过马路很危险。", type="help", accused=""
    )
    assert "与这件诉求一并办理" not in client.get("/submit/check").text


def test_two_that_read_the_same_are_one_choice(client, city, before):
    city.register(**BEFORE)
    assert contact_page(client).count(f"电梯，{STREET}，") == 1
