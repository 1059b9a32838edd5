"""Do the figures of the board of messages say what waits, what went out, what failed, and how providers do?"""

from datetime import timedelta

import pytest
from sqlalchemy import text

from hotline.queries.dead_letters import list_causes, list_dead_letters
from hotline.queries.delivery import Waits, count_ended, count_minutes, list_failing, read_queue, read_sending
from hotline.queries.provider_health import Rest, list_providers
from notifications.models import SmsUse
from notifications.spending import count_segments_of_day
from tests.hotline.letters import attempt, letter
from tests.plans import explained, explained_by_postgresql
from tests.stories.town import MONDAY as NOW

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


def test_what_is_due_and_not_taken_stands_apart_from_what_has_its_time_before_it(session):
    letter(session, NOW, next_attempt_at=NOW - 7 * MINUTE)
    letter(session, NOW, next_attempt_at=NOW)
    letter(session, NOW, state="sending", next_attempt_at=NOW - MINUTE)
    letter(session, NOW, state="sending", next_attempt_at=NOW + MINUTE)
    letter(session, NOW, next_attempt_at=NOW + HOUR)
    letter(session, NOW, next_attempt_at=NOW + 2 * HOUR, digest_key="unit:1")
    letter(session, NOW, next_attempt_at=NOW + 9 * HOUR, last_error="spend_cap")
    letter(session, NOW, next_attempt_at=NOW + 5 * MINUTE, last_error="http_503")
    (line,) = read_queue(session, NOW)
    assert line.counts == {
        Waits.DUE: 3,
        Waits.IN_HAND: 1,
        Waits.MORNING: 1,
        Waits.DUTY: 1,
        Waits.TOMORROW: 1,
        Waits.RETRY: 1,
    }
    assert line.total == 8
    assert line.oldest_at == NOW - 7 * MINUTE
    assert line.goes_on_at == NOW + 5 * MINUTE


def test_each_channel_has_its_lines_and_urgent_ones_come_first(session):
    letter(session, NOW, channel="email")
    letter(session, NOW, channel="sms")
    letter(session, NOW, channel="sms", is_urgent=True)
    letter(session, NOW, channel="sms", state="delivered")
    lines = [(line.channel, line.is_urgent) for line in read_queue(session, NOW)]
    assert lines == [("sms", True), ("sms", False), ("email", False)]


def test_each_minute_of_the_last_hour_counts_what_was_handed_over_in_it(session):
    now = NOW.replace(second=30, microsecond=0)
    for state in ("accepted", "delivered", "failed"):
        letter(session, now, state=state, next_attempt_at=now - timedelta(seconds=29))
    letter(session, now, state="accepted", next_attempt_at=now - timedelta(seconds=31))
    letter(session, now, state="dead", next_attempt_at=now)
    letter(session, now, state="accepted", next_attempt_at=now - timedelta(minutes=61))
    minutes = count_minutes(session, now)
    assert len(minutes) == 60
    assert minutes[-2:] == [1, 3]
    assert sum(minutes) == 4


def test_the_day_counts_by_channel_what_became_of_messages(session):
    midnight = NOW - 2 * HOUR
    for state in ("accepted", "delivered", "failed", "dead", "skipped"):
        letter(session, NOW, state=state, next_attempt_at=NOW - MINUTE)
    letter(session, NOW, state="delivered", next_attempt_at=midnight - MINUTE)
    letter(session, NOW, state="skipped", next_attempt_at=NOW + HOUR)
    letter(session, NOW)
    sms, email, mailbox = count_ended(session, midnight, NOW)
    assert (sms.channel, sms.handed_over, sms.delivered) == ("sms", 3, 1)
    assert sms.counts == {"accepted": 1, "delivered": 1, "failed": 1, "dead": 1, "skipped": 1}
    assert (email.counts, mailbox.counts) == ({}, {})


def test_reasons_of_a_day_are_counted_the_most_frequent_first(session):
    for _ in range(2):
        letter(session, NOW, state="dead", last_error="twilio_21211", next_attempt_at=NOW - HOUR)
    letter(session, NOW, state="failed", last_error="twilio_21211", next_attempt_at=NOW - HOUR)
    letter(session, NOW, state="failed", last_error="smtp_5.1.1", channel="email", next_attempt_at=NOW)
    letter(session, NOW, state="dead", last_error="poison", next_attempt_at=NOW - 25 * HOUR)
    found = [(line.channel, line.code, line.dead, line.failed) for line in list_failing(session, NOW)]
    assert found == [("sms", "twilio_21211", 2, 1), ("email", "smtp_5.1.1", 0, 1)]


def test_dead_letters_are_listed_newest_first_by_page_and_by_cause(session):
    ids = [letter(session, NOW, state="dead", last_error="poison") for _ in range(21)]
    other = letter(session, NOW, state="dead", last_error="http_503")
    letter(session, NOW, state="failed", last_error="poison")
    page = list_dead_letters(session, "", "")
    assert [row.id for row in page.rows] == [other, *reversed(ids[2:])]
    assert [row.id for row in list_dead_letters(session, "", page.older or "").rows] == [ids[1], ids[0]]
    assert [row.id for row in list_dead_letters(session, "http_503", "").rows] == [other]
    assert [(cause.code, cause.number) for cause in list_causes(session)] == [("poison", 21), ("http_503", 1)]


