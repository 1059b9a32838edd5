"""What a citizen presses while a matter runs or is over: add, urge, ask to reopen, follow a merged one."""

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from hotline.models.access import Attachment
from hotline.models.ticket import Rating, Request, TicketEvent
from hotline.services.lifecycle import Command, advance
from tests.hotline.citizen.journeys import hidden, open_with_code
from tests.hotline.pictures import picture_bytes
from workflows.definition import SYSTEM
from workflows.vocabulary import Machine, Role

PNG = picture_bytes()
MISSING = "请告诉我们电梯的编号"


@pytest.fixture(autouse=True)
def folder(app, tmp_path):
    app.config["ATTACHMENT_FOLDER"] = tmp_path / "files"
    return tmp_path / "files"


def soon() -> str:
    return (datetime.now(UTC) + timedelta(days=2)).date().isoformat()


@pytest.fixture
def waiting(client, city):
    """A ticket that waits for its citizen, opened in this browser."""
    number = city.signed()
    city.act(number, "ask_supplement", Role.HANDLER, missing=MISSING, answer_by=soon(), at=datetime.now(UTC))
    open_with_code(client, city, number)
    return number


@pytest.fixture
def signed(client, city):
    number = city.signed()
    open_with_code(client, city, number)
    return number


@pytest.fixture
def closed(client, city):
    number = city.closed()
    open_with_code(client, city, number)
    return number


@pytest.fixture
def follower(client, city):
    """A ticket that was merged into somebody else's, opened in this browser."""
    master = city.signed(title="别人的标题", content="别人说的话", phone="13900139000")
    number = city.register()
    city.act(number, "approve_intake", Role.REVIEWER)
    city.act(number, "merge", Role.DISPATCHER, master=master)
    open_with_code(client, city, number)
    return number, master


def headline(page):
    return re.search(r"<h1[^>]*>([^<]*)</h1>", page)[1]


def count(session_factory, column, *conditions):
    with session_factory() as session:
        return session.scalar(select(func.count(column)).where(*conditions))


def press(client, number, path, **more):
    """Press a button of the status page."""
    return client.post(path, data={**hidden(client.get(f"/status/{number}").text), **more})


def send(client, path, **typed):
    return client.post(path, data={**hidden(client.get(path).text), **typed})


def test_what_is_missing_and_until_when_is_said_on_both_pages(client, waiting):
    status, form = client.get(f"/status/{waiting}").text, client.get(f"/supplement/{waiting}").text
    assert headline(status) == "需要您补充情况"
    for page in (status, form):
        assert MISSING in page
        assert re.search(r"<b>\d+ 月 \d+ 日（周.）前</b>补充", page)
    assert f"/supplement/{waiting}" in status


def test_words_and_a_picture_take_the_ticket_back_to_work(client, city, waiting, session_factory, folder):
    picture = (io.BytesIO(PNG), "电梯.png")
    response = send(client, f"/supplement/{waiting}", text="编号 A-12", files=picture)
    assert (response.status_code, response.headers["Location"]) == (303, f"/status/{waiting}")
    assert city.ticket(waiting).state == "in_process"
    with session_factory() as session:
        file = session.scalars(select(Attachment)).one()
        assert (file.name, file.visibility, file.uploaded_by_id) == ("电梯.png", "citizen", None)
    assert len(list(folder.iterdir())) == 1
    page = client.get(f"/status/{waiting}").text
    assert "补充的情况已收到" in page
    assert "<dt>您发来的文件</dt><dd>1 个：电梯.png</dd>" in page


def test_a_picture_says_enough_without_words(client, city, waiting):
    response = send(client, f"/supplement/{waiting}", text="", files=(io.BytesIO(PNG), "电梯.png"))
    assert response.headers["Location"] == f"/status/{waiting}"
    assert city.ticket(waiting).state == "in_process"
    assert "（见照片或文件）" in client.get(f"/status/{waiting}").text


