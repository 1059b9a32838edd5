"""Create claims: who has a ticket of a pool open right now."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ticket_claims",
        sa.Column("ticket_id", _ID, autoincrement=False, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_claims_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ticket_claims_user_id_users")),
        sa.PrimaryKeyConstraint("ticket_id", name=op.f("pk_ticket_claims")),
    )
    with op.batch_alter_table("ticket_claims", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_ticket_claims_user_id"), ["user_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("ticket_claims", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_ticket_claims_user_id"))

    op.drop_table("ticket_claims")
