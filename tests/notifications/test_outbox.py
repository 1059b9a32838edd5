"""Does a message exist once, wait its turn, and belong to one worker at a time."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from notifications import claims, outbox, upkeep
from notifications.catalog import Channel
from notifications.claims import Lease
from notifications.models import OutboxMessage, State
from notifications.outbox import BadMessageError
from notifications.settlements import Ended, Settlement, settle_all
from tests.notifications.samples import ACCEPTED, FACTS, MORNING, message

LEASE = timedelta(seconds=30)


def claim(session, *, at=MORNING, owner="a", limit=50):
    return claims.claim(session, limit, Lease(owner, at, LEASE))


def settle(session, claimed, settlement):
    return settle_all(session, [Ended(claimed, settlement)])


def accept(session, claimed):
    return settle(session, claimed, Settlement(State.ACCEPTED, MORNING, 0, 0, provider_reference="r"))


def count(session):
    return session.scalar(select(func.count()).select_from(OutboxMessage))


def test_the_same_key_twice_is_one_message(session):
    outbox.put(session, ACCEPTED)
    outbox.put(session, ACCEPTED)
    assert count(session) == 1


def test_a_message_vanishes_with_the_transaction_that_caused_it(session_factory):
    with session_factory() as session:
        outbox.put(session, ACCEPTED)
        session.rollback()
    with session_factory() as session:
        assert count(session) == 0


def test_two_transactions_with_one_key_leave_one_message(session_factory):
    barrier = threading.Barrier(4)

    def put():
        barrier.wait(10)
        with session_factory() as session, session.begin():
            outbox.put(session, ACCEPTED)

    threads = [threading.Thread(target=put) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with session_factory() as session:
        assert count(session) == 1


def test_only_the_facts_a_kind_uses_are_kept(session):
    outbox.put(session, ACCEPTED)
    stored = session.scalars(select(OutboxMessage)).one()
    assert stored.facts == {name: FACTS[name] for name in ("number", "query_code", "site", "link", "because")}


def test_address_and_facts_are_not_readable_in_the_table(session):
    outbox.put(session, ACCEPTED)
    row = session.execute(text("SELECT address, facts, address_hash FROM outbox_messages")).one()
    for value in row:
        assert "13800001234" not in value
        assert "482913" not in value


@pytest.mark.parametrize(
    "changes",
    [{"kind": "co_reply", "channel": Channel.MAILBOX}, {"language": "fr"}, {"facts": {"number": "1"}}],
    ids=["channel", "language", "facts"],
)
def test_a_message_the_catalogue_cannot_send_is_refused_before_it_is_written(session, changes):
    with pytest.raises(BadMessageError):
        outbox.put(session, message(**changes))
    assert count(session) == 0


def test_a_claimed_message_is_not_claimed_again(session):
    outbox.put(session, ACCEPTED)
    assert [claimed.attempts for claimed in claim(session)] == [1]
    assert claim(session, owner="b") == ()


def test_a_message_whose_lease_ran_out_is_claimed_by_another(session):
    outbox.put(session, ACCEPTED)
    first = claim(session)[0]
    again = claim(session, at=MORNING + LEASE, owner="b")[0]
    assert (again.id, again.owner, again.attempts) == (first.id, "b", 2)


def test_a_worker_that_lost_its_lease_writes_nothing(session):
    outbox.put(session, ACCEPTED)
    late = claim(session)[0]
    claim(session, at=MORNING + LEASE, owner="b")
    assert not accept(session, late)
    assert not claims.begin_all(session, [(late, "scripted")], Lease("a", MORNING, LEASE))
    assert session.scalars(select(OutboxMessage.state)).one() == State.SENDING


def test_the_same_worker_cannot_settle_an_older_attempt(session):
    outbox.put(session, ACCEPTED)
    first = claim(session)[0]
    second = claim(session, at=MORNING + LEASE)[0]
    assert not accept(session, first)
    assert accept(session, second)


def test_a_settled_message_is_never_claimed_again(session):
    outbox.put(session, ACCEPTED)
    assert accept(session, claim(session)[0])
    assert claim(session, at=MORNING + timedelta(days=40)) == ()


def test_a_later_message_waits_for_the_earlier_one_to_the_same_recipient(session):
    later = message(key="2", kind="closed", created_at=MORNING + timedelta(seconds=1))
    outbox.put(session, later)
    outbox.put(session, ACCEPTED)
    at = MORNING + timedelta(minutes=1)
    first = claim(session, at=at)
    assert [claimed.kind for claimed in first] == ["accepted"]
    assert claim(session, at=at) == ()
    assert accept(session, first[0])
    assert [claimed.kind for claimed in claim(session, at=at)] == ["closed"]


def test_messages_of_one_instant_go_in_the_order_they_were_put(session):
    for kind in ("accepted", "dispatched", "closed"):
        outbox.put(session, message(kind=kind))
    sent = []
    while batch := claim(session):
        sent += [claimed.kind for claimed in batch]
        assert all(accept(session, claimed) for claimed in batch)
    assert sent == ["accepted", "dispatched", "closed"]


@pytest.mark.parametrize("state", [State.DEAD, State.SKIPPED, State.ACCEPTED])
def test_a_message_that_will_not_be_sent_any_more_holds_nobody_up(session, state):
    outbox.put(session, ACCEPTED)
    outbox.put(session, message(kind="closed"))
    first = claim(session)[0]
    settle(session, first, Settlement(state, MORNING, 0, 0))
    assert [claimed.kind for claimed in claim(session)] == ["closed"]


def test_an_urgent_message_does_not_wait_behind_one_that_waits_for_the_morning(session):
    outbox.put(session, ACCEPTED)
    waiting = claim(session)[0]
    morning = MORNING + timedelta(hours=8)
    settle(session, waiting, Settlement(State.CREATED, MORNING, 0, 0, next_attempt_at=morning))
    outbox.put(session, message(key="urgent", kind="dispatched", urgent=True))
    assert [claimed.kind for claimed in claim(session)] == ["dispatched"]


def test_a_phone_that_must_not_ring_holds_up_no_mail(session):
    for channel in (Channel.SMS, Channel.EMAIL):
        outbox.put(session, message(kind="overdue", channel=channel))
    assert {claimed.channel for claimed in claim(session)} == {"sms", "email"}


def test_other_recipients_are_not_held_up(session):
    outbox.put(session, ACCEPTED)
    claim(session)
    outbox.put(session, message(key="other", recipient="citizen:2", order_key="other"))
    assert [claimed.recipient for claimed in claim(session)] == ["citizen:2"]


def test_many_workers_share_the_messages_and_nobody_gets_one_twice(session_factory):
    with session_factory() as session, session.begin():
        for number in range(60):
            outbox.put(session, message(key=str(number), order_key=str(number)))
    barrier, taken, lock = threading.Barrier(4), [], threading.Lock()

    def work(owner):
        barrier.wait(10)
        while True:
            with session_factory() as session, session.begin():
                batch = claim(session, owner=owner, limit=5)
            if not batch:
                return
            with lock:
                taken.extend(claimed.id for claimed in batch)

    threads = [threading.Thread(target=work, args=(str(number),)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken))
    with session_factory() as session:
        held = set(session.scalars(select(OutboxMessage.id).where(OutboxMessage.state == State.SENDING)))
    assert set(taken) == held


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
def test_a_row_that_another_worker_is_claiming_is_skipped_and_not_waited_for(session_factory):
    with session_factory() as session, session.begin():
        outbox.put(session, ACCEPTED)
        outbox.put(session, message(key="other", order_key="other"))
    with session_factory() as one, session_factory() as two, one.begin(), two.begin():
        assert len(claim(one, limit=1)) == 1
        assert len(claim(two, owner="b", limit=5)) == 1


def test_the_messages_in_each_state_are_counted(session):
    for kind in ("accepted", "closed"):
        outbox.put(session, message(kind=kind))
    outbox.put(session, message(key="other", subject="another"))
    assert upkeep.count_by_state(session) == {"created": 3}


def test_a_dead_message_can_be_sent_again_once_its_cause_is_mended(session):
    outbox.put(session, ACCEPTED)
    dead = claim(session)[0]
    settle(session, dead, Settlement(State.DEAD, MORNING, 3, 5, error="poison"))
    assert upkeep.revive(session, dead.id, MORNING)
    assert [(claimed.failures, claimed.crashes) for claimed in claim(session)] == [(0, 0)]
    assert not upkeep.revive(session, dead.id, MORNING)
