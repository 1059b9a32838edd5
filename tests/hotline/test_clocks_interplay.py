"""What becomes of a due date when a pause, another class, more time and a new calendar meet: literal dates."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar, DayKind, new_revision
from hotline.models.clocks import Clock
from hotline.models.organisation import Unit
from hotline.models.policies import PolicyRow, PolicyVersion, selector_of
from hotline.services.calendars import Author, DayMark, mark_day
from hotline.services.clock_book import ClockBook
from hotline.services.clock_rules import ClockRules
from hotline.services.clock_verify import differences
from hotline.services.clocks import list_running
from tests.stories.tale import Tale
from tests.stories.town import city, found_wide_town

ASKED = {"missing": "请补充楼栋号", "answer_by": "2026-11-30"}


@pytest.fixture
def town(session: Session):
    return found_wide_town(session)


def tale_at(session: Session, town, moment: str, **record) -> Tale:
    """A ticket that reaches its unit about that moment."""
    tale = Tale(session, town)
    tale.now = city(moment) - timedelta(minutes=20)
    return tale.to_dispatch(**record).dispatched()


def clock_of(tale: Tale, name: str) -> Clock:
    mine = (Clock.ticket_id == tale.ticket.id, Clock.name == name, Clock.stopped_at.is_(None))
    return tale.session.scalars(select(Clock).where(*mine).order_by(Clock.id)).first()


def narrow(session: Session, clock: str, **values) -> PolicyRow:
    """Narrow a row of the shipped limits, as a later version would."""
    version = session.scalars(select(PolicyVersion)).one()
    of_clock = (PolicyRow.clock == clock, PolicyRow.limit_class == values.pop("of", "ordinary"))
    row = session.scalars(select(PolicyRow).where(*of_clock, PolicyRow.is_rework.is_(False))).first()
    columns = {column.key: getattr(row, column.key) for column in PolicyRow.__table__.columns}
    narrower = PolicyRow(**{**columns, **values, "id": None, "version_id": version.id})
    narrower.selector = selector_of(narrower)
    session.add(narrower)
    version.revision = new_revision()
    session.flush()
    return narrower


def test_a_pause_is_measured_anew_in_the_kind_of_time_of_another_class(session, town):
    """A weekend that held an urgent ticket for 63 hours held an ordinary one for half an hour of work."""
    tale = tale_at(session, town, "2026-11-27 16:30", urgency="urgent")
    tale.now = city("2026-11-27 17:00")
    tale.act("dispatcher", "ask_supplement", ASKED)
    tale.now = city("2026-11-30 08:20")
    tale.act("agent", "supplement", {"text": "三单元"})
    tale.act("dispatcher", "reclassify", {"urgency": "ordinary", "reason": "已无危险"})
    # Five working days from Monday the 30th; nothing was counted yet when the ticket was held on Friday.
    assert clock_of(tale, "handle").due_at == city("2026-12-04 17:30")
    assert differences(session, tale.ticket) == []


def test_what_is_held_before_counting_begins_moves_nothing(session, town):
    tale = tale_at(session, town, "2026-11-23 09:30")
    due_at = clock_of(tale, "handle").due_at
    assert due_at == city("2026-11-30 17:30")
    tale.now = city("2026-11-23 10:00")
    tale.act("dispatcher", "ask_supplement", ASKED)
    tale.now = city("2026-11-23 17:00")
    tale.act("agent", "supplement", {"text": "三单元"})
    assert clock_of(tale, "handle").due_at == due_at
    assert differences(session, tale.ticket) == []


def test_a_pause_under_a_new_edition_leaves_the_earlier_days_to_be_recounted(session, town):
    tale = tale_at(session, town, "2026-11-23 09:30")
    calendar_id = session.scalars(select(Calendar.id).where(Calendar.code == "city")).one()
    holiday = DayMark(date(2026, 11, 26), DayKind.HOLIDAY)
    mark_day(session, calendar_id, holiday, Author(city("2026-11-23 10:00"), "防汛停工"))
    tale.now = city("2026-11-24 10:00")
    tale.act("dispatcher", "ask_supplement", ASKED)
    tale.now += timedelta(minutes=1)
    tale.act("agent", "supplement", {"text": "三单元"})
    book = ClockBook(ClockRules(session, tale.ticket, tale.now), list_running(session, tale.ticket.id))
    assert "handle" in {clock.name for clock in book.to_recount(book.running)}
    assert differences(session, tale.ticket) == []


def test_another_class_while_a_ticket_waits_holds_and_releases_as_its_row_says(session, town):
    narrow(session, "handle", of="critical", pauses_in="suspended", ticket_type="complaint")
    tale = tale_at(session, town, "2026-11-23 09:30")
    tale.now = city("2026-11-23 10:00")
    tale.act("dispatcher", "ask_supplement", ASKED)
    assert clock_of(tale, "handle").paused_at is not None
    tale.act("dispatcher", "reclassify", {"urgency": "critical", "reason": "有人被困"})
    assert clock_of(tale, "handle").paused_at is None
    tale.act("dispatcher", "reclassify", {"urgency": "ordinary", "reason": "已脱险"})
    assert clock_of(tale, "handle").paused_at is not None
    assert differences(session, tale.ticket) == []


def test_a_window_to_give_a_share_back_is_that_of_its_own_units_tier(session, town):
    session.get_one(Unit, town.units["ROADS"]).tier = 3
    narrow(session, "return_window", unit_tier=3, amount=4, start_rule="next_working_day")
    tale = tale_at(session, town, "2026-11-23 09:30")
    tale.act("dispatcher", "add_co_handler", {"unit": "ROADS", "advice": "请配合"})
    assert tale.share("HOUSING").return_until == city("2026-11-24 17:30")
    assert tale.share("ROADS").return_until == city("2026-11-27 17:30")


def test_an_order_keeps_the_day_that_was_chosen_whatever_class_its_ticket_gets(session, town):
    narrow(session, "supervision", of="any", limit_class="urgent", amount=2, unit="hours")
    tale = tale_at(session, town, "2026-11-23 09:30")
    tale.issued("HOUSING")
    chosen = clock_of(tale, "supervision").due_at
    tale.act("dispatcher", "reclassify", {"urgency": "urgent", "reason": "老人被困"})
    assert clock_of(tale, "supervision").due_at == chosen
    assert differences(session, tale.ticket) == []


def test_a_ticket_given_to_a_unit_of_another_tier_rebuilds_to_the_clocks_it_has(session, town):
    session.get_one(Unit, town.units["ROADS"]).tier = 3
    narrow(session, "sign", unit_tier=3, amount=2)
    tale = tale_at(session, town, "2026-11-23 09:30")
    share = tale.share("HOUSING")
    change = {"assignment": share.id, "unit": "ROADS", "reason": "属市政职责"}
    tale.act("dispatcher", "redirect", change)
    assert differences(session, tale.ticket) == []
