"""Keep the number of a caller's identity document, sealed, with the keyed hash it is found by."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("citizens", sa.Column("id_number", sa.Text(), nullable=True))
    op.add_column("citizens", sa.Column("id_number_hash", sa.String(length=64), nullable=True))
    op.create_index(op.f("ix_citizens_id_number_hash"), "citizens", ["id_number_hash"])


def downgrade() -> None:
    op.drop_index(op.f("ix_citizens_id_number_hash"), table_name="citizens")
    op.drop_column("citizens", "id_number_hash")
    op.drop_column("citizens", "id_number")
