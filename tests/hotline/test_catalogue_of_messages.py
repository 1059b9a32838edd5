"""Does the catalogue of messages say of each kind whom the tables tell it, and has each reader a reason?"""

from collections import defaultdict

import pytest

from hotline.services.reasons import because_words
from notifications.catalog import KINDS, TEXTER
from workflows.checks import WORKFLOWS, find_faults

# What no table tells: words in place of a table's own, answers to an SMS, what the house itself has to say.
OF_NO_NOTICE = {
    *(kind.neutral for kind in KINDS.values() if kind.neutral),
    *(name for name, kind in KINDS.items() if TEXTER in kind.audience),
    *("catch_up", "several", "opening_digest", "morning_digest", "calendar_year_unknown", "sms_spending"),
    *("knowledge_doubted", "knowledge_to_check", "accounts_closed", "reveals_unusual"),
    *("data_request_to_decide", "data_request_due"),
    *("neutral_data_asked", "neutral_data_decided", "neutral_phone_moved"),
    *("substitution_named", "substitution_ended"),
}


def told() -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for workflow in WORKFLOWS:
        for row in workflow.transitions:
            for notice in row.notices:
                found[notice.kind].add(str(notice.audience))
    return found


def test_every_notice_of_the_tables_has_a_kind_and_every_other_kind_its_reason_to_be():
    assert find_faults(kinds=KINDS) == []
    assert set(KINDS) - told().keys() == OF_NO_NOTICE


def test_a_notice_without_a_kind_is_found():
    without = {name: kind for name, kind in KINDS.items() if name != "overdue"}
    assert any("no message kind overdue" in fault for fault in find_faults(kinds=without))


@pytest.mark.parametrize("name", sorted(told()))
def test_a_kind_names_exactly_the_audiences_that_the_tables_tell(name):
    assert set(KINDS[name].audience) == told()[name]


@pytest.mark.parametrize(
    "because", sorted({"follower"} | {who for k in KINDS.values() for who in k.audience})
)
def test_every_reader_is_told_why_they_get_it_in_both_languages(because):
    chinese, english = because_words(because, is_english=False), because_words(because, is_english=True)
    assert (bool(chinese), bool(english)) == ((False, False) if because == "texter" else (True, True))
    assert english.isascii()
