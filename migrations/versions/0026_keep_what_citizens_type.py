"""Keep what a citizen has typed on the web between the steps of a request."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "jottings",
        sa.Column("id", _ID, nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("typed", sa.Text(), nullable=False),
        sa.Column("ticket_number", sa.String(length=24), nullable=False),
        sa.Column("kept_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jottings")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_jottings_token_hash")),
    )
    op.create_index(op.f("ix_jottings_kept_until"), "jottings", ["kept_until"], unique=False)
    op.create_table(
        "jotting_files",
        sa.Column("id", _ID, nullable=False),
        sa.Column("jotting_id", _ID, nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("content_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("storage_name", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["jotting_id"], ["jottings.id"], name=op.f("fk_jotting_files_jotting_id_jottings")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jotting_files")),
        sa.UniqueConstraint("jotting_id", "digest", name=op.f("uq_jotting_files_jotting_id_digest")),
        sa.UniqueConstraint("storage_name", name=op.f("uq_jotting_files_storage_name")),
    )


def downgrade() -> None:
    op.drop_table("jotting_files")
    op.drop_table("jottings")
