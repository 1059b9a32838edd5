"""Keep which agent wrote down a citizen's wish about their data, and how they saw who was speaking."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = "fk_data_requests_taken_by_id_users"


def upgrade() -> None:
    with op.batch_alter_table("data_requests") as table:
        table.add_column(sa.Column("taken_by_id", _BIG, nullable=True))
        table.add_column(sa.Column("identified", sa.String(length=16), server_default="", nullable=False))
        table.create_foreign_key(op.f(_KEY), "users", ["taken_by_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("data_requests") as table:
        table.drop_constraint(op.f(_KEY), type_="foreignkey")
        table.drop_column("identified")
        table.drop_column("taken_by_id")
