"""Who is reminded when: people in their duty hours, of what still holds by then, and at once where it is urgent."""

import pytest
from sqlalchemy import select

from notifications.models import MailboxMessage
from tests.stories.stage import set_stage
from tests.stories.town import city

FRIDAY, MONDAY = "2026-11-27 17:30", "2026-11-30 08:30"


def texts(stage, kind, who):
    with stage.factory() as session:
        rows = session.scalars(
            select(MailboxMessage).where(MailboxMessage.kind == kind).order_by(MailboxMessage.id)
        )
        return [row.body for row in rows if stage.names[row.recipient] == who and row.channel == "sms"]


def test_what_came_due_at_closing_is_told_at_the_next_opening_in_one_message(stage):
    numbers = [stage.dispatched("HOUSING") for _ in range(3)]
    for number in numbers:
        stage.on_share("handler_housing", number, "HOUSING", "sign")
    other = stage.dispatched("WATER")
    stage.on_share("handler_water", other, "WATER", "sign")
    stage.until(FRIDAY)
    assert stage.light(numbers[0]) == "yellow"
    stage.news()
    stage.until("2026-11-30 08:29")
    assert stage.news() == set()
    stage.until(MONDAY)
    assert stage.news() == {("opening_digest", "HOUSING"), ("due_soon", "WATER")}
    *_, said = texts(stage, "opening_digest", "HOUSING")
    assert said == f"【12345】上班提醒：您有3件工单需要处理（即将到期3项）：{'、'.join(numbers)}。"
    *_, alone = texts(stage, "due_soon", "WATER")
    assert "距到期9小时" in alone
    stage.end()


def test_an_urgent_matter_rings_on_a_saturday(stage):
    stage.until("2026-11-27 20:00")
    number = stage.dispatched("HOUSING", urgency="urgent")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.news()
    stage.until("2026-11-28 19:59")
    assert ("due_soon", "HOUSING") in stage.news(number)
    stage.until("2026-11-28 22:05")
    assert {("overdue", "leader_housing"), ("urged_overdue", "leader_housing")} <= stage.news(number)


def test_who_answers_over_the_weekend_is_not_reminded_on_monday(stage):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.until("2026-11-28 10:00")
    stage.replied(number)
    stage.news()
    stage.until("2026-11-30 12:00")
    assert ("due_soon", "HOUSING") not in stage.news(number)
    assert "未发送原因：事项已了结或改期" in stage.page("supervisor", number)
    stage.end()


def test_a_ticket_that_waited_for_its_citizen_over_the_weekend_is_reminded_of_when_it_goes_on(stage):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.until("2026-11-28 10:00")
    stage.act("dispatcher", number, "ask_supplement", missing="请补充楼栋号", answer_by="2026-12-03")
    stage.news()
    stage.until("2026-11-30 20:00")
    assert ("due_soon", "HOUSING") not in stage.news(number)
    stage.act("agent", number, "supplement", text="三单元")
    stage.until("2026-12-01 08:29")
    assert ("due_soon", "HOUSING") not in stage.news(number)
    stage.until("2026-12-01 08:30")
    assert ("due_soon", "HOUSING") in stage.news(number)
    stage.end()


def test_more_time_granted_on_a_sunday_takes_the_reminder_of_friday_back(stage):
    number = stage.dispatched("HOUSING")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.until("2026-11-27 16:00")
    asked = {"reason": "配件须从外地调运", "days": 5, "citizen_words": "配件下周到货"}
    stage.ask("handler_housing", number, "HOUSING", "extension", **asked)
    stage.until("2026-11-29 10:00")
    stage.decide("dispatcher", number, "approve")
    stage.news()
    stage.until(MONDAY)
    assert ("due_soon", "HOUSING") not in stage.news(number)
    stage.end()


@pytest.mark.parametrize(
    ("begun", "lit", "told"),
    [
        ("2026-09-23 09:00", "2026-09-30 17:30", "2026-10-08 08:30"),
        ("2026-09-24 09:00", "2026-10-09 17:30", "2026-10-10 08:30"),
    ],
)
def test_holidays_and_make_up_saturdays_count(app, session_factory, begun, lit, told):
    with set_stage(app, session_factory, begun) as stage:
        number = stage.dispatched("HOUSING")
        stage.on_share("handler_housing", number, "HOUSING", "sign")
        stage.until(lit)
        stage.news()
        stage.clock.move_to(city(told))
        stage.clock.shift(-1)
        assert not {kind for kind, _ in stage.news()} & {"due_soon", "overdue"}
        stage.until(told)
        assert {kind for kind, who in stage.news(number) if who == "HOUSING"} <= {"due_soon", "overdue"}
