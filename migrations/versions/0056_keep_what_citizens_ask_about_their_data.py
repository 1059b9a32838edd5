"""Keep what citizens ask about their own data, and the words that tell them what becomes of it."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0055"
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
    _create_statements()


def _create_statements() -> None:
    op.create_table(
        "privacy_statements",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("text_en", sa.String(length=4000), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("published_by_id", _BIG, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("kind IN ('web', 'spoken')", name=op.f("ck_privacy_statements_known_kind")),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_privacy_statements_published_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_privacy_statements")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_privacy_statements_kind_number")),
    )


def downgrade() -> None:
    for name in ("privacy_statements", "data_requests"):
        op.drop_table(name)
