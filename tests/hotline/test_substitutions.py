"""Who may let whom stand in, in what, for how long, and when is it over?"""

import pytest
from sqlalchemy import delete, event, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import User, UserKind, UserRole
from hotline.models.substitutions import Substitution
from hotline.queries.substitutions import LENDABLE, find_lent, list_broken, list_of, list_overseen
from hotline.services.directory_changes import Signed
from hotline.services.separation import APART
from hotline.services.substitutions import revoke
from tests.hotline.standing_in import DAY, NOW, House, found_house
from workflows.errors import FieldCode, Refused
from workflows.vocabulary import Role


@pytest.fixture
def house(session: Session) -> House:
    return found_house(session)


@pytest.fixture
def leader(house: House) -> User:
    return house.hire("leader", Role.UNIT_LEADER, Role.HANDLER, unit_id=house.unit_id)


@pytest.fixture
def clerk(house: House) -> User:
    return house.hire("clerk", Role.HANDLER, unit_id=house.unit_id)


def faults(house: House, *lent, **changed) -> dict[str, str]:
    with pytest.raises(Refused) as refusal:
        house.lend(*lent, **changed)
    return {error.field: error.code for error in refusal.value.errors}


def code(house: House, *lent, **changed) -> str:
    with pytest.raises(Refused) as refusal:
        house.lend(*lent, **changed)
    return str(refusal.value.code)


def test_a_substitute_acts_with_the_roles_lent_and_with_nothing_of_their_own(house, leader, clerk):
    clerk.has_trusted_intake = True
    acting = house.acting(house.lend(leader, clerk, Role.UNIT_LEADER))
    assert acting.roles == {Role.UNIT_LEADER}
    assert (acting.user_id, acting.for_id, acting.unit_id) == (clerk.id, leader.id, house.unit_id)
    assert (acting.name, acting.rights) == ("clerk（代leader）", frozenset())


def test_names_of_any_length_fit_the_trail(house, leader, clerk):
    leader.display_name, clerk.display_name = "甲" * 80, "乙" * 80
    house.session.flush()
    assert len(house.acting(house.lend(leader, clerk, Role.HANDLER)).name) <= 100


def test_it_gives_nothing_before_it_begins_and_nothing_from_its_end_on(house, leader, clerk):
    found = house.lend(leader, clerk, Role.HANDLER, starts_at=NOW + DAY)
    held = [house.acting(found, at) is not None for at in (NOW, NOW + DAY, NOW + 5 * DAY)]
    assert held == [False, True, False]


def test_it_gives_nothing_to_anybody_else(house, leader, clerk):
    other = house.hire("other", Role.HANDLER, unit_id=house.unit_id)
    found = house.lend(leader, clerk, Role.UNIT_LEADER)
    given = {who.username: find_lent(house.session, found.id, who.id, NOW) for who in (clerk, other, leader)}
    assert [name for name, lent in given.items() if lent is not None] == ["clerk"]


def test_it_is_over_as_soon_as_it_is_revoked(house, leader, clerk):
    found = house.lend(leader, clerk, Role.UNIT_LEADER)
    revoke(house.session, found.id, Signed(house.actor(leader), NOW, ""))
    assert house.acting(found) is None


BREAKS = {
    "the principal's account is closed": lambda house, p, s: (
        update(User).where(User.id == p).values(is_active=False)
    ),
    "the substitute's account is closed": lambda house, p, s: (
        update(User).where(User.id == s).values(is_active=False)
    ),
    "the principal moves": lambda house, p, s: (
        update(User).where(User.id == p).values(unit_id=house.other_id)
    ),
    "the substitute moves": lambda house, p, s: (
        update(User).where(User.id == s).values(unit_id=house.other_id)
    ),
    "both move": lambda house, p, s: update(User).where(User.id.in_([p, s])).values(unit_id=house.other_id),
    "the unit ends": lambda house, p, s: update(Unit).where(Unit.id == house.unit_id).values(is_active=False),
    "the role is taken from the principal": lambda house, p, s: delete(UserRole).where(
        UserRole.user_id == p, UserRole.role == "unit_leader"
    ),
}


@pytest.mark.parametrize("name", BREAKS)
def test_it_is_over_as_soon_as(house, leader, clerk, name):
    found = house.lend(leader, clerk, Role.UNIT_LEADER)
    house.session.execute(BREAKS[name](house, leader.id, clerk.id))
    assert house.acting(found) is None
    assert [each.id for each in list_broken(house.session, NOW)] == [found.id]


def test_of_two_roles_the_one_that_is_left_goes_on(house, leader, clerk):
    found = house.lend(leader, clerk, Role.UNIT_LEADER, Role.HANDLER)
    mine = (UserRole.user_id == leader.id, UserRole.role == Role.UNIT_LEADER.value)
    house.session.execute(delete(UserRole).where(*mine))
    assert house.acting(found).roles == {Role.HANDLER}
    house.session.expunge_all()
    read: list[object] = []
    event.listen(house.session, "loaded_as_persistent", lambda _session, row: read.append(row))
    assert list_broken(house.session, NOW) == []
    assert read == []


