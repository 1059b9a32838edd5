"""Work that is passed down, and tickets that stand still: where they are listed and what is said of them."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from hotline.models.organisation import Unit
from hotline.models.ticket import Request
from hotline.queries.wording import say_date
from hotline.services import accounts
from hotline.services.accounts import NewUser
from tests.hotline.department.office import GOOD_REPLY, PASSWORD, sign_in
from tests.hotline.department.test_inbox import rows_of
from workflows.vocabulary import Machine, Role

STREET = "WT-JD"
BELOW_ANSWER = "街道已到现场核实，电梯今天上午修复并恢复运行，物业承诺张贴公告。"


def day(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@pytest.fixture
def office(office):
    """The office with a street below the bureau and a leader of the centre."""
    with office.factory.begin() as session:
        bureau = session.scalars(select(Unit).where(Unit.code == "WT-ZJ")).one()
        street = Unit(
            code=STREET,
            name="和平街道办事处",
            tier=3,
            parent_id=bureau.id,
            kind="street",
            has_reply_review=False,
        )
        session.add(street)
        session.flush()
        for username, role, unit_id in (
            ("street", Role.HANDLER, street.id),
            ("head", Role.CENTRE_LEADER, None),
            ("ma", Role.SUPERVISOR, None),
        ):
            new = NewUser(username, username, PASSWORD, frozenset({role}), unit_id)
            accounts.create_user(session, new, office.now, accounts.CHEAP_HASHER)
    return office


@pytest.fixture
def passed(office):
    """A ticket that the bureau passed down to the street."""
    number = office.handled()
    order = {"unit": office.unit_id(STREET), "answer_by": day(1), "advice": "请到现场查看"}
    office.on_share(number, "handler", "sub_dispatch", order)
    return number


def test_a_line_names_the_unit_below_that_a_ticket_was_dispatched_to(client, office):
    number, own = office.dispatched("甲", unit=STREET), office.dispatched("乙")
    page = sign_in(client, "handler").get("/inbox?view=to_sign").text
    lines = page[page.index('<ul class="list"') : page.index("pane-detail")]
    of = {each: lines[lines.index(f'id="row-{each}"') :].partition("</li>")[0] for each in (number, own)}
    assert "和平街道办事处" in of[number]
    assert "办事处" not in of[own]


def answered_below(office, number: str) -> None:
    office.on_share(number, "street", "sign", unit=STREET)
    office.on_share(number, "street", "submit_reply", {**GOOD_REPLY, "answer": BELOW_ANSWER}, unit=STREET)


def views(client) -> dict[str, int]:
    """How many tickets each view holds."""
    tabs = re.findall(
        r'<a href="/inbox\?view=(\w+)"[^>]*>[^<]*<span class="count[^"]*">(\d+)', client.get("/inbox").text
    )
    return {name: int(number) for name, number in tabs if int(number)}


@pytest.mark.parametrize("who", ["handler", "ma"])
def test_the_tickets_own_page_says_what_became_of_what_was_passed_down(app, client, office, passed, who):
    answered_below(office, passed)
    page = sign_in(client, who).get(f"/tickets/{passed}").text
    for words in ("下派情况", BELOW_ANSWER, "已反馈"):
        assert words in page


def test_a_helper_learns_nothing_of_what_the_main_unit_passed_down(app, client, office):
    number = office.dispatched(co_units=[office.unit_id("WT-CG")])
    office.on_share(number, "handler", "sign")
    order = {"unit": office.unit_id(STREET), "answer_by": day(1), "advice": "请到现场查看"}
    office.on_share(number, "handler", "sub_dispatch", order)
    assert "下派情况" not in sign_in(client, "helper").get(f"/tickets/{number}").text


def test_what_was_passed_down_is_listed_apart_above_and_to_be_signed_below(app, client, office, passed):
    sign_in(client, "handler")
    assert views(client) == {"sub_dispatched": 1, "mine": 1}
    page = client.get("/inbox?view=sub_dispatched").text
    assert rows_of(page) == [passed]
    assert "下派要求：请到现场查看" in page
    assert re.search(r"应在 <time[^>]*>[^<]*</time> 前反馈", page)
    assert "采用下级答复" not in page
    assert views(sign_in(app.test_client(), "street")) == {"to_sign": 1}


def test_the_street_reads_who_passed_down_what_and_by_when_to_answer(client, office, passed):
    sign_in(client, "street")
    page = client.get("/inbox").text
    task = page[page.index('id="t-task"') :][:600]
    assert ("下派要求" in task, "梧桐区住房和城乡建设局下派" in task) == (True, True)
    assert re.search(r"应在 <time[^>]*>[^<]*</time> 前反馈", task)
    assert "请到现场查看" in task
    row = page[page.index(f'id="row-{passed}"') :]
    assert ">下派<" in row[: row.index("</li>")].replace("\n", "")
    assert "协办" not in row[: row.index("</li>")]


def test_the_answer_from_below_is_shown_and_can_be_taken_over(app, client, office, passed):
    answered_below(office, passed)
    sign_in(client, "handler")
    assert views(client) == {"handling": 1, "mine": 1}
    page = client.get("/inbox?view=handling").text
    assert BELOW_ANSWER in page
    url = re.search(r'href="([^"]*adopt=\d+[^"]*)"[^>]*>采用下级答复', page)[1].replace("&amp;", "&")
    form = client.get(url).text
    assert BELOW_ANSWER in form[form.index('name="answer"') :]
    assert "next=%2Finbox" in url
    assert views(sign_in(app.test_client(), "street")) == {"replied": 1}


def test_whoever_takes_an_answer_over_says_how_the_citizen_was_reached(client, office, passed):
    office.on_share(passed, "street", "sign", unit=STREET)
    unreached = {"contact": "not_needed", "no_contact_reason": "由区局统一联系"}
    office.on_share(passed, "street", "submit_reply", {**GOOD_REPLY, **unreached}, unit=STREET)
    sign_in(client, "handler")
    page = client.get("/inbox?view=handling").text
    form = client.get(re.search(r'href="([^"]*adopt=\d+[^"]*)"', page)[1].replace("&amp;", "&")).text
    assert "由区局统一联系" not in form
    assert re.search(r'name="result" value="\w+" checked', form)
    assert not re.search(r'name="contact" value="\w+" checked', form)


def test_the_bureau_may_call_the_citizen_after_the_street_has_answered(client, office, passed):
    answered_below(office, passed)
    page = sign_in(client, "handler").get("/inbox?view=handling").text
    assert f'action="/tickets/{passed}/reveal"' in page


def test_work_can_be_taken_back(app, client, office, passed):
    sign_in(client, "handler")
    page = client.get("/inbox?view=sub_dispatched").text
    share = office.share(passed)
    assert f"/tickets/{passed}/assignments/{share.id}/actions/take_back" in page
    office.on_share(passed, "handler", "take_back", {"reason": "改由本单位办理"})
    assert views(client) == {"handling": 1, "mine": 1}
    assert views(sign_in(app.test_client(), "street")) == {}


def test_a_ticket_that_waits_for_its_citizen_is_apart_and_says_until_when(client, office):
    number = office.handled()
    office.act("handler", number, "ask_supplement", {"missing": "电梯编号", "answer_by": day(2)})
    sign_in(client, "handler")
    assert views(client) == {"held": 1, "mine": 1}
    page = client.get("/inbox?view=held").text
    last, today = date.fromisoformat(day(2)), date.fromisoformat(day(0))
    assert f"‖ 等待诉求人补充，至 {say_date(last, today)}" in page
    assert "诉求人补充或者到期之后恢复办理" in page
    assert "submit_reply" not in page


def test_a_suspended_ticket_is_apart_too(client, office):
    number = office.handled()
    share = office.share(number)
    asked = {"plan": "分两期改造", "condition": "资金到位", "review_on": day(60)}
    office.act("handler", number, "ask_suspension", asked, machine=Machine.REQUEST, subject_id=share.id)
    sign_in(client, "handler")
    assert "挂账审批中" in client.get("/inbox?view=handling").text
    with office.factory() as session:
        request_id = session.scalars(select(Request.id)).one()
    office.act("head", number, "approve", {}, machine=Machine.REQUEST, subject_id=request_id)
    assert re.search(r"‖ 挂账，至 (\d{4} 年 )?\d+ 月 \d+ 日", client.get("/inbox?view=held").text)


def test_urged_and_supervised_tickets_are_marked(client, office):
    number = office.handled()
    office.act("ma", number, "urge")
    office.act("ma", number, "escalate", {"level": "3"})
    sign_in(client, "handler")
    row = re.search(rf'id="row-{number}".*?</li>', client.get("/inbox?view=handling").text, re.DOTALL)[0]
    assert "催办 1 次" in row
    assert "督办三级" in row
