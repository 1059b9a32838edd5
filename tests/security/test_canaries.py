"""Fifty made-up people call, write and mistype: afterwards no trace of who they are lies where it is readable."""

import base64
import json
import logging
import re
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from openpyxl import load_workbook
from sqlalchemy import Engine, select
from stdnum.iso7064 import mod_11_2

from database import Base
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.queries.directory import roles_of
from hotline.services.directory_changes import Signed
from hotline.services.people import PersonInput, edit_person
from hotline.services.units import UnitInput, edit_unit
from notifications.models import MailboxMessage
from tests.hotline.citizen.journeys import hidden
from tests.hotline.clerks import hidden_of
from tests.stories.stage import RefusedError, Stage
from tests.stories.town import COMPLAINT
from workflows.definition import SYSTEM

_SURNAMES = ["欧阳", "上官", "司徒", "尉迟", "令狐", "百里", "东郭", "南宫", "申屠", "公孙"]
_GIVEN = ["霜降", "惊蛰", "谷雨", "白露", "寒露"]
PEOPLE = [
    {"citizen_name": f"{surname}{given}", "phone": f"137{place:02d}{place + 31:02d}9{place:03d}"}
    for place, (surname, given) in enumerate((s, g) for s in _SURNAMES for g in _GIVEN)
]
MAILS = [f"canary{place}.kept-apart@example.org" for place in range(len(PEOPLE))]
# How those who handle it are reached: the unit, and one of its people.
STAFF = {"liaison_phone": "13799990001", "liaison_email": "unit.kept-apart@example.org"}
CLERK = {"phone": "13799990002", "email": "clerk.kept-apart@example.org"}
# The number of an identity card each: GB 11643 with its check character.
_CARDS = [f"33010219{70 + place}0307{place:03d}" for place in range(20)]
DOCUMENTS = [card + mod_11_2.calc_check_digit(card) for card in _CARDS]
WORDS = [word for person in (*PEOPLE, STAFF, CLERK) for word in person.values()] + MAILS + DOCUMENTS


def test_nobody_is_readable_in_logs_answers_tables_messages_or_the_stored_bytes(stage, engine, caplog):
    with caplog.at_level(logging.DEBUG):
        _reach_staff(stage)
        told = [*_call(stage), *_identify(stage), *_mistype(stage), *_look_up(stage), *_write(stage)]
        stage.deliver()
    stored = _stored_bytes(engine)
    with stage.factory() as session:
        letters = session.scalars(
            select(MailboxMessage).where(~MailboxMessage.recipient.startswith("citizen:"))
        )
        to_others = "\n".join(f"{letter.title}{letter.body}" for letter in letters)
    places = {
        "log": "\n".join(record.getMessage() + (record.exc_text or "") for record in caplog.records),
        "answers": "\n".join(told),
        "metrics": stage.app.test_client().get("/metrics").text,
        "messages to others": to_others,
        "tables": _take_out(stage),
    }
    assert "12345" in to_others
    assert "endpoint" in places["log"]
    assert "YJ" in places["tables"]
    found = {
        (place, form)
        for place, text in [*((name, text.encode()) for name, text in places.items()), ("database", stored)]
        for word in WORDS
        for form in _forms(word)
        if form in text
    }
    assert found == set()
    assert (
        "梧桐区".encode() in stored
    )  # the matter itself is no secret of a person: the bytes are the right ones


def _reach_staff(stage: Stage) -> None:
    signed = Signed(SYSTEM, stage.now, "换了号码")
    with stage.factory.begin() as session:
        unit = session.get_one(Unit, stage.units["HOUSING"])
        edit_unit(session, unit.id, UnitInput(unit.name, unit.kind, **STAFF), None, signed)
        clerk = session.scalars(select(User).where(User.username == "handler_housing")).one()
        written = PersonInput(clerk.display_name, roles_of(session, clerk.id), clerk.unit_id, **CLERK)
        edit_person(session, clerk.id, written, None, signed)


def _call(stage: Stage) -> Iterator[str]:
    """Everybody calls; some in confidence, and with some it goes to the end."""
    for place, person in enumerate(PEOPLE):
        if place % 10:
            stage.register(**person, is_confidential=place % 3 == 0)
        else:
            stage.closed(stage.dispatched(**person, urgency="ordinary"))
    number = stage.dispatched("HOUSING", **PEOPLE[7])
    opened = stage.browser("handler_housing")
    token = hidden(opened.get(f"/tickets/{number}").text)["csrf_token"]
    asked = {"csrf_token": token, "purpose": "contact"}
    assert PEOPLE[7]["citizen_name"] in opened.post(f"/tickets/{number}/reveal", data=asked).text
    yield opened.get("/inbox").headers.get("Location", "")


