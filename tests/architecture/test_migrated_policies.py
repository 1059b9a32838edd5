"""Does the edition before drafts get only limits that were published, and never a clock without its limit?"""

import pytest

from tests.architecture.conftest import Edition

_ORDINARY = {"clock": "handle", "limit_class": "ordinary", "is_rework": False}


@pytest.fixture
def drafted(edition: Edition) -> Edition:
    """Today's edition: beside the shipped version a draft made from a discarded one, each with row and step."""
    edition.up()
    above, maker = None, edition.put("users", kind="person", language="zh")
    for number, state in ((2, "discarded"), (3, "draft")):
        above = edition.put(
            "policy_versions", number=number, state=state, revision=f"r{number}", based_on_id=above
        )
        edition.put("policy_rows", version_id=above, selector="ordinary////first", **_ORDINARY)
        edition.put("policy_steps", version_id=above, limit_class="any", level=3)
        edition.put("policy_makers", version_id=above, user_id=maker)
    return edition


def narrowed_row(edition: Edition) -> int:
    version_id = edition.rows("SELECT id FROM policy_versions WHERE number = 1")[0][0]
    return edition.put(
        "policy_rows", version_id=version_id, selector="ordinary///3/first", unit_tier=3, **_ORDINARY
    )


def versions(edition: Edition) -> list[int]:
    return [number for (number,) in edition.rows("SELECT number FROM policy_versions ORDER BY number")]


def test_the_edition_before_drafts_keeps_only_published_versions_and_their_widest_rows(drafted: Edition):
    shipped = drafted.rows("SELECT count(*) FROM policy_rows WHERE version_id = 1")
    narrowed_row(drafted)
    drafted.down("0013")
    assert versions(drafted) == [1]
    assert drafted.rows("SELECT count(*) FROM policy_rows") == shipped
    drafted.up()
    assert versions(drafted) == [1]
    assert drafted.rows("SELECT DISTINCT state FROM policy_versions") == [("published",)]


def test_a_clock_counted_by_a_narrowed_row_keeps_the_edition_that_knows_the_row(drafted: Edition, capsys):
    drafted.put_clock(policy_row_id=narrowed_row(drafted))
    with pytest.raises(SystemExit):
        drafted.down("0013")
    assert "restore the backup made before the upgrade" in capsys.readouterr().err
    assert versions(drafted) == [1, 2, 3]
