"""Do running clocks follow a new edition when asked to: once, through the door, and never into lateness?"""

from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from hotline.models.calendars import Calendar, DayKind
from hotline.models.clocks import Clock, ClockChange
from hotline.models.ticket import TicketEvent
from hotline.services.calendar_recount import count_outdated, recount_some
from hotline.services.calendars import Author, DayMark, mark_day
from hotline.services.clock_verify import differences
from tests.stories.tale import Tale
from tests.stories.town import city, found_wide_town

EXTENSION = {"reason": "配件须从外地调运", "days": 5, "citizen_words": "配件下周到货"}
INSIDE, BEYOND = date(2026, 11, 26), date(2027, 3, 9)


@pytest.fixture
def tale(session) -> Tale:
    """A ticket that was dispatched and has working days left."""
    return Tale(session, found_wide_town(session)).to_dispatch().dispatched()


def handle_of(tale: Tale) -> Clock:
    mine = (Clock.ticket_id == tale.ticket.id, Clock.name == "handle", Clock.assignment_id.is_(None))
    return tale.session.scalars(select(Clock).where(*mine)).one()


def amended(tale: Tale, on: date, kind: DayKind = DayKind.HOLIDAY) -> None:
    calendar_id = tale.session.scalars(select(Calendar.id).where(Calendar.code == "city")).one()
    tale.now += timedelta(minutes=1)
    mark_day(tale.session, calendar_id, DayMark(on, kind, "停工"), Author(tale.now, "停工"))
    tale.now += timedelta(minutes=1)


def recounted(tale: Tale) -> int:
    @contextmanager
    def transaction():
        with tale.session.begin_nested():
            yield tale.session

    return recount_some(transaction, "city", tale.now).moved


def events(tale: Tale) -> list[str]:
    of_ticket = select(TicketEvent.action).where(TicketEvent.ticket_id == tale.ticket.id)
    return list(tale.session.scalars(of_ticket.order_by(TicketEvent.number)))


def test_a_day_off_inside_its_limit_moves_a_clock_once_and_the_unit_is_told(tale):
    before = handle_of(tale).due_at
    amended(tale, INSIDE)
    assert handle_of(tale).due_at == before
    assert count_outdated(tale.session, "city") == 1
    assert recounted(tale) == 1
    clock = handle_of(tale)
    assert clock.due_at - before in {timedelta(days=1), timedelta(days=3)}
    assert clock.original_due_at == before
    assert tale.ticket.due_at == clock.due_at
    last = select(ClockChange).where(ClockChange.clock_id == clock.id).order_by(ClockChange.number.desc())
    assert tale.session.scalars(last).first().reason == "recounted"
    assert {kind for kind, _, _ in tale.told("recount")} == {"reclassified"}
    assert recounted(tale) == 0
    assert events(tale).count("recount") == 1


def test_the_time_to_decide_a_request_stays_however_often_somebody_asks_and_nothing_is_written(tale):
    tale.on_share("handler_housing", "sign", "HOUSING")
    tale.ask("handler_housing", "ask_extension", "HOUSING", EXTENSION)
    decision = tale.session.scalars(select(Clock).where(Clock.request_id.is_not(None))).one()
    due = decision.due_at
    amended(tale, due.date())
    assert [recounted(tale), recounted(tale)] == [0, 0]
    assert "recount" not in events(tale)
    assert decision.due_at == due


def test_the_events_give_the_recounted_clocks_again(tale):
    amended(tale, INSIDE)
    recounted(tale)
    assert differences(tale.session, tale.ticket) == []


def test_a_change_beyond_its_limit_moves_nothing_and_writes_nothing(tale):
    amended(tale, BEYOND)
    assert recounted(tale) == 0
    assert count_outdated(tale.session, "city") == 1
    assert "recount" not in events(tale)


def test_a_make_up_workday_never_makes_a_clock_late(tale):
    due = handle_of(tale).due_at
    tale.now = due - timedelta(hours=1)
    amended(tale, date(2026, 11, 28), DayKind.WORKDAY_IN_LIEU)
    recounted(tale)
    assert handle_of(tale).due_at > tale.now
    assert differences(tale.session, tale.ticket) == []


def test_what_is_late_already_stays_as_late_as_it_was(tale):
    due = handle_of(tale).due_at
    tale.now = city("2027-01-11 10:00")
    amended(tale, INSIDE)
    recounted(tale)
    assert handle_of(tale).due_at == due
