"""Eight people press at once: one wins, seven are told how it stands, keep their words and write nothing.

RACE_ROUNDS sets how many rounds each race runs; a release asks for 500.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from hotline.models.ticket import Assignment, Request, Ticket, TicketEvent
from tests.stories.checker import find_faults
from tests.stories.counter import Counter, Form
from tests.stories.tale import Tale
from tests.stories.test_races import at_once
from tests.stories.town import RETURN, found_wide_town

ROUNDS = int(os.environ.get("RACE_ROUNDS", "12"))
MIXED_ROUNDS = max(4, ROUNDS // 5)
RUNNERS = 8
# Every so often, so that a fault is seen near the round that made it without reading all rows each time.
CHECKED_EVERY = 100
_WITHDRAW = {"reason": "已自行解决", "is_identity_checked": True}
_NOTE = {"text": "已关注", "visibility": "internal"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket as everybody saw it before they pressed."""

    number: str
    version: int
    share_id: int
    request_id: int


@pytest.fixture
def counter(app, session_factory) -> Iterator[Counter]:
    with session_factory.begin() as session:
        town = found_wide_town(session)
    yield Counter(app, session_factory, town)
    assert_sound(session_factory)


def assert_sound(factory: Any) -> None:
    with factory() as session:
        assert find_faults(session) == []


def begun(counter: Counter, bring: Callable[[Tale], object]) -> Seen:
    """Bring a ticket to its race; it began half an hour ago, since the forms look at the real clock."""
    with counter.factory.begin() as session:
        tale = Tale(session, counter.town, datetime.now(UTC) - timedelta(minutes=30))
        bring(tale)
        share, asked = tale.share("HOUSING"), select(func.max(Request.id))
        return Seen(tale.number, tale.ticket.version, share.id if share else 0, session.scalar(asked) or 0)


def with_unit(tale: Tale) -> Tale:
    return tale.to_dispatch().dispatched()


def press_at_once(
    counters: Sequence[Counter], seen: Seen, acts: Sequence[tuple[str, Form, dict[str, Any]]]
) -> list[tuple[dict[str, Any], Any]]:
    """Send all forms at one moment, each from a browser of its own; gives what was typed and the answers."""
    for one, (who, _form, _data) in zip(counters, acts, strict=True):
        one.browser(who)

    def press(one: Counter, who: str, form: Form, data: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        return data, one.press(who, form, seen.version, data)

    return at_once([partial(press, one, *act) for one, act in zip(counters, acts, strict=True)])


def apart(counter: Counter, how_many: int) -> list[Counter]:
    """Counters whose browsers share no cookies."""
    return [Counter(counter.app, counter.factory, counter.town) for _ in range(how_many)]


def count_events(counter: Counter, number: str) -> int:
    of_ticket = select(func.count(TicketEvent.id)).join(Ticket, Ticket.id == TicketEvent.ticket_id)
    with counter.factory() as session:
        return session.scalar(of_ticket.where(Ticket.number == number)) or 0


def advice_kept(counter: Counter, number: str) -> list[str]:
    of_ticket = select(Assignment.advice).join(Ticket, Ticket.id == Assignment.ticket_id)
    with counter.factory() as session:
        return list(session.scalars(of_ticket.where(Ticket.number == number)))


def test_of_eight_forms_sent_at_once_one_wins_and_seven_keep_their_words(counter):
    eight = apart(counter, RUNNERS)
    for turn in range(1, ROUNDS + 1):
        seen = begun(counter, lambda tale: tale.to_dispatch())
        form = Form(seen.number, "ticket", "dispatch")
        acts = [
            ("dispatcher", form, {"main_unit": "HOUSING", "advice": f"第 {turn} 轮第 {place} 人的要求"})
            for place in range(RUNNERS)
        ]
        answers = press_at_once(eight, seen, acts)
        won = [typed["advice"] for typed, answer in answers if answer.status_code == 303]
        assert len(won) == 1, [answer.status_code for _, answer in answers]
        for typed, answer in answers:
            if typed["advice"] not in won:
                assert answer.status_code == 409
                assert typed["advice"] in answer.text
                assert "办理中" in answer.text
                assert str(seen.version + 1) in answer.text
        assert advice_kept(counter, seen.number) == won
        assert count_events(counter, seen.number) == seen.version + 1
        if turn % CHECKED_EVERY == 0:
            assert_sound(counter.factory)


def test_different_acts_at_the_version_all_saw_have_one_winner(counter):
    """An urge, a note, a request, a signature, a merger, another unit, a withdrawal and a level meet."""
    eight = apart(counter, RUNNERS)
    for _ in range(MIXED_ROUNDS):
        master = begun(counter, with_unit).number
        seen = begun(counter, with_unit)
        number, share = seen.number, seen.share_id
        acts = [
            ("agent", Form(number, "ticket", "urge"), {"words": "请尽快"}),
            ("supervisor", Form(number, "ticket", "note"), _NOTE),
            ("handler_housing", Form(number, "request", "ask_return", share), dict(RETURN)),
            ("handler_housing", Form(number, "assignment", "sign", share), {}),
            ("dispatcher", Form(number, "ticket", "merge"), {"master": master}),
            ("second_dispatcher", Form(number, "ticket", "add_co_handler"), {"unit": "ROADS", "advice": "配合"}),
            ("second_agent", Form(number, "ticket", "withdraw"), _WITHDRAW),
            ("centre_leader", Form(number, "order", "issue"), {"level": "3", "units": ["HOUSING"], "opinion": "督办"}),
        ]  # fmt: skip
        statuses = [answer.status_code for _, answer in press_at_once(eight, seen, acts)]
        assert statuses.count(303) == 1, statuses
        # Whose unit lost the ticket to a merger or a withdrawal finds it gone, with the words given back.
        assert set(statuses) <= {303, 404, 409}


def test_a_request_that_three_settle_at_once_is_settled_once(counter):
    for _ in range(MIXED_ROUNDS):
        seen = begun(counter, lambda tale: with_unit(tale).ask_return("handler_housing", "HOUSING"))
        number, asked = seen.number, seen.request_id
        acts = [
            ("dispatcher", Form(number, "request", "approve", asked), {}),
            ("second_dispatcher", Form(number, "request", "refuse", asked), {"reason": "属本单位职责"}),
            ("handler_housing", Form(number, "request", "cancel", asked), {}),
            ("supervisor", Form(number, "ticket", "note"), _NOTE),
        ]
        statuses = [answer.status_code for _, answer in press_at_once(apart(counter, 4), seen, acts)]
        assert statuses.count(303) == 1, statuses


def test_eight_merge_in_a_ring_and_no_ticket_is_lost_or_locked(counter):
    """Each of eight tickets is merged into the next: no deadlock, and no follower follows a follower."""
    eight = apart(counter, RUNNERS)
    for _ in range(MIXED_ROUNDS):
        ring = [begun(counter, with_unit) for _ in range(RUNNERS)]
        calls = [
            lambda one=one, seen=seen, into=into: one.press(
                "dispatcher", Form(seen.number, "ticket", "merge"), seen.version, {"master": into.number}
            )
            for one, seen, into in zip(eight, ring, ring[1:] + ring[:1], strict=True)
        ]
        for one in eight:
            one.browser("dispatcher")
        statuses = [answer.status_code for answer in at_once(calls)]
        assert 1 <= statuses.count(303) < RUNNERS
        assert set(statuses) <= {303, 409, 422}
