"""Messages as they stand in the outbox after this or that has befallen them."""

from datetime import datetime
from itertools import count

from sqlalchemy.orm import Session

from notifications.models import Delivery, OutboxMessage

_NUMBERS = count(1)


def letter(session: Session, now: datetime, **changes: object) -> str:
    """Write one message, waiting and due unless said otherwise; gives its id."""
    number = next(_NUMBERS)
    values: dict[str, object] = {
        "id": f"{number:036d}",
        "key": f"letter-{number}",
        "kind": "accepted",
        "channel": "sms",
        "recipient": "citizen:1",
        "address": "13800001234",
        "address_hash": "hash",
        "language": "zh",
        "facts": {"query_code": "804417"},
        "subject": "YJ20261123-00001",
        "because": "citizen",
        "order_key": f"order-{number}",
        "is_urgent": False,
        "state": "created",
        "next_attempt_at": now,
        "created_at": now,
    }
    session.add(OutboxMessage(**{**values, **changes}))
    session.flush()
    return str(values["id"])


def attempt(session: Session, message_id: str, number: int, at: datetime, **changes: object) -> None:
    """Write one attempt, taken by the provider unless said otherwise."""
    values = {"provider": "twilio", "started_at": at, "ended_at": at, "outcome": "accepted"}
    session.add(Delivery(message_id=message_id, attempt=number, **{**values, **changes}))
    session.flush()
