"""Note who had a hand in a draft of the limits, and let there be one draft at a time."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "policy_makers",
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("user_id", _ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"], ["policy_versions.id"], name=op.f("fk_policy_makers_version_id_policy_versions")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_policy_makers_user_id_users")),
        sa.PrimaryKeyConstraint("version_id", "user_id", name=op.f("pk_policy_makers")),
    )
    op.create_index(
        "uq_policy_versions_one_draft",
        "policy_versions",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )


def downgrade() -> None:
    op.drop_index("uq_policy_versions_one_draft", table_name="policy_versions")
    op.drop_table("policy_makers")
