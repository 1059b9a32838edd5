"""Which texts come in: hidden signs nowhere, every sign that people write everywhere, and no sign means anything to the database."""

import csv
import io
import json
import unicodedata
from datetime import UTC, datetime

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from hotline.models.ticket import Ticket
from hotline.services.identity import normal_phone
from hotline.web.forms import has_forbidden_character
from hotline.web.sheet import MARK, plain
from hotline.web.workbook import Cover, Table, write_book
from tests.hotline.api.city import BODY
from workflows.errors import Refused

HIDDEN = (
    "\x00",
    "\x01",
    "\x08",
    "\x1b",
    "\x7f",
    "\x85",
    "\x9f",
    "\u202a",
    "\u202d",
    "\u202e",
    "\u2066",
    "\u2069",
)
KEPT = (
    "𠮷野家、𪚥、𠀀、𫝀、𬺰、𰻞面、㐀",  # Extensions A to G
    "👨‍👩‍👧‍👦 🏳️‍🌈 👍🏽 🇨🇳",
    "é = é",
    "العربية עברית",
    "阿依古丽·买买提、迪丽热巴•迪力木拉提",
    "ｆｕｌｌ　ｗｉｄｔｈ",
    "ไทย हिन्दी ཨོཾ",
    "<b>&amp;'\"`",
    "100% _ \\ 'x' \"y\" ; --",
)
calm = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("field", ["content", "title", "name", "address"])
def test_a_hidden_sign_is_refused_before_the_database(api, field):
    inner = {"name": "caller", "address": "place"}.get(field)
    for sign in (*HIDDEN, "\ud800", "\udfff"):
        text = f"没有{sign}水"
        body = {**BODY, inner: {**BODY[inner], field: text}} if inner else {**BODY, field: text}
        answer = api.raw("agent", "/tickets", json.dumps(body).encode())
        assert answer.status_code == 422, (field, sign.encode("unicode_escape"))


def test_a_hidden_sign_in_a_search_is_refused_or_finds_nothing(api):
    for sign in HIDDEN:
        for name in ("q", "number", "state", "after", "unit", "category"):
            answer = api.client.get(
                "/api/v1/tickets", query_string={name: f"电{sign}梯"}, headers=api.headers("agent")
            )
            assert answer.status_code in {200, 422}, answer.text
            assert answer.status_code == 422 or answer.json["items"] == []


def test_what_people_write_comes_back_as_they_wrote_it(api, session_factory):
    for text in KEPT:
        made = api.registered("agent", content=text, caller={**BODY["caller"], "name": text[:40]})
        assert api.get("agent", f"/tickets/{made['number']}").json["content"] == text
        with session_factory() as session:
            stored = session.scalars(select(Ticket.content).where(Ticket.number == made["number"])).one()
        assert (stored, len(stored)) == (text, len(text))


@given(text=st.text(min_size=1, max_size=40))
@calm
def test_any_text_comes_back_whole_or_is_refused(api, text):
    answer = api.post("agent", "/tickets", {**BODY, "content": text})
    kept = text.replace("\r\n", "\n").strip()
    if answer.status_code == 201:
        assert api.get("agent", f"/tickets/{answer.json['number']}").json["content"] == kept
    else:
        assert answer.status_code == 422
        assert (
            not kept or has_forbidden_character(text) or any(unicodedata.category(s)[0] == "C" for s in text)
        )


@pytest.mark.parametrize("digits", ["١٣٨٠٠١٣٨٠٠٠", "१३८००१३८०००", "𝟏𝟑𝟖𝟎𝟎𝟏𝟑𝟖𝟎𝟎𝟎", "13８0013८000", "²³"])
def test_digits_of_another_script_are_no_telephone_number(digits):
    with pytest.raises(Refused):
        normal_phone(digits)


@given(rows=st.lists(st.lists(st.text(max_size=20), min_size=3, max_size=3), min_size=1, max_size=5))
@settings(max_examples=200, deadline=None, derandomize=True)
def test_any_text_is_the_same_in_a_table_and_never_a_formula(rows):
    rows = [[cell.replace("\r", "").replace("\x00", "") for cell in row] for row in rows]
    written = io.StringIO()
    csv.writer(written).writerows([plain(cell) for cell in row] for row in rows)
    text = MARK + written.getvalue().encode("utf-8", "replace").decode()
    read = list(csv.reader(io.StringIO(text.removeprefix(MARK), newline="")))
    for told, cells in zip(read, rows, strict=True):
        for one, cell in zip(told, cells, strict=True):
            assert one.removeprefix("'") == cell.encode("utf-8", "replace").decode().removeprefix("'")
            assert not one.startswith(("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"))


def test_no_text_is_a_formula_in_a_workbook_and_every_sign_comes_back(app):
    cells = [*KEPT, "=1+1", "@SUM(A1)", "+1", "-1", "＝1", "\t=1", "{=1}", '=HYPERLINK("http://x")']
    with app.test_request_context():
        cover = Cover("=标题", (("=筛选", "=1"),), datetime(2026, 11, 23, tzinfo=UTC))
        book, _ = write_book(cover, [Table("表", ["一"], [[cell] for cell in cells])], "=导出人")
    sheets = openpyxl.load_workbook(io.BytesIO(book))
    found = [cell for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in found} <= {"s", "d", "n"}
    read = [str(row[0].value) for row in sheets["表"].iter_rows(min_row=2)]
    assert [text.lstrip("'") for text in read] == cells


@pytest.mark.parametrize("sign", ["%", "_", "\\", "*", "?", "%%", "'", "';--", "\\%", "[a-z]", "电%", "_梯"])
def test_no_sign_is_a_wildcard(api, sign):
    api.registered()
    found = api.client.get("/api/v1/tickets", query_string={"q": sign}, headers=api.headers("agent"))
    exact = api.client.get("/api/v1/tickets", query_string={"number": sign}, headers=api.headers("agent"))
    assert exact.status_code == 422 or exact.json["items"] == []
    # What holds a letter is looked for by its letters alone.
    assert found.status_code == 422 or found.json["items"] == [] or sign in {"电%", "_梯"}


SORTS = ("password_hash", "users.id", "created_at; DROP TABLE tickets", "(SELECT 1)", "1", "-", "--created_at",
         "created_at,id", "id)", "CASE WHEN 1 THEN id END", "created_at DESC", '"id"', "due_at NULLS FIRST")  # fmt: skip


@pytest.mark.parametrize("sort", SORTS)
def test_nothing_is_sorted_by_what_is_not_on_the_list(api, sort):
    answer = api.client.get("/api/v1/tickets", query_string={"sort": sort}, headers=api.headers("agent"))
    assert answer.status_code == 422


STATEMENTS = ("' OR '1'='1", "1; DROP TABLE tickets--", "' UNION SELECT username FROM users--", '" OR 1=1',
              "1) OR (1=1", "%27%20OR%201=1", "'; SELECT pg_sleep(9)--", "' || (SELECT 1) || '", "0x27", "\\'")  # fmt: skip
PARAMETERS = ("q", "number", "state", "type", "light", "unit", "category", "district", "after", "limit",
              "sort", "source", "channel", "created_from", "created_to", "count")  # fmt: skip


def test_no_parameter_of_a_list_is_read_as_a_statement(api):
    api.registered()
    for name in PARAMETERS:
        for text in STATEMENTS:
            answer = api.client.get(
                "/api/v1/tickets", query_string={name: text}, headers=api.headers("agent")
            )
            assert answer.status_code == 422 or answer.json["items"] == [], (name, text)
