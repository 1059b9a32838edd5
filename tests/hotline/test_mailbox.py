"""The mailbox of the demo city: everything that arrived, for everybody, and nowhere else."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from hotline.mailbox.views import linked
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.queries.mailbox import PAGE_SIZE
from hotline.services.site import current_site
from notifications.models import InboundMessage, MailboxMessage, OutboxMessage

NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
NUMBER = "YJ20261123-00001"


@pytest.fixture
def arrive(session_factory):
    """Puts messages into the mailbox as the provider would."""

    def put(
        recipient="citizen:1",
        number=NUMBER,
        channel="sms",
        title="",
        body="您好",
        times=1,
        address="+8613800138000",
    ):
        with session_factory.begin() as session:
            start = session.query(MailboxMessage).count()
            session.add_all(
                MailboxMessage(
                    message_id=f"{start + n}",
                    kind="accepted",
                    channel=channel,
                    recipient=recipient,
                    address=address,
                    title=title,
                    body=f"{body}#{start + n}#",
                    subject=number,
                    at=NOW,
                )
                for n in range(times)
            )

    return put


def bodies(page):
    return [int(n) for n in re.findall(r"#(\d+)#", page)]


def test_anybody_reads_it_in_the_demo_and_is_told_so(client, arrive):
    arrive()
    response = client.get("/mailbox")
    assert response.status_code == 200
    assert "演示信箱，不用登录就能打开" in response.text
    assert "+8613800138000" in response.text


def test_outside_the_demo_there_is_no_mailbox(make_app, settings, clean_db):
    made = make_app(replace(settings, env="development"))
    assert made.test_client().get("/mailbox").status_code == 404


def test_newest_come_first_and_pages_lead_there_and_back(client, arrive):
    arrive(times=PAGE_SIZE * 2 + 5)
    newest = client.get("/mailbox").text
    assert bodies(newest) == list(range(PAGE_SIZE * 2 + 4, PAGE_SIZE + 4, -1))
    older = re.search(r'href="(/mailbox\?before=\d+)" rel="next"', newest)[1]
    middle = client.get(older).text
    assert bodies(middle) == list(range(PAGE_SIZE + 4, 4, -1))
    oldest = client.get(re.search(r'href="(/mailbox\?before=\d+)" rel="next"', middle)[1]).text
    assert bodies(oldest) == [4, 3, 2, 1, 0]
    assert 'rel="next"' not in oldest
    back = re.search(r'href="(/mailbox\?after=\d+)" rel="prev"', oldest)[1]
    assert bodies(client.get(back).text) == bodies(middle)


def test_filters_choose_recipient_channel_and_ticket_and_are_kept_on_the_next_page(
    client, arrive, session_factory
):
    with session_factory.begin() as session:
        session.add(Unit(id=7, code="U7", name="梧桐区住建局"))
        session.add(User(id=9, username="agent", display_name="林晓禾", created_at=NOW))
    arrive("citizen:1")
    arrive("unit:7", channel="email", title="新工单")
    arrive("user:9", channel="mailbox", number="YJ20261123-00002", address="agent")
    assert bodies(client.get("/mailbox?to=unit").text) == [1]
    assert "梧桐区住建局" in client.get("/mailbox?to=unit").text
    assert "林晓禾 agent" in client.get("/mailbox?channel=mailbox").text
    assert bodies(client.get("/mailbox?number=yj20261123-00002").text) == [2]
    assert bodies(client.get("/mailbox?to=citizen&channel=email").text) == []
    assert "没有符合条件的消息" in client.get("/mailbox?to=citizen&channel=email").text
    arrive("unit:7", times=PAGE_SIZE)
    assert re.search(r'href="/mailbox\?to=unit&amp;before=\d+"', client.get("/mailbox?to=unit").text)


@pytest.mark.parametrize(
    "query", ["to=%25", "to=nobody", "channel=x", "number=%00", "before=x", "before=-1", "after=9" + "9" * 30]
)
def test_a_strange_address_still_shows_a_page(client, arrive, query):
    arrive()
    assert client.get(f"/mailbox?{query}").status_code == 200


def test_links_to_this_installation_are_links_and_others_are_text(app):
    own = current_site().link("/t/abc_DEF-1")
    assert linked(f"详情{own} 请回复") == f'详情<a href="/t/abc_DEF-1">{own}</a> 请回复'
    assert "<a" not in linked("见 https://evil.example/t/abc")
    assert "<a" not in linked(f"见 {current_site().base_url}.evil.example/t/abc")
    assert linked(f"{current_site().base_url}//evil.example").startswith('<a href="/evil.example"')


def test_a_message_is_never_markup(client, arrive):
    own = current_site().link('/t/"><script>alert(1)</script>')
    arrive(channel="email", title="<b>标题</b>", body=f"<script>alert(2)</script>{own}")
    page = client.get("/mailbox").text
    assert "<script>alert" not in page
    assert "<b>标题" not in page


def sms(client, **fields):
    page = client.get("/mailbox").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    key = re.search(r'name="request_key" value="([^"]+)"', page)[1]
    return client.post("/mailbox/sms", data={"csrf_token": token, "request_key": key, **fields})


def inbound(session_factory):
    with session_factory() as session:
        rows = session.scalars(select(InboundMessage).order_by(InboundMessage.id)).all()
        return [(row.address, row.body, row.outcome) for row in rows]


def test_an_sms_from_a_telephone_of_the_demo_comes_in_by_the_door_for_sms(client, session_factory):
    response = sms(client, phone="138 0013 8000", words="TD")
    assert (response.status_code, response.headers["Location"]) == (303, "/mailbox")
    assert inbound(session_factory) == [("138 0013 8000", "TD", "done")]
    with session_factory() as session:
        assert session.scalars(select(OutboxMessage.kind)).all() == ["answer_stopped"]
    assert "短信已发给 12345" in client.get("/mailbox").text


def test_a_message_is_answered_from_the_telephone_it_went_to(client, arrive):
    arrive()
    page = client.get("/mailbox").text
    reply = re.search(r'href="(/mailbox\?reply=\d+)#sms"', page)[1]
    assert 'value="+8613800138000"' in client.get(reply).text
    arrive(channel="email", address="lin@example.org")
    assert client.get("/mailbox?reply=2").status_code == 200
    assert (
        "lin@example.org"
        not in re.search(r"<details.*?</details>", client.get("/mailbox?reply=2").text, re.DOTALL)[0]
    )


@pytest.mark.parametrize(("phone", "words"), [("010-62345678", "1"), ("", "1"), ("13800138000", " ")])
def test_what_cannot_be_sent_is_said_and_stays_typed(client, session_factory, phone, words):
    response = sms(client, phone=phone, words=words)
    assert response.status_code == 422
    assert f'value="{phone}"' in response.text
    assert inbound(session_factory) == []


def test_the_same_press_twice_is_one_sms(client, session_factory):
    page = client.get("/mailbox").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    data = {"csrf_token": token, "request_key": "one-press", "phone": "13800138000", "words": "谢谢"}
    for _ in range(2):
        assert client.post("/mailbox/sms", data=data).status_code == 303
    assert len(inbound(session_factory)) == 1


def test_outside_the_demo_nobody_sends_an_sms_by_the_mailbox(make_app, settings, clean_db):
    made = make_app(replace(settings, env="development", secret_key="another-secret-of-more-than-32-letters"))
    made.config["WTF_CSRF_ENABLED"] = False
    assert (
        made.test_client().post("/mailbox/sms", data={"phone": "13800138000", "words": "1"}).status_code
        == 404
    )


def test_a_carrier_is_put_out_of_order_and_right_again(client, session_factory):
    page = client.get("/mailbox").text
    assert "让短信通道甲出故障" in page
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
    out = client.post("/mailbox/carriers/demo-1", data={"csrf_token": token, "state": "out"})
    assert out.status_code == 303
    page = client.get("/mailbox").text
    assert "恢复短信通道甲" in page
    assert "让短信通道乙出故障" in page
    client.post("/mailbox/carriers/demo-1", data={"csrf_token": token, "state": "right"})
    assert "让短信通道甲出故障" in client.get("/mailbox").text
    assert client.post("/mailbox/carriers/other", data={"csrf_token": token}).status_code == 404