def test_a_file_that_is_not_taken_keeps_the_words_and_changes_nothing(client, city, waiting, session_factory):
    bad = (io.BytesIO(b"<html>"), "电梯.png")
    response = send(client, f"/supplement/{waiting}", text="编号 A-12", files=bad)
    assert response.status_code == 422
    assert "编号 A-12" in response.text
    assert 'href="#files"' in response.text
    assert city.ticket(waiting).state == "awaiting_supplement"
    assert count(session_factory, Attachment.id) == 0


def test_nothing_typed_is_pointed_at(client, waiting):
    response = send(client, f"/supplement/{waiting}", text="  ")
    assert (response.status_code, 'href="#text"' in response.text) == (422, True)


def test_a_supplement_sent_twice_is_taken_once(client, waiting, session_factory):
    data = {**hidden(client.get(f"/supplement/{waiting}").text), "text": "编号 A-12"}
    first, second = (client.post(f"/supplement/{waiting}", data=data) for _ in range(2))
    assert first.headers["Location"] == second.headers["Location"] == f"/status/{waiting}"
    assert count(session_factory, TicketEvent.id, TicketEvent.action == "supplement") == 1


def test_a_link_leads_straight_to_what_is_waited_for(client, city, waiting):
    assert client.get(f"/t/{city.ticket(waiting).link_token}").headers["Location"] == f"/supplement/{waiting}"


def test_what_nobody_asked_for_may_be_added_too_and_changes_no_state(client, city, signed):
    assert f"/supplement/{signed}" in client.get(f"/status/{signed}").text
    response = send(client, f"/supplement/{signed}", text="师傅说周五才来")
    assert response.headers["Location"] == f"/status/{signed}"
    assert city.ticket(signed).state == "in_process"
    page = client.get(f"/status/{signed}").text
    assert "已补充情况" in page
    assert "师傅说周五才来" in page


def test_what_an_agent_added_is_not_repeated_as_the_citizens_own(client, city, signed):
    city.act(signed, "add_details", Role.AGENT, text="来电人情绪激动")
    page = client.get(f"/status/{signed}").text
    assert "已补充情况" in page
    assert "情绪激动" not in page


def test_until_a_unit_has_it_nobody_is_said_to_be_reminded(client, city):
    number = city.register()
    open_with_code(client, city, number)
    press(client, number, f"/urge/{number}")
    page = client.get(f"/status/{number}").text
    assert "承办单位会收到提醒" not in page
    assert "我们会尽快核对" in page


def test_who_may_ask_for_nothing_is_led_to_the_status(client, signed):
    assert client.get(f"/reopen/{signed}").headers["Location"] == f"/status/{signed}"


def test_one_press_urges_and_then_the_page_says_when_again(client, city, signed):
    assert "催一催" in client.get(f"/status/{signed}").text
    assert press(client, signed, f"/urge/{signed}").status_code == 303
    page = client.get(f"/status/{signed}").text
    assert city.ticket(signed).urge_count == 1
    assert "催一催" not in page
    assert re.search(r"上次催办：[^。]+。[^。]+ 以后可以再催。", page)


def test_urging_again_within_four_hours_is_refused_in_words(client, city, signed):
    token = hidden(client.get(f"/status/{signed}").text)
    client.post(f"/urge/{signed}", data=token)
    again = client.post(f"/urge/{signed}", data={**token, "request_key": "another-press"})
    assert again.headers["Location"] == f"/status/{signed}"
    assert "alert--bad" in client.get(f"/status/{signed}").text
    assert city.ticket(signed).urge_count == 1


def test_who_is_asked_for_more_may_urge_as_well(client, city, waiting):
    assert f'action="/urge/{waiting}"' in client.get(f"/status/{waiting}").text
    assert press(client, waiting, f"/urge/{waiting}").status_code == 303
    assert (city.ticket(waiting).urge_count, city.ticket(waiting).state) == (1, "awaiting_supplement")


def test_after_four_hours_it_can_be_urged_again(client, city, signed):
    city.change(signed, last_urged_at=datetime.now(UTC) - timedelta(hours=5), urge_count=1)
    page = client.get(f"/status/{signed}").text
    assert "催一催" in page
    assert "上次催办：" in page


