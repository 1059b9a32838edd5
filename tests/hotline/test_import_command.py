"""The commands themselves: what they print, which files they write and how they end."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, func, select

from hotline.demo.founding import found_city
from hotline.models.search import TicketWords
from hotline.models.ticket import Ticket
from hotline.services.accounts import CHEAP_HASHER

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def run(app, session_factory):
    with session_factory() as session, session.begin():
        found_city(session, "Yunjiang-12345", NOW, CHEAP_HASHER)
    return lambda *arguments: app.test_cli_runner().invoke(args=[str(each) for each in arguments])


def test_refused_rows_end_in_a_report_and_a_failure(run, tmp_path, session_factory):
    file = tmp_path / "rows.csv"
    file.write_text("内容,电话\n路灯不亮,13900000003\n井盖丢了,1\n", encoding="utf-8")
    result = run("tickets", "import", file)
    assert result.exit_code == 1
    assert "1 rows taken, 0 known already, 1 refused" in result.output
    assert "line 3  电话" in result.output
    assert "井盖丢了" in (tmp_path / "rows.refused.csv").read_text(encoding="utf-8-sig")
    with session_factory() as session, session.begin():
        assert session.scalar(select(func.count(Ticket.id))) == 1


def test_a_trial_run_tells_what_would_happen(run, tmp_path, session_factory):
    file = tmp_path / "rows.csv"
    file.write_text("内容,电话\n路灯不亮,13900000003\n", encoding="utf-8")
    result = run("tickets", "import", file, "--dry-run")
    assert (result.exit_code, "1 rows could be taken" in result.output) == (0, True)
    with session_factory() as session, session.begin():
        assert session.scalar(select(func.count(Ticket.id))) == 0


def test_a_file_that_is_no_table_is_refused_in_one_sentence(run, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("电话\n1\n", encoding="utf-8")
    result = run("tickets", "import", file)
    assert result.exit_code == 1
    assert "no column for the content" in result.output


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_rehearsal_runs_in_the_database_that_is_named(run, tmp_path, session_factory):
    file = tmp_path / "replies.csv"
    file.write_text(
        "time,title,content,reply,reply_time\n"
        "2019-03-04 10:00:00,路灯不亮,路灯不亮,您好，路灯已经修复，感谢您的来信。,2019-03-05 10:00:00\n",
        encoding="utf-8",
    )
    place = f"sqlite:///{tmp_path / 'past.db'}"
    result = run("tickets", "replay", file, "--database", place, "--report", tmp_path / "rows.csv")
    assert result.exit_code == 0, result.output
    assert "not accounted for: 0" in result.output
    assert "archived" in (tmp_path / "rows.csv").read_text(encoding="utf-8-sig")
    again = run("tickets", "replay", file, "--database", place)
    assert again.exit_code == 1
    assert "needs an empty database" in again.output
    with session_factory() as session, session.begin():
        assert session.scalar(select(func.count(Ticket.id))) == 0


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_report_may_lie_in_a_folder_that_is_not_there_yet(run, tmp_path):
    file = tmp_path / "replies.csv"
    file.write_text("time,title,content,reply,reply_time\n", encoding="utf-8")
    report = tmp_path / "new" / "folder" / "rows.csv"
    result = run(
        "tickets", "replay", file, "--database", f"sqlite:///{tmp_path / 'past.db'}", "--report", report
    )
    assert "line,msg_id" in report.read_text(encoding="utf-8-sig"), result.output


@pytest.mark.parametrize("command", ["import", "replay"])
def test_a_report_that_cannot_be_written_stops_the_command_before_its_work(
    command, run, tmp_path, session_factory
):
    file = tmp_path / "rows.csv"
    file.write_text("内容,电话\n路灯不亮,13900000003\n", encoding="utf-8")
    result = run("tickets", command, file, "--report", file / "rows.csv")
    assert (result.exit_code, "--report" in result.output) == (1, True)
    with session_factory() as session, session.begin():
        assert session.scalar(select(func.count(Ticket.id))) == 0


def test_every_ticket_is_indexed_anew(run, tmp_path, session_factory):
    file = tmp_path / "rows.csv"
    file.write_text("内容,电话\n路灯不亮,13900000003\n井盖丢了,13900000004\n", encoding="utf-8")
    run("tickets", "import", file)
    with session_factory() as session, session.begin():
        session.execute(delete(TicketWords))
    result = run("tickets", "index")
    assert (result.exit_code, "every ticket is indexed" in result.output) == (0, True)
    with session_factory() as session, session.begin():
        assert session.scalar(select(func.count(TicketWords.ticket_id))) == 2
