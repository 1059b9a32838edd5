"""Keep drafts of replies: what is typed of a share's reply lies among the jottings."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_KEY = "fk_jottings_assignment_id_assignments"
_INDEX = "ix_jottings_assignment_id"


def upgrade() -> None:
    with op.batch_alter_table("jottings") as table:
        table.add_column(sa.Column("assignment_id", _BIG, nullable=True))
        table.create_foreign_key(op.f(_KEY), "assignments", ["assignment_id"], ["id"])
        table.create_index(op.f(_INDEX), ["assignment_id"])


def downgrade() -> None:
    with op.batch_alter_table("jottings") as table:
        table.drop_index(op.f(_INDEX))
        table.drop_constraint(op.f(_KEY), type_="foreignkey")
        table.drop_column("assignment_id")