def test_a_closed_ticket_can_be_asked_to_reopen_and_the_wish_is_shown_and_taken_back(
    client, closed, session_factory
):
    assert re.search(r"\d+ 月 \d+ 日（周.）以前可以申请", client.get(f"/status/{closed}").text)
    response = send(client, f"/reopen/{closed}", reason="电梯昨晚又停了")
    assert response.headers["Location"] == f"/status/{closed}"
    page = client.get(f"/status/{closed}").text
    assert "正在审核，有结果会告诉您" in page
    assert f"/reopen/{closed}/cancel" in page
    press(client, closed, f"/reopen/{closed}/cancel")
    page = client.get(f"/status/{closed}").text
    assert "正在审核，有结果" not in page
    assert "申请重新办理" in page
    with session_factory() as session:
        assert session.scalars(select(Request)).one().state == "cancelled"


def test_a_wish_that_was_refused_says_so_and_one_that_was_agreed_to_opens_the_ticket(
    client, city, closed, session_factory
):
    for decision, said in (("refuse", "没有获得同意"), ("approve", None)):
        send(client, f"/reopen/{closed}", reason="电梯昨晚又停了")
        with session_factory.begin() as session:
            wish = session.scalars(select(Request).order_by(Request.id.desc())).first()
            command = Command(closed, decision, {"reason": "内部理由"}, None, Machine.REQUEST, wish.id)
            advance(session, command, city.actors[Role.SUPERVISOR], datetime.now(UTC))
        page = client.get(f"/status/{closed}").text
        assert "内部理由" not in page
        assert said is None or said in page
    assert city.ticket(closed).state == "in_process"


def test_after_thirty_days_nothing_offers_it(client, city, closed, session_factory):
    with session_factory.begin() as session:
        number = city.ticket(closed).number
        advance(session, Command(number, "archive"), SYSTEM, datetime.now(UTC) + timedelta(days=31))
    assert "申请重新办理" not in client.get(f"/status/{closed}").text
    assert client.get(f"/reopen/{closed}").headers["Location"] == f"/status/{closed}"


def test_a_follower_reads_the_masters_fate_and_nothing_of_its_citizen(client, follower):
    number, master = follower
    page = client.get(f"/status/{number}").text
    assert headline(page) == "已与同一事项的诉求并案办理"
    for shown in (master, "梧桐区住建局", "预计答复", "答复一并告诉您"):
        assert shown in page
    for hidden_text in ("别人的标题", "别人说的话", "13900139000"):
        assert hidden_text not in page
    assert "我要撤回" not in page


def test_a_follower_rates_for_itself_once_and_the_master_stays_as_it_is(
    client, city, follower, session_factory
):
    number, master = follower
    assert client.get(f"/rate/{number}").headers["Location"] == f"/status/{number}"
    city.reply(master)
    city.act(master, "approve_reply", Role.AUDITOR, is_public=True, public_answer="电梯已恢复运行。")
    answered = client.get(f"/status/{number}").text
    assert f"/rate/{number}" in answered
    assert "答复在下面" in answered
    assert "答复一并告诉您" not in answered
    page = client.get(f"/rate/{number}").text
    assert "电梯已恢复运行。" in page
    assert "督办人员会核查" in page
    bad = {"solved": "no", "satisfaction": "dissatisfied", "comment": "又停了"}
    assert send(client, f"/rate/{number}", **bad).headers["Location"] == f"/rate/{number}"
    assert "您的评价单独记录" in client.get(f"/rate/{number}").text
    client.post(f"/rate/{number}", data={**hidden(client.get(f"/status/{number}").text), **bad})
    assert count(session_factory, Rating.id) == 1
    assert (city.ticket(master).state, city.ticket(number).state) == ("to_call_back", "closed")


def test_in_english_nothing_is_left_in_chinese_around_the_citizens_own_words(client, waiting):
    client.get("/language/en")
    page = client.get(f"/supplement/{waiting}").text
    assert headline(page) == "Please add details"
    assert re.search(r"Please add them by <b>\d+ \w+ 2026</b>|Please add them by <b>\d+ \w+ \d{4}</b>", page)
