"""At the end of their time no trace is left of who asked: in no column of any table, in no file."""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, select, table, update
from sqlalchemy import column as named

from database import Base
from hotline.models.hashes import email_hash, id_number_hash, name_hash, phone_hash
from hotline.models.incoming_calls import CallState
from hotline.models.people import User
from hotline.models.ticket import Assignment, Ticket
from hotline.scheduler import forget_calls, forget_jottings
from hotline.services import jottings
from hotline.services.attachments import Shelf
from hotline.services.contact_wishes import give_email
from hotline.services.data_requests import Verdict, Wish, accept, ask_correction, refuse
from hotline.services.file_checks import Checked
from hotline.services.idempotency import forget_old as forget_keys
from hotline.services.incoming_calls import Announcement, announce
from hotline.services.reply_drafts import ReplyDraft, Writer, keep_draft
from hotline.services.texting.door import take_in
from notifications.addresses import address_hash
from notifications.catalog import Channel
from notifications.inbound import Inbound
from notifications.models import OutboxMessage, State
from notifications.optouts import opt_out
from tests.hotline.clerks import hidden_of
from tests.stories.stage import Stage
from tests.stories.town import COMPLAINT, CONTENT_RATING
from workflows.definition import SYSTEM, Actor, ActorKind, citizen_actor
from workflows.errors import Refused
from workflows.vocabulary import Role

# Who they are: fields made for it, addresses, and what was typed of them where it is said to go with them.
PERSON = {
    "name": "刁甲乙",
    "phone": "13912340987",
    "mail": "canary.erased@example.cn",
    "document": "33010219910307018X",
    "accused": "邹吾丙",
    "guardian": "13722220001",
    "child": "刁小丁",
    "new name": "刁甲戊",
    "new phone": "13933330002",
    "later mail": "canary.later@example.cn",
    "why": "话务员听错了姓",
    "answer to them": "已按身份证改正",
    "file": "刁甲乙的病历",
    "unit's file": "刁甲乙的房产证",
    "bytes": "canary-in-a-file",
    "text of no ticket": "刁庚想问点事",
    "call": "13944440003",
    "typed in a call": "刁辛还没说完",
    "draft reply": "写给刁壬的草稿",
    "unsent request": "刁癸没有交的诉求",
    "draft's name": "刁子丑",
    "draft's phone": "13955550004",
    "key of a repeat": "13966660005",
    "stranger": "13988880007",
    "later phone": "13977770006",
    "later text": "刁寅后来又写",
    "later place": "刁卯家在新村",
    "later why": "刁辰后来要改",
}
# What is said of the matter, a word of it wherever words can be typed.
MATTER = {
    "content": "正文金丝雀",
    "title": "标题金丝雀",
    "address": "地址金丝雀",
    "details": "补充金丝雀",
    "text": "短信金丝雀",
    "advice": "派单意见金丝雀",
    "contact": "联系记录金丝雀",
    "reply": "答复金丝雀",
    "note": "回访备注金丝雀",
    "comment": "评价金丝雀",
    "basis": "延期理由金丝雀",
    "urging": "催办金丝雀",
    "purpose": "查看用途金丝雀",
}
# What is written after everything was erased, and what a file holds, is looked for where it then lies.
_EARLY = {*PERSON, *MATTER} - {"bytes", *(name for name in PERSON if name.startswith("later"))}
_REFERENCE = 40
_CALL = {"type": "help", "channel": "phone", "content": "电梯停运", "category": "PROPERTY"}
_SUPERVISOR = Actor(ActorKind.USER, "supervisor", frozenset({Role.SUPERVISOR}))
_RECORD = "the request itself, with the ticket for good: field register"
STAYS = {
    "tickets.content": _RECORD,
    "tickets.title": _RECORD,
    "tickets.address": _RECORD,
    "tickets.public_answer": _RECORD,
    "assignments.advice": "a unit's share, with the ticket for good: field register",
    "assignments.answer": "a unit's share, with the ticket for good: field register",
    "requests.basis": "what staff asked, with the ticket for good: field register",
    "requests.details": "what staff asked, with the ticket for good: field register",
    "ratings.comment": "what was said of the handling, with the ticket for good: field register",
    "ticket_events.data": "the trail is chained and never changed; it holds the matter, not the person",
    "identity_reveals.words": "who looked at an identity and what for, for good: field register",
    "opt_outs.address_hash": "somebody wants no SMS for as long as they do: field register",
}


