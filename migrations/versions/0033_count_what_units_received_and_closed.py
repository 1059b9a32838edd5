"""Count what units received and closed in a period without reading every ticket there ever was."""

from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_tickets_closed_at", "tickets", ["closed_at"], unique=False)
    op.create_index("ix_assignments_created_at", "assignments", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_assignments_created_at", table_name="assignments")
    op.drop_index("ix_tickets_closed_at", table_name="tickets")
