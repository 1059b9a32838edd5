"""Let a colleague stand in for somebody, and keep for whom each act was done.

The columns come by themselves: to rebuild the tables of the trails on SQLite would lose their triggers.
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_POINTERS = (
    ("ticket_events", "for_id", "users"),
    ("audit_records", "for_id", "users"),
    ("knowledge_corrections", "raised_for_id", "users"),
    ("user_sessions", "substitution_id", "substitutions"),
)


def upgrade() -> None:
    op.create_table(
        "substitutions",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("principal_id", _BIG, nullable=False),
        sa.Column("substitute_id", _BIG, nullable=False),
        sa.Column("unit_id", _BIG, nullable=True),
        sa.Column("roles", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("made_by_id", _BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", _BIG, nullable=True),
        sa.Column("ending", sa.String(length=8), server_default="", nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_substitutions_starts_before_it_ends")),
        sa.CheckConstraint("principal_id <> substitute_id", name=op.f("ck_substitutions_two_people")),
        sa.CheckConstraint(
            "ending IN ('', 'expired', 'revoked', 'void')", name=op.f("ck_substitutions_ending_is_known")
        ),
        sa.CheckConstraint(
            "(ending = '') = (ended_at IS NULL)", name=op.f("ck_substitutions_ending_when_ended")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["users.id"], name=op.f(f"fk_substitutions_{name}_users"))
            for name in ("principal_id", "substitute_id", "made_by_id", "ended_by_id")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_substitutions_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_substitutions")),
    )
    for name in ("substitute_id", "principal_id", "unit_id"):
        op.create_index(f"ix_substitutions_{name}", "substitutions", [name, "ends_at"])
    for table, column, target in _POINTERS:
        _point(table, column, target)
    flag = sa.Column("has_substitutes", sa.Boolean(), server_default=sa.false(), nullable=False)
    op.add_column("tickets", flag)


def _point(table: str, column: str, target: str) -> None:
    name = f"fk_{table}_{column}_{target}"
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            f"ALTER TABLE {table} ADD COLUMN {column} INTEGER CONSTRAINT {name} REFERENCES {target} (id)"
        )
        return
    op.add_column(table, sa.Column(column, _BIG, nullable=True))
    op.create_foreign_key(op.f(name), table, target, [column], ["id"])


def downgrade() -> None:
    op.drop_column("tickets", "has_substitutes")
    for table, column, _ in reversed(_POINTERS):
        op.drop_column(table, column)
    op.drop_table("substitutions")
