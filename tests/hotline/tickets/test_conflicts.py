"""Too late: the words stay, what changed is told, and one press sends them again where that is possible."""

from html import unescape

from hotline.services import claims
from tests.hotline.sent_back import page_of
from tests.hotline.ticket_story import (
    LONG_ANSWER,
    dispatched,
    hidden_fields,
    share_of,
    share_step,
    sign_in,
    step,
)

NOTE = {"text": "请加快", "visibility": "internal"}


def test_a_late_dispatch_keeps_its_words_and_is_sent_again_with_one_press(
    client, session_factory, city, waiting, now
):
    sign_in(client, "zhao")
    data = hidden_fields(client.get(f"/dispatch?ticket={waiting}").text)
    data |= {"main_unit": "other", "other_unit": "housing", "advice": "请三日内联系诉求人"}
    with session_factory.begin() as session:
        step(session, city, waiting, "ma", "note", now, NOTE)
    page = client.post(f"/dispatch/{waiting}", data=data)
    text = page_of(page.text).main.get_text()
    assert page.status_code == 409
    for words in (waiting, "马超", "请三日内联系诉求人", "梧桐区住建局", "派单时限", "用最新版本重新提交"):
        assert words in text
    again = hidden_fields(page.text) | {
        "main_unit": str(city.units["housing"]),
        "advice": "请三日内联系诉求人",
    }
    assert client.post(f"/tickets/{waiting}/actions/dispatch", data=again).status_code == 303
    with session_factory() as session:
        assert share_of(session, waiting).advice == "请三日内联系诉求人"


def test_a_late_dispatch_of_what_is_gone_leaves_the_words_to_copy(
    client, session_factory, city, waiting, now
):
    sign_in(client, "zhao")
    data = hidden_fields(client.get(f"/dispatch?ticket={waiting}").text)
    data |= {"main_unit": str(city.units["housing"]), "advice": "请三日内联系诉求人"}
    with session_factory.begin() as session:
        step(session, city, waiting, "zhao", "dispatch", now, {"main_unit": city.units["housing"]})
    page = client.post(f"/dispatch/{waiting}", data=data)
    assert page.status_code == 409
    assert 'data-copy="请三日内联系诉求人"' in unescape(page.text)
    assert "用最新版本重新提交" not in page.text
    assert "办理中" in page.text


def test_a_unit_that_lost_the_ticket_keeps_the_answer_it_wrote(client, session_factory, city, now):
    with session_factory.begin() as session:
        number = dispatched(session, city, now).number
        share_step(session, city, number, "wang", "sign", now)
        url = f"/tickets/{number}/assignments/{share_of(session, number).id}/actions/submit_reply"
    sign_in(client, "wang")
    data = hidden_fields(client.get(url).text)
    data |= {"contact": "contacted", "result": "resolved", "answer": LONG_ANSWER}
    with session_factory.begin() as session:
        share_of(session, number).state = "recalled"
    page = client.post(url, data=data)
    assert page.status_code == 404
    assert LONG_ANSWER in page.text
    assert "已经不在您的单位" in page.text
    assert city.actors["li"].name not in page.text


def test_a_late_press_without_words_does_not_speak_of_words_that_could_be_lost(
    client, session_factory, city, now
):
    with session_factory.begin() as session:
        number = dispatched(session, city, now).number
        share = share_of(session, number).id
    sign_in(client, "wang")
    url = f"/tickets/{number}/assignments/{share}/actions/sign"
    data = hidden_fields(client.get(url).text)
    with session_factory.begin() as session:
        share_step(session, city, number, "wang", "sign", now)
    page = client.post(url, data=data)
    assert page.status_code == 409
    assert "这一步没有做" in page.text
    assert "我的修改" not in page.text
    assert "您的修改" not in page.text


def test_a_ticket_in_other_hands_is_taken_and_decided_with_one_press(
    client, session_factory, city, waiting, now
):
    sign_in(client, "zhao")
    data = hidden_fields(client.get(f"/dispatch?ticket={waiting}").text)
    data |= {"main_unit": str(city.units["housing"]), "advice": "请三日内办理", "take_over": "1"}
    with session_factory.begin() as session:
        ticket_id = step(session, city, waiting, "ma", "note", now, NOTE).id
        data["version"] = "4"
    with session_factory() as session:
        data["version"] = str(session.get_one(claims.Ticket, ticket_id).version)
    answer = client.post(f"/tickets/{waiting}/actions/dispatch", data=data)
    assert answer.status_code == 303
