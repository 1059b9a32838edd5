"""It helps nobody to stand in for one another: a substitute and their principal are one person to every check."""

from dataclasses import replace

import pytest
from sqlalchemy.orm import Session

from hotline.services import trail
from tests.hotline.test_maker_and_checker import PAIRS, Pair, one_for_all, signed
from tests.stories.tale import Tale
from tests.stories.town import REPLY, found_wide_town
from workflows.definition import Actor
from workflows.errors import Refused


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_wide_town(session))


def standing_in(tale: Tale, unit: str, substitute: str, principal: Actor | str) -> Actor:
    """Somebody who acts for another in every role there is."""
    whom = tale.town[principal] if isinstance(principal, str) else principal
    acting = tale.town[substitute]
    return replace(
        one_for_all(tale, unit),
        user_id=acting.user_id,
        name=f"{acting.name}（代{whom.name}）",
        for_id=whom.user_id,
    )


def refused(tale: Tale, pair: Pair, *checkers: Actor) -> list[str]:
    codes = []
    for checker in checkers:
        with pytest.raises(Refused) as refusal, tale.session.begin_nested():
            pair.check(tale, checker)
        tale.session.expire_all()
        codes.append(str(refusal.value.code))
    return codes


@pytest.mark.parametrize("name", PAIRS)
def test_neither_the_makers_substitute_decides_it_nor_the_maker_as_a_substitute(tale, name):
    """A leader away does not get their own request through by naming somebody, nor somebody by standing in."""
    pair = PAIRS[name]
    pair.bring(tale)
    maker = one_for_all(tale, pair.place)
    pair.make(tale, maker)
    for_maker = standing_in(tale, "HOUSING", "handler_water", maker)
    as_substitute = standing_in(tale, "HOUSING", "second_dispatcher", "leader_water")
    assert refused(tale, pair, for_maker, as_substitute) == [pair.code] * 2
    pair.check(tale, standing_in(tale, "HOUSING", "handler_water", "leader_water"))


@pytest.mark.parametrize("name", PAIRS)
def test_what_a_substitute_made_neither_they_nor_their_principal_nor_another_substitute_decides(tale, name):
    pair = PAIRS[name]
    pair.bring(tale)
    pair.make(tale, standing_in(tale, pair.place, "second_dispatcher", "leader_water"))
    principal = replace(one_for_all(tale, "HOUSING"), user_id=tale.town["leader_water"].user_id)
    checkers = (
        one_for_all(tale, "HOUSING"),
        principal,
        standing_in(tale, "HOUSING", "handler_water", "leader_water"),
        standing_in(tale, "HOUSING", "second_dispatcher", "leader_roads"),
    )
    assert refused(tale, pair, *checkers) == [pair.code] * 4
    pair.check(tale, pair.colleague)


def test_once_the_maker_acts_again_in_their_own_right_only_that_counts(tale):
    """The handler signed for their leader, and answered themselves: the leader may look at that."""
    tale.to_dispatch().dispatched()
    tale.on_share(standing_in(tale, "HOUSING", "handler_housing", "leader_housing"), "sign", "HOUSING")
    tale.on_share("handler_housing", "submit_reply", "HOUSING", REPLY)
    tale.on_share("leader_housing", "approve_unit_reply", "HOUSING")
    assert tale.share("HOUSING").state == "replied"


def test_the_trail_names_who_acted_and_for_whom_and_cannot_be_told_otherwise(tale):
    signed(tale)
    tale.on_share(
        standing_in(tale, "HOUSING", "handler_housing", "leader_housing"), "submit_reply", "HOUSING", REPLY
    )
    event = tale.events()[-1]
    people = tale.town["handler_housing"], tale.town["leader_housing"]
    assert (event.actor_id, event.for_id) == tuple(each.user_id for each in people)
    assert event.actor_name == "handler_housing（代leader_housing）"
    assert trail.find_break(tale.session, tale.ticket.id) is None
    # The database itself keeps events from being changed; the hash would tell all the same.
    row = {name: getattr(event, name) for name in (*trail._SEALED, "for_id")}
    for changed in (None, tale.town["leader_water"].user_id):
        told = {**row, "for_id": changed}
        assert trail.seal(told, trail._sealed(told)) != event.hash
