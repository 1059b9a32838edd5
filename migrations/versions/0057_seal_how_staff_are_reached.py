"""Seal the telephones and mail addresses of staff and units, and mask those that old changes of them tell."""

from collections.abc import Callable, Iterator

import sqlalchemy as sa
from alembic import context, op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

_AT_ONCE = 500
# How a sealed text begins.
_SEALED = "2:"
_COLUMNS = {
    "users": (("phone", 32), ("email", 254)),
    "units": (("liaison_phone", 32), ("liaison_email", 254)),
}
_CHANGES = sa.table("directory_changes", sa.column("id"), sa.column("changed", sa.JSON))


def upgrade() -> None:
    for table, columns in _COLUMNS.items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, length in columns:
                batch_op.alter_column(
                    name,
                    existing_type=sa.String(length=length),
                    type_=sa.Text(),
                    existing_nullable=False,
                )
        _rewrite(table, [name for name, _ in columns], context.config.attributes["seal"])
    _mask_changes(op.get_bind())


def downgrade() -> None:
    """Open them again; what was masked stays so."""
    for table, columns in _COLUMNS.items():
        _rewrite(table, [name for name, _ in columns], _open)
        with op.batch_alter_table(table, schema=None) as batch_op:
            for name, length in columns:
                batch_op.alter_column(
                    name,
                    existing_type=sa.Text(),
                    type_=sa.String(length=length),
                    existing_nullable=False,
                )


def _open(kept: str, column: str) -> str:
    """What a tool wrote past the application stays as it was written."""
    return str(context.config.attributes["unseal"](kept, column)) if kept.startswith(_SEALED) else kept


def _rewrite(name: str, columns: list[str], change: Callable[[str, str], str]) -> None:
    table = sa.table(name, sa.column("id"), *(sa.column(each, sa.Text) for each in columns))
    for row in _rows(table):
        fresh = {each: change(row[each], f"{name}.{each}") for each in columns}
        op.get_bind().execute(table.update().where(table.c.id == row["id"]).values(fresh))


def _rows(table: sa.TableClause) -> Iterator[sa.RowMapping]:
    """Read a table a batch at a time: it is written while it is read."""
    last = 0
    query = sa.select(table).order_by(table.c.id).limit(_AT_ONCE)
    while rows := op.get_bind().execute(query.where(table.c.id > last)).mappings().all():
        last = rows[-1]["id"]
        yield from rows


def _mask_changes(connection: sa.Connection) -> None:
    """Changes from before numbers were masked as they were written down."""
    for row in _rows(_CHANGES):
        masked = [[name, _mask(name, before), _mask(name, after)] for name, before, after in row["changed"]]
        if masked != row["changed"]:
            connection.execute(_CHANGES.update().where(_CHANGES.c.id == row["id"]).values(changed=masked))


def _mask(name: str, said: str) -> str:
    contacts = {"phone", "email", "liaison_phone", "liaison_email"}
    if name not in contacts or not said or "***" in said:
        return said
    account, at, domain = said.partition("@")
    return f"{account[:1]}***{at}{domain}" if at else f"****{account[-4:]}"
