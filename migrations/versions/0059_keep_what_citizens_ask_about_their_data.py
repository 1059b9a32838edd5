"""Keep what citizens ask to have corrected or erased of what is kept of them."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0053"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "data_requests",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("ticket_id", _BIG, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("field", sa.String(length=16), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("old_value", "new_value", "reason")),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proof", sa.String(length=16), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("decided_by_id", _BIG, nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('correction', 'erasure')", name=op.f("ck_data_requests_known_kind")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'refused', 'replaced')",
            name=op.f("ck_data_requests_known_state"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_data_requests_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_data_requests_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
    )
    op.create_index("ix_data_requests_ticket_id", "data_requests", ["ticket_id"])
    op.create_index("ix_data_requests_state", "data_requests", ["state", "asked_at"])


def downgrade() -> None:
    op.drop_table("data_requests")
