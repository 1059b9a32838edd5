"""Keep which carriers of the demo somebody put out of order."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demo_outages",
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("provider", name=op.f("pk_demo_outages")),
    )


def downgrade() -> None:
    op.drop_table("demo_outages")
