"""Say of each token what it is for; those there are may go on doing all they could."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The default stays: the old program beside this one adds rows without naming any.
    op.add_column(
        "api_tokens",
        sa.Column("scopes", sa.String(length=64), nullable=False, server_default="read write intake calls"),
    )


def downgrade() -> None:
    op.drop_column("api_tokens", "scopes")