def _identify(stage: Stage) -> Iterator[str]:
    """Some tell the number of their identity card; one slip of the pen comes first, and is searched for too."""
    browser = stage.browser("agent")
    for person, document in zip(PEOPLE, DOCUMENTS, strict=False):
        typed = {**hidden_of(browser.get("/desk").text, "/desk"), **COMPLAINT, **person, "action": "submit"}
        slip = browser.post("/desk", data={**typed, "id_number": document + "0"})
        assert slip.status_code == 422
        assert browser.post("/desk", data={**typed, "id_number": document}).status_code == 303
        browser.get("/search", query_string={"id_number": document[:-1]})
        found = browser.get("/search", query_string={"id_number": document})
        number = re.search(r"/tickets/(YJ[0-9-]+)", found.text)[1]
        yield browser.get(f"/tickets/{number}").text
        yield browser.get(f"/search?q={document}").headers.get("Location", "")


def _mistype(stage: Stage) -> Iterator[str]:
    """What is refused is not said again, neither to whoever sent it nor to the log."""
    for person, mail in zip(PEOPLE, MAILS, strict=True):
        with pytest.raises(RefusedError):
            stage.register(**{**person, "phone": person["phone"] + "00"})
        answer = stage.app.test_client().post(
            "/api/v1/tickets",
            json={"type": "help", "caller": {"email": f"{mail}@", person["phone"]: person["citizen_name"]}},
            headers={"Authorization": f"Bearer {stage.tokens['agent']}"},
        )
        assert answer.status_code == 422
        yield answer.text.replace(
            f"caller.{person['phone']}", ""
        )  # an unknown field is named to whoever sent it


def _look_up(stage: Stage) -> Iterator[str]:
    """Telephones, names and mail addresses stand in what is searched for, and in addresses that do not exist."""
    browser = stage.browser("agent")
    for person, mail in zip(PEOPLE, MAILS, strict=True):
        header = {"Authorization": f"Bearer {stage.tokens['agent']}"}
        browser.get("/api/v1/tickets", query_string={"phone": person["phone"], "q": mail}, headers=header)
        browser.get("/search", query_string={"q": person["phone"], "name": person["citizen_name"]})
        browser.get(f"/tickets/{person['phone']}")
        yield browser.get(f"/search?phone={person['phone']}").headers.get("Location", "")


def _take_out(stage: Stage) -> str:
    """Every cell of the tables a supervisor carries away, and the pages that are printed."""
    browser = stage.browser("supervisor")
    cells: list[str] = []
    for path in (
        "/board/export.xlsx",
        "/board/overdue/export.xlsx?view=all",
        "/board/orders.xlsx",
        "/figures/tickets.xlsx",
    ):
        answer = browser.get(path)
        assert answer.status_code == 200, path
        for sheet in load_workbook(BytesIO(answer.data)):
            cells += [
                str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None
            ]
    return "\n".join(cells)


def _write(stage: Stage) -> Iterator[str]:
    """People at the web form: what they typed waits sealed, whether they go on or not."""
    browser = stage.app.test_client()
    for person, mail in zip(PEOPLE[:5], MAILS, strict=False):
        for path, typed in (
            ("/submit", {"type": "help", "content": "小区电梯停运三天，老人无法下楼。"}),
            ("/submit/where", {"district": "梧桐区", "address": "文昌路 8 号"}),
            (
                "/submit/who",
                {"citizen_name": person["citizen_name"], "phone": person["phone"], "email": mail},
            ),
        ):
            token = hidden(browser.get(path, follow_redirects=True).text)["csrf_token"]
            yield browser.post(path, data={"csrf_token": token, **typed}).headers.get("Location", "")


def _forms(word: str) -> Iterator[bytes]:
    """A word plain, as in addresses and in JSON, and in base64 wherever in a longer text it may have stood."""
    yield word.encode()
    yield quote(word).encode()
    yield quote_plus(word).lower().encode()
    yield json.dumps(word).strip('"').encode()
    raw = word.encode()
    for skipped in range(3):
        whole = raw[skipped : skipped + (len(raw) - skipped) // 3 * 3]
        yield base64.b64encode(whole)
        yield base64.urlsafe_b64encode(whole)


def _stored_bytes(engine: Engine) -> bytes:
    """All that is on the disk of the database: the file with its log, or a dump."""
    if engine.dialect.name == "sqlite":
        path = Path(engine.url.database)
        return b"".join(each.read_bytes() for each in sorted(path.parent.glob(f"{path.name}*")))
    with closing(engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
        return b"".join(_copied(cursor, table.name) for table in Base.metadata.sorted_tables)


def _copied(cursor: Any, table: str) -> bytes:
    with cursor.copy(f"COPY {table} TO STDOUT") as rows:
        return b"".join(bytes(row) for row in rows)
