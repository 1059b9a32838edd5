"""Rows of tickets taken out piece by piece add up: a thousand in a day, and the next one wants another's leave."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from hotline.models.exports import TakenRows
from hotline.services.taking import MOST_A_DAY, MOST_AT_ONCE, take_rows
from workflows.errors import Code, Refused

LISTS = (
    "/board/export.csv?view=open",
    "/board/export.xlsx?view=open",
    "/board/overdue/export.csv",
    "/board/overdue/export.xlsx",
    "/figures/tickets.xlsx",
)


def rows_taken(city) -> int:
    with city.factory() as session:
        return session.scalar(select(func.sum(TakenRows.rows))) or 0


def test_a_thousand_and_one_rows_in_pieces_are_not_had_in_a_day(city):
    now, who, other = datetime.now(UTC), city.actor("supervisor"), city.actor("dispatcher")
    for turn in range(10):
        with city.factory.begin() as session:
            take_rows(session, MOST_AT_ONCE, who, now + timedelta(hours=turn))
    with city.factory.begin() as session, pytest.raises(Refused) as refused:
        take_rows(session, 1, who, now + timedelta(hours=23))
    assert refused.value.code is Code.TOO_MANY_ROWS_TAKEN
    assert rows_taken(city) == MOST_A_DAY
    with city.factory.begin() as session:
        take_rows(session, 1, other, now + timedelta(hours=23))
        take_rows(session, 1, who, now + timedelta(hours=24, minutes=1))


def test_every_list_of_tickets_counts_and_refuses(app, city):
    city.dispatched(datetime.now(UTC) - timedelta(days=40))
    browser, who = city.sign_in(app, "supervisor"), city.actor("supervisor")
    assert [browser.get(path).status_code for path in LISTS] == [200] * len(LISTS)
    taken = rows_taken(city)
    assert taken >= 4
    with city.factory.begin() as session:
        take_rows(session, MOST_A_DAY - taken, who, datetime.now(UTC))
    answers = [browser.get(path) for path in LISTS[:4]]
    assert [answer.status_code for answer in answers] == [409] * 4
    assert "申请批量导出" in answers[0].text
    assert rows_taken(city) == MOST_A_DAY


def test_a_list_that_is_longer_says_what_it_left_out(app, city, monkeypatch):
    for _ in range(3):
        city.accepted(datetime.now(UTC))
    monkeypatch.setattr("hotline.supervisor.views.MOST_AT_ONCE", 2)
    sheet = city.sign_in(app, "supervisor").get("/board/export.csv?view=open").data.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(sheet)))
    assert len(rows) == 5
    assert rows[3] == ["未全部导出：还有 1 行，请在搜索页申请批量导出"]
