"""Create the dispatch catalogue: versions, their makers, rows with co-units, and proposals."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _key() -> sa.types.TypeEngine:
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _reference(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    _create_versions()
    _create_rows()
    _create_proposals()


def downgrade() -> None:
    for table in (
        "catalogue_proposals",
        "catalogue_co_units",
        "catalogue_rows",
        "catalogue_makers",
        "catalogue_versions",
    ):
        op.drop_table(table)


def _create_versions() -> None:
    versions, makers = "catalogue_versions", "catalogue_makers"
    op.create_table(
        versions,
        sa.Column("id", _key(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("based_on_id", _key(), nullable=True),
        sa.Column("valid_from_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", _key(), nullable=True),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        _reference(versions, "based_on_id", versions),
        _reference(versions, "published_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_versions")),
        sa.UniqueConstraint("number", name=op.f("uq_catalogue_versions_number")),
    )
    op.create_index(
        "uq_catalogue_versions_one_draft",
        versions,
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'draft'"),
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        makers,
        sa.Column("version_id", _key(), nullable=False),
        sa.Column("user_id", _key(), nullable=False),
        _reference(makers, "version_id", versions),
        _reference(makers, "user_id", "users"),
        sa.PrimaryKeyConstraint("version_id", "user_id", name=op.f("pk_catalogue_makers")),
    )


def _create_rows() -> None:
    rows, co_units = "catalogue_rows", "catalogue_co_units"
    op.create_table(
        rows,
        sa.Column("id", _key(), nullable=False),
        sa.Column("version_id", _key(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("category_id", _key(), nullable=False),
        sa.Column("district", sa.String(length=50), nullable=False),
        sa.Column("main_unit_id", _key(), nullable=False),
        sa.Column("limit_class", sa.String(length=24), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        _reference(rows, "version_id", "catalogue_versions"),
        _reference(rows, "category_id", "categories"),
        _reference(rows, "main_unit_id", "units"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_rows")),
        sa.UniqueConstraint("version_id", "number", name=op.f("uq_catalogue_rows_version_id_number")),
    )
    op.create_index("ix_catalogue_rows_version_id_category_id", rows, ["version_id", "category_id"])
    op.create_table(
        co_units,
        sa.Column("row_id", _key(), nullable=False),
        sa.Column("unit_id", _key(), nullable=False),
        _reference(co_units, "row_id", rows),
        _reference(co_units, "unit_id", "units"),
        sa.PrimaryKeyConstraint("row_id", "unit_id", name=op.f("pk_catalogue_co_units")),
    )


def _create_proposals() -> None:
    proposals = "catalogue_proposals"
    op.create_table(
        proposals,
        sa.Column("id", _key(), nullable=False),
        sa.Column("category_id", _key(), nullable=False),
        sa.Column("district", sa.String(length=50), nullable=False),
        sa.Column("main_unit_id", _key(), nullable=False),
        sa.Column("co_unit_ids", sa.JSON(), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=True),
        sa.Column("ticket_id", _key(), nullable=True),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", _key(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decision_reason", sa.String(length=300), nullable=False),
        _reference(proposals, "category_id", "categories"),
        _reference(proposals, "main_unit_id", "units"),
        _reference(proposals, "ticket_id", "tickets"),
        _reference(proposals, "decided_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_proposals")),
    )
    op.create_index("ix_catalogue_proposals_state", proposals, ["state", "id"])
