"""Keep what people put by for their work: tickets they watch, and phrases their unit shares."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "ticket_watches",
        sa.Column("user_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("ticket_id", _BIG, autoincrement=False, nullable=False),
        sa.Column("watched_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_ticket_watches_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_ticket_watches_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "ticket_id", name=op.f("pk_ticket_watches")),
    )
    op.create_index(op.f("ix_ticket_watches_ticket_id"), "ticket_watches", ["ticket_id"], unique=False)
    _create_phrases()


def _create_phrases() -> None:
    op.create_table(
        "phrases",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("unit_id", _BIG, nullable=False),
        sa.Column("use", sa.String(length=16), nullable=False),
        sa.Column("title", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("created_by_id", _BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", _BIG, nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retired_by_id", _BIG, nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{act}_by_id"], ["users.id"], name=op.f(f"fk_phrases_{act}_by_id_users")
            )
            for act in ("created", "changed", "retired")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_phrases_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phrases")),
    )
    op.create_index("ix_phrases_unit_id_use", "phrases", ["unit_id", "use", "position"], unique=False)


def downgrade() -> None:
    op.drop_table("phrases")
    op.drop_table("ticket_watches")
