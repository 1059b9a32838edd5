"""How keys change: several are read, the newest writes, and a kill in between leaves nothing unreadable."""

import base64
import multiprocessing
import signal

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import Text, select, type_coerce, update
from sqlalchemy.orm import sessionmaker

import sealing
from hotline.cli.keys import keys_group
from hotline.models.audit import AuditRecord
from hotline.models.hashes import phone_hash
from hotline.models.ticket import Citizen, Ticket
from hotline.services.resealing import count_by_key, count_stale, reseal_some, sealed_tables
from sealing import UnknownKeyError, configure_sealing, key_of, keyed_hash, seal, unseal
from tests.conftest import TEST_ENVIRONMENT
from tests.security.killed_rotation import rotate_until_killed
from tests.stories.tale import Tale
from tests.stories.town import found_town

OLD = ("aes", base64.b64decode(TEST_ENVIRONMENT["HOTLINE_FIELD_KEY"]))
NEW = ("sm4", b"n" * 32)
OTHER = ("aes", b"o" * 32)
PHONE = "+8613765432109"
FORK = multiprocessing.get_context("fork")
_IN_THE_MIDDLE = 7


@pytest.fixture(autouse=True)
def _keys_of_the_tests():
    yield
    configure_sealing([OLD])


@pytest.fixture
def stored(session_factory: sessionmaker) -> list[str]:
    """Five tickets with their callers and messages, sealed with the old key."""
    with session_factory.begin() as session:
        town = found_town(session)
        for _ in range(5):
            tale = Tale(session, town)
            tale.register(phone="13765432109", citizen_name="欧阳霜降", accused="某某食品厂")
            tale.act("agent", "submit")
    return plain(session_factory)


def plain(session_factory: sessionmaker) -> list[str]:
    """Everything that is sealed, opened."""
    found = []
    with session_factory() as session:
        for table, names in sealed_tables().items():
            for name in names:
                column = type_coerce(table.c[name], Text)
                texts = session.scalars(select(column).where(column.is_not(None)))
                found += [f"{table.name}.{name}: {unseal(text, f'{table.name}.{name}')}" for text in texts]
    return sorted(found)


@pytest.mark.parametrize("key", [OLD, NEW])
def test_what_is_sealed_opens_in_its_own_column_unchanged_and_nowhere_else(key):
    configure_sealing([key])
    sealed = seal("张三 𠮷", "citizens.name")
    assert unseal(sealed, "citizens.name") == "张三 𠮷"
    assert sealed != seal("张三 𠮷", "citizens.name")
    assert key_of(sealed).startswith(key[0])
    with pytest.raises(InvalidTag):
        unseal(sealed, "citizens.phone")
    body = sealed.rpartition(":")[2]
    raw = bytearray(base64.urlsafe_b64decode(body))
    for place in range(len(raw)):
        flipped = bytearray(raw)
        flipped[place] ^= 1
        with pytest.raises(InvalidTag):
            unseal(sealed.replace(body, base64.urlsafe_b64encode(flipped).decode()), "citizens.name")
    for cut in ("", body[:8]):
        with pytest.raises((ValueError, InvalidTag)):
            unseal(sealed.replace(body, cut), "citizens.name")


def test_the_newest_key_writes_and_the_older_ones_still_open():
    configure_sealing([OLD])
    before, found_by = seal("甲", "citizens.name"), keyed_hash("phone:1")
    nonce, cipher = b"0" * 12, sealing.AesGcm(OLD[1])
    nameless = "1:" + base64.urlsafe_b64encode(nonce + cipher.seal(nonce, "乙".encode(), b"")).decode()
    configure_sealing([NEW, OLD])
    assert key_of(seal("甲", "citizens.name")).startswith("sm4.")
    assert unseal(before, "citizens.name") == "甲"
    assert unseal(nameless, "citizens.name") == "乙"
    assert keyed_hash("phone:1") == found_by
    configure_sealing([NEW, ("hash", OLD[1])])
    assert keyed_hash("phone:1") == found_by
    with pytest.raises(UnknownKeyError):
        unseal(before, "citizens.name")
    with pytest.raises(InvalidTag):
        unseal(nameless, "citizens.name")


def test_everything_is_sealed_anew_while_it_is_read_found_and_written(app, session_factory, stored):
    configure_sealing([NEW, OLD])
    with session_factory.begin() as session:
        first = reseal_some(session, Ticket.__table__, None, 2).done
        assert {name[:3] for name in count_by_key(session)} == {"sm4", "aes"}
    assert plain(session_factory) == stored
    with session_factory.begin() as session:
        assert len(session.scalars(select(Citizen).where(Citizen.phone_hash == phone_hash(PHONE))).all()) == 5
    done = app.test_cli_runner().invoke(keys_group, ["rotate", "--batch", "3"])
    assert done.exit_code == 0, done.output
    configure_sealing([NEW, ("hash", OLD[1])])
    assert plain(session_factory) == stored
    again = app.test_cli_runner().invoke(keys_group, ["rotate"])
    assert "0 texts sealed anew, 0 cannot be opened" in again.output
    with session_factory() as session:
        assert set(count_by_key(session)) == {sealing.newest_prefix()[2:-1]}
        facts = [
            row.facts
            for row in session.scalars(select(AuditRecord).where(AuditRecord.endpoint == "keys.rotate"))
        ]
    assert any(each.get("done") == len(stored) - first for each in facts)


def test_a_kill_in_the_middle_loses_nothing_and_the_next_run_goes_on(app, engine, session_factory, stored):
    configure_sealing([NEW, OLD])
    engine.dispose()  # a child must not inherit a connection
    child = FORK.Process(
        target=rotate_until_killed,
        args=(session_factory, tuple(sealed_tables()), reseal_some, _IN_THE_MIDDLE),
    )
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with session_factory() as session:
        left = count_stale(session)
    assert 0 < left < len(stored)
    assert plain(session_factory) == stored
    assert app.test_cli_runner().invoke(keys_group, ["rotate"]).exit_code == 0
    configure_sealing([NEW, ("hash", OLD[1])])
    assert plain(session_factory) == stored


def test_a_damaged_text_is_reported_and_left_as_it_is(app, session_factory, stored):
    with session_factory.begin() as session:
        middle = session.scalars(select(Citizen.id).order_by(Citizen.id)).all()[2]
        broken = type_coerce("2:aes.00000000:AAAA", Text)
        session.execute(update(Citizen.__table__).where(Citizen.id == middle).values(phone=broken))
    configure_sealing([NEW, OLD])
    done = app.test_cli_runner().invoke(keys_group, ["rotate"])
    assert done.exit_code == 1
    assert "1 cannot be opened" in done.output


def test_a_wrong_key_stops_the_start_and_says_which_and_why(app, session_factory, stored):
    configure_sealing([OTHER])
    refused = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert refused.exit_code == 1
    assert "HOTLINE_FIELD_KEY does not fit this database" in refused.output
    assert "citizens.phone was sealed with a key that is not among those given" in refused.output
    assert "Traceback" not in refused.output
    configure_sealing([NEW, OLD])
    assert app.test_cli_runner().invoke(keys_group, ["rotate"]).exit_code == 0
    configure_sealing([NEW])
    forgotten = app.test_cli_runner().invoke(args=["worker", "--once"])
    assert "name it as hash:KEY" in forgotten.output
