"""A ticket that a colleague opened from the pool a moment ago is decided by that colleague alone."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from hotline.services.claims import LASTS, claim, take_over
from tests.stories.tale import Tale
from tests.stories.town import found_town
from workflows.definition import citizen_actor
from workflows.errors import Code, Refused

GIVEN = {"main_unit": "HOUSING"}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session)).to_dispatch()


def colleague(tale: Tale) -> int:
    found = tale.town["auditor"].user_id
    assert found is not None
    return found


def test_a_ticket_in_a_colleagues_hands_is_not_dispatched_by_another(tale):
    claim(tale.session, tale.ticket, colleague(tale), tale.now)
    with pytest.raises(Refused) as refusal:
        tale.act("dispatcher", "dispatch", GIVEN)
    assert refusal.value.code == Code.CLAIMED_BY_ANOTHER
    assert refusal.value.details["holder"]
    assert tale.ticket.state == "to_dispatch"


def test_a_claim_ends_by_itself_so_that_nobody_blocks_the_pool(tale):
    claim(tale.session, tale.ticket, colleague(tale), tale.now)
    tale.now += LASTS + timedelta(seconds=1)
    assert tale.act("dispatcher", "dispatch", GIVEN).ticket.state == "in_process"


def test_whoever_takes_over_may_decide(tale):
    claim(tale.session, tale.ticket, colleague(tale), tale.now)
    dispatcher = tale.town["dispatcher"].user_id
    assert dispatcher is not None
    take_over(tale.session, tale.ticket, dispatcher, tale.now)
    assert tale.act("dispatcher", "dispatch", GIVEN).ticket.state == "in_process"


def test_a_claim_of_the_centre_does_not_hold_up_the_citizen(tale):
    claim(tale.session, tale.ticket, colleague(tale), tale.now)
    withdrawn = {"reason": "问题已经解决"}
    assert tale.act(citizen_actor(tale.number), "withdraw", withdrawn).ticket.state == "closed"
