"""Let a ticket know the unit that holds it and when its light leaves green; index what runs out of time.

While the version before still runs beside this one, what it changes is not told to the two columns: run the
two updates again once it has gone.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_RUNNING = sa.text(
    "state NOT IN ('draft', 'closed', 'archived') AND due_at IS NOT NULL AND paused_at IS NULL"
)
_DONE_FOR_TICKET = sa.text(
    "stopped_at IS NOT NULL AND NOT is_cancelled"
    " AND assignment_id IS NULL AND request_id IS NULL AND order_id IS NULL"
)
_HOLDING = ["unit_id", "category_id", "type"]
_HOLDERS = """
    UPDATE tickets SET unit_id = (
        SELECT unit_id FROM assignments
        WHERE ticket_id = tickets.id AND is_main AND round = tickets.round
        AND state NOT IN ('returned', 'recalled')
        ORDER BY id DESC LIMIT 1)
"""
# Neither database's function for the smaller of two passes over NULL as the other's does.
_WARNINGS = """
    UPDATE tickets SET warn_at = CASE
        WHEN yellow_at <= coalesce(orange_at, due_at) AND yellow_at <= due_at THEN yellow_at
        WHEN orange_at <= due_at THEN orange_at
        ELSE due_at END
    WHERE due_at IS NOT NULL
"""


def upgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unit_id", _ID, nullable=True))
        batch_op.add_column(sa.Column("warn_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_tickets_unit_id_units"), "units", ["unit_id"], ["id"])
    op.execute(_HOLDERS)
    op.execute(_WARNINGS)
    _index_running()
    op.create_index("ix_tickets_handled_at", "tickets", ["handled_at", "unit_id"])
    op.create_index("ix_tickets_unit_id_state", "tickets", ["unit_id", "state"])
    op.create_index(
        "ix_clocks_stopped_at",
        "clocks",
        ["name", "stopped_at"],
        postgresql_where=_DONE_FOR_TICKET,
        sqlite_where=_DONE_FOR_TICKET,
    )


def downgrade() -> None:
    op.drop_index("ix_clocks_stopped_at", "clocks")
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        for name in ("unit_id_state", "handled_at", "running_warn_at", "running_due_at"):
            batch_op.drop_index(f"ix_tickets_{name}")
        batch_op.drop_constraint(batch_op.f("fk_tickets_unit_id_units"), type_="foreignkey")
        batch_op.drop_column("warn_at")
        batch_op.drop_column("unit_id")


def _index_running() -> None:
    op.create_index(
        "ix_tickets_running_due_at",
        "tickets",
        ["due_at", "id"],
        postgresql_include=["warn_at", "orange_at", "leading_clock", *_HOLDING],
        postgresql_where=_RUNNING,
        sqlite_where=_RUNNING,
    )
    op.create_index(
        "ix_tickets_running_warn_at",
        "tickets",
        ["warn_at"],
        postgresql_include=["due_at", "orange_at", *_HOLDING],
        postgresql_where=_RUNNING,
        sqlite_where=_RUNNING,
    )
