"""The pass that keeps tickets from whom they accuse looks at what can have changed, and locks nothing else."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select, update

from hotline.models.barred_units import BarredUnit
from hotline.models.directory import DirectoryAct, DirectoryChange, Listed
from hotline.models.organisation import Unit
from hotline.models.ticket import Ticket
from hotline.queries.accused import accused_among, find_accused
from hotline.scheduler import bar_units
from hotline.services import accounts
from hotline.services.accounts import NewUser
from hotline.services.barring import UNITS_SETTLE_IN, after_changes, bar_some
from hotline.services.dormant_accounts import close_dormant, list_dormant
from tests.hotline.citizen.journeys import BUREAU, City
from workflows.vocabulary import Role

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


@pytest.fixture
def city(session_factory) -> City:
    return City(session_factory).found()


@contextmanager
def statements(session):
    """The statements sent within, with what was given with them."""
    sent, engine = [], session.get_bind()

    def note(_connection, _cursor, statement, parameters, *_rest):
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def statements_of_a_pass(session_factory) -> list[str]:
    with session_factory.begin() as session, statements(session) as sent:
        assert bar_some(session, 0) is not None
    # How many ids a list holds is no other statement.
    return [text.partition(" IN (")[0] for text, _ in sent]


def rename(session_factory, name) -> None:
    with session_factory.begin() as session:
        session.execute(update(Unit).where(Unit.code == "WT-ZJ").values(name=name))


def barred(session_factory) -> set[int]:
    with session_factory() as session:
        return set(session.scalars(select(BarredUnit.ticket_id)))


def test_a_pass_over_thirty_tickets_sends_what_one_over_two_does_and_locks_none(city, session_factory):
    for _ in range(2):
        city.register(accused=BUREAU)
    few = statements_of_a_pass(session_factory)
    with session_factory.begin() as session:
        row = session.scalars(select(Ticket).order_by(Ticket.id).limit(1)).one()
        kept = {each.key: getattr(row, each.key) for each in row.__table__.c if each.key != "id"}
        for sign in range(28):
            own = {"number": f"YJ20261124-9{sign:04d}", "link_hash": f"h{sign}"}
            ticket = Ticket(**{**kept, **own})
            session.add(ticket)
            session.flush()
            session.add(BarredUnit(ticket_id=ticket.id, unit_id=city.unit_id))
    many = statements_of_a_pass(session_factory)
    assert many == few
    assert not [text for text in many if any(word in text for word in ("UPDATE", "INSERT", "DELETE"))]


def test_a_unit_under_a_new_name_is_barred_from_what_accuses_that(city, session_factory):
    named, other = city.register(accused="新名字的局"), city.register(accused=BUREAU)
    assert barred(session_factory) == {city.ticket(other).id}
    rename(session_factory, "新名字的局")
    bar_units(session_factory)
    assert barred(session_factory) == {city.ticket(named).id}


def test_all_units_together_give_what_is_found_of_each(city, session_factory):
    with session_factory.begin() as session:
        below = Unit(code="WT-ZJ-1", name="电梯科", parent_id=city.unit_id)
        session.add_all([below, Unit(code="X", name="无关的局")])
        session.flush()
        units = session.scalars(select(Unit).order_by(Unit.id)).all()
        for accused in ("", "电梯科的人", f"{BUREAU}的人", "别人"):
            assert accused_among(units, accused) == find_accused(session, [u.id for u in units], accused)


def test_the_job_looks_at_everything_first_and_then_only_where_a_unit_has_changed(city, session_factory):
    number = city.register(accused="新名字的局")
    at = [NOW]
    job = after_changes(lambda since: bar_units(session_factory, since), lambda: at[0])
    job()
    rename(session_factory, "新名字的局")
    at[0] = NOW + timedelta(minutes=15)
    job()
    assert barred(session_factory) == set()
    with session_factory.begin() as session:
        session.add(
            DirectoryChange(
                listed=Listed.UNIT.value, subject_id=city.unit_id, version=2,
                act=DirectoryAct.CHANGED.value, by_name="", at=at[0],
            )
        )  # fmt: skip
    at[0] += UNITS_SETTLE_IN - timedelta(minutes=1)
    job()
    assert barred(session_factory) == {city.ticket(number).id}


def test_a_pass_that_broke_off_is_made_up_for(city):
    asked = []

    def act(since):
        asked.append(since)
        if len(asked) == 1:
            raise RuntimeError

    job = after_changes(act, lambda: NOW)
    with pytest.raises(RuntimeError):
        job()
    job()
    job()
    assert asked == [None, None, NOW - UNITS_SETTLE_IN]


def test_one_account_is_closed_without_listing_the_others(app, session_factory):
    made, due = NOW - timedelta(days=200), NOW
    with session_factory.begin() as session:
        for name in ("one", "two", "three"):
            new = NewUser(name, name, "Ginkgo-avenue-7", frozenset({Role.AGENT}))
            accounts.create_user(session, new, made, accounts.CHEAP_HASHER)
    with session_factory.begin() as session:
        dormant = list_dormant(session, due)
        assert len(dormant) == 3
        with statements(session) as sent:
            assert close_dormant(session, dormant[0], due)
        asking = [given for text, given in sent if "coalesce(users.last_signed_in_at" in text]
    assert len(asking) == 1
    assert dormant[0] in (asking[0].values() if isinstance(asking[0], dict) else asking[0])
