"""What came back to the dispatcher: only returns are decided among returns, and a dispute is raised from here."""

import re

import pytest

from tests.hotline.department.office import post, sign_in
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
