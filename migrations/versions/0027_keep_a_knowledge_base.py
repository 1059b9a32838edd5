"""Keep what agents may say: entries of the knowledge base in versions, how they are found, what people think."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LIVE = sa.text("state IN ('published', 'due_for_review')")
_IN_THE_WORKS = sa.text("state IN ('draft', 'unit_review', 'centre_review')")


def upgrade() -> None:
    op.create_table(
        "knowledge_entries",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("unit_id", _BIG, nullable=False),
        sa.Column("ticket_id", _BIG, nullable=True),
        sa.Column("created_by_id", _BIG, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hits", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_knowledge_entries_created_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_knowledge_entries_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_knowledge_entries_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_entries")),
    )
    op.create_index("ix_knowledge_entries_unit_id", "knowledge_entries", ["unit_id"], unique=False)
    _create_versions()
    _create_terms()
    _create_opinions()
    _create_corrections()


def _create_versions() -> None:
    op.create_table(
        "knowledge_versions",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("entry_id", _BIG, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        *_words(),
        sa.Column("drafted_by_id", _BIG, nullable=True),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("unit_approved_by_id", _BIG, nullable=True),
        sa.Column("unit_approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("published_by_id", _BIG, nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", _BIG, nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        *_references(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_versions")),
        sa.UniqueConstraint("entry_id", "number", name=op.f("uq_knowledge_versions_entry_id_number")),
    )
    op.create_index("ix_knowledge_versions_category_id", "knowledge_versions", ["category_id"], unique=False)
    op.create_index("ix_knowledge_versions_state", "knowledge_versions", ["state", "id"], unique=False)
    op.create_index(
        "uq_knowledge_versions_one_in_the_works",
        "knowledge_versions",
        ["entry_id"],
        unique=True,
        sqlite_where=_IN_THE_WORKS,
        postgresql_where=_IN_THE_WORKS,
    )
    op.create_index(
        "uq_knowledge_versions_one_live",
        "knowledge_versions",
        ["entry_id"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )


def _words() -> tuple[sa.Column, ...]:
    return (
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("talking_point", sa.String(length=500), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("category_id", _BIG, nullable=True),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("valid_from_on", sa.Date(), nullable=True),
        sa.Column("valid_until_on", sa.Date(), nullable=True),
        sa.Column("review_on", sa.Date(), nullable=True),
    )


def _references() -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["category_id"], ["categories.id"], name=op.f("fk_knowledge_versions_category_id_categories")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by_id"], ["users.id"], name=op.f("fk_knowledge_versions_drafted_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["users.id"], name=op.f("fk_knowledge_versions_ended_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["knowledge_entries.id"],
            name=op.f("fk_knowledge_versions_entry_id_knowledge_entries"),
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_knowledge_versions_published_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["unit_approved_by_id"],
            ["users.id"],
            name=op.f("fk_knowledge_versions_unit_approved_by_id_users"),
        ),
    )


def _create_terms() -> None:
    op.create_table(
        "knowledge_makers",
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_knowledge_makers_user_id_users")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["knowledge_versions.id"],
            name=op.f("fk_knowledge_makers_version_id_knowledge_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "user_id", name=op.f("pk_knowledge_makers")),
    )
    op.create_table(
        "knowledge_terms",
        sa.Column(
            "term",
            sa.String(length=40, collation="C").with_variant(sa.String(length=40), "sqlite"),
            nullable=False,
        ),
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["knowledge_versions.id"],
            name=op.f("fk_knowledge_terms_version_id_knowledge_versions"),
        ),
        sa.PrimaryKeyConstraint("term", "version_id", name=op.f("pk_knowledge_terms")),
    )
    op.create_index("ix_knowledge_terms_version_id", "knowledge_terms", ["version_id"], unique=False)


def _create_opinions() -> None:
    op.create_table(
        "knowledge_marks",
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("user_id", _BIG, nullable=False),
        sa.Column("is_useful", sa.Boolean(), nullable=False),
        sa.Column("marked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_knowledge_marks_user_id_users")),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["knowledge_versions.id"],
            name=op.f("fk_knowledge_marks_version_id_knowledge_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "user_id", name=op.f("pk_knowledge_marks")),
    )
    op.create_table(
        "knowledge_citations",
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("ticket_id", _BIG, nullable=False),
        sa.Column("cited_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_knowledge_citations_ticket_id_tickets")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["knowledge_versions.id"],
            name=op.f("fk_knowledge_citations_version_id_knowledge_versions"),
        ),
        sa.PrimaryKeyConstraint("version_id", "ticket_id", name=op.f("pk_knowledge_citations")),
    )


def _create_corrections() -> None:
    op.create_table(
        "knowledge_corrections",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("version_id", _BIG, nullable=False),
        sa.Column("doubt", sa.String(length=1000), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("raised_by_id", _BIG, nullable=True),
        sa.Column("raised_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=1000), nullable=False),
        sa.Column("answered_by_id", _BIG, nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_knowledge_corrections_answered_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["raised_by_id"], ["users.id"], name=op.f("fk_knowledge_corrections_raised_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["version_id"],
            ["knowledge_versions.id"],
            name=op.f("fk_knowledge_corrections_version_id_knowledge_versions"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_corrections")),
    )
    op.create_index(
        "ix_knowledge_corrections_state", "knowledge_corrections", ["state", "due_at"], unique=False
    )
    op.create_index(
        "ix_knowledge_corrections_version_id", "knowledge_corrections", ["version_id"], unique=False
    )


def downgrade() -> None:
    for name in ("corrections", "citations", "marks", "terms", "makers", "versions", "entries"):
        op.drop_table(f"knowledge_{name}")
