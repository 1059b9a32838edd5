"""Giving a ticket back: one person of the unit asks, a dispatcher decides, and the citizen's time goes on."""

import pytest
from sqlalchemy.orm import Session

from tests.stories.checker import find_faults
from tests.stories.tale import Tale
from tests.stories.town import found_town
from workflows.errors import Refused


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session))


def test_an_accepted_return_leads_back_to_dispatch_and_the_handling_time_goes_on(tale):
    tale.to_dispatch().dispatched()
    due = tale.ticket.due_at
    tale.ask_return("handler_housing", "HOUSING").on_request("dispatcher", "approve")
    assert (tale.ticket.state, tale.ticket.return_count, tale.share("HOUSING").state) == (
        "to_dispatch",
        1,
        "returned",
    )
    assert tale.clocks() == {
        "dispatch": "running",
        "sign": "cancelled",
        "contact": "running",
        "handle": "running",
        "decision": "kept",
    }
    tale.dispatched("ROADS")
    assert tale.ticket.due_at == due
    assert tale.share("ROADS").due_at == due
    assert find_faults(tale.session) == []


def test_a_return_tells_the_dispatchers_of_the_wish_and_the_unit_of_the_decision(tale):
    tale.to_dispatch().dispatched().ask_return("handler_housing", "HOUSING")
    assert tale.told("ask_return") == sorted(
        [
            ("return_requested", tale.town.user("dispatcher"), "mailbox"),
            ("return_requested", tale.town.user("second_dispatcher"), "mailbox"),
        ]
    )
    tale.on_request("dispatcher", "approve")
    assert tale.told("approve") == [("return_decided", tale.town.unit("HOUSING"), "sms")]


def test_a_refused_return_forbids_every_further_one(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").ask_return("handler_housing", "HOUSING")
    tale.on_request("dispatcher", "refuse", {"reason": "三定方案明确由贵局牵头"})
    assert (tale.ticket.state, tale.ticket.forbid_return) == ("in_process", True)
    for handler, unit in (("handler_housing", "HOUSING"), ("handler_roads", "ROADS")):
        with pytest.raises(Refused) as refusal:
            tale.ask_return(handler, unit)
        assert refusal.value.code == "return_forbidden"
    assert find_faults(tale.session) == []


def test_a_return_of_a_co_handler_leaves_the_ticket_with_its_main_unit(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").ask_return("handler_roads", "ROADS")
    tale.on_request("dispatcher", "approve")
    assert (tale.ticket.state, tale.ticket.return_count) == ("in_process", 1)
    assert find_faults(tale.session) == []


def test_when_the_last_open_co_handler_gives_back_a_replied_ticket_goes_to_review(tale):
    tale.to_dispatch().dispatched("HOUSING", "ROADS").ask_return("handler_roads", "ROADS").replied()
    assert tale.ticket.state == "in_process"
    tale.on_request("dispatcher", "approve")
    assert tale.ticket.state == "reply_review"
    assert find_faults(tale.session) == []


def test_a_return_in_a_later_round_goes_to_dispatch_and_never_to_review_with_the_old_reply(tale):
    tale.to_call_back().reworked().ask_return("handler_housing", "HOUSING")
    tale.on_request("dispatcher", "approve")
    assert tale.ticket.state == "to_dispatch"
    tale.dispatched("ROADS").replied("ROADS")
    assert (tale.ticket.state, tale.ticket.round) == ("reply_review", 2)
    assert find_faults(tale.session) == []


def test_a_reply_cancels_the_units_own_wish_to_give_back(tale):
    tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
    tale.ask_return("handler_housing", "HOUSING").replied()
    assert tale.actions()[-4:] == ["submit_reply", "cancel", "approve_unit_reply", "finish_handling"]
    assert find_faults(tale.session) == []


def test_a_unit_has_one_open_wish_and_takes_it_back_itself(tale):
    tale.to_dispatch().dispatched().ask_return("handler_housing", "HOUSING")
    with pytest.raises(Refused) as twice:
        tale.ask_return("handler_housing", "HOUSING")
    with pytest.raises(Refused) as foreign:
        tale.on_request("handler_roads", "cancel")
    assert [twice.value.code, foreign.value.code] == ["open_request", "not_your_ticket"]
    tale.on_request("handler_housing", "cancel").ask_return("handler_housing", "HOUSING")
    assert find_faults(tale.session) == []


def test_another_unit_cannot_give_back_what_it_does_not_hold(tale):
    tale.to_dispatch().dispatched()
    with pytest.raises(Refused) as refusal:
        tale.ask_return("handler_roads", "HOUSING")
    assert refusal.value.code == "not_your_unit"
