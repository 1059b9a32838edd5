"""The audit trail cannot be changed through the database either, by whatever role the program has."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.architecture.conftest import Edition


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_records SET ip = '127.0.0.9'",
        "DELETE FROM audit_records",
        "UPDATE audit_links SET hash = ''",
        "DELETE FROM audit_links",
    ],
)
def test_no_record_and_no_link_is_changed_or_removed(edition: Edition, statement: str) -> None:
    edition.up()
    record = edition.put("audit_records", ip="127.0.0.1", result="done")
    edition.put("audit_links", number=1, record_id=record)
    with edition.engine.connect() as connection:
        with pytest.raises(DBAPIError, match="the audit trail cannot be changed"):
            connection.execute(text(statement))
        connection.rollback()
        kept = connection.execute(text("SELECT ip, hash FROM audit_records, audit_links")).one()
    assert kept[0] == "127.0.0.1"
