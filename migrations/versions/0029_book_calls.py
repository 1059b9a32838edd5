"""Keep when a citizen asked to be called back."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0027"
branch_labels = None
depends_on = None

_IS_BOOKED = sa.text("call_booked_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("tickets", sa.Column("call_booked_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        op.f("ix_tickets_call_booked_at"),
        "tickets",
        ["call_booked_at"],
        unique=False,
        postgresql_where=_IS_BOOKED,
        sqlite_where=_IS_BOOKED,
    )


def downgrade() -> None:
    op.drop_index(op.f("ix_tickets_call_booked_at"), "tickets")
    op.drop_column("tickets", "call_booked_at")
