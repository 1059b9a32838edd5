"""Keep why the sending was paused, and index what the board of messages counts."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ENDED = sa.text("state NOT IN ('created', 'sending')")
_DEAD = sa.text("state = 'dead'")
_INDEXES = (
    ("ix_outbox_messages_ended", ["next_attempt_at", "channel", "state"], _ENDED),
    ("ix_outbox_messages_dead", ["id", "last_error"], _DEAD),
)


def upgrade() -> None:
    note = sa.Column("note", sa.String(length=200), server_default="", nullable=False)
    with op.batch_alter_table("sending_switches", schema=None) as batch_op:
        batch_op.add_column(note)
    for name, columns, where in _INDEXES:
        op.create_index(name, "outbox_messages", columns, postgresql_where=where, sqlite_where=where)
    op.create_index("ix_deliveries_started_at", "deliveries", ["started_at"])


def downgrade() -> None:
    op.drop_index("ix_deliveries_started_at", table_name="deliveries")
    for name, _, where in _INDEXES:
        op.drop_index(name, table_name="outbox_messages", postgresql_where=where, sqlite_where=where)
    with op.batch_alter_table("sending_switches", schema=None) as batch_op:
        batch_op.drop_column("note")
