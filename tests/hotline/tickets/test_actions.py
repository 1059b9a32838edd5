"""Actions through the browser: what takes effect, what is refused, and that nothing typed is ever lost."""

import re
from html import unescape

from sqlalchemy import func, select

from hotline.models.ticket import Request, Ticket, TicketEvent
from hotline.models.watch_words import WordKind
from tests.hotline.ticket_story import (
    LONG_ANSWER,
    dispatched,
    hidden_fields,
    request_of,
    share_of,
    sign_in,
    step,
)
from tests.hotline.watched import EMPTY_PHRASES, watch

LONG_WORDS = "来电人再次反映，" * 130


def share_url(session_factory, number: str, action: str) -> str:
    with session_factory() as session:
        return f"/tickets/{number}/assignments/{share_of(session, number).id}/actions/{action}"


def state_of(session_factory, number: str) -> str:
    with session_factory() as session:
        return session.scalar(select(Ticket.state).where(Ticket.number == number))


def count_events(session_factory, action: str) -> int:
    with session_factory() as session:
        return session.scalar(select(func.count()).where(TicketEvent.action == action))


def test_a_form_shows_what_will_happen_and_the_suggested_unit(client, city, waiting):
    sign_in(client, "zhao")
    page = client.get(f"/tickets/{waiting}/actions/dispatch").text
    for text in (
        "将会发生",
        "各承办单位：新工单",
        "诉求人：已转办通知",
        "停止计时：派单时限",
        "开始计时：办理时限",
    ):
        assert text in page
    assert re.search(rf'<option value="{city.units["housing"]}" selected>', page)


def test_a_dispatch_takes_effect_and_says_so(client, session_factory, city, waiting):
    sign_in(client, "zhao")
    url = f"/tickets/{waiting}/actions/dispatch"
    data = {**hidden_fields(client.get(url).text), "main_unit": str(city.units["housing"])}
    data["co_units"] = [str(city.units["water"])]
    answer = client.post(url, data={**data, "advice": "请尽快修复"})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/tickets/{waiting}")
    assert state_of(session_factory, waiting) == "in_process"
    assert f"已派单：{waiting}" in client.get(f"/tickets/{waiting}").text


