"""Does every message arrive once, whatever a provider answers or leaves unanswered? Over HTTP, hour by hour."""

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import func, select, text

from notifications import outbox, receipts
from notifications.catalog import Channel
from notifications.models import Delivery, OutboxMessage, State
from notifications.providers.base import Outgoing, TemporaryFailure, Watched
from notifications.providers.routing import Route
from notifications.providers.twilio_sms import TwilioAccount, TwilioSms
from notifications.receipts import Receipt
from notifications.worker import send_due
from tests.notifications.samples import MORNING, Clock, message, steady
from tests.notifications.twilio_server import SENDER, SID, TOKEN, UNHEARD, Mode, TwilioServer

MESSAGES = 20
# Seconds that a client waits for a connection, and calls that fill any queue of a server that takes none up.
PATIENCE = 0.2
QUEUE = 8
HELD_OPEN = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND state LIKE 'idle in transaction%' AND pid <> pg_backend_pid()"
)


@pytest.fixture
def clock():
    return Clock()


def twilio(server, clock, name="twilio"):
    """A client that gives up well before a slow server answers, and waits for a busy machine elsewhere."""
    patience = 10.0 if server.slow is None else server.slow * 0.6
    account = TwilioAccount(
        SID, TOKEN, SENDER, server.base, "https://hotline.example", timeout_seconds=patience
    )
    provider = TwilioSms(account)
    provider.name = name
    return Watched(provider, clock=clock.seconds)


def slow_in(mode):
    return 0.6 if mode is Mode.SLOW else None


@pytest.fixture
def put(session_factory):
    def put_messages(count=MESSAGES):
        with session_factory() as session, session.begin():
            outbox.put_all(
                session,
                [
                    message(key=str(each), order_key=str(each), address=f"138{each:08}")
                    for each in range(count)
                ],
            )

    return put_messages


@pytest.fixture
def reported(session_factory, clock):
    """What a receipt does that the provider sends for a message."""

    def report(message_id, sid, status):
        with session_factory() as session, session.begin():
            receipts.apply(session, Receipt("twilio", sid, status, clock(), message_id=message_id))

    return report


def run(session_factory, route, clock, minutes=12.0, lanes=4):
    """Let a worker look whenever something is due and a provider awake, until all is over or the time is."""
    until = clock() + timedelta(minutes=minutes)
    waiting = select(func.min(OutboxMessage.next_attempt_at)).where(OutboxMessage.state == State.CREATED)
    while True:
        while send_due(session_factory, {Channel.SMS: route}, clock, 50, steady(parallel=lanes)):
            pass
        with session_factory() as session:
            due_at = session.scalar(waiting)
        if due_at is None:
            return
        due_at = max(due_at, clock() + route.rest_left())
        if due_at > until:
            clock.at = until
            return
        clock.at = due_at


def states(session_factory):
    with session_factory() as session:
        return Counter(session.scalars(select(OutboxMessage.state)))


def starts(session_factory) -> Iterator[list[float]]:
    """When each message was tried, in seconds from the beginning."""
    with session_factory() as session:
        rows = session.execute(select(Delivery.message_id, Delivery.started_at).order_by(Delivery.id)).all()
    for message_id in {row.message_id for row in rows}:
        yield [(row.started_at - MORNING).total_seconds() for row in rows if row.message_id == message_id]


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode is not Mode.FINE])
def test_each_message_is_sent_once_although_the_first_answer_is(mode, session_factory, put, clock, reported):
    put()
    with TwilioServer(
        mode=lambda _id, nth: mode if nth == 0 else Mode.FINE, report=reported, slow=slow_in(mode)
    ) as server:
        run(session_factory, Route.over(twilio(server, clock)), clock)
    assert states(session_factory) == {State.ACCEPTED: MESSAGES}
    assert len({taken.message_id for taken in server.ledger}) == MESSAGES
    assert server.copies == 0
    most = 1 if mode in UNHEARD else 2
    assert max(server.asked.values()) == most


@pytest.mark.parametrize("mode", sorted(UNHEARD))
def test_an_answer_that_is_lost_costs_one_copy_at_most_where_no_receipt_comes(
    mode, session_factory, put, clock
):
    put(6)
    with TwilioServer(mode=lambda _id, nth: mode if nth == 0 else Mode.FINE, slow=slow_in(mode)) as server:
        run(session_factory, Route.over(twilio(server, clock)), clock)
    assert states(session_factory) == {State.ACCEPTED: 6}
    assert server.copies <= 6
    # Not at once: a receipt must have the time to tell that the message was taken.
    assert all(second - first >= 30 for first, second in starts(session_factory))


@pytest.fixture
def deaf() -> Iterator[int]:
    """A port whose server never takes a call up: once its short queue is full, a connection is never made."""
    with ExitStack() as waiting:
        server = waiting.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(QUEUE):
            caller = waiting.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        yield server.getsockname()[1]


@pytest.fixture
def nobody() -> int:
    """A port at which nobody listens."""
    with socket.socket() as briefly:
        briefly.bind(("127.0.0.1", 0))
        return briefly.getsockname()[1]


def test_a_connection_that_is_never_made_is_given_up_in_time(deaf):
    with pytest.raises(TemporaryFailure, match="ConnectTimeout") as caught:
        reach(deaf).send(outgoing())
    # Nothing left this machine, so nothing is unclear and another may send it at once.
    assert type(caught.value) is TemporaryFailure


