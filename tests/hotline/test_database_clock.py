"""Do workers go by the database's clock, and say so when their own machine's is wrong?"""

from datetime import UTC, datetime, timedelta

import pytest
import structlog

from hotline.services.database_clock import DatabaseClock


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("wrong", [timedelta(hours=-2), timedelta(days=40)])
def test_a_machine_whose_clock_is_wrong_goes_by_the_databases_and_says_so(session_factory, wrong):
    clock = DatabaseClock(session_factory, lambda: datetime.now(UTC) + wrong)
    with structlog.testing.capture_logs() as logs:
        told = clock()
    assert abs(told - datetime.now(UTC)) < timedelta(seconds=30)
    assert [entry["event"] for entry in logs] == ["clock_differs_from_the_databases"]


def test_a_machine_whose_clock_is_right_says_nothing(session_factory):
    clock = DatabaseClock(session_factory)
    with structlog.testing.capture_logs() as logs:
        told = [clock() for _ in range(3)]
    assert told == sorted(told)
    assert logs == []
