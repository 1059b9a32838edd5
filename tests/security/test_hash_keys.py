"""How the key of the hashes changes: all keys find, the newest writes, and a kill in between loses nothing."""

import base64
import multiprocessing
import signal
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from hotline.cli.keys import keys_group
from hotline.models.audit import AuditRecord
from hotline.models.hashes import id_number_hash, link_hash, name_hash, phone_hash
from hotline.models.ticket import Ticket
from hotline.queries.export_rows import keep, restore
from hotline.queries.worklists import Filters, list_page
from hotline.services.audit_chain import link_new, verify
from hotline.services.rehashing import count_by_hash_key, hashed_tables, rehash_some
from notifications.addresses import address_hash
from notifications.catalog import Channel
from notifications.models import OptOut, OutboxMessage
from notifications.optouts import list_opted_out, opt_in, opt_out
from sealing import configure_sealing, hash_key_names, keyed_hash
from tests.conftest import TEST_ENVIRONMENT
from tests.security.killed_rotation import rotate_until_killed
from tests.stories.tale import Tale
from tests.stories.town import Town, found_town

SEAL = ("aes", base64.b64decode(TEST_ENVIRONMENT["HOTLINE_FIELD_KEY"]))
OLD, NEW = ("hash", SEAL[1]), ("hash", b"n" * 32)
ONLY_OLD, BOTH, ONLY_NEW = [SEAL], [SEAL, NEW, OLD], [SEAL, NEW]
PHONE, TYPED, NAME, DOCUMENT = "+8613765432109", "13765432109", "欧阳霜降", "11010519491231002X"
CALLER = {"phone": TYPED, "citizen_name": NAME, "id_number": DOCUMENT}
MONDAY = datetime(2026, 11, 23, 2, tzinfo=UTC)
FORK = multiprocessing.get_context("fork")
_IN_THE_MIDDLE = 4


@pytest.fixture(autouse=True)
def _keys_of_the_tests():
    yield
    configure_sealing(ONLY_OLD)


@pytest.fixture
def town(session_factory: sessionmaker) -> Town:
    """Four tickets of one caller, with their messages, hashed with the old key; the caller wants no SMS."""
    with session_factory.begin() as session:
        town = found_town(session)
        for _ in range(4):
            tale = Tale(session, town).register(**CALLER)
            tale.act("agent", "submit")
        opt_out(session, Channel.SMS, TYPED, tale.ticket.created_at)
    return town


def found(session: Session, town: Town) -> list[int]:
    """How many tickets each thing somebody may know of the caller leads to."""
    known = (
        Filters(phone_hash=phone_hash(PHONE)),
        Filters(name_hash=name_hash(NAME)),
        Filters(id_number_hash=id_number_hash(DOCUMENT)),
        restore(keep(Filters(phone_hash=phone_hash(PHONE)), "")),
    )
    counts = [len(list_page(session, town["reviewer"], each, MONDAY).rows) for each in known]
    links = [link_hash(ticket.link_token) for ticket in session.scalars(select(Ticket).order_by(Ticket.id))]
    counts.append(
        sum(session.scalar(select(Ticket.id).where(Ticket.link_hash == each)) is not None for each in links)
    )
    told = select(func.count()).where(OutboxMessage.address_hash == address_hash(Channel.SMS, TYPED))
    return [*counts, session.scalar(told) or 0]


def test_whoever_is_known_is_found_before_while_and_after_the_hashes_are_made_anew(
    app, session_factory, town
):
    with session_factory.begin() as session:
        before = found(session, town)
    assert before[:5] == [4, 4, 4, 4, 4]
    assert before[5]
    configure_sealing(BOTH)
    with session_factory.begin() as session:
        assert found(session, town) == before
        for table in hashed_tables():
            rehash_some(session, table, None, 1)
    with session_factory.begin() as session:
        assert found(session, town) == before
        Tale(session, town).register(**CALLER).act("agent", "submit")
    done = app.test_cli_runner().invoke(keys_group, ["rotate", "--batch", "3"])
    assert done.exit_code == 0, done.output
    configure_sealing(ONLY_NEW)
    with session_factory.begin() as session:
        assert found(session, town)[:5] == [5, 5, 5, 5, 5]
        assert found(session, town)[5] == before[5] // 4 * 5
    configure_sealing(ONLY_OLD)
    with session_factory.begin() as session:
        assert found(session, town) == [0, 0, 0, 0, 0, 0]


