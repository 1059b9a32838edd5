"""Each guard that the teeth pull stands where they say, and the tests that must notice are there."""

import re

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from hotline.models.clocks import Timer
from hotline.models.ticket import Ticket
from tests.security.teeth import GUARDS, ROOT


def test_there_are_24_guards_and_each_stands_once_where_the_teeth_say():
    assert len({guard.name for guard in GUARDS}) == 24
    found = {
        guard.name: (ROOT / guard.file).read_text(encoding="utf-8").count(guard.line) for guard in GUARDS
    }
    assert found == dict.fromkeys(found, 1)


def test_each_guard_has_a_test_that_exists():
    for guard in GUARDS:
        assert guard.tests, guard.name
        for test in guard.tests:
            path, _, name = test.partition("::")
            assert re.search(rf"^def {name}\(", (ROOT / path).read_text(encoding="utf-8"), re.MULTILINE), test


def test_with_a_guard_off_its_file_is_still_a_program():
    for guard in GUARDS:
        text = (ROOT / guard.file).read_text(encoding="utf-8").replace(guard.line, guard.off)
        compile(text, guard.file, "exec")


def test_the_database_takes_no_second_timer_of_one_cycle(api, session_factory):
    api.registered()
    with session_factory() as session:
        row = dict(session.execute(select(Timer.__table__)).mappings().first())
        with pytest.raises(IntegrityError):
            session.execute(insert(Timer.__table__).values({**row, "id": row["id"] + 1_000_000}))
        session.rollback()


def test_an_action_takes_no_field_that_it_does_not_name(api):
    number = api.registered()["number"]
    version = api.get("reviewer", f"/tickets/{number}").json["version"]
    columns = [column.name for column in Ticket.__table__.c]
    for field in (
        *columns,
        "role",
        "roles",
        "dept_id",
        "unit_id",
        "is_admin",
        "created_by",
        "actor",
        "rights",
    ):
        if field not in {"text", "visibility"}:
            data = {"text": "备注", "visibility": "internal", field: "1"}
            answer = api.post("agent", f"/tickets/{number}/actions/note", {"version": version, "data": data})
            assert answer.status_code == 422, field
            assert {each["code"] for each in answer.json["errors"]} == {"unknown_field"}
