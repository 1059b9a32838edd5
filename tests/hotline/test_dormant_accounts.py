"""Accounts nobody uses are closed after ninety days, on record, and never the last administrator's."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from hotline.models.audit import AuditRecord
from hotline.models.directory import DirectoryChange
from hotline.models.people import ApiToken, User, UserKind
from hotline.scheduler import close_dormant_accounts
from hotline.services import accounts, api_tokens, people
from hotline.services.accounts import Client, NewUser
from hotline.services.api_tokens import Grant
from hotline.services.directory_changes import Signed
from workflows.definition import SYSTEM
from workflows.vocabulary import Role

MADE = datetime(2026, 8, 1, 1, 0, tzinfo=UTC)
DUE = MADE + timedelta(days=90)


@pytest.fixture
def staff(app, session_factory):
    """Makes an account and gives its id."""

    def make(username: str, *roles: Role, kind: UserKind = UserKind.PERSON) -> int:
        with session_factory.begin() as session:
            new = NewUser(username, username, "Ginkgo-avenue-7", frozenset(roles), kind=kind)
            return accounts.create_user(session, new, MADE, accounts.CHEAP_HASHER).id

    return make


def open_accounts(session_factory) -> set[str]:
    with session_factory() as session:
        return set(session.scalars(select(User.username).where(User.is_active)))


def test_whoever_did_not_sign_in_for_ninety_days_is_closed_and_it_is_on_record(session_factory, staff):
    gone, busy, _ = staff("gone", Role.AGENT), staff("busy", Role.AGENT), staff("new.by.token", Role.IMPORTER)
    staff("machine", Role.IMPORTER, kind=UserKind.SYSTEM)
    with session_factory.begin() as session:
        accounts.admit(session, gone, Client(), MADE)
        accounts.admit(session, busy, Client(), DUE - timedelta(days=1))
        by_token = session.scalars(select(User.id).where(User.username == "new.by.token")).one()
        api_tokens.issue_token(session, by_token, Grant("接口"), MADE)
        session.execute(update(ApiToken).values(last_used_at=DUE - timedelta(days=1)))
    assert close_dormant_accounts(session_factory, DUE - timedelta(seconds=1)) == 0
    assert close_dormant_accounts(session_factory, DUE) == 1
    assert close_dormant_accounts(session_factory, DUE) == 0
    assert open_accounts(session_factory) == {"busy", "new.by.token", "machine"}
    with session_factory() as session:
        change = session.scalars(select(DirectoryChange)).one()
        record = session.scalars(select(AuditRecord)).one()
    assert (change.subject_id, change.act, "90 天" in change.reason) == (gone, "deactivated", True)
    assert (record.kind, record.facts) == ("set_up", {"account": gone, "why": "dormant"})


def test_a_reopened_account_has_ninety_days_more(session_factory, staff):
    gone = staff("gone", Role.AGENT)
    close_dormant_accounts(session_factory, DUE)
    with session_factory.begin() as session:
        people.reactivate(session, gone, None, Signed(SYSTEM, DUE, "回来上班"))
    assert close_dormant_accounts(session_factory, DUE + timedelta(days=89)) == 0
    assert close_dormant_accounts(session_factory, DUE + timedelta(days=90)) == 1


def test_the_last_administrator_is_never_closed(session_factory, staff):
    staff("one", Role.ADMINISTRATOR)
    staff("two", Role.ADMINISTRATOR)
    assert close_dormant_accounts(session_factory, DUE) == 1
    assert close_dormant_accounts(session_factory, DUE + timedelta(days=900)) == 0
    assert len(open_accounts(session_factory)) == 1
