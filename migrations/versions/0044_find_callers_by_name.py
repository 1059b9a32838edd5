"""Find callers by their whole name: its keyed hash beside the sealed name, filled in for those that are there."""

import unicodedata

import sqlalchemy as sa
from alembic import context, op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

_AT_ONCE = 1000
_DOTS = str.maketrans(dict.fromkeys("•‧∙⋅・", "·"))
_CITIZENS = sa.table("citizens", *(sa.column(name) for name in ("id", "name", "name_hash")))


def upgrade() -> None:
    op.add_column("citizens", sa.Column("name_hash", sa.String(length=64), nullable=True))
    _fill(op.get_bind())
    # After the rows are in: an index is built many times faster than it grows.
    op.create_index(op.f("ix_citizens_name_hash"), "citizens", ["name_hash"])


def _fill(connection: sa.Connection) -> None:
    last = 0
    named = sa.select(_CITIZENS.c.id, _CITIZENS.c.name).where(_CITIZENS.c.name.is_not(None))
    write = _CITIZENS.update().where(_CITIZENS.c.id == sa.bindparam("row"))
    write = write.values(name_hash=sa.bindparam("hash"))
    while rows := connection.execute(
        named.where(_CITIZENS.c.id > last).order_by(_CITIZENS.c.id).limit(_AT_ONCE)
    ).all():
        last = rows[-1].id
        connection.execute(write, [{"row": row.id, "hash": _hash(row.name)} for row in rows])


def _hash(sealed: str) -> str | None:
    """Hash a name the way the release that made this column does."""
    name = context.config.attributes["unseal"](sealed, "citizens.name")
    plain = "".join(unicodedata.normalize("NFKC", name).translate(_DOTS).casefold().split())
    return context.config.attributes["keyed_hash"](f"name:{plain}") if plain else None


def downgrade() -> None:
    op.drop_index(op.f("ix_citizens_name_hash"), table_name="citizens")
    op.drop_column("citizens", "name_hash")
