"""Keep saved forms: the agents' ready-made records for matters that come again, in versions."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "saved_forms",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_forms")),
    )
    op.create_table(
        "saved_form_versions",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("form_id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("type", sa.String(length=16), nullable=False),
        sa.Column("category_id", _BIG, nullable=True),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("questions", sa.String(length=1000), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("entry_id", _BIG, nullable=True),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("published_by_id", _BIG, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        *_references(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_form_versions")),
        sa.UniqueConstraint("form_id", "number", name=op.f("uq_saved_form_versions_form_id_number")),
    )


def _references() -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_saved_form_versions_category_id_categories")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["knowledge_entries.id"],
            name=op.f("fk_saved_form_versions_entry_id_knowledge_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["form_id"], ["saved_forms.id"], name=op.f("fk_saved_form_versions_form_id_saved_forms")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_saved_form_versions_published_by_id_users")
        ),
    )


def downgrade() -> None:
    op.drop_table("saved_form_versions")
    op.drop_table("saved_forms")