def test_the_status_counts_the_hashes_of_each_key_and_the_trail_tells_who_changed_it(
    app, session_factory, town
):
    assert "hash." not in app.test_cli_runner().invoke(keys_group, ["status"]).output
    configure_sealing(BOTH)
    newest, older = hash_key_names()
    with session_factory() as session:
        counted = count_by_hash_key(session)
    assert counted[newest] == 0
    assert counted[older] > 16
    lines = app.test_cli_runner().invoke(keys_group, ["status"]).output.splitlines()
    assert [line.split() for line in lines if line.startswith("hash.")] == [
        [newest, "0", "writes"],
        [older, str(counted[older])],
    ]
    app.test_cli_runner().invoke(keys_group, ["rotate"])
    again = app.test_cli_runner().invoke(keys_group, ["rotate"])
    assert "0 hashes made anew, 0 cannot be opened" in again.output
    with session_factory() as session:
        assert count_by_hash_key(session) == {newest: counted[older], older: 0}
        of_rotation = select(AuditRecord.facts).where(AuditRecord.endpoint == "keys.rotate")
        facts = session.scalars(of_rotation.order_by(AuditRecord.id)).all()
    assert [each.get("hashes") for each in facts] == [None, counted[older], None, 0]
    assert {each["hash_key"] for each in facts} == {newest}


def test_a_kill_in_the_middle_loses_nothing_and_the_next_run_goes_on(app, engine, session_factory, town):
    configure_sealing(BOTH)
    with session_factory() as session:
        before = found(session, town)
    engine.dispose()  # a child must not inherit a connection
    child = FORK.Process(
        target=rotate_until_killed, args=(session_factory, hashed_tables(), rehash_some, _IN_THE_MIDDLE)
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with session_factory() as session:
        counted = count_by_hash_key(session)
        assert found(session, town) == before
    newest, older = hash_key_names()
    assert counted[newest]
    assert counted[older]
    done = app.test_cli_runner().invoke(keys_group, ["rotate"])
    assert f"{counted[older]} hashes made anew" in done.output
    configure_sealing(ONLY_NEW)
    with session_factory() as session:
        assert found(session, town) == before


def test_whoever_wants_no_messages_gets_none_whichever_key_wrote_it_down(app, session_factory, town):
    configure_sealing(BOTH)
    with session_factory.begin() as session:
        assert list_opted_out(session, {Channel.SMS: PHONE}) == {Channel.SMS}
        # Said again meanwhile, which the newest key writes down beside the old one.
        opt_out(session, Channel.SMS, TYPED, MONDAY)
    assert app.test_cli_runner().invoke(keys_group, ["rotate"]).exit_code == 0
    configure_sealing(ONLY_NEW)
    with session_factory.begin() as session:
        assert list_opted_out(session, {Channel.SMS: PHONE}) == {Channel.SMS}
        assert session.scalar(select(func.count(OptOut.id))) == 1
        opt_in(session, Channel.SMS, PHONE)
        assert list_opted_out(session, {Channel.SMS: PHONE}) == frozenset()


def test_the_trail_holds_under_both_keys_and_the_older_one_cannot_write_it_on(session: Session):
    _note(session, 3)
    link_new(session, MONDAY)
    configure_sealing(BOTH)
    _note(session, 3)
    link_new(session, MONDAY)
    assert verify(session).breaks == ()
    configure_sealing([SEAL, OLD, NEW])
    _note(session, 2)
    link_new(session, MONDAY)
    configure_sealing(BOTH)
    assert [each.reason for each in verify(session).breaks] == [
        *(["record changed or moved"] * 2),
        "head changed",
    ]
    configure_sealing(ONLY_NEW)
    assert verify(session).breaks


def test_a_key_that_no_hash_was_made_with_stops_the_start(app, session_factory, town):
    configure_sealing(ONLY_NEW)
    refused = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert refused.exit_code == 1
    assert "name it as hash:KEY" in refused.output


def test_the_newest_key_of_several_writes():
    configure_sealing(ONLY_NEW)
    newest = keyed_hash("phone:1")
    configure_sealing(ONLY_OLD)
    older = keyed_hash("phone:1")
    configure_sealing(BOTH)
    assert keyed_hash("phone:1") == newest != older
    assert keyed_hash("phone:1").every == (newest, older)


def _note(session: Session, count: int) -> None:
    for _ in range(count):
        session.add(
            AuditRecord(
                at=MONDAY,
                kind="look",
                result="done",
                actor_kind="system",
                actor_name="",
                endpoint="x",
                facts={},
            )
        )
    session.flush()
