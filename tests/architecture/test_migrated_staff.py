"""Are the telephones and addresses of the staff of an older database sealed, and do they stay the same?"""

import json

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import User
from tests.architecture.conftest import Edition

PHONE, MAIL = "+8613765432109", "shuangjiang@city.example"
_PLACES = ("users", "units", "directory_changes")


def test_how_staff_are_reached_is_sealed_where_it_was_readable(edition: Edition):
    edition.up("0053")
    _found(edition)
    edition.up()
    assert _readable(edition) == []
    with Session(edition.engine) as session:
        assert session.execute(sa.select(User.phone, User.email)).all() == [(PHONE, MAIL), ("", "")]
        reached = session.execute(sa.select(Unit.liaison_phone, Unit.liaison_email)).all()
    assert reached == [("13765432109", MAIL)]
    ((changed,),) = edition.rows("SELECT changed FROM directory_changes")
    told = json.loads(changed) if isinstance(changed, str) else changed
    assert told == [["phone", "", "****2109"], ["email", "s***@city.example", ""], ["unit", "甲", "乙"]]


def test_who_goes_back_to_the_older_release_reads_them_again(edition: Edition):
    edition.up("0053")
    _found(edition)
    edition.up()
    edition.down("0053")
    assert edition.rows("SELECT phone, email FROM users ORDER BY id") == [(PHONE, MAIL), ("", "")]
    assert edition.rows("SELECT liaison_phone, liaison_email FROM units") == [("13765432109", MAIL)]


def _found(edition: Edition) -> None:
    edition.put("users", phone=PHONE, email=MAIL, kind="person", language="zh")
    edition.put("users", phone="", email="", kind="person", language="zh")
    edition.put("units", liaison_phone="13765432109", liaison_email=MAIL)
    changed = [["phone", "", PHONE], ["email", MAIL, ""], ["unit", "甲", "乙"]]
    edition.put("directory_changes", changed=changed)


def _readable(edition: Edition) -> list[str]:
    texts = [str(edition.rows(f"SELECT * FROM {table}")) for table in _PLACES]  # noqa: S608 - fixed names
    return [word for word in (PHONE, MAIL, "3765432109") for text in texts if word in text]
