"""Do a ticket's events give its clocks, whatever was amended since, and is a clock that was touched found out?"""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hotline.models.calendars import Calendar, DayKind
from hotline.models.clocks import Clock, ClockChange, Timer
from hotline.models.policies import PolicyRow, PolicyVersion, selector_of
from hotline.models.ticket import Ticket, TicketEvent
from hotline.services.calendars import Author, DayMark, load_edition, mark_day
from hotline.services.clock_verify import differences
from tests.stories.tale import Tale
from tests.stories.town import city, found_wide_town

ASKED = {"missing": "请补充楼栋号", "answer_by": "2026-11-27"}


@pytest.fixture
def tale(session: Session) -> Tale:
    """A ticket that was dispatched, held for its citizen, and put into another class."""
    tale = Tale(session, found_wide_town(session)).to_dispatch().dispatched()
    tale.act("dispatcher", "ask_supplement", ASKED)
    tale.now += timedelta(days=1)
    tale.act("agent", "supplement", {"text": "三单元"})
    return tale.act("dispatcher", "reclassify", {"type": "consultation", "reason": "只是咨询"})


def handle_of(tale: Tale) -> Clock:
    mine = (Clock.ticket_id == tale.ticket.id, Clock.name == "handle", Clock.assignment_id.is_(None))
    return tale.session.scalars(select(Clock).where(*mine)).one()


def kept(tale: Tale) -> list[ClockChange]:
    of_clock = select(ClockChange).where(ClockChange.clock_id == handle_of(tale).id)
    return list(tale.session.scalars(of_clock.order_by(ClockChange.number)))


def test_every_due_date_a_clock_ever_had_is_kept_with_its_reason(tale):
    changes = kept(tale)
    assert [change.reason for change in changes] == ["started", "paused", "resumed", "reclassified"]
    assert changes[0].due_at == handle_of(tale).original_due_at
    assert changes[2].due_at > changes[1].due_at == changes[0].due_at
    assert changes[-1].due_at == handle_of(tale).due_at
    events = tale.session.scalars(select(TicketEvent).where(TicketEvent.ticket_id == tale.ticket.id))
    acts = {event.number: event.action for event in events}
    assert [acts[change.event_number] for change in changes] == [
        "dispatch", "ask_supplement", "supplement", "reclassify",
    ]  # fmt: skip


def test_the_clocks_are_those_the_events_give(tale):
    assert differences(tale.session, tale.ticket) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("due_at", city("2026-12-24 17:30")),
        ("yellow_at", None),
        ("paused_seconds", 1),
        ("is_cancelled", True),
        ("stopped_at", city("2026-11-24 09:00")),
    ],
)
def test_a_clock_somebody_touched_is_found_out(tale, column, value):
    tale.session.execute(update(Clock).where(Clock.id == handle_of(tale).id).values({column: value}))
    tale.session.expire_all()
    assert [line for line in differences(tale.session, tale.ticket) if f"(handle) {column} is" in line]


def test_a_ticket_whose_due_date_was_touched_is_found_out(tale):
    tale.session.execute(update(Ticket).where(Ticket.id == tale.ticket.id).values(due_at=tale.now))
    tale.session.expire_all()
    assert [line for line in differences(tale.session, tale.ticket) if line.startswith("ticket due_at")]


def test_a_history_somebody_touched_is_found_out(tale):
    wrong = update(ClockChange).where(ClockChange.id == kept(tale)[1].id).values(due_at=tale.now)
    tale.session.execute(wrong)
    assert [line for line in differences(tale.session, tale.ticket) if "another history" in line]


def test_a_clock_too_many_is_found_out(tale):
    session, clock = tale.session, handle_of(tale)
    again = {name: getattr(clock, name) for name in ("ticket_id", "name", "unit", "started_at", "due_at")}
    session.add(Clock(**again, original_due_at=clock.due_at, calendar="city"))
    session.flush()
    assert [line for line in differences(session, tale.ticket) if line.endswith("is too many")]


def test_a_clock_that_is_gone_is_found_out(tale):
    session, clock = tale.session, handle_of(tale)
    for model in (ClockChange, Timer):
        session.execute(delete(model).where(model.clock_id == clock.id))
    session.execute(delete(Clock).where(Clock.id == clock.id))
    session.expire_all()
    assert [line for line in differences(session, tale.ticket) if line.endswith("is missing")]


def test_a_calendar_amended_later_leaves_the_clocks_as_their_events_give_them(tale):
    calendar_id = tale.session.scalars(select(Calendar.id).where(Calendar.code == "city")).one()
    before = load_edition(tale.session, kept(tale)[0].calendar_edition_id)
    author = Author(tale.now + timedelta(minutes=1), "防汛停工")
    mark_day(tale.session, calendar_id, DayMark(date(2026, 11, 26), DayKind.HOLIDAY), author)
    assert differences(tale.session, tale.ticket) == []
    assert load_edition(tale.session, kept(tale)[0].calendar_edition_id).is_workday(date(2026, 11, 26))
    assert before.is_workday(date(2026, 11, 26))
    tale.now += timedelta(minutes=2)
    tale.act("dispatcher", "reclassify", {"type": "complaint", "reason": "诉求人要求追责"})
    assert differences(tale.session, tale.ticket) == []
    assert kept(tale)[-1].calendar_edition_id != kept(tale)[0].calendar_edition_id


def test_a_policy_published_later_leaves_a_dispatched_ticket_under_its_own(tale):
    first = tale.session.scalars(select(PolicyVersion)).one()
    newer = PolicyVersion(number=2, valid_from_on=date(2026, 11, 1), published_at=tale.now)
    tale.session.add(newer)
    tale.session.flush()
    for row in tale.session.scalars(select(PolicyRow).where(PolicyRow.version_id == first.id)).all():
        columns = {column.key: getattr(row, column.key) for column in PolicyRow.__table__.columns}
        copy = PolicyRow(**{**columns, "id": None, "version_id": newer.id, "amount": row.amount + 1})
        copy.selector = selector_of(copy)
        tale.session.add(copy)
    tale.session.flush()
    tale.now += timedelta(minutes=2)
    tale.act("dispatcher", "reclassify", {"type": "complaint", "reason": "诉求人要求追责"})
    assert tale.ticket.policy_version_id == first.id
    assert differences(tale.session, tale.ticket) == []
