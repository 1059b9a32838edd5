"""Which other ticket was a ticket said to be the same matter as, by its agent and by its citizen?"""

from sqlalchemy.orm import Session

from hotline.queries.said_same import CLAIM, SUGGESTION, find_said_same
from tests.hotline.test_barring import statements
from tests.stories.tale import Tale
from tests.stories.town import found_town


def test_what_was_said_last_of_each_kind_counts_and_is_read_at_once(session: Session):
    tale = Tale(session, found_town(session)).to_dispatch()
    for number in ("YJ20261123-00008", "YJ20261123-00009"):
        tale.act("agent", "note", {"text": SUGGESTION.format(number=number), "visibility": "internal"})
    tale.act("agent", "add_details", {"text": CLAIM.format(number="YJ20261123-00007")})
    tale.act("agent", "note", {"text": "来电人再次来电。", "visibility": "internal"})
    ticket = tale.ticket
    with statements(session) as sent:
        assert find_said_same(session, ticket) == ("YJ20261123-00009", "YJ20261123-00007")
    assert len(sent) == 1


def test_nothing_said_names_nothing(session: Session):
    tale = Tale(session, found_town(session)).to_dispatch()
    assert find_said_same(session, tale.ticket) == ("", "")
