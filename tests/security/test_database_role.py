"""The role the program runs as on PostgreSQL: it may add to the audit trail and change nothing of it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from hotline.models.audit import AuditLink, AuditRecord
from hotline.models.organisation import Unit
from hotline.services.database_roles import UnfitRoleError, grant

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
RECORD = {"at": NOW, "kind": "act", "result": "done", "actor_kind": "user", "facts": {}}

pytestmark = pytest.mark.parametrize("backend", ["postgresql"], indirect=True)


@pytest.fixture
def role(clean_db, worker_id):
    """A role of the test's own; the tables here have no triggers, so what refuses is the role."""
    name = f"hotline_app_{worker_id}"
    with clean_db.begin() as owner:
        owner.execute(text(f"CREATE ROLE {name}"))
    yield name
    with clean_db.begin() as owner:
        owner.execute(text(f"DROP OWNED BY {name}"))
        owner.execute(text(f"DROP ROLE {name}"))


def refusal(engine, role, statement) -> str:
    """What PostgreSQL says to a statement of the role; nothing when it does it."""
    with engine.connect() as connection:
        connection.execute(text(f"SET ROLE {role}"))
        try:
            connection.execute(statement)
        except ProgrammingError as error:
            return str(getattr(error.orig, "sqlstate", ""))
    return ""


def test_the_role_adds_to_the_trail_and_can_neither_change_nor_delete_nor_truncate_it(clean_db, role):
    denied = "42501"
    assert refusal(clean_db, role, select(AuditRecord.id)) == denied
    with clean_db.begin() as owner:
        grant(owner, role)
    with clean_db.begin() as connection:
        connection.execute(text(f"SET LOCAL ROLE {role}"))
        connection.execute(insert(AuditRecord), [RECORD])
        connection.execute(insert(Unit), [{"code": "A", "name": "甲"}])
        connection.execute(update(Unit).values(name="乙"))
        connection.execute(delete(Unit))
    tables = ("audit_records", "audit_links")
    tried = [
        update(AuditRecord).values(result="denied"),
        delete(AuditRecord),
        update(AuditLink).values(hash=""),
        delete(AuditLink),
        *(text(f"TRUNCATE {table} CASCADE") for table in tables),
        *(text(f"DROP TABLE {table}") for table in tables),
        *(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL") for table in tables),
        *(text(f"ALTER TABLE {table} OWNER TO {role}") for table in tables),
        text("CREATE TABLE beside (id int)"),
        text("SET session_replication_role = replica"),
    ]
    assert [refusal(clean_db, role, statement) for statement in tried] == [denied] * len(tried)
    with clean_db.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(AuditRecord)) == 1


def test_a_role_that_could_undo_it_is_refused(clean_db, role):
    with clean_db.connect() as owner:
        myself = owner.scalar(text("SELECT current_user"))
        for name in ("nobody_of_that_name", myself):
            with pytest.raises(UnfitRoleError):
                grant(owner, name)
        owner.execute(text(f"ALTER ROLE {role} CREATEROLE"))
        with pytest.raises(UnfitRoleError):
            grant(owner, role)
        owner.rollback()
