"""How does the catalogue learn from returns, disputes and other choices?"""

import pytest

from hotline.models.catalogue import ProposalCause, ProposalState
from hotline.queries.catalogue_pages import count_open_proposals, list_proposals, list_rows
from hotline.queries.catalogue_returns import count_returns
from hotline.services.catalogue import find_draft
from hotline.services.catalogue_proposals import (
    UnitChoice,
    dismiss,
    note_choice,
    propose,
    propose_from_returns,
    start_of_month,
    take,
)
from tests.hotline.catalogue.book import NOW
from workflows.errors import Refused
from workflows.vocabulary import Role


@pytest.fixture
def dispatcher(book):
    return book.person("dispatcher", Role.DISPATCHER)


def test_granted_returns_are_counted_for_the_row_that_gave_the_ticket_out(session, book):
    book.publish(("CG-01", "", "E-CG", {"number": 7}), ("CG", "", "CITY", {"number": 8}))
    for _ in range(2):
        book.returned("E-CG", instead="水务集团")
    book.returned("W-CG", instead="CITY", district="西区")
    book.returned("WATER", instead="市交通局")
    found = count_returns(session, start_of_month(NOW), NOW)
    assert {number: (each.count, each.best) for number, each in found.items()} == {7: (3, book.unit("WATER"))}


def test_a_row_much_returned_this_month_is_proposed_to_change_once(session, book):
    book.publish(("CG-01", "", "E-CG", {"co_units": ("CITY",)}))
    for _ in range(3):
        book.returned("E-CG", instead="水务集团")
    assert propose_from_returns(session, NOW) == 1
    book.returned("E-CG", instead="水务集团")
    propose_from_returns(session, NOW)
    (proposal,) = list_proposals(session, ProposalState.OPEN)
    assert (proposal.row_number, proposal.count, proposal.unit) == (1, 4, "水务集团")
    assert proposal.co_units == ("市交通局",)
    assert proposal.words.startswith("第 1 条本月被退 4 次")


def test_few_returns_propose_nothing(session, book):
    book.publish(("CG-01", "", "E-CG"))
    for _ in range(2):
        book.returned("E-CG", instead="水务集团")
    assert propose_from_returns(session, NOW) == 0
    assert count_open_proposals(session) == 0


def test_a_decided_dispute_proposes_its_units_unless_the_catalogue_says_so(session, book):
    book.publish(("CG-01", "东区", "E-CG", {"co_units": ("CITY",)}))
    ticket = book.ticket()
    said = UnitChoice(book.unit("E-CG"), (book.unit("CITY"),))
    assert propose(session, ticket, said, ProposalCause.DISPUTE, NOW) is None
    decided = UnitChoice(book.unit("WATER"), (book.unit("CITY"),))
    assert propose(session, ticket, decided, ProposalCause.DISPUTE, NOW).ticket_id == ticket.id
    assert propose(session, book.ticket(), decided, ProposalCause.DISPUTE, NOW).count == 2
    assert count_open_proposals(session) == 1


def test_another_unit_than_those_suggested_is_proposed(session, book):
    book.publish(("CG-01", "东区", "E-CG"))
    assert note_choice(session, book.ticket(), UnitChoice(book.unit("E-CG")), NOW) is None
    assert note_choice(session, book.ticket(), UnitChoice(book.unit("WATER")), NOW).cause == "override"


def test_a_proposal_taken_writes_over_the_row_of_its_matter_in_the_draft(session, book, dispatcher):
    book.publish(("CG-01", "东区", "E-CG", {"limit_class": "hard"}))
    decided = UnitChoice(book.unit("WATER"), (book.unit("E-CG"),))
    ticket = book.ticket()
    proposal = propose(session, ticket, decided, ProposalCause.DISPUTE, NOW)
    take(session, proposal.id, dispatcher, NOW)
    (row,) = list_rows(session, find_draft(session).id)
    assert (row.number, row.unit, row.limit_class) == (1, "水务集团", "hard")
    assert row.basis == f"争议会商决定（工单 {ticket.number}）"
    with pytest.raises(Refused):
        take(session, proposal.id, dispatcher, NOW)


def test_a_proposal_for_a_matter_without_a_row_becomes_a_new_one(session, book, dispatcher):
    book.publish(("CG-01", "", "E-CG"))
    proposal = propose(session, book.ticket(), UnitChoice(book.unit("WATER")), ProposalCause.OVERRIDE, NOW)
    take(session, proposal.id, dispatcher, NOW)
    rows = list_rows(session, find_draft(session).id)
    assert [(row.number, row.district, row.unit) for row in rows] == [
        (1, "", "东区城市管理局"),
        (2, "东区", "水务集团"),
    ]


def test_a_proposal_is_not_dismissed_without_a_reason(session, book, dispatcher):
    proposal = propose(session, book.ticket(), UnitChoice(book.unit("WATER")), ProposalCause.OVERRIDE, NOW)
    with pytest.raises(Refused):
        dismiss(session, proposal.id, "  ", dispatcher, NOW)
    with pytest.raises(Refused):
        dismiss(session, proposal.id, "个案", book.person("agent", Role.AGENT), NOW)
    dismiss(session, proposal.id, "个案", dispatcher, NOW)
    (told,) = list_proposals(session, ProposalState.DISMISSED)
    assert (told.decision_reason, told.decided_by) == ("个案", "dispatcher")
    assert count_open_proposals(session) == 0
