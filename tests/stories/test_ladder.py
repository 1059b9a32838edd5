"""How does a late ticket climb: by its class's steps, in due order, each level once, until it is answered?"""

import pytest
from sqlalchemy import select

from hotline.models.calendars import new_revision
from hotline.models.clocks import Timer
from hotline.models.policies import PolicyStep, PolicyVersion
from hotline.models.ticket import TicketEvent
from hotline.services.timers import fire_due
from tests.stories.town import city


def levels(stage, number):
    """The levels the system raised the ticket to, with the moments their timers were due."""
    ticket = stage.ticket(number)
    with stage.factory() as session:
        mine = (Timer.ticket_id == ticket.id, Timer.kind.like("level_%"), Timer.state == "fired")
        return [
            timer.kind[-1] for timer in session.scalars(select(Timer).where(*mine).order_by(Timer.due_at))
        ]


def raised(stage, number):
    """The levels as the trail tells them."""
    of_ticket = (TicketEvent.ticket_id == stage.ticket(number).id, TicketEvent.action == "escalate")
    with stage.factory() as session:
        events = session.scalars(select(TicketEvent).where(*of_ticket).order_by(TicketEvent.number))
        return [event.data["level"] for event in events]


def signed(stage, **changes):
    number = stage.dispatched("HOUSING", **changes)
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    return number


@pytest.mark.parametrize(
    ("urgency", "due", "moments"),
    [
        ("critical", "11-23 11:00", ["11-23 11:16", "11-23 12:01", "11-23 15:01"]),
        ("urgent", "11-24 09:00", ["11-24 11:01", "11-24 21:01", "11-26 09:01"]),
    ],
)
def test_an_urgent_ticket_climbs_by_the_clock_day_and_night(stage, urgency, due, moments):
    number = signed(stage, urgency=urgency)
    assert stage.due(number) == due
    for level, moment in zip((2, 3, 4), moments, strict=True):
        stage.until(f"2026-{moment}")
        assert stage.ticket(number).supervised_level == level
    assert [order.level for order in stage.orders(number)] == [3, 4]
    stage.end()


@pytest.mark.parametrize("urgency", ["critical", "urgent", "ordinary"])
def test_after_forty_days_of_silence_each_level_is_reached_once_and_in_order(stage, urgency):
    number = signed(stage, urgency=urgency)
    stage.clock.move_to(city("2027-01-05 09:00"))
    while fire_due(stage.factory, stage.now):
        continue
    assert raised(stage, number) == ["2", "3", "4"]
    assert levels(stage, number) == ["2", "3", "4"]
    assert [order.level for order in stage.orders(number)] == [3, 4]
    stage.end()


def test_after_a_downtime_nobody_is_urged_and_reminded_of_one_ticket_in_two_messages(stage):
    number = signed(stage)
    stage.news()
    stage.clock.move_to(city("2026-12-02 09:00"))
    while fire_due(stage.factory, stage.now):
        continue
    told = stage.news(number)
    assert {kind for kind, who in told if who == "HOUSING"} == {"catch_up"}


def test_an_answered_ticket_climbs_no_further(stage):
    number = signed(stage)
    stage.until("2026-12-01 14:00")
    assert raised(stage, number) == ["2"]
    stage.replied(number)
    stage.until("2026-12-20 09:00")
    assert (raised(stage, number), stage.orders(number)) == (["2"], [])
    stage.end()


def test_a_level_that_a_person_reached_before_is_not_reached_again(stage):
    number = signed(stage)
    stage.until("2026-12-01 09:00")
    stage.act("supervisor", number, "escalate", level="2", reason="群众反映强烈")
    stage.until("2026-12-01 17:30")
    assert raised(stage, number) == ["2", "3"]
    with stage.factory() as session:
        refused = session.scalars(select(Timer).where(Timer.kind == "level_2")).one()
        assert (refused.state, refused.refusal_code) == ("cancelled", "level_not_higher")


def test_what_only_a_person_may_order_is_laid_before_the_leader_of_the_centre(stage):
    with stage.factory.begin() as session:
        version = session.scalars(select(PolicyVersion)).one()
        version.revision = new_revision()
        steps = ((1, 1, "working_hours"), (5, 10, "working_days"), (6, 15, "working_days"))
        session.add_all(
            PolicyStep(version_id=version.id, limit_class="any", level=level, amount=amount, unit=unit)
            for level, amount, unit in steps
        )
    number = signed(stage)
    stage.until("2026-12-01 09:29")
    stage.news()
    stage.until("2026-12-01 09:30")
    assert stage.news(number) == {("overdue", "HOUSING"), ("overdue", "leader_housing")}
    stage.until("2026-12-14 17:29")
    stage.news()
    stage.until("2026-12-14 17:30")
    assert stage.news(number) == {("level_to_decide", "centre_leader")}
    assert stage.ticket(number).supervised_level == 4
    assert "报请中心领导决定通报约谈" in stage.page("supervisor", number)
    stage.until("2026-12-31 09:00")
    assert raised(stage, number) == ["1", "2", "3", "4", "5", "6"]
    assert [order.level for order in stage.orders(number)] == [3, 4]
    stage.act("supervisor", number, "escalate", level="5", reason="通报约谈")
    assert stage.ticket(number).supervised_level == 5
    stage.end()
