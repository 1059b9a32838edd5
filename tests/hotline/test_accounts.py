"""Who gets in, how long, and what a guesser gets."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.organisation import Unit
from hotline.models.people import ApiToken, User, UserSession
from hotline.queries.directory import find_unit_by_code, list_users_with_role, roles_of, subtree_ids
from hotline.services import accounts, api_tokens
from hotline.services.accounts import Client, NewUser
from workflows.definition import ActorKind
from workflows.vocabulary import Role

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PASSWORD = "Ginkgo-avenue-7"


def add_user(session: Session, username: str = "wang", **facts) -> User:
    new = NewUser(username, "王小明", PASSWORD, **facts)
    return accounts.create_user(session, new, NOW, accounts.CHEAP_HASHER)


def sign_in(session: Session, username: str, password: str, now: datetime) -> str | None:
    attempt = accounts.reserve_attempt(session, username, now)
    if not accounts.verify_password(attempt, password):
        return None
    return accounts.admit(session, attempt.user_id, Client("10.0.0.1", "test"), now)


def test_a_right_password_opens_a_session_of_its_user(session):
    user = add_user(session)
    token = sign_in(session, "wang", PASSWORD, NOW)
    row, found = accounts.find_session(session, token, NOW)
    assert found.id == user.id
    assert row.ip == "10.0.0.1"


def test_neither_passwords_nor_tokens_are_stored_readable(session):
    user = add_user(session)
    token = sign_in(session, "wang", PASSWORD, NOW)
    plain = api_tokens.issue_token(session, user.id, api_tokens.Grant("接口"), NOW)
    assert PASSWORD not in user.password_hash
    assert token not in session.scalars(select(UserSession.token_hash)).all()
    assert plain not in session.scalars(select(ApiToken.token_hash)).all()


def test_the_fifth_failure_locks_the_account_even_for_the_right_password(session):
    add_user(session)
    for _ in range(5):
        assert sign_in(session, "wang", "wrong-password", NOW) is None
    assert sign_in(session, "wang", PASSWORD, NOW + timedelta(minutes=14, seconds=59)) is None


def test_the_lock_runs_out_after_fifteen_minutes_and_the_count_starts_anew(session):
    add_user(session)
    for _ in range(5):
        sign_in(session, "wang", "wrong-password", NOW)
    later = NOW + timedelta(minutes=15)
    for _ in range(4):
        assert sign_in(session, "wang", "wrong-password", later) is None
    assert sign_in(session, "wang", PASSWORD, later) is not None


def test_a_right_password_clears_the_failures_before_it(session):
    add_user(session)
    for _ in range(3):
        for _ in range(4):
            sign_in(session, "wang", "wrong-password", NOW)
        assert sign_in(session, "wang", PASSWORD, NOW) is not None


def test_an_administrator_can_unlock_at_once(session):
    user = add_user(session)
    for _ in range(5):
        sign_in(session, "wang", "wrong-password", NOW)
    accounts.unlock(session, user.id)
    assert sign_in(session, "wang", PASSWORD, NOW) is not None


def test_of_forty_guesses_at_once_only_five_reach_the_password(session_factory: sessionmaker[Session]):
    with session_factory.begin() as session:
        add_user(session)

    def guess(_: int) -> bool:
        with session_factory.begin() as session:
            return accounts.reserve_attempt(session, "wang", NOW).user_id is not None

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(guess, range(40))) == 5


@pytest.mark.parametrize("username", ["nobody", "retired", "machine", ""])
def test_an_account_that_cannot_sign_in_is_verified_like_any_other(session, username):
    add_user(session, "retired").is_active = False
    accounts.create_user(session, NewUser("machine", "市政务平台"), NOW)
    session.flush()
    attempt = accounts.reserve_attempt(session, username, NOW)
    assert attempt.user_id is None
    assert not accounts.verify_password(attempt, PASSWORD)
    assert not accounts.verify_password(attempt, "")


def test_a_session_ends_after_thirty_idle_minutes(session):
    user = add_user(session)
    token = accounts.open_session(session, user.id, Client(), NOW)
    assert accounts.find_session(session, token, NOW + timedelta(minutes=29)) is not None
    assert accounts.find_session(session, token, NOW + timedelta(minutes=30)) is None


def test_a_session_ends_after_twelve_hours_however_busy(session):
    user = add_user(session)
    token = accounts.open_session(session, user.id, Client(), NOW)
    row, _ = accounts.find_session(session, token, NOW)
    accounts.touch_session(session, row.id, NOW + timedelta(hours=11, minutes=59))
    assert accounts.find_session(session, token, NOW + timedelta(hours=11, minutes=59)) is not None
    assert accounts.find_session(session, token, NOW + timedelta(hours=12)) is None


def test_signing_out_ends_one_session_and_leaves_the_other(session):
    user = add_user(session)
    here = accounts.open_session(session, user.id, Client(), NOW)
    there = accounts.open_session(session, user.id, Client(), NOW)
    accounts.close_session(session, here, NOW)
    assert accounts.find_session(session, here, NOW) is None
    assert accounts.find_session(session, there, NOW) is not None


def test_a_new_password_ends_every_session(session):
    user = add_user(session)
    token = accounts.open_session(session, user.id, Client(), NOW)
    fresh = accounts.hash_password("wang", "Another-street-9", accounts.CHEAP_HASHER)
    accounts.set_password(session, user.id, fresh, NOW)
    assert accounts.find_session(session, token, NOW) is None
    assert sign_in(session, "wang", PASSWORD, NOW) is None
    assert sign_in(session, "wang", "Another-street-9", NOW) is not None


def test_a_deactivated_user_is_signed_out_and_loses_the_tokens(session):
    user = add_user(session)
    token = accounts.open_session(session, user.id, Client(), NOW)
    key = api_tokens.issue_token(session, user.id, api_tokens.Grant(""), NOW)
    user.is_active = False
    session.flush()
    assert accounts.find_session(session, token, NOW) is None
    assert api_tokens.find_user_by_token(session, key, NOW) is None


def test_a_token_works_until_it_expires_or_is_revoked(session):
    user = add_user(session)
    brief = api_tokens.issue_token(
        session, user.id, api_tokens.Grant("试用", expires_at=NOW + timedelta(hours=1)), NOW
    )
    lasting = api_tokens.issue_token(session, user.id, api_tokens.Grant("正式"), NOW)
    assert api_tokens.find_user_by_token(session, brief, NOW)[1].id == user.id
    assert api_tokens.find_user_by_token(session, brief, NOW + timedelta(hours=1)) is None
    row, _ = api_tokens.find_user_by_token(session, lasting, NOW + timedelta(days=900))
    api_tokens.revoke_token(session, row.id, NOW)
    assert api_tokens.find_user_by_token(session, lasting, NOW) is None


@pytest.mark.parametrize("token", ["", "hl_", "' OR 1=1 --", "\ud800", "x" * 10_000])
def test_a_made_up_token_finds_nobody(session, token):
    add_user(session)
    assert api_tokens.find_user_by_token(session, token, NOW) is None
    assert accounts.find_session(session, token, NOW) is None


def test_roles_are_replaced_as_a_whole(session):
    user = add_user(session, roles=frozenset({Role.AGENT, Role.REVIEWER}))
    accounts.set_roles(session, user.id, {Role.DISPATCHER})
    assert roles_of(session, user.id) == {Role.DISPATCHER}
    assert [found.id for found in list_users_with_role(session, Role.DISPATCHER)] == [user.id]
    assert list_users_with_role(session, Role.AGENT) == []


def test_the_tree_of_a_unit_holds_all_below_it_and_nothing_beside_it(session):
    bureau = Unit(code="U1", name="市城管局", tier=2)
    other = Unit(code="U2", name="市水务局", tier=2)
    session.add_all([bureau, other])
    session.flush()
    street = Unit(code="U11", name="梧桐街道", tier=3, parent_id=bureau.id)
    session.add(street)
    session.flush()
    assert subtree_ids(session, bureau.id) == {bureau.id, street.id}
    assert subtree_ids(session, street.id) == {street.id}
    assert subtree_ids(session, -1) == frozenset()
    assert find_unit_by_code(session, "U2").id == other.id


def test_an_actor_carries_roles_units_and_rights(session):
    user = add_user(session, has_trusted_intake=True)
    actor = accounts.actor_of(user, frozenset({Role.AGENT}), frozenset({7}), "10.0.0.1")
    assert actor.kind is ActorKind.USER
    assert actor.rights == {"trusted_intake"}
    assert (actor.user_id, actor.subtree_unit_ids, actor.ip) == (user.id, {7}, "10.0.0.1")
