"""Keep the calls that come in to each agent, and what is typed of them before they become tickets."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "incoming_calls",
        sa.Column("id", _ID, nullable=False),
        sa.Column("agent_id", _ID, nullable=False),
        sa.Column("announced_by_id", _ID, nullable=True),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("typed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kept_by", sa.String(length=64), nullable=False),
        sa.Column("ticket_number", sa.String(length=24), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["users.id"], name=op.f("fk_incoming_calls_agent_id_users")),
        sa.ForeignKeyConstraint(
            ["announced_by_id"], ["users.id"], name=op.f("fk_incoming_calls_announced_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming_calls")),
        sa.UniqueConstraint(
            "announced_by_id",
            "reference",
            "agent_id",
            name=op.f("uq_incoming_calls_announced_by_id_reference_agent_id"),
        ),
    )
    op.create_index(
        "ix_incoming_calls_agent_id_closed_at", "incoming_calls", ["agent_id", "closed_at"], unique=False
    )
    op.create_index(op.f("ix_incoming_calls_kept_until"), "incoming_calls", ["kept_until"], unique=False)


def downgrade() -> None:
    op.drop_table("incoming_calls")
