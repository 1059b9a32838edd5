"""Keep each look at who called with its purpose, and how many a day are allowed."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "identity_reveals",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.Column("ticket_id", _BIG, nullable=False),
        sa.Column("request_id", _BIG, nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("shown", sa.String(length=48), nullable=False),
        sa.Column("marks", sa.String(length=48), nullable=False),
        sa.CheckConstraint(
            "way IN ('screen', 'paper', 'api', 'sealed')", name=op.f("ck_identity_reveals_way_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name=op.f("fk_identity_reveals_request_id_requests")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_identity_reveals_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_identity_reveals_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_reveals")),
    )
    op.create_index("ix_identity_reveals_user_id", "identity_reveals", ["user_id", "at"])
    op.create_index("ix_identity_reveals_ticket_id", "identity_reveals", ["ticket_id", "at"])
    _create_limits()


def _create_limits() -> None:
    op.create_table(
        "reveal_limits",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("in_units", sa.Integer(), nullable=False),
        sa.Column("in_centre", sa.Integer(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", _BIG, nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by_id"], ["users.id"], name=op.f("fk_reveal_limits_made_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal_limits")),
    )


def downgrade() -> None:
    op.drop_table("reveal_limits")
    op.drop_table("identity_reveals")
