"""Does an older database get the new steps and timer kinds, and keep what its people changed?"""

from tests.architecture.conftest import Edition

_SHIPPED = {("any", 3, 1, "working_days"), ("any", 4, 5, "working_days")}


def steps_after(edition: Edition, change: str) -> set[tuple[str, int, int, str]]:
    """Upgrade a database of the edition before, after something was changed in it."""
    edition.up("0017")
    edition.change(change)
    edition.up("0018")
    return set(edition.rows("SELECT limit_class, level, amount, unit FROM policy_steps"))


def test_an_untouched_ladder_gets_the_steps_that_are_shipped_now(edition: Edition):
    found = steps_after(edition, "UPDATE policy_versions SET note = note")
    assert found > _SHIPPED
    assert ("critical", 2, 15, "minutes") in found
    assert len(found) == 9


def test_a_ladder_that_somebody_changed_stays_as_it_is(edition: Edition):
    found = steps_after(edition, "UPDATE policy_steps SET amount = 2 WHERE level = 3")
    assert found == {("any", 3, 2, "working_days"), ("any", 4, 5, "working_days")}
