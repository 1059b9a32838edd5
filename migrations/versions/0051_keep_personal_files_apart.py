"""Keep personal files apart, and add up what one person sends in a day."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attachments") as table:
        table.add_column(sa.Column("is_personal", sa.Boolean(), server_default=sa.false(), nullable=False))
        table.create_index("ix_attachments_uploaded_by", ["uploaded_by_id", "uploaded_at"])


def downgrade() -> None:
    with op.batch_alter_table("attachments") as table:
        table.drop_index("ix_attachments_uploaded_by")
        table.drop_column("is_personal")