def test_nobody_lends_a_role_they_do_not_hold(house, leader, clerk):
    assert faults(house, clerk, leader, Role.UNIT_LEADER) == {"roles": FieldCode.NOT_LENDABLE}
    assert faults(house, clerk, leader) == {"roles": FieldCode.NOTHING_CHOSEN}


@pytest.mark.parametrize("role", sorted(APART | {Role.IMPORTER, Role.TELEPHONE}))
def test_no_administrator_and_no_system_can_be_stood_in_for(house, role):
    watcher, other = house.hire("watcher", role), house.hire("other", Role.AGENT)
    assert role not in LENDABLE
    assert code(house, watcher, other, role) == "nothing_to_lend"


@pytest.mark.parametrize("role", sorted(APART))
def test_a_substitute_never_holds_two_of_the_administrators_kept_apart(house, role):
    watcher = house.hire("watcher", role)
    principal = house.hire("principal", Role.AGENT, *APART - {role})
    assert house.acting(house.lend(principal, watcher, Role.AGENT)).roles == {Role.AGENT}
    assert faults(house, principal, watcher, *APART, starts_at=NOW + 10 * DAY, ends_at=NOW + 11 * DAY) == {
        "roles": FieldCode.NOT_LENDABLE
    }


def test_an_administrators_role_put_there_past_the_program_gives_nothing(house, leader, clerk):
    found = house.lend(leader, clerk, Role.UNIT_LEADER)
    house.session.add(UserRole(user_id=leader.id, role=Role.SECURITY_OFFICER.value))
    found.roles = "unit_leader security_officer"
    house.session.flush()
    assert house.acting(found).roles == {Role.UNIT_LEADER}


def test_a_substitute_passes_nothing_on(house, leader, clerk):
    third = house.hire("third", Role.HANDLER, unit_id=house.unit_id)
    acting = house.acting(house.lend(leader, clerk, Role.UNIT_LEADER))
    assert code(house, clerk, third, Role.UNIT_LEADER) == "invalid_input"
    for principal in (leader, clerk, third):
        with pytest.raises(Refused) as refusal:
            house.lend_as(acting, principal, clerk if principal is third else third, Role.HANDLER)
        assert refusal.value.code == "stands_in"


@pytest.mark.parametrize("place", ["other_id", None])
def test_only_a_colleague_of_the_same_place_stands_in(house, leader, place):
    elsewhere = house.hire("elsewhere", Role.HANDLER, unit_id=place and house.other_id)
    assert faults(house, leader, elsewhere, Role.HANDLER) == {"substitute": FieldCode.NOT_A_SUBSTITUTE}


def test_nobody_stands_in_for_themselves_nor_does_a_system_or_somebody_who_left(house, leader):
    machine = house.hire("machine", Role.HANDLER, unit_id=house.unit_id, kind=UserKind.SYSTEM)
    gone = house.hire("gone", Role.HANDLER, unit_id=house.unit_id)
    gone.is_active = False
    house.session.flush()
    for nobody in (leader, machine, gone):
        assert faults(house, leader, nobody, Role.HANDLER) == {"substitute": FieldCode.NOT_A_SUBSTITUTE}


def test_the_centres_people_stand_in_for_one_another(house):
    one, two = house.hire("one", Role.DISPATCHER), house.hire("two", Role.AGENT)
    assert house.acting(house.lend(one, two, Role.DISPATCHER)).roles == {Role.DISPATCHER}


@pytest.mark.parametrize(
    ("changed", "field", "expected"),
    [
        ({"starts_at": NOW - DAY}, "starts_at", FieldCode.PAST_MOMENT),
        ({"starts_at": NOW + 400 * DAY, "ends_at": NOW + 401 * DAY}, "starts_at", FieldCode.TOO_LATE),
        ({"ends_at": NOW}, "ends_at", FieldCode.ENDS_BEFORE_BEGINNING),
        ({"ends_at": NOW + 31 * DAY}, "ends_at", FieldCode.STANDS_IN_TOO_LONG),
        ({"reason": " "}, "reason", FieldCode.REQUIRED),
        ({"reason": "假" * 201}, "reason", FieldCode.TOO_LONG),
    ],
)
def test_a_span_has_a_beginning_an_end_and_a_reason(house, leader, clerk, changed, field, expected):
    assert faults(house, leader, clerk, Role.HANDLER, **changed) == {field: expected}


def test_two_spans_of_the_same_two_do_not_overlap(house, leader, clerk):
    house.lend(leader, clerk, Role.HANDLER)
    assert faults(house, leader, clerk, Role.UNIT_LEADER) == {"starts_at": FieldCode.STANDS_IN_ALREADY}
    house.lend(leader, clerk, Role.UNIT_LEADER, starts_at=NOW + 5 * DAY, ends_at=NOW + 6 * DAY)


