"""Tell where each edition of a calendar comes from, so that imports keep what people corrected."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("calendar_editions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("origin", sa.String(length=16), nullable=False, server_default="shipped")
        )


def downgrade() -> None:
    with op.batch_alter_table("calendar_editions", schema=None) as batch_op:
        batch_op.drop_column("origin")
