"""What was missed of one ticket is told once to each person, in plain words, and nothing else is held back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.clocks import Timer
from hotline.services.catching_up import REMINDERS, Postbag
from hotline.services.timers import fire_due
from notifications.catalog import KINDS, Channel
from notifications.models import OutboxMessage
from notifications.outbox import Message
from notifications.render import count_segments, render
from tests.notifications.samples import FACTS
from tests.stories.tale import Tale
from tests.stories.town import MONDAY, Town, city, found_town

Factory = sessionmaker[Session]
FAR = MONDAY + timedelta(days=40)
LEADER = "leader_housing"


def message(kind: str, event: int, **changes: str) -> Message:
    recipient = changes.get("recipient", "unit:1")
    channel = Channel(changes.get("channel", "sms"))
    return Message(
        key=f"{event}:{kind}:{recipient}:{channel}",
        kind=kind,
        channel=channel,
        recipient=recipient,
        address="13900000000",
        language=changes.get("language", "zh"),
        facts={**FACTS, "due": changes.get("due", FACTS["due"])},
        subject=FACTS["number"],
        order_key=f"{FACTS['number']}:{recipient}",
        urgent=False,
        created_at=datetime(2026, 11, 23, tzinfo=UTC),
        topic=changes.get("topic", ""),
    )


def folded(*posted: tuple[int, Message]) -> list[Message]:
    bag = Postbag()
    for timer_id, each in posted:
        bag.open(timer_id)
        bag.post(Session(), each)
    return bag.folded()


def test_reminders_of_several_timers_become_one_that_lists_them_with_the_latest_last():
    (one,) = folded(
        (1, message("due_soon", 11)),
        (2, message("overdue", 12)),
        (3, message("order_issued", 14)),
    )
    assert (one.kind, one.key) == ("catch_up", "14:catch_up:unit:1:sms")
    assert one.facts["count"] == "3"
    assert one.facts["missed"].splitlines() == [
        "办理临近到期（11月30日17:30）",
        "办理已超期（应于11月30日17:30）",
        "已下发督办单（四级：挂牌督办，11月27日前反馈）",
    ]
    assert one.facts["latest"] == "；".join(one.facts["missed"].splitlines()[-2:])


def test_what_one_timer_says_is_told_in_as_many_messages_as_ever():
    posted = [message("escalated", 11, channel="mailbox"), message("order_issued", 12, channel="mailbox")]
    assert folded(*((1, each) for each in posted)) == posted


def test_other_people_and_other_channels_hear_for_themselves():
    posted = [
        message("overdue", 11),
        message("overdue", 12, recipient="unit:2"),
        message("overdue", 13, channel="mailbox"),
    ]
    assert folded(*enumerate(posted)) == posted


def test_what_is_no_reminder_is_never_put_into_one():
    closing = message("closed", 12, recipient="citizen:1")
    reminders = [(1, message("due_soon", 11)), (3, message("overdue", 13))]
    kinds = [each.kind for each in folded(reminders[0], (2, closing), reminders[1])]
    assert kinds == ["closed", "catch_up"]


def test_what_is_about_one_clock_keeps_its_topic_and_what_is_about_two_has_none():
    (of_one,) = folded(
        (1, message("due_soon", 11, topic="clock:1")), (2, message("overdue", 12, topic="clock:1"))
    )
    (of_two,) = folded(
        (1, message("overdue", 11, topic="clock:1")), (2, message("due_soon", 12, topic="clock:2"))
    )
    assert (of_one.topic, of_two.topic) == ("clock:1", "")


@pytest.mark.parametrize(
    ("kinds", "gravest"),
    [
        (("overdue", "due_soon"), "overdue"),
        (("overdue", "escalated", "order_issued"), "escalated"),
        (("due_soon", "due_soon"), "due_soon"),
    ],
)
def test_the_one_says_what_the_gravest_in_it_reminds_of(kinds, gravest):
    (one,) = folded(*((number, message(kind, number)) for number, kind in enumerate(kinds)))
    assert one.facts["gravest"] == gravest


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_reminder_of_any_kind_can_be_listed_and_the_sms_stays_within_three(language):
    kinds = sorted(REMINDERS)
    assert set(kinds) <= KINDS.keys()
    posted = [message(kind, n, language=language, due=f"{n}日10:00") for n, kind in enumerate(kinds)]
    (one,) = folded(*enumerate(posted))
    assert len(one.facts["missed"].splitlines()) > 5
    assert count_segments(render(KINDS["catch_up"], Channel.SMS, language, one.facts).text) <= 3


@pytest.fixture
def town(session_factory: Factory) -> Town:
    with session_factory.begin() as session:
        return found_town(session)


def test_a_leader_who_was_away_for_forty_days_hears_once_of_a_ticket_and_all_events_are_there(
    session_factory, town
):
    with session_factory.begin() as session:
        tale = Tale(session, town).to_dispatch().dispatched()
        number = tale.number
    fire_due(session_factory, FAR)
    with session_factory() as session:
        tale = Tale(session, town, number=number)
        assert tale.actions()[-11:] == [
            "warn_share",
            "sign_overdue",
            "mark_overdue",
            "warn",
            "warn",
            "mark_overdue",
            "escalate",
            "escalate",
            "issue",
            "escalate",
            "issue",
        ]
        rows = session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
        kinds = [row.kind for row in rows if row.recipient == town.user(LEADER)]
        assert kinds == ["catch_up"]
        by_sms = [row for row in rows if row.recipient == town.unit("HOUSING") and row.channel == "sms"]
        assert [row.kind for row in by_sms] == ["new_ticket", "catch_up"]
        assert by_sms[-1].facts["missed"].splitlines()[-1].startswith("已下发督办单（四级")


@pytest.fixture
def tale_of(session_factory, town):
    """Goes on with the tale of one ticket, a transaction at a time."""
    numbers: list[str] = []

    @contextmanager
    def go_on(at: datetime = MONDAY) -> Iterator[Tale]:
        with session_factory.begin() as session:
            tale = Tale(session, town, at, *numbers)
            yield tale
            numbers[:] = [tale.number]

    return go_on


def waiting(session_factory: Factory, recipient: str) -> list[str]:
    """The kinds of what waits for somebody's opening."""
    held = select(OutboxMessage.kind).where(
        OutboxMessage.recipient == recipient,
        OutboxMessage.state == "created",
        OutboxMessage.digest_key.is_not(None),
    )
    with session_factory() as session:
        return list(session.scalars(held))


