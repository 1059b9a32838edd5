"""Let limits be drafted, be narrowed to types, categories and tiers, and carry their own ladder."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PAUSES = "awaiting_supplement suspended"
# The level a ticket is raised to, and after how many working days over its limit.
_LADDER = ((3, 1), (4, 5))
_VERSIONS = sa.table("policy_versions", sa.column("id"), sa.column("state"), sa.column("based_on_id"))
_ROWS = sa.table(
    "policy_rows",
    sa.column("id"),
    sa.column("version_id"),
    sa.column("ticket_type"),
    sa.column("category_id"),
    sa.column("unit_tier"),
)
_STEPS = sa.table("policy_steps", sa.column("version_id"))
_CLOCKS = sa.table("clocks", sa.column("policy_row_id"))
_UNPUBLISHED = sa.select(_VERSIONS.c.id).where(_VERSIONS.c.state != "published")
# Rows that the edition before could not tell from others of their version.
_UNKNOWN_BEFORE = sa.select(_ROWS.c.id).where(
    _ROWS.c.ticket_type.is_not(None)
    | _ROWS.c.category_id.is_not(None)
    | _ROWS.c.unit_tier.is_not(None)
    | _ROWS.c.version_id.in_(_UNPUBLISHED)
)


def upgrade() -> None:
    with op.batch_alter_table("policy_versions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("state", sa.String(length=16), nullable=False, server_default="published")
        )
        batch_op.add_column(sa.Column("based_on_id", _ID, nullable=True))
        batch_op.add_column(sa.Column("drafted_by_id", _ID, nullable=True))
        batch_op.add_column(sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("published_by_id", _ID, nullable=True))
        batch_op.alter_column("published_at", existing_type=sa.DateTime(timezone=True), nullable=True)
        for column, table in (
            ("based_on_id", "policy_versions"),
            ("drafted_by_id", "users"),
            ("published_by_id", "users"),
        ):
            batch_op.create_foreign_key(op.f(f"fk_policy_versions_{column}_{table}"), table, [column], ["id"])
    with op.batch_alter_table("policy_rows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("selector", sa.String(length=80), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("ticket_type", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("category_id", _ID, nullable=True))
        batch_op.add_column(sa.Column("unit_tier", sa.Integer(), nullable=True))
        batch_op.add_column(
            sa.Column("calendar", sa.String(length=32), nullable=False, server_default="city")
        )
        batch_op.add_column(
            sa.Column("pauses_in", sa.String(length=60), nullable=False, server_default=_PAUSES)
        )
    op.execute(
        "UPDATE policy_rows SET selector = limit_class || '////' "
        "|| CASE WHEN is_rework THEN 'rework' ELSE 'first' END"
    )
    with op.batch_alter_table("policy_rows", schema=None) as batch_op:
        batch_op.alter_column("selector", existing_type=sa.String(length=80), server_default=None)
        batch_op.drop_constraint(
            op.f("uq_policy_rows_version_id_clock_limit_class_is_rework"), type_="unique"
        )
        batch_op.create_unique_constraint(
            op.f("uq_policy_rows_version_id_clock_selector"), ["version_id", "clock", "selector"]
        )
        batch_op.create_foreign_key(
            op.f("fk_policy_rows_category_id_categories"), "categories", ["category_id"], ["id"]
        )
        batch_op.create_check_constraint(
            op.f("ck_policy_rows_unit_tier_is_known"), "unit_tier BETWEEN 1 AND 3"
        )
    _create_ladder()


def downgrade() -> None:
    _keep_what_is_known_before()
    op.drop_table("policy_steps")
    with op.batch_alter_table("policy_rows", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_policy_rows_unit_tier_is_known"), type_="check")
        batch_op.drop_constraint(op.f("fk_policy_rows_category_id_categories"), type_="foreignkey")
        batch_op.drop_constraint(op.f("uq_policy_rows_version_id_clock_selector"), type_="unique")
        batch_op.create_unique_constraint(
            op.f("uq_policy_rows_version_id_clock_limit_class_is_rework"),
            ["version_id", "clock", "limit_class", "is_rework"],
        )
        for column in ("pauses_in", "calendar", "unit_tier", "category_id", "ticket_type", "selector"):
            batch_op.drop_column(column)
    with op.batch_alter_table("policy_versions", schema=None) as batch_op:
        batch_op.alter_column("published_at", existing_type=sa.DateTime(timezone=True), nullable=False)
        for column, table in (
            ("published_by_id", "users"),
            ("drafted_by_id", "users"),
            ("based_on_id", "policy_versions"),
        ):
            batch_op.drop_constraint(op.f(f"fk_policy_versions_{column}_{table}"), type_="foreignkey")
        for column in ("published_by_id", "drafted_at", "drafted_by_id", "based_on_id", "state"):
            batch_op.drop_column(column)


def _keep_what_is_known_before() -> None:
    """Delete drafts, discarded versions and narrowed rows; refuse while a clock is counted by one of them."""
    counted = sa.select(sa.func.count()).where(_CLOCKS.c.policy_row_id.in_(_UNKNOWN_BEFORE))
    if clocks := op.get_bind().execute(counted).scalar_one():
        message = (
            "the edition before does not know limits narrowed to a type, category or tier, and clocks are "
            f"counted by them ({clocks}): restore the backup made before the upgrade, or let policy_row_id of "
            "these clocks name the row without type, category and tier, and downgrade again"
        )
        raise RuntimeError(message)
    op.execute(sa.delete(_STEPS).where(_STEPS.c.version_id.in_(_UNPUBLISHED)))
    op.execute(sa.delete(_ROWS).where(_ROWS.c.id.in_(_UNKNOWN_BEFORE)))
    op.execute(sa.update(_VERSIONS).values(based_on_id=None))
    op.execute(sa.delete(_VERSIONS).where(_VERSIONS.c.state != "published"))


def _create_ladder() -> None:
    steps = op.create_table(
        "policy_steps",
        sa.Column("id", _ID, nullable=False),
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("limit_class", sa.String(length=24), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("unit", sa.String(length=16), nullable=False),
        sa.CheckConstraint("level BETWEEN 1 AND 6", name=op.f("ck_policy_steps_level_is_known")),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_policy_steps_amount_is_not_negative")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["policy_versions.id"], name=op.f("fk_policy_steps_version_id_policy_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_steps")),
        sa.UniqueConstraint(
            "version_id", "limit_class", "level", name=op.f("uq_policy_steps_version_id_limit_class_level")
        ),
    )
    versions = op.get_bind().execute(sa.text("SELECT id FROM policy_versions")).scalars().all()
    op.bulk_insert(
        steps,
        [
            {
                "version_id": version,
                "limit_class": "any",
                "level": level,
                "amount": days,
                "unit": "working_days",
            }
            for version in versions
            for level, days in _LADDER
        ],
    )
