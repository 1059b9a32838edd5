"""Let people keep tickets on a list of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0027"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ticket_watches",
        sa.Column("user_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("watched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_watches_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ticket_watches_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "ticket_id", name=op.f("pk_ticket_watches")),
    )
    op.create_index(op.f("ix_ticket_watches_ticket_id"), "ticket_watches", ["ticket_id"], unique=False)


def downgrade() -> None:
    op.drop_table("ticket_watches")
