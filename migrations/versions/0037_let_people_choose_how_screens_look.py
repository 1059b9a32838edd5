"""Let people choose how their screens look and whether single letters are shortcuts."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.add_column(sa.Column("theme", sa.String(length=8), server_default="auto", nullable=False))
        batch_op.add_column(
            sa.Column("density", sa.String(length=8), server_default="normal", nullable=False)
        )
        batch_op.add_column(
            sa.Column("has_single_keys", sa.Boolean(), server_default=sa.true(), nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("users", schema=None) as batch_op:
        batch_op.drop_column("has_single_keys")
        batch_op.drop_column("density")
        batch_op.drop_column("theme")
