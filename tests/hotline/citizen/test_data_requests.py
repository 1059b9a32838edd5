"""A citizen asks to have put right, or erased, what is kept of them, and somebody decides."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from hotline.models.audit import AuditRecord
from hotline.models.data_requests import DataRequest
from hotline.models.hashes import name_hash, phone_hash
from hotline.models.ticket import Citizen, Ticket, TicketEvent
from hotline.services.citizen_access import find_by_code, find_by_link
from hotline.services.data_request_terms import remind_deciders
from hotline.services.data_requests import Wish, ask_correction
from hotline.services.trail import find_break
from notifications.catalog import Channel
from notifications.models import OutboxMessage
from notifications.optouts import opt_out
from sealing import keyed_hash
from tests.hotline.citizen.journeys import open_with_code
from tests.hotline.citizen.wishes import (
    DECIDER,
    OWN,
    WHY,
    ask,
    citizen_of,
    decide,
    decide_again,
    last_id,
    signed_in,
)
from tests.hotline.clerks import hidden_of
from workflows.errors import Refused
from workflows.vocabulary import Role

OLD, NEW, THIEF = "+8613912340987", "13700002222", "+8613700002222"


def told(session_factory) -> list[tuple[str, str, str]]:
    """Kind, address and sort of recipient of what was put about data requests, in order."""
    with session_factory() as session:
        to_citizens = (OutboxMessage.key.like("data:%"), ~OutboxMessage.recipient.startswith("user:"))
        rows = session.scalars(select(OutboxMessage).where(*to_citizens).order_by(OutboxMessage.id))
        return [(row.kind, row.address, row.recipient.partition(":")[0]) for row in rows]


def test_nothing_changes_by_itself_and_the_citizen_reads_that_it_waits(client, number, session_factory):
    before = client.get(f"/status/{number}/data.json").get_json()
    assert ask(client, number, "name", "刁甲丙").headers["Location"] == f"/status/{number}/data"
    assert citizen_of(session_factory, number).name == "刁甲乙"
    for page in (client.get(f"/status/{number}").text, client.get(f"/status/{number}/data").text):
        assert "更正：姓名" in page
        assert "待处理" in page
    after = json.loads(client.get(f"/status/{number}/data.json").data)
    assert (after["person"], after["request"]) == (before["person"], before["request"])
    asked = after["data_requests"][0]
    assert (asked["field"], asked["value"], asked["reason"]) == ("name", "刁甲丙", WHY)
    assert told(session_factory) == [("neutral_data_asked", OLD, "citizen")]


def test_an_accepted_name_is_found_anew_and_stands_in_trail_and_audit(
    client, number, supervisor, session_factory
):
    version = session_version(session_factory, number)
    ask(client, number, "name", "刁甲丙")
    assert decide(supervisor, last_id(session_factory), "accept").status_code == 303
    citizen = citizen_of(session_factory, number)
    assert (citizen.name, citizen.name_hash) == ("刁甲丙", name_hash("刁甲丙"))
    with session_factory() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        event = session.scalars(select(TicketEvent).where(TicketEvent.action == "correct")).one()
        assert (ticket.version, event.number, event.data) == (version + 1, version + 1, {"field": "name"})
        assert find_break(session, ticket.id) is None
        row = session.scalars(select(DataRequest)).one()
        assert (row.old_value, row.new_value, row.state) == ("刁甲乙", "刁甲丙", "accepted")
        recorded = session.scalars(
            select(AuditRecord).where(AuditRecord.endpoint == "supervisor.accept_data_request")
        ).one()
        assert (recorded.ticket_number, recorded.actor_name) == (number, DECIDER)
    assert "已同意" in client.get(f"/status/{number}").text


def session_version(session_factory, number) -> int:
    with session_factory() as session:
        return session.scalars(select(Ticket.version).where(Ticket.number == number)).one()


def test_supervisors_hear_of_a_wish_at_once_and_once_more_before_its_term_ends(
    client, number, supervisor, session_factory
):
    def heard():
        with session_factory() as session:
            rows = session.scalars(select(OutboxMessage).where(OutboxMessage.kind.like("data_request_%")))
            return sorted((row.kind, row.because, row.facts["asked"]) for row in rows.all())

    ask(client, number, "name", "刁甲丙")
    (first,) = {*heard()}
    assert first == ("data_request_to_decide", "supervisor", "更正：姓名")
    known, now = len(heard()), datetime.now(UTC)
    with session_factory.begin() as session:
        assert remind_deciders(session, now + timedelta(days=12)) == 0
    for _ in range(2):
        with session_factory.begin() as session:
            assert remind_deciders(session, now + timedelta(days=40)) == 1
    assert len(heard()) == 2 * known
    assert ("data_request_due", "supervisor", "更正：姓名") in heard()
    decide(supervisor, last_id(session_factory), "accept")
    with session_factory.begin() as session:
        assert remind_deciders(session, now + timedelta(days=41)) == 0


def test_a_thief_of_a_link_moves_no_ticket_to_their_telephone(client, number, supervisor, session_factory):
    with session_factory.begin() as session:  # as a thief would do first
        opt_out(session, Channel.SMS, OLD, datetime.now(UTC))
    ask(client, number, "phone", NEW)
    assert told(session_factory) == [("neutral_data_asked", OLD, "citizen")]
    request_id = last_id(session_factory)
    refused = decide(supervisor, request_id, "accept", answer="好")
    assert (refused.status_code, citizen_of(session_factory, number).phone) == (422, OLD)
    assert "怎样核实是本人" in refused.text
    assert decide(supervisor, request_id, "accept", proof="called_back").status_code == 303
    citizen = citizen_of(session_factory, number)
    assert (citizen.phone, citizen.phone_hash) == (THIEF, phone_hash(THIEF))
    assert told(session_factory)[1:] == [
        ("neutral_data_decided", THIEF, "citizen"),
        ("neutral_accepted", THIEF, "citizen"),
        ("neutral_phone_moved", OLD, "phone"),
    ]


def test_a_telephone_put_right_takes_the_code_and_the_link_of_the_old_one_along(
    client, number, supervisor, session_factory
):
    def keys():
        with session_factory() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            return ticket.query_code, ticket.link_token

    def opened_by(code, token):
        now = datetime.now(UTC)
        with session_factory() as session:
            return find_by_code(session, number, code), find_by_link(session, token, now)

    before = keys()
    ask(client, number, "name", "刁甲丙")
    decide(supervisor, last_id(session_factory), "accept")
    assert keys() == before
    ask(client, number, "phone", NEW)
    decide(supervisor, last_id(session_factory), "accept", proof="called_back")
    after = keys()
    assert opened_by(*before) == (None, None)
    assert None not in opened_by(*after)
    with session_factory() as session:
        news = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "neutral_accepted")).one()
    assert (news.address, news.facts["query_code"]) == (THIEF, after[0])


def test_where_no_telephone_is_on_file_only_coming_in_person_is_proof(
    client, city, supervisor, session_factory
):
    number = city.dispatched(citizen_name="刁甲乙", phone="", email="canary@example.cn")
    open_with_code(client, city, number)
    ask(client, number, "phone", NEW)
    request_id = last_id(session_factory)
    assert decide(supervisor, request_id, "accept", proof="called_back").status_code == 422
    assert decide(supervisor, request_id, "accept", proof="in_person").status_code == 303
    assert citizen_of(session_factory, number).phone == THIEF


@pytest.mark.parametrize(
    ("field", "typed", "kept"),
    [
        ("email", " other@example.cn ", "other@example.cn"),
        ("address", "和平里小区 14 幢", "和平里小区 14 幢"),
        ("content", "和平里小区 14 幢电梯停运。", "和平里小区 14 幢电梯停运。"),
    ],
)
def test_mail_place_and_words_are_put_right(client, number, supervisor, session_factory, field, typed, kept):
    ask(client, number, field, typed)
    decide(supervisor, last_id(session_factory), "accept")
    with session_factory() as session:
        ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
        citizen = session.get_one(Citizen, ticket.citizen_id)
        assert getattr(citizen if field == "email" else ticket, field) == kept
        assert citizen.email_hash == keyed_hash(f"email:{citizen.email}")


def test_a_refusal_needs_a_reason_which_the_citizen_reads(client, number, supervisor, session_factory):
    ask(client, number, "phone", NEW)
    request_id = last_id(session_factory)
    assert decide(supervisor, request_id, "refuse").status_code == 422
    assert decide(supervisor, request_id, "refuse", answer="原号码核实不是本人申请。").status_code == 303
    page = client.get(f"/status/{number}").text
    assert "未同意" in page
    assert "原号码核实不是本人申请。" in page
    assert citizen_of(session_factory, number).phone == OLD
    assert told(session_factory)[1:] == [("neutral_data_decided", OLD, "citizen")]
    again = decide_again(supervisor, request_id, proof="called_back")
    assert again.status_code == 409
    assert citizen_of(session_factory, number).phone == OLD


def test_old_and_new_stay_masked_until_they_are_asked_for_and_the_look_is_recorded(
    client, number, supervisor, session_factory
):
    ask(client, number, "phone", NEW)
    path = f"/board/data-requests/{last_id(session_factory)}"
    listed, masked = supervisor.get("/board/data-requests").text, supervisor.get(path).text
    assert "139****0987" in masked
    assert "137****2222" in masked
    shown = supervisor.post(f"{path}/reveal", data=hidden_of(masked, f"{path}/accept")).text
    assert "13912340987" in shown
    assert NEW in shown
    for page in (listed, masked):
        assert "13912340987" not in page
        assert NEW not in page
    with session_factory() as session:
        look = session.scalars(select(AuditRecord).where(AuditRecord.kind == "reveal")).one()
        assert (look.ticket_number, look.actor_name) == (number, DECIDER)


@pytest.mark.parametrize("action", ["accept", "refuse"])
@pytest.mark.parametrize("proof", ["said so", "x" * 5_000])
def test_a_proof_nobody_knows_is_named_where_none_is_needed_too(
    client, number, supervisor, session_factory, action, proof
):
    ask(client, number, "name", "刁甲丙")
    answer = decide(supervisor, last_id(session_factory), action, answer="已核实", proof=proof)
    assert answer.status_code == 422
    assert "怎样核实是本人" in answer.text
    with session_factory() as session:
        assert session.scalars(select(DataRequest.state)).one() == "open"


def test_only_supervisors_decide(app, client, number, session_factory):
    ask(client, number, "name", "刁甲丙")
    request_id = last_id(session_factory)
    for role in (Role.AGENT, Role.AUDITOR, Role.ADMINISTRATOR):
        browser = signed_in(app, session_factory, role)
        assert browser.get("/board/data-requests").status_code == 403
        assert browser.get(f"/board/data-requests/{request_id}").status_code == 403
    with session_factory() as session:
        assert session.scalars(select(DataRequest.state)).one() == "open"


def test_bad_input_names_the_field_and_keeps_what_was_typed(client, number, session_factory):
    answer = ask(client, number, "phone", "12")
    assert answer.status_code == 422
    assert "电话号码有误" in answer.text
    assert ">12<" in re.sub(r"\s+", "", answer.text)
    assert WHY in answer.text
    missing = ask(client, number, "", "", "")
    assert missing.status_code == 422
    for words in ("请选择要更正哪一项", "请填写正确的内容", "请写明原因"):
        assert words in missing.text
    assert ask(client, number, "guardian_phone", NEW).status_code == 422
    assert "内容没有变化" in ask(client, number, "name", "刁甲乙").text
    with session_factory() as session:
        assert session.scalars(select(DataRequest)).all() == []


def test_the_newest_wish_about_a_thing_takes_the_place_of_the_one_before(client, number, session_factory):
    answers = [ask(client, number, "name", name) for name in ("刁甲丙", "刁甲丁")]
    assert [(each.status_code, each.headers["Location"]) for each in answers] == [
        (303, f"/status/{number}/data")
    ] * 2
    with session_factory() as session:
        rows = session.scalars(select(DataRequest).order_by(DataRequest.id)).all()
        assert [(row.new_value, row.state) for row in rows] == [("刁甲丙", "replaced"), ("刁甲丁", "open")]


def test_a_ticket_takes_five_wishes_a_day(client, number):
    names = [f"刁甲{sign}" for sign in "丙丁戊己庚辛"]
    assert [ask(client, number, "name", name).status_code for name in names] == [303] * 5 + [429]


def test_who_has_not_opened_the_ticket_is_led_to_the_look_up_whether_it_exists_or_not(client, city):
    other, opened = city.register(**OWN), city.register()
    open_with_code(client, city, opened)
    for number in (other, "YJ20260101-99999"):
        for page in ("correct", "erase"):
            for answer in (
                client.get(f"/status/{number}/data/{page}"),
                client.get(f"/status/{number}/data"),
            ):
                assert (answer.status_code, answer.headers["Location"]) == (303, f"/find?number={number}")


def test_an_anonymous_citizen_may_put_right_the_matter_alone(client, city, session_factory):
    number = city.register(phone="", is_anonymous=True)
    open_with_code(client, city, number)
    page = client.get(f"/status/{number}/data/correct").text
    assert re.findall(r'name="field" value="(\w+)"', page) == ["address", "content"]
    with session_factory() as session, pytest.raises(Refused) as refused:
        ask_correction(session, number, Wish("phone", NEW, WHY), datetime.now(UTC))
    assert refused.value.errors[0].field == "field"
