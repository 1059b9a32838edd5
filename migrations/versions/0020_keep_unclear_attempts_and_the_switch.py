"""Note attempts of unknown outcome and addresses that cannot be reached; let sending be paused."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OPEN = sa.text("state IN ('created', 'sending')")


def upgrade() -> None:
    op.add_column("outbox_messages", sa.Column("unclear_since", sa.DateTime(timezone=True), nullable=True))
    op.add_column(
        "outbox_messages",
        sa.Column("is_unreachable", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(
        "ix_outbox_messages_queue",
        "outbox_messages",
        ["is_urgent", "next_attempt_at", "id"],
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
    op.drop_index("ix_outbox_messages_due", table_name="outbox_messages")
    op.add_column("received_receipts", sa.Column("error_code", sa.String(length=64), nullable=True))
    op.create_table(
        "sending_switches",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("is_paused", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=True),
        sa.Column("changed_by", sa.String(length=64), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("mark", sa.String(length=128), nullable=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_switches")),
    )


def downgrade() -> None:
    op.drop_table("sending_switches")
    op.drop_column("received_receipts", "error_code")
    op.create_index(
        "ix_outbox_messages_due",
        "outbox_messages",
        ["next_attempt_at"],
        postgresql_where=_OPEN,
        sqlite_where=_OPEN,
    )
    op.drop_index("ix_outbox_messages_queue", table_name="outbox_messages")
    for name in ("is_unreachable", "unclear_since"):
        op.drop_column("outbox_messages", name)
