"""Watch for words: groups of them in versions, and the tickets they turned up in."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "word_groups",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_groups")),
    )
    op.create_table(
        "word_versions",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("group_id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("exceptions", sa.Text(), nullable=False),
        sa.Column("line", sa.String(length=8), nullable=False),
        sa.Column("procedure", sa.String(length=1000), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("published_by_id", _BIG, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["word_groups.id"], name=op.f("fk_word_versions_group_id_word_groups")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_word_versions_published_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_word_versions")),
        sa.UniqueConstraint("group_id", "number", name=op.f("uq_word_versions_group_id_number")),
    )
    _create_marks()


def _create_marks() -> None:
    op.create_table(
        "watch_marks",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("ticket_id", _BIG, nullable=False),
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["ticket_id"], ["tickets.id"], name=op.f("fk_watch_marks_ticket_id_tickets")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["word_versions.id"], name=op.f("fk_watch_marks_version_id_word_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watch_marks")),
        sa.UniqueConstraint("ticket_id", "version_id", name=op.f("uq_watch_marks_ticket_id_version_id")),
    )
    op.create_index("ix_watch_marks_version_id", "watch_marks", ["version_id"], unique=False)


def downgrade() -> None:
    for name in ("watch_marks", "word_versions", "word_groups"):
        op.drop_table(name)
