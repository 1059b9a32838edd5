"""What may the program's own role do in PostgreSQL? Everything but change what is only ever added to."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import Connection, text

from hotline.models.audit import AuditLink, AuditRecord

# Not the head of the chain, which moves with every link and is under a key.
ONLY_ADDED_TO: Final = (AuditRecord.__tablename__, AuditLink.__tablename__)


class UnfitRoleError(ValueError):
    """The role does not exist, or could undo what is taken from it."""


def grant(connection: Connection, role: str) -> list[str]:
    """Give a role what the program needs and nothing more; returns the statements. Raises UnfitRoleError.

    Run by the owner of the tables after every migration: what is new belongs to the owner alone.
    """
    _require_fit(connection, role)
    quoted = connection.dialect.identifier_preparer.quote_identifier(role)
    done = list(_statements(quoted))
    for statement in done:
        connection.execute(text(statement))
    return done


def _require_fit(connection: Connection, role: str) -> None:
    found = connection.execute(
        text(
            "SELECT rolsuper OR rolcreaterole OR pg_has_role(rolname, current_user, 'MEMBER') "
            "FROM pg_roles WHERE rolname = :role"
        ),
        {"role": role},
    ).first()
    if found is None:
        message = f"there is no role {role}"
        raise UnfitRoleError(message)
    if found[0]:
        message = f"{role} owns the tables or may become their owner, so nothing can be kept from it"
        raise UnfitRoleError(message)


def _statements(role: str) -> Iterator[str]:
    tables = ", ".join(ONLY_ADDED_TO)
    yield f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}"
    yield f"GRANT USAGE ON SCHEMA public TO {role}"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}"
    yield f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}"
    yield f"REVOKE TRUNCATE, REFERENCES, TRIGGER ON ALL TABLES IN SCHEMA public FROM {role}"
    yield f"REVOKE UPDATE, DELETE ON {tables} FROM {role}"