def test_pressing_twice_acts_once_and_leads_to_the_same_place(client, session_factory, city, number):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/note"
    data = {**hidden_fields(client.get(url).text), "text": "已约谈物业", "visibility": "internal"}
    first, second = (client.post(url, data=data) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert count_events(session_factory, "note") == 1


def test_the_same_key_with_other_words_is_refused_and_the_words_are_kept(
    client, session_factory, city, number
):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/note"
    data = {**hidden_fields(client.get(url).text), "text": "已约谈物业", "visibility": "internal"}
    client.post(url, data=data)
    fresh = hidden_fields(client.get(url).text)["version"]
    answer = client.post(url, data={**data, "version": fresh, "text": "另一段话"})
    assert answer.status_code == 409
    assert "另一段话" in answer.text
    assert hidden_fields(answer.text)["request_key"] != data["request_key"]
    assert count_events(session_factory, "note") == 1


def test_a_forged_action_is_refused(client, session_factory, city, number):
    sign_in(client, "wang")
    token = hidden_fields(client.get(f"/tickets/{number}/actions/note").text)
    statuses = {
        action: client.post(f"/tickets/{number}/actions/{action}", data=token).status_code
        for action in ("dispatch", "approve_reply", "archive", "no_such_action")
    }
    assert statuses == {"dispatch": 403, "approve_reply": 403, "archive": 403, "no_such_action": 404}
    assert state_of(session_factory, number) == "in_process"
    assert client.get(f"/tickets/{number}/actions/archive").status_code == 403


def test_another_unit_can_neither_see_nor_post(client, session_factory, city, number):
    url = share_url(session_factory, number, "submit_reply")
    sign_in(client, "chen")
    token = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/no-such-page").text)[1]
    assert client.get(url).status_code == 404
    assert client.post(url, data={"csrf_token": token, "version": "1"}).status_code == 404


def test_a_share_of_another_ticket_cannot_be_reached_through_this_one(
    client, session_factory, city, number, now
):
    with session_factory.begin() as session:
        other = share_of(session, dispatched(session, city, now).number).id
    sign_in(client, "wang")
    token = hidden_fields(client.get(f"/tickets/{number}/actions/note").text)
    url = f"/tickets/{number}/assignments/{other}/actions/sign"
    assert client.get(url).status_code == 404
    assert client.post(url, data=token).status_code == 404


def test_a_missing_field_is_named_and_everything_typed_stays(client, session_factory, city, number):
    sign_in(client, "wang")
    url = share_url(session_factory, number, "submit_reply")
    hidden = hidden_fields(client.get(url).text)
    answer = client.post(url, data={**hidden, "contact": "contacted", "answer": LONG_WORDS})
    assert answer.status_code == 422
    assert 'id="error-summary"' in answer.text
    assert 'href="#f-result"' in answer.text
    assert LONG_WORDS in unescape(answer.text)
    assert 'value="contacted" checked' in answer.text
    assert hidden_fields(answer.text)["request_key"] == hidden["request_key"]
    assert state_of(session_factory, number) == "in_process"


def test_a_text_that_is_too_long_comes_back_whole(client, session_factory, city, number):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/note"
    data = {**hidden_fields(client.get(url).text), "visibility": "internal", "text": LONG_WORDS}
    answer = client.post(url, data=data)
    assert answer.status_code == 422
    assert "最多 1000 字" in answer.text
    assert LONG_WORDS in unescape(answer.text)


def test_a_stale_form_shows_who_changed_what_and_keeps_the_text(client, session_factory, city, number, now):
    sign_in(client, "wang")
    url = share_url(session_factory, number, "submit_reply")
    hidden = hidden_fields(client.get(url).text)
    with session_factory.begin() as session:
        step(session, city, number, "zhao", "note", now, {"text": "催一催", "visibility": "internal"})
    reply = {"contact": "contacted", "result": "resolved", "answer": LONG_ANSWER}
    answer = client.post(url, data={**hidden, **reply})
    assert answer.status_code == 409
    assert answer.text.count("派单员 赵磊") == 1
    assert LONG_ANSWER in answer.text
    assert "已解决" in answer.text
    again = {**reply, **hidden_fields(answer.text)}
    assert client.post(url, data=again).status_code == 303
    with session_factory() as session:
        assert share_of(session, number).state == "unit_review"


def test_a_stale_form_whose_action_is_gone_still_shows_the_text(client, session_factory, city, waiting, now):
    sign_in(client, "zhao")
    url = f"/tickets/{waiting}/actions/dispatch"
    hidden = hidden_fields(client.get(url).text)
    with session_factory.begin() as session:
        step(session, city, waiting, "zhao", "dispatch", now, {"main_unit": city.units["housing"]})
    typed = {"main_unit": str(city.units["water"]), "advice": "请水务集团先行处置"}
    answer = client.post(url, data={**hidden, **typed})
    assert answer.status_code == 409
    assert "请水务集团先行处置" in answer.text
    assert "云江市水务集团" in answer.text
    assert 'name="advice"' not in answer.text


def test_a_form_without_a_version_counts_as_stale(client, session_factory, city, number):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/note"
    hidden = hidden_fields(client.get(url).text)
    del hidden["version"]
    answer = client.post(url, data={**hidden, "text": "备注", "visibility": "internal"})
    assert answer.status_code == 409


def test_htmx_gets_the_conflict_over_the_whole_page(client, session_factory, city, number):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/note"
    hidden = {**hidden_fields(client.get(url).text), "version": "1", "text": "备注", "visibility": "internal"}
    answer = client.post(url, data=hidden, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (409, "body")


def test_htmx_is_led_on_after_success(client, city, number):
    sign_in(client, "wang")
    url = f"/tickets/{number}/actions/note"
    hidden = {**hidden_fields(client.get(url).text), "text": "备注", "visibility": "internal"}
    answer = client.post(url, data=hidden, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/tickets/{number}")


def test_a_weak_answer_is_shown_once_and_may_be_confirmed(client, session_factory, city, number):
    watch(session_factory, WordKind.EMPTY, *EMPTY_PHRASES)
    sign_in(client, "wang")
    url = share_url(session_factory, number, "submit_reply")
    page = client.get(url).text
    assert "is_confirmed" not in page
    reply = {"contact": "contacted", "result": "explained", "answer": "正在研究，请耐心等待。"}
    answer = client.post(url, data={**hidden_fields(page), **reply})
    assert answer.status_code == 409
    assert "用词「正在研究」" in answer.text
    confirmed = {**hidden_fields(answer.text), **reply, "is_confirmed": "1"}
    assert client.post(url, data=confirmed).status_code == 303


def test_asking_for_a_return_and_deciding_it(client, app, session_factory, city, number):
    sign_in(client, "wang")
    with session_factory() as session:
        url = f"/tickets/{number}/assignments/{share_of(session, number).id}/requests/ask_return"
    ask = {
        **hidden_fields(client.get(url).text),
        "reason": "not_our_duty",
        "basis": "三定方案",
    }
    assert client.post(url, data=ask).status_code == 303
    with session_factory() as session:
        asked = request_of(session, number).id
    other = app.test_client()
    sign_in(other, "zhao")
    assert "同意退单" in other.get(f"/tickets/{number}").text
    url = f"/tickets/{number}/requests/{asked}/actions/approve"
    assert other.post(url, data=hidden_fields(other.get(url).text)).status_code == 303
    assert state_of(session_factory, number) == "to_dispatch"
    with session_factory() as session:
        assert session.scalar(select(Request.state)) == "approved"
