"""Who is told when a day's SMS run out, and how an operator sees and sets the caps."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.scheduler import check_spending
from hotline.services.spending_notices import tell_of_spending
from notifications.models import OutboxMessage
from notifications.policy import Caps
from notifications.spending import Use, choose_caps, note_uses, read_caps
from tests.stories.town import MONDAY, found_wide_town


def use(session: Session, segments: int) -> None:
    note_uses(session, [Use(f"m{segments}", "hash", True, segments, MONDAY)])


def told(session: Session) -> list[tuple[str, str]]:
    rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id))
    return [(row.because, row.facts["share"]) for row in rows if row.channel == "mailbox"]


@pytest.mark.parametrize(("segments", "mark"), [(79, None), (80, 80), (99, 80), (100, 100), (120, 100)])
def test_supervisors_and_administrators_hear_at_four_fifths_and_at_the_cap(session, segments, mark):
    found_wide_town(session)
    choose_caps(session, Caps(segments_per_day=100))
    use(session, segments)
    assert tell_of_spending(session, MONDAY) == mark
    heard = [("supervisor", str(segments)), ("administrator", str(segments))]
    assert told(session) == ([] if mark is None else heard)


def test_they_hear_once_at_each_mark_and_anew_the_next_day(session):
    found_wide_town(session)
    choose_caps(session, Caps(segments_per_day=100))
    use(session, 85)
    for _ in range(2):
        tell_of_spending(session, MONDAY)
    use(session, 20)
    for _ in range(2):
        tell_of_spending(session, MONDAY)
    assert [share for _, share in told(session)] == ["85", "85", "105", "105"]
    assert tell_of_spending(session, MONDAY + timedelta(days=1)) is None


def test_without_a_cap_there_is_nothing_to_tell(session):
    use(session, 99_999)
    assert tell_of_spending(session, MONDAY) is None


def test_the_worker_looks_by_itself(session_factory):
    with session_factory.begin() as session:
        choose_caps(session, Caps(segments_per_day=10))
        use(session, 10)
    assert check_spending(session_factory, MONDAY) == 100


def test_an_operator_sees_and_sets_the_caps(app, session_factory):
    def run(*words: str) -> str:
        return app.test_cli_runner().invoke(args=["outbox", "caps", *words]).output

    assert run("--per-person", "5", "--per-day", "900").endswith(
        "per citizen: 5, parts a day: 900, parts today: 0\n"
    )
    assert "per citizen: no cap, parts a day: 900" in run("--per-person", "0")
    with session_factory() as session:
        assert read_caps(session) == Caps(None, 900)
