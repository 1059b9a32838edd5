"""The unit's inbox: whose tickets, in which view, and how a day's work goes through it."""

import re
from datetime import datetime
from html import unescape

import pytest

from hotline.models.watch_words import WordKind
from tests.hotline.department.office import GOOD_REPLY, csrf, follow, post, sign_in
from tests.hotline.sent_back import assert_came_back, page_of, press, press_again
from tests.hotline.watched import EMPTY_PHRASES, watch


@pytest.fixture
def handler(client, office):
    return sign_in(client, "handler")


def rows_of(html: str) -> list[str]:
    return re.findall(r'<li class="[^"]*" id="row-(YJ\d{8}-\d+)"', html)


def open_number(html: str) -> str:
    return re.search(r'is-cur[^"]*" id="row-(YJ\d{8}-\d+)"', html)[1]


def row_of(html: str, number: str) -> str:
    """What the page of failures says of one ticket."""
    return re.search(rf'<tr id="row-{number}">(.*?)</tr>', html, re.DOTALL)[1]


def form_of(html: str, action: str) -> dict[str, str]:
    """The hidden fields of the form that posts to an address ending so."""
    form = re.search(rf'<form[^>]*action="[^"]*{action}"[^>]*>(.*?)</form>', html, re.DOTALL)[1]
    return {
        name: unescape(value)
        for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
    }


def test_each_view_holds_what_its_name_says(handler, office):
    to_sign, handling = office.dispatched("甲"), office.handled("乙")
    waiting, done = office.handled("丙"), office.replied("丁")
    office.on_share(waiting, "handler", "submit_reply", GOOD_REPLY)
    seen = {
        view: rows_of(handler.get(f"/inbox?view={view}").text)
        for view in ("to_sign", "handling", "unit_review", "replied", "overdue", "soon")
    }
    assert seen == {
        "to_sign": [to_sign],
        "handling": [handling],
        "unit_review": [waiting],
        "replied": [done],
        "overdue": [],
        "soon": [],
    }


def test_another_units_ticket_is_neither_listed_nor_found(client, office):
    number = office.dispatched()
    sign_in(client, "other")
    assert rows_of(client.get("/inbox").text) == []
    assert client.get(f"/inbox?ticket={number}").status_code == 404
    share = office.share(number)
    answer = post(client, f"/tickets/{number}/assignments/{share.id}/actions/sign", version=1)
    assert answer.status_code == 404
    assert office.share(number).state == "to_sign"


def test_signing_opens_the_next_row_of_the_same_list(handler, office):
    first, second = office.dispatched("甲"), office.dispatched("乙")
    page = handler.get("/inbox?sort=created_at").text
    assert open_number(page) == first
    sign = form_of(page, "/actions/sign")
    answer = post(handler, f"/tickets/{first}/assignments/{office.share(first).id}/actions/sign", **sign)
    assert answer.status_code == 303
    assert f"ticket={second}" in answer.location
    assert "sort=created_at" in answer.location
    assert "view=to_sign" in answer.location
    assert open_number(handler.get(answer.location).text) == second
    assert office.share(first).state == "handling"


def test_what_is_not_signed_shows_the_time_left_to_sign(handler, office):
    number = office.dispatched()
    page = handler.get("/inbox").text
    due = office.share(number).sign_due_at
    row = page[page.index(f'id="row-{number}"') :]
    shown = datetime.fromisoformat(re.search(r'<time datetime="([^"]+)"', row)[1])
    assert shown == due.replace(microsecond=0)
    assert office.ticket(number).due_at != due


def line_of(html: str, number: str) -> str:
    """What one line of the list says, in plain words."""
    line = re.search(rf'<li class="[^"]*" id="row-{number}">(.*?)</li>', html, re.DOTALL)[1]
    return " ".join(re.sub(r"<[^>]+>", " ", line).split())


def test_a_line_names_the_clock_whose_time_it_shows(handler, office):
    to_sign, handling, done = office.dispatched("甲"), office.handled("乙"), office.replied("丙")
    lines = {
        "签收时限": line_of(handler.get("/inbox?view=to_sign").text, to_sign),
        "办理时限": line_of(handler.get("/inbox?view=handling").text, handling),
        "办结审核时限": line_of(handler.get("/inbox?view=replied").text, done),
    }
    assert [clock for clock, line in lines.items() if f"{clock} 剩" not in line] == []


def test_a_line_says_that_the_citizen_is_still_to_be_called(handler, office):
    number = office.handled()
    assert "待联系" in line_of(handler.get("/inbox?view=handling").text, number)
    contact = {"contacted_at": office.now, "way": "phone", "result": "已说明安排"}
    office.act("handler", number, "record_contact", contact)
    assert "待联系" not in line_of(handler.get("/inbox?view=handling").text, number)


