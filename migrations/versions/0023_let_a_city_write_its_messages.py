"""Keep the versions of the words a city writes its messages in, and in which of them a message was written."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "template_versions",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("drafted_by_id", _BIG, nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", _BIG, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["users.id"], name=op.f("fk_template_versions_drafted_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_template_versions_published_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_versions")),
        sa.UniqueConstraint("kind", "number", name=op.f("uq_template_versions_kind_number")),
    )
    op.create_index(
        "uq_template_versions_one_draft",
        "template_versions",
        ["kind"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
        sqlite_where=sa.text("state = 'draft'"),
    )
    _create_belongings()
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("template_number", sa.Integer(), nullable=True))


def _create_belongings() -> None:
    op.create_table(
        "template_texts",
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("text", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        _version("template_texts"),
        sa.PrimaryKeyConstraint("version_id", "language", "text", name=op.f("pk_template_texts")),
    )
    op.create_table(
        "vendor_templates",
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("facts", sa.String(length=200), nullable=False),
        _version("vendor_templates"),
        sa.PrimaryKeyConstraint("version_id", "provider", "language", name=op.f("pk_vendor_templates")),
    )
    op.create_table(
        "template_makers",
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_template_makers_user_id_users")),
        _version("template_makers"),
        sa.PrimaryKeyConstraint("version_id", "user_id", name=op.f("pk_template_makers")),
    )


def _version(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_version_id_template_versions")
    return sa.ForeignKeyConstraint(["version_id"], ["template_versions.id"], name=name)


def downgrade() -> None:
    with op.batch_alter_table("outbox_messages", schema=None) as batch_op:
        batch_op.drop_column("template_number")
    op.drop_table("template_makers")
    op.drop_table("vendor_templates")
    op.drop_table("template_texts")
    op.drop_index("uq_template_versions_one_draft", table_name="template_versions")
    op.drop_table("template_versions")
