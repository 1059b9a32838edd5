"""Who may hold which roles together, and who may give them? Over all pairs of roles."""

from datetime import UTC, datetime
from functools import partial
from itertools import combinations

import pytest
from sqlalchemy import select

from hotline.models.people import User, UserRole
from hotline.services import accounts, people
from hotline.services.accounts import Client, NewUser
from hotline.services.directory_changes import Signed
from hotline.services.people import GRANTABLE, NewPerson, PersonInput
from hotline.services.separation import APART, RolesTogetherError, list_together
from tests.stories.town import found_wide_town
from workflows.definition import SYSTEM
from workflows.errors import Code, FieldCode, Refused
from workflows.vocabulary import UNIT_ROLES, Role

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)


def faults(act) -> set[str]:
    """What an act is refused for; nothing when it went through."""
    try:
        act()
    except Refused as refusal:
        return {error.code for error in refusal.errors} or {refusal.code}
    return set()


def test_no_account_holds_two_of_the_three_administrators_by_whatever_door(session):
    town = found_wide_town(session)
    somebody = town["agent"].user_id
    for one, two in combinations(sorted(GRANTABLE), 2):
        is_apart = {one, two} <= APART
        unit = town.units["ROADS"] if {one, two} & UNIT_ROLES else None
        written = PersonInput("某人", frozenset({one, two}), unit)
        name, signed = f"{one}.{two}"[:32].rstrip("._-"), Signed(SYSTEM, NOW, "测试")
        refused = faults(partial(people.add_person, session, NewPerson(name, written), signed))
        assert refused == ({FieldCode.ROLES_EXCLUDE} if is_apart else set()), (one, two)
        if is_apart:
            with pytest.raises(RolesTogetherError):
                accounts.set_roles(session, somebody, {one, two})
        else:
            accounts.set_roles(session, somebody, {one, two})


def test_an_administrator_gives_neither_of_the_other_two_nor_takes_it_nor_their_account(session):
    town = found_wide_town(session)
    signed, security = Signed(town["administrator"], NOW, "测试"), town["security"].user_id
    for role in sorted(GRANTABLE):
        written = PersonInput("某人", frozenset({role}), town.units["ROADS"] if role in UNIT_ROLES else None)
        new = NewPerson(f"new.{role.value}"[:32], written)
        refused = faults(partial(people.add_person, session, new, signed))
        assert refused == ({FieldCode.BEYOND_RIGHTS} if role in APART - {Role.ADMINISTRATOR} else set()), role
    taken = PersonInput("某人", frozenset({Role.AGENT}))
    assert faults(lambda: people.edit_person(session, security, taken, None, signed)) == {
        FieldCode.BEYOND_RIGHTS
    }
    assert faults(lambda: people.issue_link(session, security, None, signed)) == {Code.NOT_YOUR_ROLE}


def test_nobody_changes_their_own_roles(session):
    town = found_wide_town(session)
    own = town["administrator"]
    signed = Signed(own, NOW, "测试")
    for role in sorted(GRANTABLE - APART - UNIT_ROLES):
        more = PersonInput("某人", frozenset({Role.ADMINISTRATOR, role}))
        refused = faults(partial(people.edit_person, session, own.user_id, more, None, signed))
        assert refused == {FieldCode.OWN_ROLES}
    held = session.scalars(select(UserRole.role).where(UserRole.user_id == own.user_id)).all()
    assert held == ["administrator"]


def test_whoever_got_two_of_them_past_the_program_has_neither(app, session_factory):
    now = datetime.now(UTC)
    with session_factory.begin() as session:
        user = accounts.create_user(session, NewUser("wu", "吴", roles=frozenset({Role.ADMINISTRATOR})), now)
        session.add(UserRole(user_id=user.id, role=Role.AUDIT_ADMINISTRATOR.value))
        token = accounts.open_session(session, user.id, Client(), now)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert [client.get(path).status_code for path in ("/admin", "/audit")] == [403, 403]
    with session_factory() as session:
        assert list_together(session) == ["wu"]
        assert session.scalars(select(User.username)).all() == ["wu"]