def test_a_line_of_what_was_answered_says_how_the_ticket_stands_now(handler, office):
    number = office.replied()
    line = line_of(handler.get("/inbox?view=replied").text, number)
    assert "待办结审核" in line
    assert "已反馈" not in line


def test_many_are_signed_at_once_and_a_stale_one_holds_up_no_other(handler, office):
    numbers = [office.dispatched(title) for title in ("路灯不亮", "井盖破损", "垃圾未清")]
    versions = {f"version-{number}": office.ticket(number).version for number in numbers}
    office.act("agent", numbers[1], "note", {"text": "来电补充", "visibility": "internal"})
    sent = post(handler, "/inbox/sign", number=numbers, next="/inbox?view=to_sign", **versions)
    answer = follow(handler, sent)
    assert [office.share(number).state for number in numbers] == ["handling", "to_sign", "handling"]
    assert "已签收 2 件，没有签收 1 件。" in answer.text
    assert "您打开列表之后，这件工单有了变化" in row_of(answer.text, numbers[1])
    assert "井盖破损" in row_of(answer.text, numbers[1])
    assert not re.search("路灯不亮|垃圾未清", row_of(answer.text, numbers[1]))
    assert 'action="/inbox/unsign"' in answer.text
    assert 'href="/inbox?view=to_sign"' in answer.text
    for told in ("x", f"{numbers[1]}~no_such_reason", "<b>~not_found", f"{numbers[1]}~not_found~unit.<b>.1"):
        nothing = handler.get("/inbox/pressed", query_string={"act": "sign", "kept": told, "next": "//evil"})
        assert nothing.location == "/inbox"


def test_the_form_for_many_carries_the_version_of_each_row(handler, office):
    number = office.dispatched()
    fields = form_of(handler.get("/inbox").text, "/inbox/sign")
    assert fields[f"version-{number}"] == str(office.ticket(number).version)


def test_nobody_signs_for_another_unit_by_naming_its_ticket(client, office):
    number = office.dispatched()
    sign_in(client, "other")
    told = follow(client, post(client, "/inbox/sign", number=[number])).text
    assert "没有找到" in row_of(told, number)
    assert office.share(number).state == "to_sign"


def test_nothing_ticked_is_said(handler, office):
    assert "还没有勾选工单" in handler.get(post(handler, "/inbox/sign").location).text


def test_a_leader_who_does_not_handle_may_print_but_not_sign(client, office):
    number = office.dispatched()
    sign_in(client, "leader")
    page = client.get("/inbox").text
    assert rows_of(page) == [number]
    assert "/tickets/print" in page
    assert "批量签收" not in page
    assert post(client, "/inbox/sign", number=[number]).status_code == 403


def test_after_noting_a_contact_the_same_ticket_stays_open_for_its_reply(handler, office):
    first, _ = office.handled("甲"), office.handled("乙")
    page = handler.get("/inbox?view=handling").text
    link = re.search(rf'href="(/tickets/{first}/actions/record_contact[^"]*)"', page)[1].replace("&amp;", "&")
    fields = form_of(handler.get(link).text, "/actions/record_contact")
    assert f"ticket={first}" in fields["next"]
    assert "view=handling" in fields["next"]


def test_a_reply_goes_from_the_inbox_to_the_leader_and_the_next_row_opens(handler, office):
    first, second = office.handled("甲"), office.handled("乙")
    page = handler.get("/inbox?view=handling").text
    fields = form_of(page, "/actions/submit_reply")
    url = f"/tickets/{first}/assignments/{office.share(first).id}/actions/submit_reply"
    answer = post(handler, url, **{**GOOD_REPLY, **fields})
    assert answer.status_code == 303
    assert office.share(first).state == "unit_review"
    assert open_number(handler.get(answer.location).text) == second


def test_a_reply_of_empty_phrases_comes_back_to_be_confirmed(handler, office):
    watch(office.factory, WordKind.EMPTY, *EMPTY_PHRASES)
    number = office.handled()
    url = f"/tickets/{number}/assignments/{office.share(number).id}/actions/submit_reply"
    form = {**GOOD_REPLY, "answer": "已阅，按规定办理，请您耐心等待处理结果。"}
    refused = post(handler, url, version=office.ticket(number).version, **form)
    assert refused.status_code == 409
    assert "已阅，按规定办理，请您耐心等待处理结果。" in refused.text
    assert 'name="is_confirmed"' in refused.text
    confirmed = post(handler, url, version=office.ticket(number).version, is_confirmed="1", **form)
    assert confirmed.status_code == 303


