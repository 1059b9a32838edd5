"""What a citizen reads about their ticket, and what they never read."""

import re
from datetime import UTC, datetime

from sqlalchemy import select, update

from hotline.models.clocks import Clock
from hotline.models.ticket import Ticket
from notifications.models import MailboxMessage
from tests.hotline.citizen.journeys import ANSWER, BUREAU, HANDLER_NAME, open_with_code
from tests.hotline.pages import without_tokens


def status(client, city, number):
    open_with_code(client, city, number)
    return client.get(f"/status/{number}").text


def headline(page):
    return re.search(r"<h1[^>]*>([^<]*)</h1>", page)[1]


def acts(page):
    return re.findall(r'<div class="tl__m"><b>([^<]*)</b>', page)


def test_the_first_sentence_follows_the_ticket(client, city):
    number = city.register()
    assert headline(status(client, city, number)) == "已受理，正在核对您的诉求"
    city.act(number, "approve_intake", city.role("reviewer"))
    assert headline(status(client, city, number)) == "已受理，正在转交承办单位"
    city.act(number, "dispatch", city.role("dispatcher"), main_unit="WT-ZJ")
    assert headline(status(client, city, number)) == f"已转交{BUREAU}，等待接收"
    city.act(number, "sign", city.role("handler"))
    assert headline(status(client, city, number)) == f"正在由{BUREAU}办理"
    city.reply(number)
    assert headline(status(client, city, number)) == f"{BUREAU}已办理，结果正在审核"
    city.act(number, "approve_reply", city.role("auditor"))
    assert headline(status(client, city, number)) == f"{BUREAU}已答复，请您评价"


def test_until_a_unit_has_it_the_page_says_by_when_that_is_promised(client, city):
    number = city.register()
    page = status(client, city, number)
    assert re.search(r"<b>\d+ 月 \d+ 日（周.）\d\d:\d\d 前</b>转给承办单位", page)
    assert acts(page) == ["正在核对", "已受理"]
    city.act(number, "approve_intake", city.role("reviewer"))
    city.act(number, "dispatch", city.role("dispatcher"), main_unit="WT-ZJ")
    assert "转给承办单位" not in status(client, city, number)


def test_progress_is_told_newest_first_in_plain_words(client, city):
    page = status(client, city, city.replied())
    assert acts(page) == [
        "等待您评价",
        "已答复",
        "承办单位已提交办理结果，正在审核",
        "承办单位已接收",
        "已转办",
        "已受理",
    ]


def test_no_name_of_staff_no_internal_note_and_no_light_is_shown(client, city):
    number = city.signed()
    city.act(number, "note", city.role("handler"), text="物业可能推诿", visibility="internal")
    page = status(client, city, number)
    assert HANDLER_NAME not in page
    assert "推诿" not in page
    assert "sla" not in without_tokens(page)
    assert "13800138000" not in page


def test_a_note_for_the_citizen_is_shown_with_the_name_of_the_unit(client, city):
    number = city.signed()
    city.act(number, "note", city.role("handler"), text="配件明天到货。", visibility="citizen")
    page = status(client, city, number)
    assert acts(page)[:2] == ["办理中", "补充说明"]
    assert re.search(rf"<p>{BUREAU}</p>\s*<div class=\"note\">配件明天到货。</div>", page)


def test_an_answer_is_shown_once_it_is_approved_and_not_before(client, city):
    number = city.signed()
    city.reply(number)
    assert ANSWER not in status(client, city, number)
    city.act(number, "approve_reply", city.role("auditor"))
    assert ANSWER in status(client, city, number)


def test_the_promised_moment_is_told_in_the_citys_time(client, city):
    number = city.signed()
    assert re.search(r"预计 <b>\d+ 月 \d+ 日（周.）17:30 前</b>答复您。", status(client, city, number))


def test_a_broken_promise_is_admitted_in_words(client, city, session_factory):
    number = city.signed()
    with session_factory.begin() as session:
        ticket_id = session.scalar(select(Ticket.id).where(Ticket.number == number))
        session.execute(
            update(Clock)
            .where(Clock.ticket_id == ticket_id, Clock.name == "handle")
            .values(due_at=city.began_at)
        )
    page = status(client, city, number)
    assert "已超过承诺时间，我们正在催促承办单位" in page
    assert "tag--bad" not in page


def test_a_rejection_gives_reason_and_way(client, city):
    number = city.register()
    city.act(
        number, "reject", city.role("reviewer"), reason="statutory_path", path="请向云江市人民法院提起诉讼"
    )
    page = status(client, city, number)
    assert headline(page) == "这件诉求不予受理"
    assert "应走或已走诉讼、仲裁、复议、信访等途径" in page
    assert "请向云江市人民法院提起诉讼" in page
    assert "我要撤回" not in page


def test_a_direct_answer_is_the_hotlines_own(client, city):
    number = city.answered_directly("公交 12 路首班车 05:40。")
    page = status(client, city, number)
    assert "12345 热线的答复" in page
    assert "公交 12 路首班车 05:40。" in page


def test_a_confidential_ticket_is_still_its_owners(client, city):
    number = city.signed(is_confidential=True)
    assert "和平里小区 12 幢电梯停运 8 天" in status(client, city, number)


def test_what_people_wrote_is_never_markup(client, city):
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">'
    number = city.signed(title=evil[:40], content=evil, address="<b>12 幢</b>")
    city.act(number, "note", city.role("handler"), text=evil, visibility="citizen")
    city.reply(number, evil * 2)
    city.act(number, "approve_reply", city.role("auditor"))
    for page in (status(client, city, number), client.get(f"/rate/{number}").text):
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "<b>12 幢" not in page


def test_the_page_is_light_and_large_type_and_english_are_one_link_away(client, city):
    number = city.replied()
    page = status(client, city, number)
    assert len(page.encode()) < 20_000
    assert f"/size/large?next=/status/{number}" in page
    assert f"/language/en?next=/status/{number}" in page
    client.get("/size/large")
    assert 'data-size="large"' in client.get(f"/status/{number}").text


def test_in_english_the_page_says_the_same(client, city):
    number = city.replied()
    open_with_code(client, city, number)
    client.get("/language/en")
    page = client.get(f"/status/{number}").text
    assert headline(page) == "Wutong Housing Bureau has answered, please rate it"
    assert acts(page)[0] == "Waiting for your rating"
    assert '<html lang="en"' in page


def test_what_neither_telephone_nor_mail_brought_stands_on_the_page(client, city, session_factory):
    number = city.replied()
    kept = {"kind": "replied", "channel": "mailbox", "address": "", "subject": number, "body": ""}
    titles = {"citizen:1": "已答复，请查看", "user:1": "办结审核"}
    with session_factory.begin() as session:
        for recipient, title in titles.items():
            at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
            session.add(MailboxMessage(message_id=title, recipient=recipient, title=title, at=at, **kept))
    page = status(client, city, number)
    assert "没能发到您手机或邮箱的通知" in page
    assert "已答复，请查看" in page
    assert "办结审核" not in page


def test_who_disagrees_with_a_rejection_is_asked_why_it_should_be_accepted(client, city):
    number = city.register()
    open_with_code(client, city, number)
    city.act(
        number, "reject", city.role("reviewer"), reason="statutory_path", path="请向云江市人民法院提起诉讼"
    )
    assert "可以在下面申请重新办理" in client.get(f"/status/{number}").text
    asked = client.get(f"/reopen/{number}").text
    assert "为什么应当受理" in asked
    assert "没有兑现" not in asked