def test_no_column_of_any_table_and_no_file_tells_who_asked_once_their_time_is_over(
    stage, engine, tmp_path, monkeypatch
):
    monkeypatch.setitem(stage.app.config, "ATTACHMENT_FOLDER", str(tmp_path))
    kept = Shelf(tmp_path)
    number = _live(stage, kept)
    _leave_things_half_done(stage, kept)
    stage.deliver()
    assert {what for place, what in _found(engine, tmp_path) if place != "files"} >= _EARLY
    _grow_old(stage, kept)
    _write_late(stage, number)
    _grow_old(stage, kept)
    found = _found(engine, tmp_path)
    assert sorted(f"{place}: {what}" for place, what in found if what in PERSON) == [
        "opt_outs.address_hash: phone"
    ]
    assert {place for place, _ in found} == set(STAYS)


def _live(stage: Stage, kept: Shelf) -> str:
    """Every way in which somebody tells who they are, and every form that takes words of the matter."""
    desk(stage, citizen_name=PERSON["child"], is_minor="y", guardian_phone=PERSON["guardian"])
    matter = {name: MATTER[name] * 4 for name in ("content", "title", "address")}
    person = {"citizen_name": PERSON["name"], "phone": PERSON["phone"], "email": PERSON["mail"]}
    told = {**person, "accused": PERSON["accused"], "id_number": PERSON["document"]}
    number = desk(stage, **told, **matter)
    stage.act("reviewer", number, "approve_intake")
    stage.act(
        "dispatcher", number, "dispatch", main_unit="HOUSING", choice_reason="属地", advice=MATTER["advice"]
    )
    _text(stage, PERSON["phone"], f"补充 {number} {MATTER['text']}")
    _text(stage, PERSON["stranger"], PERSON["text of no ticket"])
    stage.by_citizen(number, "add_details", text=MATTER["details"])
    browser = stage.browser("handler_housing")
    page = browser.get(f"/tickets/{number}").text
    asked = {"csrf_token": hidden_of(page, f"/tickets/{number}/reveal")["csrf_token"]}
    asked |= {"purpose": "other", "words": MATTER["purpose"]}
    assert browser.post(f"/tickets/{number}/reveal", data=asked).status_code == 200
    _files(stage, kept, number)
    _correct(stage, kept, number, "name", PERSON["new name"])
    _correct(stage, kept, number, "phone", PERSON["new phone"])
    _work(stage, number)
    return number


def desk(stage: Stage, **typed: str) -> str:
    """Somebody calls, and an agent writes it down at the desk; gives the number."""
    browser = stage.browser("agent")
    given = {**hidden_of(browser.get("/desk").text, "/desk"), **COMPLAINT, **typed, "action": "submit"}
    answer = browser.post("/desk", data=given)
    assert answer.status_code == 303, answer.text
    with stage.factory() as session:
        return session.scalars(select(Ticket.number).order_by(Ticket.id.desc())).first()


def _text(stage: Stage, phone: str, words: str) -> None:
    with stage.factory.begin() as session:
        reference = hashlib.sha256(words.encode()).hexdigest()[:16]
        take_in(session, Inbound("twilio", reference, f"+86{phone}", words, stage.now))


def _files(stage: Stage, kept: Shelf, number: str) -> None:
    for who, name in ((citizen_actor(number), "file"), (SYSTEM, "unit's file")):
        file = Checked(f"{PERSON[name]}.txt", "text/plain", PERSON["bytes"].encode())
        with stage.factory.begin() as session:
            ticket = session.scalars(select(Ticket).where(Ticket.number == number)).one()
            kept.store(session, ticket, file, who, stage.now)


def _correct(stage: Stage, kept: Shelf, number: str, wanted: str, value: str) -> None:
    with stage.factory.begin() as session:
        asked = ask_correction(session, number, Wish(wanted, value, PERSON["why"]), stage.now)
        verdict = Verdict(PERSON["answer to them"], "in_person")
        accept(session, kept, asked.id, verdict, (_SUPERVISOR, stage.now))


def _work(stage: Stage, number: str) -> None:
    """The unit answers, somebody calls in vain and then in earnest, and the matter ends."""
    stage.act("supervisor", number, "urge", words=MATTER["urging"])
    stage.act(
        "handler_housing",
        number,
        "record_contact",
        contacted_at=stage.now.isoformat(),
        way="phone",
        result=MATTER["contact"],
    )
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    asked = {"reason": "not_our_duty", "basis": MATTER["basis"] * 3}
    stage.ask("handler_housing", number, "HOUSING", "return", **asked)
    stage.decide("dispatcher", number, "refuse", reason="应由你单位办理")
    stage.replied(number, answer=MATTER["reply"] * 4)
    stage.act("auditor", number, "approve_reply", public_answer=MATTER["reply"] * 4)
    stage.act("callback", number, "record_call_attempt", result="no_answer", note=MATTER["note"])
    stage.act("callback", number, "close", **CONTENT_RATING, comment=MATTER["comment"])


