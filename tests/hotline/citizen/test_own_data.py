"""A citizen gets all that is kept of them because of a ticket, to read and as a file, and nothing of others."""

import json
import re
from datetime import UTC, datetime

from sqlalchemy import select

from hotline.models.audit import AuditRecord
from hotline.models.ticket import Citizen
from notifications.addresses import address_hash
from notifications.catalog import Channel
from notifications.models import InboundMessage, OutboxMessage, State
from tests.hotline.citizen.journeys import ANSWER, HANDLER_NAME, hidden, open_with_code
from tests.hotline.citizen.wishes import ask, decide, last_id
from workflows.vocabulary import Role

OWN = {
    "citizen_name": "刁甲乙",
    "phone": "13912340987",
    "email": "canary@example.cn",
    "id_number": "33010219910307018X",
}
OTHER = {
    "citizen_name": "皮丙丁",
    "phone": "13700001111",
    "content": "和平里小区 12 幢电梯停运，别人的诉求。",
}


def text_of(session, number, phone, body) -> None:
    session.add(
        InboundMessage(
            provider="x",
            provider_reference=body,
            address=phone,
            address_hash=address_hash(Channel.SMS, phone),
            body=body,
            received_at=datetime.now(UTC),
            meaning="text",
            subject=number,
        )
    )


def test_the_file_holds_all_of_theirs_and_nothing_of_anybody_elses(client, city, session_factory):
    number, other = city.replied(**OWN), city.register(**OTHER)
    city.act(number, "note", Role.AUDITOR, text="内部备注 CANARY", visibility="internal")
    with session_factory.begin() as session:
        phone = next(row.phone for row in session.scalars(select(Citizen)) if row.name == OWN["citizen_name"])
        text_of(session, number, phone, "谢谢，已经修好")
        text_of(session, number, "+8613700001111", "别人发的短信")
    open_with_code(client, city, number)
    answer = client.get(f"/status/{number}/data.json")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{number}.json"'
    data = json.loads(answer.data)
    assert (data["person"]["name"], data["person"]["email"]) == ("刁甲乙", "canary@example.cn")
    assert data["person"]["phone"].endswith("13912340987")
    assert data["person"]["id_number"] == OWN["id_number"]
    assert data["request"]["number"] == number
    assert [row["text"] for row in data["answers"]] == [ANSWER]
    assert [row["text"] for row in data["messages_from_you"]] == ["谢谢，已经修好"]
    assert data["messages_to_you"]
    whole, page = answer.get_data(as_text=True), client.get(f"/status/{number}/data").text
    for others in (other, "皮丙丁", "13700001111", "别人的诉求", "别人发的短信", "CANARY", HANDLER_NAME):
        assert others not in whole
        assert others not in page
    for own in ("刁甲乙", "13912340987", "canary@example.cn", "谢谢，已经修好", ANSWER):
        assert own in page
    with session_factory() as session:
        recorded = session.execute(select(AuditRecord.ticket_number, AuditRecord.facts)).all()
    assert (number, {"by": "own_data_file"}) in [tuple(row) for row in recorded]


def test_the_file_tells_the_act_itself_and_only_the_page_the_words_of_the_story(client, city):
    signed = city.signed(**OWN)
    open_with_code(client, city, signed)
    client.post(f"/urge/{signed}", data=hidden(client.get(f"/status/{signed}").text))
    data = json.loads(client.get(f"/status/{signed}/data.json").data)
    assert [(row["act"], set(row)) for row in data["added"]][-1] == ("urge", {"at", "act", "ip"})
    assert "已催办" in client.get(f"/status/{signed}/data").text


def test_nobody_gets_it_who_has_not_opened_the_ticket(client, city):
    number, other = city.register(**OWN), city.register(**OTHER)
    open_with_code(client, city, other)
    for path in (f"/status/{number}/data", f"/status/{number}/data.json"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/find?number={number}")


def test_the_page_on_privacy_tells_the_days_that_hold(client, city):
    page = client.get("/privacy").text
    assert "办结 365 天后自动清除" in page
    assert "1095 天" in page


def test_the_page_names_what_was_done_and_leads_back(client, city):
    number = city.register(**OWN)
    open_with_code(client, city, number)
    client.post(f"/urge/{number}", data=hidden(client.get(f"/status/{number}").text))
    page = client.get(f"/status/{number}/data").text
    assert [act for act in re.findall(r'<p class="strong">([^<]+)</p>', page) if act == "已催办"]
    assert ">13912340987<" in page
    assert f'href="/status/{number}"' in page


def test_every_message_is_named_and_words_that_are_gone_are_said_to_be_gone(client, city, session_factory):
    number = city.closed(**OWN)
    open_with_code(client, city, number)
    with session_factory.begin() as session:
        about = select(OutboxMessage).where(OutboxMessage.recipient.startswith("citizen:"))
        for row in session.scalars(about.where(OutboxMessage.subject == number)):
            row.state, row.address = State.DELIVERED, ""
    page = client.get(f"/status/{number}/data").text
    assert "受理通知" in page
    assert "内容和号码已删除" in page


def test_a_title_made_of_the_first_words_is_not_said_twice(client, city):
    number = city.register(
        **{**OWN, "title": "电梯停了五天", "content": "电梯停了五天，坐轮椅的老人下不了楼。"}
    )
    open_with_code(client, city, number)
    assert client.get(f"/status/{number}/data").text.count("电梯停了五天") == 1


def test_the_citizen_reads_what_they_asked_for_and_by_when_it_is_answered(client, number):
    ask(client, number, "name", "刁甲丙")
    page = client.get(f"/status/{number}/data").text
    assert "改为：刁甲丙" in page
    assert page.count("15 个工作日内答复") == 2
    assert "刁甲丙" not in client.get(f"/status/{number}").text


def test_who_is_refused_reads_where_to_object(client, number, supervisor, session_factory):
    ask(client, number, "name", "刁甲丙")
    decide(supervisor, last_id(session_factory), "refuse", answer="与证件不符")
    for path in (f"/status/{number}", f"/status/{number}/data"):
        assert "有不同意见，请拨打 12345 提出" in client.get(path).text
