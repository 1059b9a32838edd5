"""Does an older database keep what befell its clocks, and do its timers keep what they wait for?"""

from datetime import UTC, datetime

from tests.architecture.conftest import Edition

_BEGAN, _FIRST_DUE, _MOVED_DUE = (datetime(2026, 11, day, 1, tzinfo=UTC) for day in (23, 25, 27))
_CHANGES = (
    "SELECT changed.number, changed.reason, changed.event_number, changed.at = clocks.started_at, "
    "changed.due_at = clocks.original_due_at, changed.due_at = clocks.due_at, editions.number "
    "FROM clock_changes AS changed JOIN clocks ON clocks.id = changed.clock_id "
    "JOIN calendar_editions AS editions ON editions.id = changed.calendar_edition_id "
    "WHERE changed.clock_id = {} ORDER BY changed.number"
)


def test_a_clock_moved_before_changes_were_kept_tells_its_first_and_its_present_due_moment(edition: Edition):
    edition.up("0012")
    still, moved = (
        edition.put_clock(started_at=_BEGAN, original_due_at=_FIRST_DUE, due_at=due)
        for due in (_FIRST_DUE, _MOVED_DUE)
    )
    edition.up()
    started = (1, "started", 0, True, True)
    assert edition.rows(_CHANGES.format(still)) == [(*started, True, 1)]
    assert edition.rows(_CHANGES.format(moved)) == [
        (*started, False, 1),
        (2, "carried_over", 0, True, False, True, 1),
    ]


def test_stored_timers_wait_for_the_levels_that_their_old_kinds_meant(edition: Edition):
    edition.up("0017")
    clock_id = edition.put_clock()
    (ticket_id,) = edition.rows("SELECT ticket_id FROM clocks")[0]
    for kind in ("red", "overdue_short", "overdue_long"):
        edition.put("timers", clock_id=clock_id, ticket_id=ticket_id, kind=kind)
    edition.up("0018")
    assert edition.rows("SELECT kind FROM timers ORDER BY id") == [("red",), ("level_3",), ("level_4",)]
    edition.down("0017")
    assert edition.rows("SELECT kind FROM timers ORDER BY id") == [
        ("red",),
        ("overdue_short",),
        ("overdue_long",),
    ]