def test_a_connection_that_is_refused_sent_nothing_either(nobody):
    with pytest.raises(TemporaryFailure) as caught:
        reach(nobody).send(outgoing())
    assert type(caught.value) is TemporaryFailure


@pytest.mark.parametrize("silence", ["deaf", "nobody"])
def test_each_message_goes_by_the_other_provider_while_one_cannot_be_reached(
    silence, request, session_factory, put, clock
):
    put(6)
    sick = Watched(reach(request.getfixturevalue(silence)), clock=clock.seconds)
    with TwilioServer() as server:
        route = Route([(sick, 1.0), (twilio(server, clock, "healthy"), 1.0)])
        run(session_factory, route, clock)
        assert len({taken.message_id for taken in server.ledger}) == 6
        assert server.copies == 0
    assert states(session_factory) == {State.ACCEPTED: 6}


def reach(port: int) -> TwilioSms:
    account = TwilioAccount(
        SID,
        TOKEN,
        SENDER,
        f"http://127.0.0.1:{port}",
        "https://hotline.example",
        timeout_seconds=PATIENCE,
    )
    provider = TwilioSms(account)
    provider.name = "sick"
    return provider


def outgoing() -> Outgoing:
    return Outgoing("01", "closed", Channel.SMS, "citizen:1", "13800001234", "1", "已办结")


def test_no_connection_to_the_database_is_open_during_a_send(session_factory, put, clock, engine):
    held = []

    def look():
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                held.append(connection.execute(HELD_OPEN).scalar_one())

    put()
    with TwilioServer(during=look) as server:
        # One lane: with more, one message is written down while another is sent.
        run(session_factory, Route.over(twilio(server, clock)), clock, lanes=1)
    assert states(session_factory) == {State.ACCEPTED: MESSAGES}
    assert set(held) <= {0}


def test_a_provider_that_asks_for_time_gets_it_from_every_message(session_factory, put, clock):
    put()
    asked_at = []
    with TwilioServer(
        mode=lambda _id, _nth: Mode.BUSY if clock() < MORNING + timedelta(minutes=2) else Mode.FINE,
        during=lambda: asked_at.append((clock() - MORNING).total_seconds()),
        retry_after="95",
    ) as server:
        run(session_factory, Route.over(twilio(server, clock)), clock)
    # As many as were on their way at once, then nobody until the time was over, then one to try.
    assert len([at for at in asked_at if at == 0]) <= 4
    assert [at for at in asked_at if 0 < at < 95] == []
    assert states(session_factory) == {State.ACCEPTED: MESSAGES}


def test_a_closed_provider_is_tried_by_one_message_each_half_minute(session_factory, put, clock):
    put()
    asked_at = []
    with TwilioServer(
        mode=lambda _id, _nth: Mode.CLOSED,
        during=lambda: asked_at.append((clock() - MORNING).total_seconds()),
    ) as server:
        run(session_factory, Route.over(twilio(server, clock)), clock, minutes=3)
    probes = [at for at in asked_at if at > 0]
    assert len(asked_at) - len(probes) <= 5 + 3
    assert all(second - first >= 30 for first, second in pairwise(probes))
    assert states(session_factory) == {State.CREATED: MESSAGES}


@pytest.mark.parametrize("mode", [Mode.CLOSED, Mode.BROKEN, Mode.BUSY, Mode.SLOW, Mode.TAKEN])
def test_the_other_provider_takes_over_within_a_minute(mode, session_factory, put, clock):
    put()
    with TwilioServer(mode=lambda _id, _nth: mode, slow=slow_in(mode)) as down, TwilioServer() as up:
        route = Route([(twilio(down, clock), 1.0), (twilio(up, clock, "other"), 1.0)])
        run(session_factory, route, clock, minutes=1)
    assert states(session_factory) == {State.ACCEPTED: MESSAGES}
    taken = {each.message_id for each in up.ledger}
    assert up.copies == 0
    assert len(taken) == MESSAGES
    # Only what the first may have taken is asked of it again or waits: never sent to the other at once.
    if mode not in UNHEARD:
        assert down.ledger == []


def test_a_number_that_does_not_exist_is_asked_of_one_provider_only(session_factory, clock):
    with session_factory() as session, session.begin():
        outbox.put(session, message(key="wrong", address="12"))
    with TwilioServer() as one, TwilioServer() as two:
        run(
            session_factory,
            Route([(twilio(one, clock), 1.0), (twilio(two, clock, "other"), 1.0)]),
            clock,
        )
    with session_factory() as session:
        row = session.scalars(select(OutboxMessage)).one()
        tries = session.scalars(select(Delivery)).all()
    assert (row.state, row.last_error, row.is_unreachable) == (State.DEAD, "twilio_21211", True)
    assert len(tries) == 1


def test_shares_are_kept_and_a_message_keeps_its_provider(session_factory, put, clock):
    put(120)
    with TwilioServer() as small, TwilioServer() as large:
        route = Route([(twilio(small, clock), 1.0), (twilio(large, clock, "large"), 3.0)])
        run(session_factory, route, clock)
    assert len(small.ledger) + len(large.ledger) == 120
    assert 12 <= len(small.ledger) <= 50
