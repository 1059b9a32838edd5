"""The tables on screen speak the centre's language."""

from hotline.queries.guard_words import CONDITION_WORDS, GUARD_WORDS
from workflows.guards import CONDITIONS, GUARDS


def test_every_condition_of_the_tables_has_words_for_the_screen():
    assert set(GUARD_WORDS) == set(GUARDS)
    assert set(CONDITION_WORDS) == set(CONDITIONS)
