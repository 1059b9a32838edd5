"""Let tickets follow a master, wait, be pressed and be judged; create supervision orders.

Limits of clocks that did not exist before join the policy versions that were shipped without them.
"""

import csv
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_POLICY = Path(__file__).parents[2] / "hotline" / "seeds" / "policy.csv"
_WHOLE_NUMBERS = ("amount", "yellow_amount", "orange_amount")


def upgrade() -> None:
    op.create_table(
        "supervision_orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ticket_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("is_joint", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("cause", sa.String(length=16), nullable=False),
        sa.Column("opinion", sa.Text(), nullable=False),
        sa.Column("issued_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closing_opinion", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('issued', 'answered', 'closed')", name=op.f("ck_supervision_orders_known_state")
        ),
        sa.CheckConstraint("level BETWEEN 1 AND 6", name=op.f("ck_supervision_orders_known_level")),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["users.id"], name=op.f("fk_supervision_orders_closed_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by_id"], ["users.id"], name=op.f("fk_supervision_orders_issued_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["ticket_id"], ["tickets.id"], name=op.f("fk_supervision_orders_ticket_id_tickets")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_orders")),
    )
    with op.batch_alter_table("supervision_orders", schema=None) as batch_op:
        batch_op.create_index("ix_supervision_orders_state_due_at", ["state", "due_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_supervision_orders_ticket_id"), ["ticket_id"], unique=False)

    op.create_table(
        "order_units",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refused_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_order_units_answered_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["order_id"], ["supervision_orders.id"], name=op.f("fk_order_units_order_id_supervision_orders")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_order_units_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_units")),
        sa.UniqueConstraint("order_id", "unit_id", name=op.f("uq_order_units_order_id_unit_id")),
    )
    with op.batch_alter_table("order_units", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_order_units_unit_id"), ["unit_id"], unique=False)

    with op.batch_alter_table("clocks", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("order_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.create_index(batch_op.f("ix_clocks_order_id"), ["order_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_clocks_order_id_supervision_orders"), "supervision_orders", ["order_id"], ["id"]
        )

    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.add_column(sa.Column("details", sa.JSON(), nullable=False, server_default="{}"))
        batch_op.add_column(
            sa.Column("endorsed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("endorsed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("viewed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.alter_column("ticket_id", existing_type=sa.INTEGER(), nullable=True)
        batch_op.alter_column(
            "kind", existing_type=sa.VARCHAR(length=16), type_=sa.String(length=24), existing_nullable=False
        )
        batch_op.create_index(
            "uq_requests_open_per_ticket",
            ["ticket_id", "kind", "asked_by_id"],
            unique=True,
            sqlite_where=sa.text("state = 'requested' AND assignment_id IS NULL"),
            postgresql_where=sa.text("state = 'requested' AND assignment_id IS NULL"),
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_requests_endorsed_by_id_users"), "users", ["endorsed_by_id"], ["id"]
        )

    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_urged_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("master_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
        )
        batch_op.add_column(sa.Column("follower_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("came_from", sa.String(length=24), nullable=True))
        batch_op.add_column(
            sa.Column(
                "supplement_asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(
            sa.Column(
                "invalid_proposed_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
            )
        )
        batch_op.add_column(sa.Column("extension_count", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("supervised_level", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("is_excluded", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(
            sa.Column("appeal_upheld", sa.String(length=16), nullable=False, server_default="")
        )
        batch_op.create_index(batch_op.f("ix_tickets_master_id"), ["master_id"], unique=False)
        batch_op.create_index(
            "ix_tickets_category_id_created_at", ["category_id", "created_at"], unique=False
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_tickets_master_id_tickets"), "tickets", ["master_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_tickets_supplement_asked_by_id_users"), "users", ["supplement_asked_by_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_tickets_invalid_proposed_by_id_users"), "users", ["invalid_proposed_by_id"], ["id"]
        )
    _complete_policies()


def downgrade() -> None:
    with op.batch_alter_table("tickets", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_tickets_invalid_proposed_by_id_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_tickets_supplement_asked_by_id_users"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_tickets_master_id_tickets"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_tickets_master_id"))
        batch_op.drop_index("ix_tickets_category_id_created_at")
        batch_op.drop_column("appeal_upheld")
        batch_op.drop_column("is_excluded")
        batch_op.drop_column("supervised_level")
        batch_op.drop_column("extension_count")
        batch_op.drop_column("invalid_proposed_by_id")
        batch_op.drop_column("supplement_asked_by_id")
        batch_op.drop_column("came_from")
        batch_op.drop_column("follower_count")
        batch_op.drop_column("master_id")
        batch_op.drop_column("last_urged_at")

    with op.batch_alter_table("requests", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_requests_endorsed_by_id_users"), type_="foreignkey")
        batch_op.drop_index(
            "uq_requests_open_per_ticket",
            sqlite_where=sa.text("state = 'requested' AND assignment_id IS NULL"),
            postgresql_where=sa.text("state = 'requested' AND assignment_id IS NULL"),
        )
        batch_op.alter_column(
            "kind", existing_type=sa.String(length=24), type_=sa.VARCHAR(length=16), existing_nullable=False
        )
        batch_op.alter_column("ticket_id", existing_type=sa.INTEGER(), nullable=False)
        batch_op.drop_column("viewed_at")
        batch_op.drop_column("endorsed_at")
        batch_op.drop_column("endorsed_by_id")
        batch_op.drop_column("details")

    with op.batch_alter_table("clocks", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_clocks_order_id_supervision_orders"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_clocks_order_id"))
        batch_op.drop_column("order_id")

    with op.batch_alter_table("order_units", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_order_units_unit_id"))

    op.drop_table("order_units")
    with op.batch_alter_table("supervision_orders", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_supervision_orders_ticket_id"))
        batch_op.drop_index("ix_supervision_orders_state_due_at")

    op.drop_table("supervision_orders")


def _complete_policies() -> None:
    tables = sa.MetaData()
    tables.reflect(op.get_bind(), only=["policy_versions", "policy_rows"])
    rows = tables.tables["policy_rows"]
    found = op.get_bind().execute(sa.select(rows.c.version_id, rows.c.clock))
    known = {(version, clock) for version, clock in found}
    versions = op.get_bind().scalars(sa.select(tables.tables["policy_versions"].c.id)).all()
    with _POLICY.open(encoding="utf-8", newline="") as file:
        shipped = list(csv.DictReader(file))
    missing = [
        {**_values(row), "version_id": version}
        for version in versions
        for row in shipped
        if (version, row["clock"]) not in known
    ]
    if missing:
        op.bulk_insert(rows, missing)


def _values(row: dict[str, str]) -> dict[str, object]:
    values: dict[str, object] = {name: value or None for name, value in row.items()}
    values["is_rework"] = row["is_rework"] == "1"
    for name in _WHOLE_NUMBERS:
        values[name] = int(row[name]) if row[name] else None
    return values
