"""Find the newest tickets of a street, for whoever reports what a neighbour has reported."""

from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

_INDEX = "ix_tickets_street_created_at"


def upgrade() -> None:
    op.create_index(_INDEX, "tickets", ["street", "created_at"])


def downgrade() -> None:
    op.drop_index(_INDEX, "tickets")
