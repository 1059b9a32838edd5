"""Note that a citizen is a minor and whose telephone is told in the child's place."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("citizens", schema=None) as batch_op:
        batch_op.add_column(sa.Column("is_minor", sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column("guardian_phone", sa.Text(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("citizens", schema=None) as batch_op:
        batch_op.drop_column("guardian_phone")
        batch_op.drop_column("is_minor")
