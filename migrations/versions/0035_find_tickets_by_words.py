"""Find tickets by words: the terms of each in a table of its own, filled in for those that are there.

The terms are those of the release that made this table. A later one that splits otherwise has its tickets
indexed anew by `tickets index`.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AT_ONCE = 1000
_LONGEST_TEXT, _LONGEST_TERM = 20_000, 40
_HAN = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_RUNS = re.compile(rf"[{_HAN}]+|[a-z0-9]+")
_IS_HAN = re.compile(rf"[{_HAN}]")
_SQLITE = """
CREATE VIRTUAL TABLE ticket_words_fts USING fts5(
    words, content='ticket_words', content_rowid='ticket_id', tokenize='ascii', detail='none')
;;
CREATE TRIGGER ticket_words_added AFTER INSERT ON ticket_words BEGIN
    INSERT INTO ticket_words_fts(rowid, words) VALUES (new.ticket_id, new.words);
END
;;
CREATE TRIGGER ticket_words_removed AFTER DELETE ON ticket_words BEGIN
    INSERT INTO ticket_words_fts(ticket_words_fts, rowid, words)
    VALUES ('delete', old.ticket_id, old.words);
END
;;
CREATE TRIGGER ticket_words_changed AFTER UPDATE ON ticket_words BEGIN
    INSERT INTO ticket_words_fts(ticket_words_fts, rowid, words)
    VALUES ('delete', old.ticket_id, old.words);
    INSERT INTO ticket_words_fts(rowid, words) VALUES (new.ticket_id, new.words);
END
"""
_TICKETS = sa.table(
    "tickets",
    *(
        sa.column(name)
        for name in (
            *("id", "number", "title", "content", "district", "street", "address"),
            *("direct_answer", "public_answer"),
        )
    ),
)
_EVENTS = sa.table(
    "ticket_events",
    *(sa.column(name) for name in ("ticket_id", "number", "action")),
    sa.column("data", sa.JSON),
)


def upgrade() -> None:
    op.create_table(
        "ticket_words",
        sa.Column("ticket_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("words", sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql"), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_ticket_words_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_words")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for statement in _SQLITE.split(";;"):
            op.execute(statement)
    _fill(op.get_bind())
    # After the rows are in: an index is built many times faster than it grows. SQLite's stays empty.
    op.create_index(
        "ix_ticket_words_words",
        "ticket_words",
        ["words"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"gin_pending_list_limit": 1024},
        sqlite_where=sa.text("ticket_id IS NULL"),
    )


def _fill(connection: sa.Connection) -> None:
    last = 0
    into = sa.text("INSERT INTO ticket_words (ticket_id, words) VALUES (:ticket_id, :words)")
    if connection.dialect.name != "sqlite":
        into = sa.text(
            "INSERT INTO ticket_words (ticket_id, words) VALUES (:ticket_id, CAST(:words AS tsvector))"
        )
    while rows := connection.execute(
        sa.select(_TICKETS).where(_TICKETS.c.id > last).order_by(_TICKETS.c.id).limit(_AT_ONCE)
    ).all():
        last = rows[-1].id
        added = _added(connection, [row.id for row in rows])
        connection.execute(
            into, [{"ticket_id": row.id, "words": _line(row, added.get(row.id, []))} for row in rows]
        )


def _added(connection: sa.Connection, ids: list[int]) -> dict[int, list[str]]:
    """What citizens said later, by ticket."""
    found: dict[int, list[str]] = {}
    of_citizens = _EVENTS.c.action.in_(("supplement", "add_details"))
    query = sa.select(_EVENTS.c.ticket_id, _EVENTS.c.data).where(_EVENTS.c.ticket_id.in_(ids), of_citizens)
    for ticket_id, data in connection.execute(query.order_by(_EVENTS.c.ticket_id, _EVENTS.c.number)):
        found.setdefault(ticket_id, []).append(str(data.get("text", "")))
    return found


def _line(row: Any, added: list[str]) -> str:
    place = f"{row.district}{row.street}{row.address}"
    parts = [row.number, row.title, row.content, place, row.direct_answer, row.public_answer, *added]
    text = "\n".join(part for part in parts if part)[:_LONGEST_TEXT]
    return " ".join(dict.fromkeys(_terms(text)))


def _terms(text: str) -> Iterator[str]:
    for run in _RUNS.findall(unicodedata.normalize("NFKC", text).casefold()):
        if _IS_HAN.match(run):
            yield from (run[place : place + 2] for place in range(len(run) - 1))
            yield run[-1]
        else:
            yield run[:_LONGEST_TERM]


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE ticket_words_fts")
    op.drop_table("ticket_words")
