"""A unit's phrases: shared by its people, put into what they write, retired and never deleted."""

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from hotline.models.phrases import Phrase
from tests.hotline.department.office import GOOD_REPLY, post, sign_in
from tests.hotline.department.test_inbox import form_of

DONE = {"use": "reply", "title": "已现场处理", "text": "工作人员已到现场核实并处理完毕。"}


@pytest.fixture
def handler(client, office):
    return sign_in(client, "handler")


def kept(office) -> list[Phrase]:
    with office.factory() as session:
        return list(session.scalars(select(Phrase).order_by(Phrase.position, Phrase.id)))


def titles(html: str) -> list[str]:
    return re.findall(r'<tr id="phrase-\d+"><td><a [^>]*><b>([^<]+)</b>', html)


def test_what_one_writes_the_unit_may_choose_and_no_other_unit(app, handler, office):
    number = office.handled()
    assert post(handler, "/inbox/phrases", **DONE).status_code == 303
    assert f'data-text="{DONE["text"]}"' in handler.get("/inbox?view=handling").text
    leader, other = sign_in(app.test_client(), "leader"), sign_in(app.test_client(), "other")
    page = leader.get("/inbox/phrases").text
    assert titles(page) == ["已现场处理"]
    assert "承办人5" in page
    assert titles(other.get("/inbox/phrases").text) == []
    phrase = kept(office)[0]
    assert other.get(f"/inbox/phrases/{phrase.id}").status_code == 404
    assert post(other, f"/inbox/phrases/{phrase.id}/retire").status_code == 404
    assert DONE["text"] not in sign_in(app.test_client(), "agent").get(f"/tickets/{number}").text


def test_missing_too_long_and_repeated_phrases_come_back_with_the_words(handler, office):
    post(handler, "/inbox/phrases", **DONE)
    again = post(handler, "/inbox/phrases", **DONE)
    assert again.status_code == 422
    assert "标题：已经有了" in again.text
    assert "内容：已经有了" in again.text
    long = post(handler, "/inbox/phrases", use="reply", title="长" * 41, text="字" * 501)
    assert long.status_code == 422
    assert "字" * 501 in long.text
    assert post(handler, "/inbox/phrases", use="poem", title="", text="").status_code == 422
    assert len(kept(office)) == 1


def test_two_who_change_the_same_phrase_do_not_overwrite_each_other(handler, office):
    post(handler, "/inbox/phrases", **DONE)
    phrase = kept(office)[0]
    url, mine = f"/inbox/phrases/{phrase.id}", {**DONE, "text": "已处理完毕，请您查看。"}
    assert post(handler, url, version=phrase.revision, **mine).status_code == 303
    late = post(handler, url, version=phrase.revision, **{**DONE, "text": "已修复。"})
    assert late.status_code == 409
    assert "已修复。" in late.text
    assert "已处理完毕，请您查看。" in late.text
    assert kept(office)[0].text == "已处理完毕，请您查看。"


def test_order_retiring_and_taking_up_again(handler, office):
    for title in ("甲", "乙"):
        post(handler, "/inbox/phrases", use="reply", title=title, text=f"{title}的话")
    second = kept(office)[1]
    post(handler, f"/inbox/phrases/{second.id}/up")
    assert titles(handler.get("/inbox/phrases").text) == ["乙", "甲"]
    post(handler, f"/inbox/phrases/{second.id}/retire", version=second.revision)
    assert titles(handler.get("/inbox/phrases").text) == ["甲"]
    post(handler, "/inbox/phrases", use="reply", title="乙", text="另一句")
    taken = post(handler, f"/inbox/phrases/{second.id}/take-up")
    assert taken.status_code == 422
    assert "标题：已经有了" in taken.text
    assert len(kept(office)) == 3


def test_enter_in_a_line_sends_the_request_and_does_not_press_the_picker(handler, office):
    number = office.handled()
    post(handler, "/inbox/phrases", **{**DONE, "use": "extension"})
    page = handler.get(f"/tickets/{number}/assignments/{office.share(number).id}/requests/ask_extension")
    form = BeautifulSoup(page.text, "html.parser").find("form", id="move-form")
    first, *others = form.select("button[type=submit]")
    assert "formaction" not in first.attrs
    assert "insert" in [each.get("name") for each in others]


def test_without_scripts_a_phrase_is_put_in_and_nothing_typed_is_lost(handler, office):
    number = office.handled()
    post(handler, "/inbox/phrases", **DONE)
    page = handler.get("/inbox?view=handling").text
    form = form_of(page, "/actions/submit_reply")
    typed = {**GOOD_REPLY, "answer": "您好，", "public_answer": "电梯已修复。", "phrase": kept(office)[0].id}
    url = re.search(r'formaction="([^"]*submit_reply/preview)"', page)[1]
    answer = post(handler, url, **form, **typed, insert="1")
    assert answer.status_code == 200
    assert f"您好，{DONE['text']}</textarea>" in answer.text
    assert "电梯已修复。</textarea>" in answer.text
    assert re.search(r'name="result" value="resolved" checked', answer.text)
    assert office.share(number).state == "handling"
    assert form_of(answer.text, "/actions/submit_reply")["next"] == form["next"]
