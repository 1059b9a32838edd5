"""Does the checker itself see what is wrong: one planted fault after another in a sound database."""

from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock, Timer
from hotline.models.ticket import Assignment, Ticket, TicketEvent
from notifications.models import OutboxMessage
from tests.stories.checker import Acknowledged, find_faults, find_lost, find_owed
from tests.stories.tale import Tale
from tests.stories.town import MONDAY, found_town
from workflows.grace import GRACE

FAULTS = {
    "a state without its event": update(Ticket).values(state="reply_review"),
    "a version without its event": update(Ticket).values(version=99),
    "a share without its event": update(Assignment).values(state="handling"),
    "an event that is gone": delete(TicketEvent).where(TicketEvent.number == 4),
    "an event that is no row": update(TicketEvent).where(TicketEvent.number == 3).values(role="agent"),
    "an event that was changed": update(TicketEvent).where(TicketEvent.number == 2).values(ip="203.0.113.9"),
    "a clock that stopped": update(Clock).where(Clock.name == "handle").values(stopped_at=MONDAY),
    "a clock too many": update(Clock).where(Clock.name == "dispatch").values(stopped_at=None),
    "a due moment of its own": update(Ticket).values(due_at=MONDAY),
    "a timer of a stopped clock": update(Timer).where(Timer.state == "cancelled").values(state="pending"),
    "a clock without timers": delete(Timer).where(Timer.kind == "red"),
    "a timer that fired early": update(Timer)
    .where(Timer.kind == "red")
    .values(state="fired", fired_at=MONDAY),
    "a message that was never put": delete(OutboxMessage).where(OutboxMessage.kind == "new_ticket"),
    "a citizen who was not told": delete(OutboxMessage).where(OutboxMessage.kind == "dispatched"),
    "a message nobody wished": update(OutboxMessage)
    .where(OutboxMessage.kind == "accepted")
    .values(kind="closed"),
}


@pytest.fixture
def tale(session: Session) -> Tale:
    return Tale(session, found_town(session)).to_dispatch().dispatched()


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_seen(tale, fault):
    assert find_faults(tale.session) == []
    tale.session.execute(FAULTS[fault].execution_options(synchronize_session=False))
    assert find_faults(tale.session) != []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_message_that_overtook_another_is_seen(tale):
    tale.replied().act("auditor", "approve_reply")
    for minutes, kind in enumerate(("replied", "accepted")):
        moment = MONDAY + timedelta(minutes=minutes)
        tale.session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.kind == kind)
            .values(accepted_at=moment, state="accepted")
        )
    assert any("overtook" in fault for fault in find_faults(tale.session))


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_lost_step_and_a_message_still_owed_are_seen(tale):
    done = Acknowledged(tale.number, 4, "dispatch")
    assert find_lost(tale.session, [done]) == []
    assert len(find_lost(tale.session, [done, Acknowledged(tale.number, 5, "sign")])) == 1
    assert len(find_lost(tale.session, [Acknowledged(tale.number, 4, "reject")])) == 1
    messages = tale.session.scalar(select(func.count(OutboxMessage.id)))
    assert len(find_owed(tale.session, tale.now + GRACE)) == messages
