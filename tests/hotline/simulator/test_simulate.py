"""Files of past tickets played under limits: what is read, what is refused, what is told."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from hotline.demo.founding import found_city
from hotline.demo.people import Staff
from hotline.models.policies import PolicyRow
from hotline.services.accounts import CHEAP_HASHER
from hotline.services.policy_drafts import start_draft
from hotline.services.policy_edits import RowInput, put_row
from hotline.services.table_files import UnreadableFileError
from hotline.simulator.arrivals import read_stream
from hotline.simulator.limits import mirror, read_limits
from workflows.counting import StartRule, TimeUnit
from workflows.policy import Case
from workflows.simulation import Rules, simulate
from workflows.sla import Limit
from workflows.worktime import WorkCalendar, office_week

NOW = datetime(2026, 11, 1, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
BALTIMORE = Path(__file__).resolve().parents[4] / "shared" / "data" / "baltimore311.csv"
HEAD = "created,closed,type,agency,due\n"


@pytest.fixture
def stream_of(tmp_path):
    def read(text: str, mapping: dict[str, str] | None = None):
        file = tmp_path / "stream.csv"
        file.write_text(text, encoding="utf-8")
        return read_stream(file, mapping or {}, ZONE)

    return read


def test_moments_without_an_offset_are_read_in_the_zone_that_was_named(stream_of):
    found = stream_of(HEAD + "2026-07-01 09:00:00,2026-07-02T09:00:00Z,pothole,Roads,2026-07-03 09:00:00\n")
    ticket = found.tickets[0]
    assert ticket.arrival.at == datetime(2026, 7, 1, 13, tzinfo=UTC)
    assert ticket.arrival.closed_at == datetime(2026, 7, 2, 9, tzinfo=UTC)
    assert ticket.due_at == datetime(2026, 7, 3, 13, tzinfo=UTC)
    assert (ticket.arrival.limit_class, ticket.arrival.unit) == ("pothole", "Roads")


def test_a_line_that_cannot_be_read_is_left_out_with_its_reason(stream_of):
    found = stream_of(
        HEAD
        + "2026-07-01 09:00:00,,pothole,Roads,\n"
        + "yesterday,,pothole,Roads,\n"
        + "2026-07-01 09:00:00,2026-06-01 09:00:00,pothole,Roads,\n"
        + "2026-07-01 09:00:00,pothole\n"
    )
    assert len(found.tickets) == 1
    assert [line for line, _ in found.refused] == [3, 4, 5]
    assert "created: 'yesterday'" in found.refused[0][1]
    assert "closed before it came" in found.refused[1][1]


def test_a_file_may_call_its_columns_what_it_likes(stream_of):
    text = "opened,ended,kind\n2026-07-01 09:00:00,,pothole\n"
    with pytest.raises(UnreadableFileError, match="created, closed, class"):
        stream_of(text)
    found = stream_of(text, {"created": "opened", "closed": "ended", "class": "kind"})
    assert found.tickets[0].arrival.limit_class == "pothole"
    with pytest.raises(UnreadableFileError, match="names colour"):
        stream_of(text, {"colour": "kind"})


def test_limits_are_mirrored_from_recorded_due_dates_also_over_the_change_to_summer_time(stream_of):
    found = stream_of(
        HEAD
        + "2026-03-06 09:00:00,,pothole,Roads,2026-03-10 09:00:00\n"
        + "2026-05-06 09:00:00,,pothole,Roads,2026-05-10 09:00:00\n"
        + "2026-05-06 09:00:00,,leak,Water,2026-05-06 10:30:00\n"
        + "2026-05-06 09:00:00,,leak,Water,2026-05-06 11:00:00\n"
        + "2026-05-07 09:00:00,,leak,Water,2026-05-07 11:00:00\n"
    )
    mirrored = mirror(found.tickets, ZONE)
    limits = {
        entry.scope.limit_class: entry.limit for rows in mirrored.policy.rows.values() for entry in rows
    }
    assert limits == {"pothole": Limit(4, TimeUnit.DAYS), "leak": Limit(120, TimeUnit.MINUTES)}
    assert mirrored.torn == {"leak": {"90 minutes": 1, "120 minutes": 2}}


def test_a_table_of_limits_is_read_or_refused_with_line_and_reason(tmp_path):
    file = tmp_path / "limits.csv"
    file.write_text("class,amount,unit,start_rule\nleak,2,working_days,next_working_day\n", encoding="utf-8")
    entry = read_limits(file).find("handle", Case("leak"))
    assert entry is not None
    assert entry.limit == Limit(2, TimeUnit.WORKING_DAYS, StartRule.NEXT_WORKING_DAY)
    for bad, reason in (("leak,two,days,", "line 2: invalid literal"), ("leak,2,fortnights,", "fortnights")):
        file.write_text(f"class,amount,unit,start_rule\n{bad}\n", encoding="utf-8")
        with pytest.raises(UnreadableFileError, match=reason):
            read_limits(file)
    file.write_text("class,amount\nleak,2\n", encoding="utf-8")
    with pytest.raises(UnreadableFileError, match="no column unit"):
        read_limits(file)


@pytest.mark.skipif(not BALTIMORE.exists(), reason="the city's own rows are not part of the repository")
def test_a_city_with_recorded_due_dates_is_called_late_exactly_where_its_record_is_late():
    stream = read_stream(BALTIMORE, {}, ZONE)
    limits = mirror(stream.tickets, ZONE)
    office = WorkCalendar(ZONE.key, office_week((time(9), time(17))))
    arrivals = [each.arrival for each in stream.tickets]
    ended = max(each.closed_at or each.at for each in arrivals)
    found = simulate(Rules.by_one(limits.policy, office), arrivals, ended)
    recorded = {each.arrival.line: each.due_at for each in stream.tickets}
    judged = [
        (each.is_late, each.arrival.closed_at > recorded[each.arrival.line])
        for each in found.outcomes
        if each.arrival.closed_at is not None and recorded[each.arrival.line] is not None
    ]
    assert (len(judged), len(stream.refused)) == (6711, 0)
    assert sum(theirs for _, theirs in judged) == 1104
    assert [pair for pair in judged if pair[0] != pair[1]] == []


@pytest.fixture
def run(app, session_factory):
    with session_factory() as session, session.begin():
        found_city(session, "Yunjiang-12345", NOW, CHEAP_HASHER)
    return lambda *arguments: app.test_cli_runner().invoke(
        args=["policies", "simulate", *(str(each) for each in arguments)]
    )


@pytest.fixture
def city_file(tmp_path):
    file = tmp_path / "tickets.csv"
    came = datetime(2026, 10, 12, 9)  # noqa: DTZ001 - a file tells what the wall clock showed
    rows = [(came, came + timedelta(days=days), "ordinary", "水务局") for days in (1, 3, 7, 8, 20)]
    file.write_text(
        "created,closed,class,unit\n" + "".join(f"{','.join(map(str, row))}\n" for row in rows),
        encoding="utf-8",
    )
    return file


def test_the_citys_own_policy_is_played_when_no_other_is_named(run, city_file):
    result = run(city_file)
    assert result.exit_code == 0, result.output
    # Five working days from Tuesday end on Monday the 19th at closing.
    assert "late     2: 2 closed late, 0 open and over" in result.output
    assert "record" not in result.output


def test_other_limits_may_be_tried_on_the_same_past(run, city_file, tmp_path):
    limits = tmp_path / "limits.csv"
    limits.write_text("class,amount,unit\nordinary,15,working_days\n", encoding="utf-8")
    assert "late     0: 0 closed late" in run(city_file, "--limits", limits).output


def test_a_draft_of_the_citys_limits_may_be_tried_by_its_number(run, city_file, session_factory):
    with session_factory() as session, session.begin():
        admin = Staff(session)["admin"]
        draft = start_draft(session, 1, admin, NOW)
        row = select(PolicyRow.id).where(PolicyRow.version_id == draft.id, PolicyRow.clock == "handle")
        first = row.where(PolicyRow.limit_class == "ordinary", PolicyRow.is_rework.is_(False))
        longer = RowInput("handle", "ordinary", 3, "days", row_id=session.scalars(first).one())
        put_row(session, longer, draft.revision, admin, NOW)
    assert "late     3: 3 closed late, 0 open and over" in run(city_file, "--policy", 2).output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--policy", "9"), "there is no version 9"),
        (("--limits", "nowhere.csv"), "No such file"),
        (("--limits", "due", "--zone", "Atlantis"), "no time zone"),
        (("--until", "soon"), "no ISO 8601 instant"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(arguments, words, run, city_file):
    result = run(city_file, *arguments)
    assert (result.exit_code != 0, words in result.output) == (True, True), result.output


def test_lines_left_out_are_told_and_end_in_a_failure(run, city_file):
    city_file.write_text(
        city_file.read_text(encoding="utf-8") + "gestern,,ordinary,水务局\n", encoding="utf-8"
    )
    result = run(city_file)
    assert (result.exit_code, "line 7 left out: created" in result.output) == (1, True)
