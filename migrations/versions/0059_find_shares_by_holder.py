"""Find at once what lies with one person of a unit."""

from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

_NAME = "ix_assignments_handler_id_state"


def upgrade() -> None:
    op.create_index(_NAME, "assignments", ["handler_id", "state", "ticket_id"])


def downgrade() -> None:
    op.drop_index(_NAME, "assignments")
