"""What does the page of a ticket tell of its messages, and what does it never tell?"""

import re
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from hotline.models.ticket import Ticket
from hotline.queries.delivery_words import explain
from notifications.catalog import Channel
from notifications.models import Delivery, OutboxMessage
from notifications.optouts import opt_out
from tests.hotline.pages import plain
from tests.hotline.ticket_story import dispatched, share_step, sign_in, step

LISTED = re.compile(r'id="t-messages".*?</section>', re.DOTALL)


def told(client, number: str, who: str = "zhao") -> str:
    """The part of a ticket's page that speaks of messages."""
    client = client.application.test_client()
    sign_in(client, who)
    return LISTED.search(client.get(f"/tickets/{number}").text)[0]


@pytest.fixture
def change(session_factory, number):
    """Let something have befallen the last SMS to the ticket's citizen."""

    def write(*deliveries: dict[str, object], **columns: object) -> None:
        with session_factory.begin() as session:
            to_citizen = select(OutboxMessage.id).where(
                OutboxMessage.subject == number, OutboxMessage.recipient.startswith("citizen:")
            )
            message_id = session.scalars(to_citizen.order_by(OutboxMessage.id.desc())).first()
            session.execute(update(OutboxMessage).where(OutboxMessage.id == message_id).values(**columns))
            for attempt, delivery in enumerate(deliveries, start=1):
                session.add(Delivery(message_id=message_id, attempt=attempt, **delivery))

    return write


def test_a_message_says_to_whom_in_what_capacity_and_how_far_it_came(client, change, number, now):
    change(
        {"provider": "twilio", "started_at": now, "ended_at": now, "outcome": "accepted"},
        state="delivered",
        provider="twilio",
        accepted_at=now,
        receipt_at=now,
    )
    page = plain(told(client, number))
    assert "短信 发给诉求人 138****5678" in page.replace("短信发给", "短信 发给")
    assert "已送达" in page
    assert "送达 " in page
    assert "尝试 1 次，Twilio" in page
    assert "通道商已收下" in page
    assert "邮件发给梧桐区住建局 h***@example.cn" in page


def test_a_dead_message_says_why_in_plain_words_with_the_code_beside(client, change, number, now):
    change(
        {"provider": "twilio", "started_at": now, "outcome": "created", "error_code": "http_503"},
        {"provider": "twilio", "started_at": now, "outcome": "dead", "error_code": "twilio_21211"},
        state="dead",
        provider="twilio",
        last_error="twilio_21211",
    )
    page = plain(told(client, number))
    assert "无法发送" in page
    assert "号码不存在或收不了短信 twilio_21211" in page
    assert "尝试 2 次" in page
    assert "第 1 次" in page
    assert "没有成功，会再试 ，通道商服务暂时不可用 http_503" in page.replace("再试，", "再试 ，")


def test_a_message_that_was_not_sent_says_why(client, change, number):
    change(state="skipped", skip_reason="opted_out")
    assert "未发送原因：已退订" in plain(told(client, number))


def test_a_message_that_waits_says_for_what_and_until_when(client, change, number, now):
    later = now + timedelta(hours=9)
    change(state="created", last_error="person_cap", next_attempt_at=later)
    assert "明天发送" in plain(told(client, number))
    change(state="created", last_error="http_503", next_attempt_at=later)
    page = plain(told(client, number))
    assert "等待重试" in page
    assert "发送 " in page


def test_of_many_messages_the_newest_are_in_sight_and_the_rest_is_folded(
    client, session_factory, city, number, now: datetime
):
    with session_factory.begin() as session:
        for minute in range(1, 5):
            step(session, city, number, "ma", "urge", now + timedelta(hours=5 * minute), {"words": "再催"})
    page = told(client, number, "ma")
    total = int(re.search(r"消息 (\d+)", page)[1])
    assert total > 4
    assert f"更早的 {total - 4} 条" in page
    assert page.index("催办") < page.index("更早的")


def test_who_may_not_know_the_citizen_sees_no_part_of_their_number(client, session_factory, city, now):
    with session_factory.begin() as session:
        number = dispatched(session, city, now, is_confidential=True).number
        share_step(session, city, number, "wang", "sign", now)
    assert "5678" not in told(client, number, "wang")
    assert "138****5678" in told(client, number, "zhao")


def test_the_page_says_that_a_citizen_wants_no_sms_and_must_be_called(client, session_factory, number, now):
    with session_factory.begin() as session:
        opt_out(session, Channel.SMS, "13800005678", now)
    for who in ("ma", "wang", "zhao"):
        reader = client.application.test_client()
        sign_in(reader, who)
        assert "已退订短信</span> 请打电话告知" in reader.get(f"/tickets/{number}").text


def test_neither_the_query_code_nor_the_link_is_ever_shown(client, session_factory, number):
    with session_factory() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        secrets = (ticket.query_code, ticket.link_token)
    client = client.application.test_client()
    sign_in(client, "ma")
    page = client.get(f"/tickets/{number}").text
    assert not [secret for secret in secrets if secret in page]


def test_a_message_whose_address_was_damaged_is_listed_all_the_same(client, session_factory, number):
    with session_factory.begin() as session:
        session.connection().exec_driver_sql(
            "UPDATE outbox_messages SET address = '1:AAAA', facts = '1:AAAA'"
        )
    page = plain(told(client, number))
    assert "短信发给诉求人" in page
    assert "5678" not in page


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("http_502", "通道商服务暂时不可用"),
        ("smtp_5.1.1", "邮箱地址不存在或拒收"),
        ("raised_KeyError", "发送程序出错，需要管理员查看日志"),
        ("tencent_LimitExceeded.DeliveryFrequencyLimit", "超过通道商的频率限制"),
        ("twilio_99999", "Twilio 没有接受，请按代码查它的说明"),
        ("what_is_this", "其他原因"),
        (None, ""),
    ],
)
def test_every_code_has_words_and_an_unknown_one_general_words(code, words):
    assert explain(code) == words