def test_one_role_of_one_person_is_with_one_substitute_at_a_time(house, leader, clerk):
    third = house.hire("third", Role.HANDLER, unit_id=house.unit_id)
    house.lend(leader, clerk, Role.HANDLER)
    with pytest.raises(Refused) as refusal:
        house.lend(leader, third, Role.HANDLER, Role.UNIT_LEADER, starts_at=NOW + DAY)
    (error,) = refusal.value.errors
    assert (error.field, error.code) == ("starts_at", FieldCode.SOMEBODY_ELSE_STANDS_IN)
    assert error.limit == "clerk，2026-11-23 09:00 至 2026-11-28 09:00"
    house.lend(leader, third, Role.UNIT_LEADER)
    house.lend(leader, third, Role.HANDLER, starts_at=NOW + 5 * DAY, ends_at=NOW + 6 * DAY)


def test_what_is_void_or_revoked_keeps_no_other_substitute_away(house, leader, clerk):
    third = house.hire("third", Role.HANDLER, unit_id=house.unit_id)
    revoked = house.lend(leader, clerk, Role.UNIT_LEADER)
    house.lend(leader, clerk, Role.HANDLER, starts_at=NOW + 5 * DAY, ends_at=NOW + 6 * DAY)
    revoke(house.session, revoked.id, Signed(house.actor(leader), NOW, ""))
    clerk.is_active = False
    house.session.flush()
    assert house.lend(leader, third, Role.HANDLER, Role.UNIT_LEADER, ends_at=NOW + 6 * DAY).id


def test_a_leader_and_the_security_officer_arrange_it_for_others_and_nobody_else_does(house, leader, clerk):
    third = house.hire("third", Role.HANDLER, unit_id=house.unit_id)
    security = house.hire("security", Role.SECURITY_OFFICER)
    stranger = house.hire("stranger", Role.UNIT_LEADER, unit_id=house.other_id)
    admin = house.hire("admin", Role.ADMINISTRATOR)
    house.lend(clerk, third, Role.HANDLER, by=leader)
    house.lend(third, clerk, Role.HANDLER, by=security)
    for nobody in (third, stranger, admin):
        assert code(house, clerk, leader, Role.HANDLER, by=nobody) == "not_your_role"


def test_whoever_arranges_it_for_another_is_not_the_substitute(house, leader, clerk):
    refused = {"substitute": FieldCode.NOT_FOR_ONESELF}
    assert faults(house, clerk, leader, Role.HANDLER, by=leader) == refused


def test_a_leader_of_the_centre_arranges_roles_of_the_centre_alone(house):
    chief = house.hire("chief", Role.CENTRE_LEADER)
    one, two = house.hire("one", Role.AGENT, Role.ADMINISTRATOR), house.hire("two", Role.REVIEWER)
    house.lend(one, two, Role.AGENT, by=chief)
    assert faults(
        house, one, two, Role.ADMINISTRATOR, by=chief, starts_at=NOW + 9 * DAY, ends_at=NOW + 10 * DAY
    )
    handler, other = (house.hire(name, Role.HANDLER, unit_id=house.unit_id) for name in ("h", "o"))
    assert code(house, handler, other, Role.HANDLER, by=chief) == "not_your_role"


def test_each_sees_their_own_and_who_looks_after_them_sees_theirs(house, leader, clerk):
    stranger = house.hire("stranger", Role.UNIT_LEADER, unit_id=house.other_id)
    security = house.hire("security", Role.SECURITY_OFFICER)
    house.lend(leader, clerk, Role.UNIT_LEADER)
    own = [len(list_of(house.session, who.id, NOW, 9)) for who in (leader, clerk, stranger)]
    seen = [
        len(list_overseen(house.session, house.actor(who), NOW, 9))
        for who in (leader, clerk, stranger, security)
    ]
    assert (own, seen) == ([1, 1, 0], [1, 0, 0, 1])


@pytest.mark.parametrize(
    "wrong", [{"substitute_id": 1, "principal_id": 1}, {"ending": "void"}, {"ends_at": NOW}]
)
def test_the_database_keeps_out_what_makes_no_sense(house, leader, clerk, wrong):
    row = {"principal_id": leader.id, "substitute_id": clerk.id, "unit_id": None, "roles": "handler"}
    row |= {"starts_at": NOW, "ends_at": NOW + DAY, "reason": "假", "made_by_id": leader.id, "made_at": NOW}
    ids = {name: leader.id for name in ("principal_id", "substitute_id") if name in wrong}
    house.session.add(Substitution(**{**row, **wrong, **ids}))
    with pytest.raises(IntegrityError), house.session.begin_nested():
        house.session.flush()
    house.session.rollback()
