"""Bar units from tickets that accuse them; a job of the worker fills the rows of tickets that are there."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "barred_units",
        sa.Column("ticket_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("unit_id", _BIG, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"],
            ["tickets.id"],
            name=op.f("fk_barred_units_ticket_id_tickets"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_barred_units_unit_id_units")),
        sa.PrimaryKeyConstraint("ticket_id", "unit_id", name=op.f("pk_barred_units")),
    )
    op.create_index(op.f("ix_barred_units_unit_id"), "barred_units", ["unit_id"])


def downgrade() -> None:
    op.drop_table("barred_units")
