"""What came back to the dispatcher: only returns are decided among returns, and a dispute is raised from here."""

import re

import pytest
from bs4 import BeautifulSoup

from tests.hotline.department.office import post, sign_in
from tests.hotline.sent_back import assert_came_back, press, press_again
from workflows.vocabulary import Machine

EXTENSION = {"reason": "检测机构排期已满", "days": 2, "citizen_words": "检测需要排期，预计推迟两个工作日。"}


@pytest.fixture
def dispatcher(client, office):
    return sign_in(client, "dispatcher")


def given_back(office, number: str, username: str, unit: str) -> None:
    request_id = office.ask_return(number, username, unit)
    office.act("dispatcher", number, "approve", machine=Machine.REQUEST, subject_id=request_id)


def asked_for_more_time(office) -> str:
    number = office.handled()
    share = office.share(number)
    office.act("handler", number, "ask_extension", EXTENSION, machine=Machine.REQUEST, subject_id=share.id)
    return number


def test_a_wish_for_more_time_is_no_return(dispatcher, office):
    number = asked_for_more_time(office)
    assert number not in dispatcher.get("/dispatch?view=requests").text
    page = dispatcher.get(f"/dispatch?view=mine&ticket={number}").text
    assert number in page
    assert "同意退单" not in page
    assert EXTENSION["reason"] in dispatcher.get("/requests").text


def test_granted_time_is_no_reason_for_a_return(dispatcher, office):
    number = asked_for_more_time(office)
    (request_id,) = re.findall(
        rf"/tickets/{number}/requests/(\d+)/actions/approve\"", dispatcher.get("/requests").text
    )
    url = f"/tickets/{number}/requests/{request_id}/actions/approve"
    version = office.ticket(number).version
    assert post(dispatcher, url, version=version, reason="同意").status_code == 303
    page = dispatcher.get(f"/dispatch?view=mine&ticket={number}").text
    assert number in page
    assert "退单理由" not in page


def test_the_pool_offers_a_dispute_once_nobody_wants_the_matter(dispatcher, office):
    number = office.dispatched()
    given_back(office, number, "handler", "WT-ZJ")
    form = f"/tickets/{number}/actions/raise_dispute"
    assert form not in dispatcher.get(f"/dispatch?ticket={number}").text
    office.act("dispatcher", number, "dispatch", {"main_unit": "BJ-CG", "choice_reason": "职责所在"})
    given_back(office, number, "other", "BJ-CG")
    page = dispatcher.get(f"/dispatch?ticket={number}").text
    assert form in page
    assert f"/tickets/{number}/actions/ask_supplement" in page
    office.act("dispatcher", number, "raise_dispute", {"reason": "两家都不认"})
    page = dispatcher.get(f"/dispatch?view=hard&ticket={number}").text
    assert "由中心领导决定主办单位" in page
    assert "撤销派单等" not in page


def redirect_url(page: str) -> str:
    return re.search(r'formaction="(/dispatch/[^"]*/returns/\d+)"', page)[1]


def test_a_return_that_names_the_right_unit_is_granted_and_sent_there_by_one_press(dispatcher, office):
    number = office.dispatched()
    office.ask_return(number)
    page = dispatcher.get(f"/dispatch?view=requests&ticket={number}").text
    assert "同意并改派梧桐区城市管理局" in page
    answer = post(dispatcher, redirect_url(page), version=office.ticket(number).version, reason="属城管职责")
    assert answer.status_code == 303
    assert office.share(number).state == "returned"
    assert office.share(number, "WT-CG").state == "to_sign"
    told = dispatcher.get("/dispatch").text
    assert f"{number} 已派往梧桐区城市管理局" in told
    assert "undo_dispatch" in told
    assert "属城管职责" in dispatcher.get(f"/tickets/{number}").text


def test_of_a_return_that_cannot_go_there_nothing_is_granted_either(dispatcher, office):
    number = office.dispatched(co_units=["WT-CG"])
    office.ask_return(number)
    page = dispatcher.get(f"/dispatch?view=requests&ticket={number}").text
    assert "同意并改派" not in page  # that unit has a share already
    other = office.dispatched("乙")
    office.ask_return(other)
    page = dispatcher.get(f"/dispatch?view=requests&ticket={other}").text
    stale = post(dispatcher, redirect_url(page), version=1, reason="属城管职责")
    assert stale.status_code == 409
    assert "属城管职责" in stale.text
    assert office.share(other).state == "to_sign"
    gone = post(dispatcher, f"/dispatch/{other}/returns/999999", version=office.ticket(other).version)
    assert gone.status_code == 404


@pytest.mark.parametrize(("button", "length"), [("approve", 501), ("refuse", 0), ("returns/{id}", 501)])
def test_a_refused_decision_on_a_return_comes_back_in_the_pool_and_goes_on_once_mended(
    dispatcher, office, button, length
):
    number, other = office.dispatched(), office.dispatched("乙")
    asked = office.ask_return(number)
    office.ask_return(other)
    at = f"/dispatch?view=requests&q=电梯&ticket={number}"
    answer = press(dispatcher, at, button.format(id=asked), reason="长" * length)
    page = assert_came_back(answer, number, "派单池", f"reason-{asked}")
    assert page.select_one(f"#reason-{asked}").text.strip() == "长" * length
    assert page.select_one("[name=q]")["value"] == "电梯"
    # The key goes on with what was being done: it never grants what was being refused.
    assert page.select_one("[data-key='Ctrl+Enter']").text.startswith(
        "驳回" if button == "refuse" else "同意退单"
    )
    assert office.share(number).state == "to_sign"
    mended = press_again(dispatcher, page, button.format(id=asked), reason="属城管职责")
    assert mended.status_code == 303
    assert office.share(number).state == ("to_sign" if button == "refuse" else "returned")


def test_after_a_return_that_names_no_unit_somebody_has_to_choose(dispatcher, office):
    number = office.dispatched()
    request_id = office.ask_return(number, instead="")
    office.act("dispatcher", number, "approve", machine=Machine.REQUEST, subject_id=request_id)
    page = BeautifulSoup(dispatcher.get(f"/dispatch?view=returned&ticket={number}").text, "html.parser")
    assert [each["value"] for each in page.select("[name=main_unit][checked]")] == ["other"]
    assert not page.select("#co_units option[selected]")


def test_the_form_says_which_decision_its_key_takes_while_one_writes(dispatcher, office):
    number = office.dispatched()
    office.ask_return(number)
    at = f"/dispatch?view=requests&ticket={number}"
    assert "正在写意见时，Ctrl Enter 为同意退单。" in dispatcher.get(at).text
    refused = press(dispatcher, at, "refuse", reason="")
    assert "正在写意见时，Ctrl Enter 为驳回。" in refused.text
