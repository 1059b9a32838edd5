"""Does every order of receipts, with repeats and strangers, end in one state."""

from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from notifications import claims, outbox, receipts
from notifications.catalog import Channel
from notifications.claims import Lease
from notifications.models import OutboxMessage, ReceivedReceipt, State
from notifications.receipts import Receipt
from notifications.settlements import Ended, Settlement, settle_all
from notifications.worker import send_due
from tests.notifications.samples import ACCEPTED, MORNING, Clock, ScriptedProvider, message, steady

ORDERS = list(permutations(("queued", "sent", "failed", "delivered")))


def accepted(session, number) -> str:
    """A message the provider took under the reference that is returned."""
    outbox.put(session, message(key=f"key-{number}", order_key=f"order-{number}"))
    lease = Lease("a", MORNING, timedelta(seconds=30))
    (claimed,) = claims.claim(session, 50, lease)
    claims.begin_all(session, [(claimed, "twilio")], lease)
    settled = Settlement(State.ACCEPTED, MORNING, 0, 0, provider_reference=f"SM{number}")
    assert settle_all(session, [Ended(claimed, settled)])
    return f"SM{number}"


def taken(session) -> str:
    """The same without the way there, for tests of many messages."""
    key = uuid4().hex
    values = {
        **{name: getattr(ACCEPTED, name) for name in ("kind", "channel", "recipient", "address", "language")},
        **{name: getattr(ACCEPTED, name) for name in ("facts", "subject", "order_key", "created_at")},
        "id": key,
        "key": key,
        "address_hash": key,
        "is_urgent": False,
        "next_attempt_at": MORNING,
        "state": State.ACCEPTED,
        "provider": "twilio",
        "provider_reference": key,
    }
    session.add(OutboxMessage(**values))
    session.flush()
    return key


def state_of(session, reference):
    session.expire_all()
    return session.scalar(select(OutboxMessage.state).where(OutboxMessage.provider_reference == reference))


@pytest.mark.parametrize("order", ORDERS, ids="-".join)
def test_every_order_of_receipts_each_three_times_ends_delivered(session, order):
    reference = accepted(session, 1)
    for status in order * 3:
        receipts.apply(session, Receipt("twilio", reference, status, MORNING))
    session.flush()
    assert state_of(session, reference) == State.DELIVERED


@given(
    statuses=st.lists(
        st.sampled_from(["queued", "sent", "undelivered", "delivered", "nonsense"]), max_size=12
    )
)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_final_state_depends_on_the_set_of_receipts_only(session, statuses):
    reference = taken(session)
    for status in statuses:
        receipts.apply(session, Receipt("twilio", reference, status, MORNING))
    session.flush()
    session.expunge_all()  # else each sequence carries all before it along
    best = "delivered" if "delivered" in statuses else "failed" if "undelivered" in statuses else "accepted"
    assert state_of(session, reference) == best


def test_a_late_receipt_never_moves_a_message_back(session):
    reference = accepted(session, 1)
    for status in ("delivered", "sent", "undelivered"):
        receipts.apply(session, Receipt("twilio", reference, status, MORNING))
    session.flush()
    assert state_of(session, reference) == State.DELIVERED


def test_another_providers_receipt_with_the_same_reference_changes_nothing(session):
    reference = accepted(session, 1)
    receipts.apply(session, Receipt("other", reference, "delivered", MORNING))
    assert state_of(session, reference) == State.ACCEPTED


def test_an_unknown_receipt_is_harmless_and_kept_once(session):
    for _ in range(3):
        receipts.apply(session, Receipt("twilio", "SM-unknown", "delivered", MORNING))
    assert session.scalar(select(func.count()).select_from(ReceivedReceipt)) == 1
    receipts.apply_kept(session, MORNING + timedelta(days=4))
    assert session.scalar(select(func.count()).select_from(ReceivedReceipt)) == 0


def test_a_receipt_that_comes_before_our_own_commit_counts_afterwards(session_factory):
    provider, clock = ScriptedProvider(name="twilio"), Clock()
    with session_factory() as session, session.begin():
        outbox.put(session, ACCEPTED)
        number = session.scalars(select(OutboxMessage.id)).one()

    def early():
        with session_factory() as session, session.begin():
            receipts.apply(session, Receipt("twilio", f"{number}/1", "delivered", MORNING))

    provider.look = early
    for _ in range(2):
        send_due(session_factory, {Channel.SMS: provider}, clock, 50, steady())
    with session_factory() as session:
        assert session.scalars(select(OutboxMessage.state)).one() == State.DELIVERED
        assert session.scalar(select(func.count()).select_from(ReceivedReceipt)) == 0