def test_of_two_clocks_of_which_one_ends_before_the_opening_the_unit_hears_all_the_same(
    session_factory, town, tale_of
):
    with tale_of() as tale:
        tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING").issued("HOUSING")
    fire_due(session_factory, city("2026-11-26 20:00"))
    assert waiting(session_factory, town.unit("HOUSING")) == ["catch_up"]
    with tale_of(city("2026-11-26 21:00")) as tale:
        tale.on_order("leader_housing", "answer", {"answer": "已加派人手"})
        tale.on_order("supervisor", "close_order", {"opinion": "同意"})
    assert waiting(session_factory, town.unit("HOUSING")) == ["catch_up"]


def test_what_is_about_one_clock_is_withdrawn_when_that_ends_before_the_opening(
    session_factory, town, tale_of
):
    with tale_of() as tale:
        tale.to_dispatch().dispatched().on_share("handler_housing", "sign", "HOUSING")
        said = {"contacted_at": tale.now, "way": "phone", "result": "已约定周三上门"}
        tale.act("handler_housing", "record_contact", said)
    fire_due(session_factory, city("2026-11-30 20:00"))
    assert waiting(session_factory, town.unit("HOUSING")) == ["catch_up"]
    with tale_of(city("2026-11-30 21:00")) as tale:
        tale.replied()
    assert waiting(session_factory, town.unit("HOUSING")) == []


def test_a_timer_that_fires_alone_says_what_it_always_said(session_factory, town):
    with session_factory.begin() as session:
        Tale(session, town).to_dispatch().dispatched()
        moments = sorted(set(session.scalars(select(Timer.due_at).where(Timer.state == "pending"))))
    for moment in moments:
        fire_due(session_factory, moment)
    with session_factory() as session:
        assert "catch_up" not in set(session.scalars(select(OutboxMessage.kind)))
