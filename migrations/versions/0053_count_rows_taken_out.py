"""Count the rows of tickets that somebody takes out without asking."""

import sqlalchemy as sa
from alembic import op

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "taken_rows",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_taken_rows_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_taken_rows")),
    )
    op.create_index("ix_taken_rows_user_id", "taken_rows", ["user_id", "at"])


def downgrade() -> None:
    op.drop_table("taken_rows")
