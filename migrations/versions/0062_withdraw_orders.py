"""Let a supervision order that nobody answered be withdrawn."""

from alembic import op

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

_NAME = "ck_supervision_orders_known_state"


def upgrade() -> None:
    _allow("'issued', 'answered', 'closed', 'withdrawn'")


def downgrade() -> None:
    op.execute("UPDATE supervision_orders SET state = 'closed' WHERE state = 'withdrawn'")
    _allow("'issued', 'answered', 'closed'")


def _allow(states: str) -> None:
    with op.batch_alter_table("supervision_orders") as table:
        table.drop_constraint(op.f(_NAME), type_="check")
        table.create_check_constraint(op.f(_NAME), f"state IN ({states})")