def _leave_things_half_done(stage: Stage, kept: Shelf) -> None:
    """What was typed and not sent, a call that came to nothing, a draft, a wish for no more SMS, a repeat."""
    now = stage.now
    with stage.factory.begin() as session:
        agent = session.scalars(select(User).where(User.username == "agent")).one().id
        told = Announcement(agent, "c-9", agent, f"+86{PERSON['call']}", CallState.ANSWERED, now)
        announce(session, told, now).typed = {"content": PERSON["typed in a call"]}
        jotting, _token = jottings.begin(session, now)
        jottings.write(jotting, {"content": PERSON["unsent request"]}, now)
        share = session.scalars(select(Assignment.id)).first()
        typed = ReplyDraft({"answer": [PERSON["draft reply"]]}, 0, "f", now)
        keep_draft(session, Writer(share, agent), typed)
        opt_out(session, Channel.SMS, f"+86{PERSON['phone']}", now)
    draft = {**COMPLAINT, "citizen_name": PERSON["draft's name"], "phone": PERSON["draft's phone"]}
    browser = stage.browser("agent")
    hidden = hidden_of(browser.get("/desk").text, "/desk")
    assert browser.post("/desk", data={**hidden, **draft, "action": "save"}).status_code == 303
    answer = stage.app.test_client().post(
        "/api/v1/tickets",
        json={**_CALL, "caller": {"phone": PERSON["key of a repeat"]}},
        headers={"Authorization": f"Bearer {stage.tokens['agent']}", "Idempotency-Key": "k-1"},
    )
    assert answer.status_code == 201, answer.text
    assert stage.browser("agent").get(f"/search?q={PERSON['phone']}").status_code in {200, 302, 303}


def _grow_old(stage: Stage, kept: Shelf) -> None:
    """Everything is over and three years go by; then the command is given."""
    with stage.factory.begin() as session:
        for ticket in session.scalars(select(Ticket).where(Ticket.closed_at.is_(None))):
            if ticket.state != "draft":
                ticket.state, ticket.outcome, ticket.closed_at = "closed", "resolved", stage.now
        session.execute(update(OutboxMessage).values(state=State.DELIVERED))
    stage.clock.move_to(stage.now + timedelta(days=1100))
    forget_calls(stage.factory, stage.now)
    forget_jottings(stage.factory, kept, stage.now)
    with stage.factory.begin() as session:
        forget_keys(session, stage.now)
    ran = stage.app.test_cli_runner().invoke(args=["retention", "run"])
    assert ran.exit_code == 0, ran.output


def _write_late(stage: Stage, number: str) -> None:
    """Whoever still has the link and the number writes again after all was erased."""
    with stage.factory.begin() as session, suppress(Refused):
        give_email(session, number, PERSON["later mail"])
    _text(stage, PERSON["later phone"], f"补充 {number} {PERSON['later text']}")
    wish = Wish("address", PERSON["later place"], PERSON["later why"])
    with stage.factory.begin() as session:
        asked = ask_correction(session, number, wish, stage.now)
        refuse(session, asked.id, Verdict(PERSON["answer to them"]), (_SUPERVISOR, stage.now))


def _found(engine: Engine, folder: Path) -> set[tuple[str, str]]:
    """Where a word still stands, as (column or "files", which word); sealed columns opened, hashes recognised."""
    marks = {name: (word, *_digests(word)) for name, word in {**PERSON, **MATTER}.items()}
    found = set()
    with engine.connect() as connection:
        for place, value in _cells(connection):
            found |= {(place, name) for name, words in marks.items() if any(word in value for word in words)}
    for file in folder.iterdir():
        content = file.read_bytes()
        found |= {("files", name) for name, words in marks.items() if words[0].encode() in content}
    return found


def _cells(connection: Connection) -> Iterator[tuple[str, str]]:
    """Every value of every table there is, those that no model knows with them."""
    for name in inspect(connection).get_table_names():
        known = Base.metadata.tables.get(name)
        columns = [each["name"] for each in inspect(connection).get_columns(name)]
        rows = select(known) if known is not None else select(*map(named, columns)).select_from(table(name))
        for row in connection.execute(rows).mappings():
            for place, value in row.items():
                yield f"{name}.{place}", str(value)


def _digests(word: str) -> Iterator[str]:
    """The keyed hashes a word is found by again, whole or as far as a reference has them."""
    phone = f"+86{word}"
    for made in (name_hash(word), phone_hash(phone), email_hash(word), id_number_hash(word)):
        yield str(made)[:_REFERENCE]
    for channel, address in ((Channel.SMS, phone), (Channel.EMAIL, word)):
        yield str(address_hash(channel, address))[:_REFERENCE]
