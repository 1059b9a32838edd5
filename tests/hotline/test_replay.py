"""Real messages through the whole workflow: every row ends, or is refused with its reason."""

import csv
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import sessionmaker

from config import Settings
from hotline.demo.city import read_city
from hotline.demo.founding import found_city
from hotline.models.clocks import Timer
from hotline.models.ticket import Assignment, Ticket, TicketEvent
from hotline.replay.database import NotEmptyError, replay_engine
from hotline.replay.messages import Message, RefusedMessage, read_messages
from hotline.replay.plan import plan_journey
from hotline.replay.report import ReplayReport, run_replay
from hotline.services.accounts import CHEAP_HASHER
from hotline.services.categorise import OTHER, category_rules, suggest_category, suggest_type
from notifications.models import OutboxMessage
from tests.conftest import TEST_ENVIRONMENT

# One process plays the past for all of them.
pytestmark = pytest.mark.xdist_group("past")

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ZONE = ZoneInfo("Asia/Shanghai")
HEADER = ("msg_id", "user", "time", "title", "content", "reply", "reply_time", "reply_days")
LONG = "您好，来信收悉。现将有关情况答复如下：" + "经核查，情况属实，已责成整改。" * 400
ROWS = [
    (
        "1",
        "A001",
        "2019-03-04 10:00:00",
        "投诉小区物业",
        "A3区某小区物业不作为。",
        "您好，已督促物业整改到位，感谢来信。",
        "2019-03-06 15:00:00",
    ),
    (
        "2",
        "A002",
        "2019-03-05 23:10:00",
        "咨询公积金提取",
        "请问怎么提取公积金？",
        LONG,
        "2019-04-30 09:00:00",
    ),
    (
        "3",
        "A003",
        "2019-03-09 08:00:00",
        "举报某企业偷排污水",
        "夜里偷排，\u202e河水\x07发黑𠮷。",
        "已阅",
        "2019-03-09 08:20:00",
    ),
    (
        "4",
        "A001",
        "2019-03-09 08:00:00",
        "投诉小区物业",
        "A3区某小区物业不作为。",
        "您好，您反映的问题已经解决，谢谢。",
        "2019-03-08 08:00:00",
    ),
    (
        "5",
        "",
        "2019-03-10 12:00:00",
        "",
        "感谢环卫工人，冰天雪地里及时清扫！",
        "感谢您的表扬，我们会继续努力做好工作。",
        "2019/3/12 12:00",
    ),
]
UNFIT = [
    ("6", "", "", "t", "c", "r", "2019-03-12 12:00:00"),
    ("7", "", "2019-03-10 12:00:00", "t", "c", "", "2019-03-12 12:00:00"),
    ("8", "", "2019-03-10 12:00:00", "", "", "r", "2019-03-12 12:00:00"),
    ("9", "", "2019-03-10 12:00:00", "t", "c", "r", "改天"),
    ("10", "", "2019-03-10 12:00:00", "t", "c", "r", "2090-03-12 12:00:00"),
]


def write(path, rows, header=HEADER):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *((*row, "2") for row in rows)])
    return path


@dataclass(frozen=True, slots=True)
class Played:
    """A rehearsed past, and the database it was rehearsed in."""

    url: str
    report: ReplayReport
    sessions: sessionmaker


@pytest.fixture(scope="module")
def played(databases, backend, tmp_path_factory):
    url = databases.new_database(backend, "past")
    rows = write(tmp_path_factory.mktemp("past") / "replies.csv", ROWS + UNFIT)
    with replay_engine(Settings.from_env(TEST_ENVIRONMENT), url, is_fast=True) as engine:
        report = run_replay(engine, rows, (None, "Yunjiang-12345"), NOW, lambda _line: None)
        yield Played(url, report, sessionmaker(engine, expire_on_commit=False))


@pytest.fixture
def report(played):
    return played.report


def test_every_row_is_accounted_for(report, played):
    assert report.unaccounted == []
    assert [row.state for row in report.rows] == ["archived"] * 5 + [""] * 5
    assert [row.error for row in report.rows[:5]] == [""] * 5
    assert all(row.error.startswith("refused: ") for row in report.rows[5:])
    with played.sessions() as session, session.begin():
        assert session.scalar(select(func.count(Ticket.id)).where(Ticket.state != "archived")) == 0
        assert session.scalar(select(func.count(Timer.id)).where(Timer.state == "pending")) == 0
        waiting = OutboxMessage.state.not_in(("accepted", "skipped"))
        assert session.scalar(select(func.count()).select_from(OutboxMessage).where(waiting)) == 0


