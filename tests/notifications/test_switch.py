"""Can sending be stopped for everybody, and does a copy of the database stop it by itself?"""

import shutil
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.orm import sessionmaker

from database import Base, engine_options
from hotline.scheduler import send_all_due
from hotline.services.site import configure_site
from notifications import outbox, provenance, switch
from notifications.catalog import Channel
from notifications.models import OutboxMessage, SendingSwitch, State
from notifications.switch import Reason
from notifications.worker import send_due
from tests.notifications.samples import ACCEPTED, MORNING, Clock, ScriptedProvider, message, steady


@pytest.fixture(autouse=True)
def site():
    configure_site("https://hotline.example", "Asia/Shanghai")


def put(factory, *messages):
    with factory() as session, session.begin():
        for one in messages or (ACCEPTED,):
            outbox.put(session, one)


def states(factory):
    with factory() as session:
        return set(session.scalars(select(OutboxMessage.state)))


def stands(factory):
    with factory() as session:
        return switch.read(session)


def test_nothing_goes_out_while_sending_is_paused_and_all_of_it_afterwards(session_factory):
    provider, clock = ScriptedProvider(), Clock()
    put(session_factory)
    with session_factory() as session, session.begin():
        switch.pause(session, "wang", MORNING)
    assert send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady()) == 0
    assert (stands(session_factory).is_paused, stands(session_factory).changed_by) == (True, "wang")
    assert states(session_factory) == {State.CREATED}
    with session_factory() as session, session.begin():
        switch.resume(session, "wang", MORNING)
    assert send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady()) == 1
    assert states(session_factory) == {State.ACCEPTED}


def test_a_batch_under_way_stops_at_its_next_message_and_gives_the_rest_back(session_factory):
    def pause():
        with session_factory() as session, session.begin():
            switch.pause(session, "wang", MORNING)

    provider = ScriptedProvider(look=pause)
    put(session_factory, *(message(key=str(number), order_key=str(number)) for number in range(5)))
    send_due(session_factory, {Channel.SMS: provider}, Clock(), 50, steady())
    assert len(provider.taken) == 1
    assert states(session_factory) == {State.ACCEPTED, State.CREATED}


def test_a_worker_told_to_stop_ends_what_is_under_way_and_gives_the_rest_back(session_factory):
    provider = ScriptedProvider()
    put(session_factory, *(message(key=str(number), order_key=str(number)) for number in range(5)))
    options = steady(is_stopping=lambda: bool(provider.taken))
    send_due(session_factory, {Channel.SMS: provider}, Clock(), 50, options)
    assert len(provider.taken) == 1
    with session_factory() as session:
        waiting = session.scalars(select(OutboxMessage).where(OutboxMessage.state == State.CREATED)).all()
    assert [(row.owner, row.next_attempt_at) for row in waiting] == [(None, MORNING)] * 4


def test_the_same_database_goes_on_sending(session_factory):
    provider, clock = ScriptedProvider(), Clock()
    for number in range(3):
        put(session_factory, message(key=str(number), order_key=str(number)))
        assert send_all_due(session_factory, {Channel.SMS: provider}, clock) == 1
        clock.advance(hours=9)
        clock.at = clock.at.replace(hour=3)
    assert not stands(session_factory).is_paused


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize(
    ("mark", "seen", "is_paused"),
    [
        ("7.16384.16999/1", timedelta(0), True),  # another cluster, database or table: a restored dump
        (None, timedelta(minutes=4), False),  # another timeline, and a moment ago: a standby took over
        (None, timedelta(minutes=6), True),  # another timeline, and old: a point in time was recovered
    ],
    ids=["dump", "standby", "point in time"],
)
def test_what_postgresql_says_of_itself_tells_a_copy(session_factory, mark, seen, is_paused):
    provider, clock = ScriptedProvider(), Clock()
    put(session_factory)
    with session_factory() as session, session.begin():
        provenance.pause_if_copied(session, MORNING)
        own = session.scalars(select(SendingSwitch.mark)).one()
        assert own is not None
        other = mark or f"{own.rpartition('/')[0]}/99"
        session.execute(update(SendingSwitch).values(mark=other, seen_at=MORNING - seen))
    sent = send_all_due(session_factory, {Channel.SMS: provider}, clock)
    assert (stands(session_factory).is_paused, sent) == (is_paused, 0 if is_paused else 1)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_table_that_was_written_anew_from_a_dump_is_another_one(session_factory):
    with session_factory() as session, session.begin():
        provenance.pause_if_copied(session, MORNING)
        session.execute(text("CREATE TABLE restored AS SELECT * FROM sending_switches"))
        session.execute(text("ALTER TABLE sending_switches RENAME TO original"))
        session.execute(text("ALTER TABLE restored RENAME TO sending_switches"))
    try:
        with session_factory() as session, session.begin():
            session.execute(text("ALTER TABLE sending_switches ADD PRIMARY KEY (id)"))
            assert provenance.pause_if_copied(session, MORNING)
    finally:
        with session_factory() as session, session.begin():
            session.execute(text("DROP TABLE sending_switches"))
            session.execute(text("ALTER TABLE original RENAME TO sending_switches"))


