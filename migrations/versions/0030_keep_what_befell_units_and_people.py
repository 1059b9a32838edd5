"""Keep who changed units and people, and let a unit name its successor."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.add_column(sa.Column("successor_id", _BIG, nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.create_foreign_key(op.f("fk_units_successor_id_units"), "units", ["successor_id"], ["id"])
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.create_table(
        "directory_changes",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("listed", sa.String(length=8), nullable=False),
        sa.Column("subject_id", _BIG, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("act", sa.String(length=24), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("by_id", _BIG, nullable=True),
        sa.Column("by_name", sa.String(length=100), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_directory_changes_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_directory_changes")),
    )
    op.create_index("ix_directory_changes_of", "directory_changes", ["listed", "subject_id", "id"])


def downgrade() -> None:
    op.drop_table("directory_changes")
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("version")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("fk_units_successor_id_units"), type_="foreignkey")
        batch_op.drop_column("version")
        batch_op.drop_column("successor_id")
