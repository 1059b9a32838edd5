"""Keep everything that befell a clock, and by which calendar it is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("clocks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("calendar", sa.String(length=32), nullable=False, server_default="city")
        )
    op.create_table(
        "clock_changes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("clock_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_number", sa.Integer(), nullable=False),
        sa.Column("policy_row_id", _ID, nullable=True),
        sa.Column("calendar_edition_id", _ID, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("held_seconds", sa.Integer(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["clock_id"], ["clocks.id"], name=op.f("fk_clock_changes_clock_id_clocks")),
        sa.ForeignKeyConstraint(
            ["policy_row_id"], ["policy_rows.id"], name=op.f("fk_clock_changes_policy_row_id_policy_rows")
        ),
        sa.ForeignKeyConstraint(
            ["calendar_edition_id"],
            ["calendar_editions.id"],
            name=op.f("fk_clock_changes_calendar_edition_id_calendar_editions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_changes")),
        sa.UniqueConstraint("clock_id", "number", name=op.f("uq_clock_changes_clock_id_number")),
    )
    # What befell the clocks before was not kept: they begin with the moment they were first due, and where
    # they fall due at another now, that is carried over.
    op.execute(
        "INSERT INTO clock_changes "
        "(clock_id, number, reason, at, event_number, policy_row_id, calendar_edition_id, due_at) "
        "SELECT clocks.id, 1, 'started', clocks.started_at, 0, clocks.policy_row_id, calendar_editions.id, "
        "clocks.original_due_at FROM clocks JOIN calendars ON calendars.code = 'city' "
        "JOIN calendar_editions ON calendar_editions.calendar_id = calendars.id "
        "AND calendar_editions.number = 1"
    )
    op.execute(
        "INSERT INTO clock_changes "
        "(clock_id, number, reason, at, event_number, policy_row_id, calendar_edition_id, due_at) "
        "SELECT first.clock_id, 2, 'carried_over', first.at, 0, first.policy_row_id, "
        "first.calendar_edition_id, clocks.due_at FROM clock_changes AS first "
        "JOIN clocks ON clocks.id = first.clock_id WHERE clocks.due_at <> clocks.original_due_at"
    )


def downgrade() -> None:
    op.drop_table("clock_changes")
    with op.batch_alter_table("clocks", schema=None) as batch_op:
        batch_op.drop_column("calendar")