def sms(**given):
    """A message to a telephone nobody in the database has."""
    return message(recipient="phone:13800001234", **given)


class City:
    """An SQLite database in a folder of its own, that can be copied and brought back."""

    def __init__(self, path):
        self.path = path
        url = f"sqlite:///{path}"
        self.engine = create_engine(url, **engine_options(url))
        self.factory = sessionmaker(self.engine, expire_on_commit=False)
        self.provider = ScriptedProvider()
        Base.metadata.create_all(self.engine)

    def work(self, clock):
        return send_all_due(self.factory, {Channel.SMS: self.provider}, clock)

    def backup(self, target):
        with self.engine.connect() as connection:
            connection.connection.driver_connection.execute(f"VACUUM INTO '{target}'")

    def restore(self, source):
        self.engine.dispose()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        shutil.copyfile(source, self.path)


@pytest.fixture
def city(tmp_path):
    made = City(tmp_path / "hotline.db")
    yield made
    made.engine.dispose()


def test_an_older_state_of_an_sqlite_database_sends_nothing_until_an_operator_says_so(city, tmp_path):
    clock = Clock()
    put(city.factory, sms(key="first", order_key="first"))
    city.work(clock)
    put(city.factory, sms(key="second", order_key="second"))
    city.backup(tmp_path / "backup.db")
    city.work(clock)
    assert len(city.provider.taken) == 2

    city.restore(tmp_path / "backup.db")
    assert city.work(clock) == 0
    assert stands(city.factory).reason == Reason.RESTORED
    assert states(city.factory) == {State.ACCEPTED, State.CREATED}
    assert len(city.provider.taken) == 2

    with city.factory() as session, session.begin():
        switch.resume(session, "wang", MORNING)
    assert city.work(clock) == 1


def test_a_copy_of_an_sqlite_database_elsewhere_sends_nothing(city, tmp_path):
    clock = Clock()
    put(city.factory)
    city.work(clock)
    put(city.factory, sms(key="second", order_key="second"))
    (tmp_path / "elsewhere").mkdir()
    city.backup(tmp_path / "elsewhere" / "hotline.db")
    copy = City(tmp_path / "elsewhere" / "hotline.db")
    assert copy.work(clock) == 0
    assert stands(copy.factory).is_paused
    copy.engine.dispose()


@pytest.mark.parametrize("point", ["file", "commit"])
def test_a_process_that_dies_while_it_changes_the_token_is_not_taken_for_a_copy(city, monkeypatch, point):
    class KilledError(BaseException):
        """Stands for SIGKILL."""

    def die(*_what, **_more):
        raise KilledError

    clock = Clock()
    put(city.factory)
    city.work(clock)
    write, calls = provenance._write_tokens, []

    def write_then_die(path, tokens):
        calls.append(tokens)
        if point == "commit" and len(calls) == 2:
            raise KilledError
        write(path, tokens)

    monkeypatch.setattr(provenance, "_write_tokens", write_then_die)
    if point == "file":
        monkeypatch.setattr(switch, "write", die)
    put(city.factory, sms(key="second", order_key="second"))
    with pytest.raises(KilledError):
        city.work(clock)
    monkeypatch.undo()
    put(city.factory, sms(key="third", order_key="third"))
    assert city.work(clock) == 1
    assert not stands(city.factory).is_paused
