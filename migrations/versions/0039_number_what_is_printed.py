"""Number the copies of tickets that go to paper, with who printed them when."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "printed_copies",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("batch", sa.String(length=32), nullable=False),
        sa.Column("ticket_id", _BIG, nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("has_notes", sa.Boolean(), nullable=False),
        sa.Column("has_caller", sa.Boolean(), nullable=False),
        sa.Column("printed_by_id", _BIG, nullable=False),
        sa.Column("printed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["printed_by_id"], ["users.id"], name=op.f("fk_printed_copies_printed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_printed_copies_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_printed_copies")),
        sa.UniqueConstraint("ticket_id", "copy", name=op.f("uq_printed_copies_ticket_id_copy")),
    )
    op.create_index(op.f("ix_printed_copies_batch"), "printed_copies", ["batch"], unique=False)


def downgrade() -> None:
    op.drop_table("printed_copies")
