"""Change the category tree: an order, synonyms, what one was merged into, and a record of every change."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("categories") as table:
        table.add_column(sa.Column("synonyms", sa.String(length=300), server_default="", nullable=False))
        table.add_column(sa.Column("merged_into_id", _BIG, nullable=True))
        table.add_column(sa.Column("position", sa.Integer(), server_default="0", nullable=False))
        table.add_column(sa.Column("place", sa.String(length=80), server_default="", nullable=False))
        table.add_column(sa.Column("version", sa.Integer(), server_default="0", nullable=False))
        table.create_foreign_key(
            op.f("fk_categories_merged_into_id_categories"), "categories", ["merged_into_id"], ["id"]
        )
    _order_by_code()
    op.create_table(
        "category_changes",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("category_id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("changed_by_id", _BIG, nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_category_changes_category_id_categories")
        ),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["users.id"], name=op.f("fk_category_changes_changed_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_category_changes")),
        sa.UniqueConstraint("category_id", "number", name=op.f("uq_category_changes_category_id_number")),
    )


def _order_by_code() -> None:
    """Number the siblings as they were listed until now, and place each behind those it lies under."""
    table = sa.table("categories", *map(sa.column, ("id", "code", "parent_id", "position", "place")))
    rows = op.get_bind().execute(sa.select(table.c.id, table.c.parent_id).order_by(table.c.code)).all()
    waiting: list[tuple[int | None, str]] = [(None, "")]
    while waiting:
        parent_id, place = waiting.pop()
        for number, row in enumerate([row for row in rows if row.parent_id == parent_id]):
            values = {"position": number, "place": f"{place}{number:04d}"}
            op.execute(table.update().where(table.c.id == row.id).values(**values))
            waiting.append((row.id, values["place"]))


def downgrade() -> None:
    op.drop_table("category_changes")
    with op.batch_alter_table("categories") as table:
        table.drop_constraint(op.f("fk_categories_merged_into_id_categories"), type_="foreignkey")
        for name in ("version", "place", "position", "merged_into_id", "synonyms"):
            table.drop_column(name)
