"""Does the import of a year say all it would do, and do nothing else?"""

import pytest
from sqlalchemy import func, select

from hotline.cli.calendar import calendar_group
from hotline.models.calendars import CalendarEdition
from hotline.services.calendar_seeds import seed_calendar


@pytest.fixture
def run(app, session_factory):
    with session_factory.begin() as session:
        seed_calendar(session)
    return lambda *words: app.test_cli_runner().invoke(calendar_group, ["import", *words])


def editions(session_factory) -> int:
    with session_factory() as session:
        return session.scalar(select(func.count(CalendarEdition.id)))


def test_a_dry_run_names_every_date_and_changes_nothing(run, session_factory):
    done = run("2023", "--dry-run")
    assert done.exit_code == 0, done.output
    assert "added: 35" in done.output
    assert "2023-01-28 周六：按平日 → 调休上班（春节）" in done.output
    assert "dry run" in done.output
    assert editions(session_factory) == 2


def test_a_year_is_imported_once(run, session_factory):
    assert "edition 2 of city published" in run("2023", "--note", "补录").output
    assert "nothing to change" in run("2023").output
    with session_factory() as session:
        newest = session.scalars(select(CalendarEdition).order_by(CalendarEdition.id.desc())).first()
        assert (newest.note, newest.origin) == ("补录", "imported")


def test_a_year_without_a_notice_is_told_loudly(run):
    done = run("2028")
    assert done.exit_code == 0
    assert "WARNING: chinesecalendar does not know 2028" in done.output
    assert "not official" in done.output


def test_a_disagreement_is_printed_and_has_to_be_decided(run, session_factory):
    done = run("2005")
    assert done.exit_code == 1
    assert "2005-12-31 周六：holidays 调休上班；chinesecalendar 按平日" in done.output
    assert "--take" in done.output
    assert editions(session_factory) == 2
    assert run("2005", "--take", "chinesecalendar").exit_code == 0


def test_an_unknown_calendar_is_answered_with_the_known_ones(run):
    done = run("2026", "--calendar", "town")
    assert (done.exit_code, "always, city" in done.output) == (1, True)


def test_recounting_where_no_clock_runs_says_so(app, run):
    done = app.test_cli_runner().invoke(calendar_group, ["recount"])
    assert (done.exit_code, done.output) == (0, "0 tickets checked, 0 recounted\n")
    assert app.test_cli_runner().invoke(calendar_group, ["recount", "--calendar", "town"]).exit_code == 1
