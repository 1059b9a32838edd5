"""The metronome: what it runs, how it survives faults, and that it catches up."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError

from hotline.scheduler import build_scheduler, fire_all_due, send_all_due, surviving

NOW = datetime(2026, 11, 23, 1, 12, tzinfo=UTC)


@pytest.fixture
def scheduler() -> Iterator[object]:
    made = build_scheduler(lambda: pytest.fail("no job runs in this test"), {}, lambda: NOW)
    made.start(paused=True)
    yield made
    made.shutdown(wait=False)


def test_timers_tick_messages_leave_and_calendars_are_checked_in_their_own_rhythm(scheduler):
    rhythm = {job.id: job.trigger.interval for job in scheduler.get_jobs()}
    assert rhythm == {
        "tick": timedelta(seconds=5),
        "outbox": timedelta(seconds=2),
        "calendars": timedelta(hours=6),
        "spending": timedelta(minutes=1),
        "substitutions": timedelta(minutes=1),
        "knowledge": timedelta(minutes=15),
        "units": timedelta(minutes=5),
        "dormant": timedelta(hours=1),
        "calls": timedelta(minutes=10),
        "audit": timedelta(seconds=30),
        "bars": timedelta(minutes=15),
        "digest": timedelta(minutes=1),
        "wishes": timedelta(hours=1),
    }


def test_a_late_job_runs_once_and_never_beside_itself(scheduler):
    for job in scheduler.get_jobs():
        assert job.coalesce
        assert job.max_instances == 1
        assert job.misfire_grace_time is None


def test_a_fault_is_survived():
    with surviving("tick_failed"):
        raise ValueError


def test_a_fault_of_the_database_goes_up_where_it_should():
    with pytest.raises(OperationalError), surviving("timer_failed", but_not=(OperationalError,)):
        raise OperationalError(None, None, ValueError())


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_with_nothing_due_a_pass_ends_at_once(session_factory):
    assert fire_all_due(session_factory, lambda: NOW) == 0
    assert send_all_due(session_factory, {}, lambda: NOW) == 0
