"""Who calls: comparable numbers, sealed rows, and nothing of a person outside them."""

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.hashes import link_hash, name_hash, phone_hash
from hotline.models.ticket import Citizen, Ticket, TicketEvent
from hotline.services.identity import is_mobile, normal_phone
from tests.stories.tale import Tale
from tests.stories.town import COMPLAINT, found_town
from workflows.errors import Refused

CANARIES = {
    "citizen_name": "欧阳霜降",
    "phone": "13765432109",
    "email": "shuangjiang.ouyang@example.org",
    "accused": "某某食品厂厂长钱某",
    "id_number": "33010219910307018X",
}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session))


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("13800138000", "+8613800138000"),
        ("138-0013-8000", "+8613800138000"),
        ("＋８６ １３８ ００１３ ８０００", "+8613800138000"),
        ("010-62345678 转 123", "+861062345678"),
        ("(010)62345678", "+861062345678"),
        ("+1 650 253 0000", "+16502530000"),
        ("95588", "95588"),
        (" 13800138000 ", "+8613800138000"),
    ],
)
def test_one_number_has_one_form_however_it_is_written(raw, normal):
    assert normal_phone(raw) == normal
    assert normal_phone(normal) == normal


@pytest.mark.parametrize(
    "raw",
    [
        "",
        "0",
        "1234",
        "13900",
        "139000",
        "1380013ABCD",
        "138001380001",
        "１３８٠٠١٣٨٠٠٠",
        "+999 1",
        "tel:13800138000;x=1",
        "转 5",
    ],
)
def test_what_is_no_number_is_refused_on_its_field(raw):
    with pytest.raises(Refused) as refusal:
        normal_phone(raw)
    assert refusal.value.field == "phone"


@given(st.text(max_size=40))
def test_no_text_breaks_the_reading_of_a_number(raw):
    try:
        normal = normal_phone(raw)
    except Refused:
        return
    assert normal.isascii()
    assert normal_phone(normal) == normal
    assert is_mobile(normal) in {True, False}


def test_all_tickets_of_one_number_are_found_by_its_hash_and_each_keeps_its_own_person(tale):
    tale.register(phone="138-0013-8000", citizen_name="甲")
    first = tale.ticket.citizen_id
    tale.register(phone="+8613800138000", citizen_name="乙")
    found = tale.session.scalars(
        select(Citizen).where(Citizen.phone_hash == phone_hash("+8613800138000")).order_by(Citizen.id)
    ).all()
    assert [citizen.name for citizen in found] == ["甲", "乙"]
    assert first != tale.ticket.citizen_id


def test_a_name_is_found_by_its_hash_however_it_is_written_and_follows_a_change(tale):
    tale.register(citizen_name="阿依古丽·Ａ 买买提")
    citizen = tale.session.get_one(Citizen, tale.ticket.citizen_id)
    assert citizen.name_hash == name_hash("阿依古丽・a买买提") != name_hash("阿依古丽")
    tale.act("agent", "revise", {**COMPLAINT, "citizen_name": "林晚秋"})
    assert citizen.name_hash == name_hash("林 晚秋")
    tale.act("agent", "revise", {**COMPLAINT, "citizen_name": ""})
    assert (citizen.name, citizen.name_hash) == ("林晚秋", name_hash("林晚秋"))
    assert name_hash(" \u3000") is None


def test_a_caller_who_turns_anonymous_is_forgotten_and_one_who_gives_a_number_is_not_anonymous(tale):
    tale.register()
    tale.act("agent", "revise", {**COMPLAINT, "is_anonymous": True})
    assert (tale.ticket.citizen_id, tale.ticket.is_anonymous) == (None, True)
    assert tale.session.scalar(select(func.count(Citizen.id))) == 0
    tale.act("agent", "revise", COMPLAINT)
    assert tale.ticket.is_anonymous is False
    assert tale.session.get_one(Citizen, tale.ticket.citizen_id).name == COMPLAINT["citizen_name"]


def test_the_secret_of_a_link_is_found_by_its_hash_and_never_repeats(tale):
    tokens = [tale.register().ticket.link_token for _ in range(5)]
    assert len(set(tokens)) == 5
    assert tale.session.scalar(select(Ticket.number).where(Ticket.link_hash == link_hash(tokens[-1])))


def test_no_event_holds_who_called_or_what_they_said(tale):
    tale.to_call_back(**CANARIES, title="标题").closed()
    texts = [f"{event.data}{event.actor_name}" for event in tale.session.scalars(select(TicketEvent))]
    secret = [*CANARIES.values(), COMPLAINT["content"], COMPLAINT["address"]]
    assert [text for text in texts for word in secret if word in text] == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_nobody_who_reads_the_database_file_reads_who_called(
    session_factory: sessionmaker[Session], clean_db: Engine, tmp_path
):
    with session_factory.begin() as session:
        Tale(session, found_town(session)).to_call_back(**CANARIES)
    copy = sqlite3.connect(tmp_path / "copy.db")
    with copy, sqlite3.connect(f"file:{clean_db.url.database}?mode=ro", uri=True) as source:
        source.backup(copy)
    source.close()
    copy.close()
    raw = (tmp_path / "copy.db").read_bytes()
    assert COMPLAINT["content"].encode() in raw
    readable = [*CANARIES.values(), "+8613765432109", "3765432109"]
    assert [word for word in readable if word.encode() in raw] == []


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_nobody_who_reads_the_tables_reads_who_called(session: Session):
    Tale(session, found_town(session)).to_call_back(**CANARIES)
    for table in ("citizens", "tickets", "ticket_events", "outbox_messages", "assignments"):
        rows = "".join(str(row) for row in session.connection().exec_driver_sql(f"SELECT * FROM {table}"))  # noqa: S608 - fixed names
        assert [word for word in CANARIES.values() if word in rows] == []
