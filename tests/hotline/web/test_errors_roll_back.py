"""What transaction() keeps and what it takes back."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import sessionmaker

from database import db
from hotline.models.organisation import Area
from hotline.web.transaction import begin_reading, transaction


def count_areas(session_factory: sessionmaker) -> int:
    with session_factory() as session:
        return session.scalar(select(func.count()).select_from(Area)) or 0


@pytest.fixture
def context(app):
    with app.app_context():
        yield


def test_everything_inside_is_committed_once(context, session_factory):
    with transaction() as session:
        session.add(Area(code="1", name="梧桐区", level="district"))
        session.add(Area(code="2", name="滨江区", level="district"))
    db.session.remove()
    assert count_areas(session_factory) == 2


def test_nothing_is_kept_when_anything_is_raised(context, session_factory):
    def act() -> None:
        with transaction() as session:
            session.add(Area(code="1", name="梧桐区", level="district"))
            session.flush()
            raise LookupError

    with pytest.raises(LookupError):
        act()
    db.session.remove()
    assert count_areas(session_factory) == 0


def test_transactions_do_not_nest(context):
    with transaction(), pytest.raises(RuntimeError), transaction():
        pass


def test_a_change_outside_of_a_transaction_is_a_bug(context):
    db.session.add(Area(code="1", name="梧桐区", level="district"))
    with pytest.raises(RuntimeError), transaction():
        pass


def test_rows_read_before_are_read_again_inside(context, session_factory):
    with session_factory.begin() as other:
        other.add(Area(code="1", name="梧桐区", level="district"))
    begin_reading(db.session())
    area = db.session.scalars(select(Area)).one()
    with session_factory.begin() as other:
        other.execute(update(Area).values(name="云山区"))
    with transaction():
        assert area.name == "云山区"


def test_reading_holds_no_lock_that_a_writer_waits_for(context, session_factory):
    begin_reading(db.session())
    assert db.session.scalar(select(func.count()).select_from(Area)) == 0
    with session_factory.begin() as other:
        other.add(Area(code=str(datetime.now(UTC).year), name="梧桐区", level="district"))
    assert count_areas(session_factory) == 1
