"""Keep every edition of a calendar, give dates hours of their own, and let units have duty hours."""

import uuid
from datetime import UTC, datetime, time

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_HOLDS = sa.text("until_edition IS NULL")
_EVERY_DAY = range(7)


def upgrade() -> None:
    op.create_table(
        "calendar_editions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("calendar_id", _ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("revision", sa.String(length=32), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_by_id", _ID, nullable=True),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["calendar_id"], ["calendars.id"], name=op.f("fk_calendar_editions_calendar_id_calendars")
        ),
        sa.ForeignKeyConstraint(
            ["published_by_id"], ["users.id"], name=op.f("fk_calendar_editions_published_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_editions")),
        sa.UniqueConstraint("calendar_id", "number", name=op.f("uq_calendar_editions_calendar_id_number")),
    )
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.add_column(sa.Column("has_holidays", sa.Boolean(), nullable=False, server_default=sa.true()))
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.alter_column("has_holidays", server_default=None)
    _add_editions("calendar_hours", "uq_calendar_hours_calendar_id_weekday_opens", "weekday", "opens")
    _add_editions("calendar_days", "uq_calendar_days_calendar_id_on", "on")
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.add_column(sa.Column("hours", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("calendar_hours", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_calendar_hours_opens_before_closing"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_calendar_hours_opens_before_closing"), "opens < closes OR closes = '00:00:00.000000'"
        )
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("calendar", sa.String(length=32), nullable=False, server_default="city")
        )
    _found_editions()


def downgrade() -> None:
    op.execute("DELETE FROM calendar_hours WHERE closes <= opens OR until_edition IS NOT NULL")
    op.execute("DELETE FROM calendar_days WHERE until_edition IS NOT NULL")
    with op.batch_alter_table("units", schema=None) as batch_op:
        batch_op.drop_column("calendar")
    with op.batch_alter_table("calendar_hours", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_calendar_hours_opens_before_closing"), type_="check")
        batch_op.create_check_constraint(op.f("ck_calendar_hours_opens_before_closing"), "opens < closes")
    with op.batch_alter_table("calendar_days", schema=None) as batch_op:
        batch_op.drop_column("hours")
    _drop_editions("calendar_days", "uq_calendar_days_calendar_id_on", "on")
    _drop_editions("calendar_hours", "uq_calendar_hours_calendar_id_weekday_opens", "weekday", "opens")
    op.drop_table("calendar_editions")
    op.execute("DELETE FROM calendars WHERE code = 'always'")
    with op.batch_alter_table("calendars", schema=None) as batch_op:
        batch_op.drop_column("has_holidays")


def _add_editions(table: str, constraint: str, *key: str) -> None:
    """Let rows hold from one edition until another, and only one row at a time hold for one key."""
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.add_column(sa.Column("from_edition", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("until_edition", sa.Integer(), nullable=True))
        batch_op.drop_constraint(op.f(constraint), type_="unique")
    op.create_index(
        f"uq_{table}_in_force",
        table,
        ["calendar_id", *key],
        unique=True,
        postgresql_where=_HOLDS,
        sqlite_where=_HOLDS,
    )


def _drop_editions(table: str, constraint: str, *key: str) -> None:
    op.drop_index(f"uq_{table}_in_force", table)
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_unique_constraint(op.f(constraint), ["calendar_id", *key])
        batch_op.drop_column("until_edition")
        batch_op.drop_column("from_edition")


def _found_editions() -> None:
    """What stands in a calendar today is its first edition; one round the clock comes along."""
    tables = sa.MetaData()
    tables.reflect(op.get_bind(), only=["calendars", "calendar_editions", "calendar_hours"])
    zone = op.get_bind().execute(sa.text("SELECT min(zone) FROM calendars")).scalar_one()
    op.bulk_insert(
        tables.tables["calendars"],
        [
            {
                "code": "always",
                "name": "全天候（7×24）",
                "zone": zone or "Asia/Shanghai",
                "has_holidays": False,
                "revision": uuid.uuid4().hex,
            }
        ],
    )
    found = op.get_bind().execute(sa.text("SELECT id, code, revision FROM calendars ORDER BY id")).all()
    op.bulk_insert(
        tables.tables["calendar_editions"],
        [
            {
                "calendar_id": calendar_id,
                "number": 1,
                "revision": revision,
                "published_at": datetime.now(UTC),
                "note": "出厂日历",
            }
            for calendar_id, _, revision in found
        ],
    )
    always = next(calendar_id for calendar_id, code, _ in found if code == "always")
    op.bulk_insert(
        tables.tables["calendar_hours"],
        [
            {"calendar_id": always, "weekday": day, "opens": time(0), "closes": time(0), "from_edition": 1}
            for day in _EVERY_DAY
        ],
    )