def test_a_reply_with_a_forbidden_word_does_not_leave_the_house(handler, office):
    watch(office.factory, WordKind.FORBIDDEN, "无理取闹")
    number = office.handled()
    url = f"/tickets/{number}/assignments/{office.share(number).id}/actions/submit_reply"
    form = {**GOOD_REPLY, "answer": "诉求人无理 取闹，我局已依法处理完毕。", "is_confirmed": "1"}
    refused = post(handler, url, version=office.ticket(number).version, **form)
    assert refused.status_code == 422
    assert "答复中不能有「无理取闹」" in refused.text
    assert form["answer"] in refused.text


def test_a_stale_reply_is_a_conflict_that_keeps_the_words(handler, office):
    number = office.handled()
    seen = office.ticket(number).version
    office.act("agent", number, "note", {"text": "来电补充", "visibility": "internal"})
    url = f"/tickets/{number}/assignments/{office.share(number).id}/actions/submit_reply"
    answer = post(handler, url, version=seen, **GOOD_REPLY)
    assert answer.status_code == 409
    assert GOOD_REPLY["answer"] in answer.text
    assert office.share(number).state == "handling"


def test_a_co_handler_sees_its_part_and_answers_at_once(client, office):
    number = office.handled(co_units=["WT-CG"])
    sign_in(client, "helper")
    page = client.get("/inbox").text
    assert rows_of(page) == [number]
    assert "协办" in page
    office.on_share(number, "helper", "sign", unit="WT-CG")
    share = office.share(number, "WT-CG")
    url = f"/tickets/{number}/assignments/{share.id}/actions/submit_reply"
    assert url in client.get("/inbox?view=handling").text
    answer = post(client, url, version=office.ticket(number).version, **GOOD_REPLY)
    assert answer.status_code == 303
    assert office.share(number, "WT-CG").state == "replied"
    assert office.share(number).state == "handling"


def test_asking_to_give_a_ticket_back_marks_its_row(handler, office):
    number = office.dispatched()
    assert (
        f"/tickets/{number}/assignments/{office.share(number).id}/requests/ask_return"
        in handler.get("/inbox").text
    )
    office.ask_return(number)
    assert "退单审批中" in handler.get("/inbox").text


def test_the_order_people_chose_stays_in_every_link(handler, office):
    first, second = office.handled("甲"), office.handled("乙")
    page = handler.get("/inbox?view=handling&sort=-created_at").text
    assert set(rows_of(page)) == {first, second}
    assert "sort=-created_at" in re.search(r'class="t clip grow" href="([^"]+)"', page)[1]
    assert handler.get("/inbox?sort=nonsense").status_code == 200


def test_the_inbox_is_for_units(client, office):
    assert sign_in(client, "dispatcher").get("/inbox").status_code == 403
    assert client.post("/inbox/sign", data={"csrf_token": csrf(client)}).status_code == 403


@pytest.mark.parametrize(
    ("wrong", "field_id"),
    [
        ({"contact": ""}, "f-contact"),
        ({"answer": "长" * 10_001}, "f-answer"),
        ({"contact": "unreachable"}, "f-no_contact_reason"),
    ],
    ids=["nothing chosen", "too long", "no reason"],
)
def test_a_refused_reply_comes_back_in_the_inbox_with_every_word(handler, office, wrong, field_id):
    number, _ = office.handled("甲"), office.handled("乙")
    typed = {**GOOD_REPLY, "public_answer": "电梯已修复。", **wrong}
    answer = press(handler, f"/inbox?view=handling&ticket={number}", "/actions/submit_reply", **typed)
    page = assert_came_back(answer, number, "收件箱", field_id)
    assert page.select_one("#f-answer").text.strip() == typed["answer"]
    assert page.select_one("#f-public_answer").text.strip() == typed["public_answer"]
    chosen = [each["value"] for each in page.select("#reply-form input[checked]")]
    assert chosen == [value for value in (typed["contact"], typed["result"]) if value]
    mended = press_again(handler, page, "/actions/submit_reply", **GOOD_REPLY)
    assert (mended.status_code, office.share(number).state) == (303, "unit_review")


def test_a_reply_that_wants_a_second_look_is_confirmed_in_the_inbox(handler, office):
    watch(office.factory, WordKind.EMPTY, *EMPTY_PHRASES)
    number = office.handled("甲")
    typed = {**GOOD_REPLY, "answer": "已阅，按规定办理，请您耐心等待处理结果。"}
    answer = press(handler, f"/inbox?view=handling&ticket={number}", "/actions/submit_reply", **typed)
    page = page_of(answer.text)
    assert page.select_one(".pane-list")
    assert "需要再核对" in page.select_one("#reply-form").text
    assert page.select_one("#f-is_confirmed")
    confirmed = press_again(handler, page, "/actions/submit_reply", is_confirmed="1")
    assert (confirmed.status_code, office.share(number).state) == (303, "unit_review")
