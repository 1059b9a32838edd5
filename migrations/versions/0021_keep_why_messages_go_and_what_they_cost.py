"""Note why somebody is told, what was passed on to another channel, what an SMS cost and what one did.

What failed before is marked as passed on, or an upgrade would send old news again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_LOST = sa.text(
    "passed_on_at IS NULL AND (state IN ('failed', 'dead') OR (state = 'skipped' AND skip_reason IN "
    "('no_address', 'opted_out', 'person_cap', 'spend_cap')))"
)
_ENDED = "UPDATE outbox_messages SET passed_on_at = created_at WHERE state IN ('failed', 'dead', 'skipped')"


def upgrade() -> None:
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("because", sa.String(length=24), server_default="", nullable=False))
        batch_op.add_column(sa.Column("passed_on_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(_ENDED)
    op.create_index(
        "ix_outbox_messages_lost",
        "outbox_messages",
        ["id"],
        unique=False,
        postgresql_where=_LOST,
        sqlite_where=_LOST,
    )
    op.create_table(
        "sms_uses",
        sa.Column("message_id", sa.String(length=36), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("is_capped", sa.Boolean(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_sms_uses")),
    )
    op.create_index("ix_sms_uses_at", "sms_uses", ["at", "segments"], unique=False)
    op.create_index("ix_sms_uses_address_hash", "sms_uses", ["address_hash", "at"], unique=False)
    caps = op.create_table(
        "sending_caps",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("per_person", sa.Integer(), nullable=True),
        sa.Column("segments_per_day", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sending_caps")),
    )
    op.bulk_insert(caps, [{"id": 1, "per_person": 10, "segments_per_day": 20_000}])
    with op.batch_alter_table("inbound_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome", sa.String(length=24), server_default="", nullable=False))
        batch_op.add_column(sa.Column("subject", sa.String(length=64), nullable=True))
    op.create_index("ix_inbound_messages_subject", "inbound_messages", ["subject", "id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_inbound_messages_subject", table_name="inbound_messages")
    with op.batch_alter_table("inbound_messages", schema=None) as batch_op:
        batch_op.drop_column("subject")
        batch_op.drop_column("outcome")
    op.drop_table("sending_caps")
    op.drop_index("ix_sms_uses_address_hash", table_name="sms_uses")
    op.drop_index("ix_sms_uses_at", table_name="sms_uses")
    op.drop_table("sms_uses")
    op.drop_index("ix_outbox_messages_lost", table_name="outbox_messages")
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.drop_column("passed_on_at")
        batch_op.drop_column("because")