def test_words_and_moments_of_message_and_reply_are_the_real_ones(report, played):
    with played.sessions() as session, session.begin():
        ticket = session.scalars(select(Ticket).where(Ticket.number == report.rows[1].number)).one()
        share = session.scalars(
            select(Assignment).where(Assignment.ticket_id == ticket.id).order_by(Assignment.id)
        ).first()
        assert ticket.created_at == datetime(2019, 3, 5, 15, 10, tzinfo=UTC)
        assert (share.answer, share.replied_at) == (LONG, datetime(2019, 4, 30, 1, 0, tzinfo=UTC))
        moments = session.scalars(select(TicketEvent.at).order_by(TicketEvent.id)).all()
        assert moments == sorted(moments)


def test_lateness_and_notices_are_counted(report):
    assert [row.is_late for row in report.rows[:3]] == [False, True, False]
    assert report.events["mark_overdue handle"] >= 1
    assert report.clocks["handle late"] == 1
    assert report.clocks["handle on time"] == 4
    # One of the five is a report, kept in confidence.
    assert report.messages["accepted accepted"] == 4
    assert report.messages["neutral_accepted accepted"] == 1
    assert report.messages["overdue_supervisor accepted"] >= 1


def test_what_had_to_be_mended_is_told(report, tmp_path):
    assert report.repairs == {"reply_before_message": 1, "content_controls_removed": 1}
    assert report.second_looks >= 1
    report.write(tmp_path / "rows.csv")
    lines = list(csv.DictReader((tmp_path / "rows.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert [line["msg_id"] for line in lines] == [str(n) for n in range(1, 11)]
    assert {line["state"] for line in lines[:5]} == {"archived"}
    assert any(line.startswith("rows        10: 5 played, 5 refused") for line in report.lines())


def test_a_confidential_report_keeps_its_text_out_of_every_message(played):
    with played.sessions() as session, session.begin():
        facts = session.scalars(select(OutboxMessage.facts)).all()
        assert not any("偷排" in value for fact in facts for value in fact.values())


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_steps_before_the_reply_always_end_before_it(session_factory):
    with session_factory() as session, session.begin():
        found_city(session, "Yunjiang-12345", NOW, CHEAP_HASHER)
    with session_factory() as session, session.begin():
        city = read_city(session)
    sent = datetime(2019, 3, 8, 15, 0, tzinfo=UTC)
    for line, wait in enumerate([timedelta(minutes=1), timedelta(minutes=31), timedelta(days=3)]):
        message = Message(line, "", "", "路灯不亮", "路灯不亮", sent, "已经修好。", sent + wait)
        legs = plan_journey(message, city).legs
        planned = [leg.when(sent) for leg in legs[:6]]
        assert planned == sorted(planned)
        assert planned[0] == sent
        assert planned[4] < planned[5] == message.replied_at


def test_after_a_rework_the_orders_it_brought_are_settled_too(session_factory):
    with session_factory() as session, session.begin():
        found_city(session, "Yunjiang-12345", NOW, CHEAP_HASHER)
        city = read_city(session)
    asked = datetime(2019, 3, 4, 10, tzinfo=ZONE)
    journeys = (
        plan_journey(Message(line, "", "", "路灯", "路灯不亮", asked, "已修复", asked + timedelta(9)), city)
        for line in range(1, 100)
    )
    told = [[leg.act.__name__ for leg in journey.legs] for journey in journeys]
    reworked = next(acts for acts in told if "rework" in acts)
    assert reworked.count("close_orders") == 2
    assert reworked.index("rework") < len(reworked) - reworked[::-1].index("close_orders")


def test_a_file_without_the_columns_is_refused(tmp_path):
    path = write(tmp_path / "replies.csv", [], header=("time", "title", "content", "reply"))
    with pytest.raises(ValueError, match="reply_time"):
        read_messages(path, ZONE, NOW)


def test_rows_of_another_shape_are_refused_one_by_one(tmp_path):
    path = tmp_path / "odd.csv"
    path.write_text("time,title,content,reply,reply_time\n1,2\n", encoding="utf-8")
    (refused,) = read_messages(path, ZONE, NOW)
    assert isinstance(refused, RefusedMessage)
    assert refused.reason == "wrong_column_count"


def test_a_database_with_tickets_is_left_alone(played):
    settings = Settings.from_env(TEST_ENVIRONMENT)
    with pytest.raises(NotEmptyError), replay_engine(settings, played.url, is_fast=False):
        pass


def test_key_words_find_the_category_and_fall_back_to_others():
    assert suggest_category("家里暖气不热", "室温只有十四度") == "GG-01"
    assert suggest_category("物业乱收停车费", "") == "ZF-01"
    assert suggest_category("", "一二三") == OTHER
    assert suggest_type("咨询落户", "") == "consultation"
    assert suggest_type("", "一二三") == "help"
    assert len([rule for rule in category_rules() if rule.owner]) >= 80