def tried(session, *ends, ago=30, **changes):
    """Attempts that ended so, a second apart, the last one `ago` seconds ago."""
    one = letter(session, NOW, state="accepted")
    for number, (outcome, code) in enumerate(ends, start=1):
        at = NOW - timedelta(seconds=ago + len(ends) - number)
        attempt(session, one, number, at, outcome=outcome, error_code=code, **changes)


TAKEN, LATER, REFUSED = ("accepted", None), ("created", "http_503"), ("dead", "twilio_21211")
NO_TEMPLATE, NO_ANSWER = ("created", "no_template"), ("unclear", "Timeout")


def health(session):
    (line,) = list_providers(session, NOW)
    return line


def test_a_provider_tells_its_last_success_and_its_share_of_failures(session):
    tried(session, TAKEN, TAKEN, TAKEN, LATER, ago=60)
    tried(session, LATER, LATER, ago=16 * 60)
    line = health(session)
    assert (line.tried, line.failed, line.failed_percent) == (4, 1, 25)
    assert line.last_success_at == NOW - timedelta(seconds=61)
    assert line.rest is Rest.WORKS


@pytest.mark.parametrize(
    ("ends", "ago", "rest"),
    [
        ([LATER] * 5, 10, Rest.RESTS),
        ([NO_ANSWER] * 5, 10, Rest.RESTS),
        ([LATER] * 5, 40, Rest.PROBED),
        ([*[LATER] * 5, TAKEN], 10, Rest.WORKS),
        ([LATER] * 4, 10, Rest.WORKS),
        ([REFUSED] * 9, 10, Rest.WORKS),
        ([NO_TEMPLATE] * 9, 10, Rest.WORKS),
        ([*[TAKEN] * 10, *[LATER, TAKEN] * 2, *[LATER] * 4, TAKEN, LATER], 10, Rest.WORKS),
        ([TAKEN, LATER] * 10, 10, Rest.RESTS),
    ],
)
def test_whether_a_provider_rests_is_worked_out_by_the_rule_of_the_workers(session, ends, ago, rest):
    tried(session, *ends, ago=ago)
    assert health(session).rest is rest


def test_how_long_a_provider_still_rests_is_told(session):
    tried(session, *[LATER] * 5, ago=10)
    assert health(session).seconds_left == 20


def test_an_attempt_that_has_not_ended_says_nothing_yet(session):
    tried(session, (None, None), ago=2)
    assert (health(session).tried, health(session).last_success_at) == (0, None)


def read_everything(session):
    """All that the board asks of the large tables."""
    read_sending(session, NOW - 8 * HOUR, NOW)
    list_providers(session, NOW)
    list_causes(session)
    list_dead_letters(session, "", "")
    list_dead_letters(session, "poison", "")
    count_segments_of_day(session, NOW, NOW.tzinfo)


def filled(session):
    for state in ("created", "accepted", "dead"):
        attempt(session, letter(session, NOW, state=state, last_error="poison"), 1, NOW)
    session.add_all(spent(hours) for hours in range(500))
    session.flush()


def spent(hours):
    """One SMS taken so many hours ago."""
    at = NOW - hours * HOUR
    return SmsUse(message_id=f"SM{hours}", address_hash=f"{hours:064}", is_capped=True, segments=1, at=at)


LARGE = ("outbox_messages", "deliveries", "sms_uses")
INDEXES = (
    "ix_outbox_messages_queue",
    "ix_outbox_messages_order",
    "ix_outbox_messages_held",
    "ix_outbox_messages_ended",
    "ix_outbox_messages_dead",
    "ix_deliveries_started_at",
    "ix_sms_uses_at",
)


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_every_figure_is_read_by_an_index_of_what_it_counts_on_postgresql(session, engine):
    filled(session)
    # An empty table's indexes cost the same: which of them is taken would be chance.
    session.execute(text("ANALYZE sms_uses"))
    with explained_by_postgresql(engine, "SELECT") as plans:
        read_everything(session)
    # Of nobody's own SMS there are none: that is known without a look.
    large = [
        plan
        for statement, plan in plans.items()
        if any(table in statement for table in LARGE) and "One-Time Filter: false" not in plan
    ]
    assert len(large) == 10
    assert [plan for plan in large if not any(index in plan for index in INDEXES)] == []
    assert [plan for plan in large if "Seq Scan" in plan] == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_every_figure_is_read_by_an_index_of_what_it_counts_on_sqlite(session, engine):
    filled(session)
    with explained(engine, "SELECT") as plans:
        read_everything(session)
    scans = [plan for plan in plans if plan.startswith(("SCAN outbox", "SCAN deliveries", "SCAN sms"))]
    assert [plan for plan in scans if "USING" not in plan] == []
    assert [plan for plan in plans if "sqlite_autoindex" in plan] == []
