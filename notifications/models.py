"""The rows of the notification engine: messages to send, attempts, receipts, opt-outs and what came in."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk
from sealing import KeyedHash, SealedJson, SealedText


class State(StrEnum):
    """Where a message is in its life."""

    CREATED = "created"  # waits for its time
    SENDING = "sending"  # a worker holds the lease
    ACCEPTED = "accepted"  # a provider has taken it
    DELIVERED = "delivered"  # the provider says the person has it
    FAILED = "failed"  # the provider says it never arrived
    DEAD = "dead"  # given up by us
    SKIPPED = "skipped"  # not sent for a reason


# How an attempt ended whose answer we never got.
UNCLEAR = "unclear"
OPEN_STATES = (State.CREATED, State.SENDING)
_OPEN = text("state IN ('created', 'sending')")
_HELD = text("digest_key IS NOT NULL AND state = 'created'")
_HAS_TOPIC = text("topic IS NOT NULL")
_ENDED = text("state NOT IN ('created', 'sending')")
_DEAD = text("state = 'dead'")
# What this channel did not bring, and nobody has tried another for yet.
_LOST = text(
    "passed_on_at IS NULL AND (state IN ('failed', 'dead') OR (state = 'skipped' AND skip_reason IN "
    "('no_address', 'opted_out', 'person_cap', 'spend_cap')))"
)
_STATES = ", ".join(f"'{state}'" for state in State)


class OutboxMessage(Base):
    """One message to one recipient by one channel. The id is the provider's key on every attempt.

    `topic` names what a reminder is about, so that it can be withdrawn. One with a `digest_key` is held until
    its recipient is on duty; those with the same key then go out as one. Since `unclear_since`, `provider`
    may have it although nobody told us. `is_unreachable` blames the address. `because` tells in what capacity
    the recipient hears of it: an audience of the tables. At `passed_on_at` another channel was looked for.
    `template_number` is the version of the words it is written in: from its first attempt on it is kept.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (
        CheckConstraint(f"state IN ({_STATES})", name="state_is_known"),
        # In the order in which workers take them: without it each claim sorts the whole backlog.
        Index(
            "ix_outbox_messages_queue",
            "is_urgent",
            "next_attempt_at",
            "id",
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index(
            "ix_outbox_messages_order",
            "order_key",
            "channel",
            "created_at",
            postgresql_where=_OPEN,
            sqlite_where=_OPEN,
        ),
        Index("ix_outbox_messages_subject", "subject", "id"),
        Index("ix_outbox_messages_address", "address_hash", "id"),
        Index("ix_outbox_messages_reference", "provider_reference"),
        Index("ix_outbox_messages_held", "next_attempt_at", postgresql_where=_HELD, sqlite_where=_HELD),
        Index("ix_outbox_messages_topic", "topic", postgresql_where=_HAS_TOPIC, sqlite_where=_HAS_TOPIC),
        Index("ix_outbox_messages_lost", "id", postgresql_where=_LOST, sqlite_where=_LOST),
        # Of what has ended `next_attempt_at` says when: a day's counts are read from this index alone.
        Index(
            "ix_outbox_messages_ended",
            "next_attempt_at",
            "channel",
            "state",
            postgresql_where=_ENDED,
            sqlite_where=_ENDED,
        ),
        Index("ix_outbox_messages_dead", "id", "last_error", postgresql_where=_DEAD, sqlite_where=_DEAD),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(SealedText("outbox_messages.address"))
    address_hash: Mapped[str] = mapped_column(KeyedHash)
    language: Mapped[str] = mapped_column(String(2))
    facts: Mapped[Mapping[str, Any]] = mapped_column(SealedJson("outbox_messages.facts"))
    subject: Mapped[str] = mapped_column(String(64))
    topic: Mapped[str | None] = mapped_column(String(64))
    because: Mapped[str] = mapped_column(String(24), default="", server_default="")
    template_number: Mapped[int | None]
    order_key: Mapped[str]
    digest_key: Mapped[str | None] = mapped_column(String(128))
    is_urgent: Mapped[bool]
    state: Mapped[str] = mapped_column(String(16), default=State.CREATED)
    skip_reason: Mapped[str | None] = mapped_column(String(64))
    passed_on_at: Mapped[datetime | None]
    owner: Mapped[str | None] = mapped_column(String(128))
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    crashes: Mapped[int] = mapped_column(default=0)
    first_attempt_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime]
    created_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    receipt_at: Mapped[datetime | None]
    provider: Mapped[str | None] = mapped_column(String(32))
    provider_reference: Mapped[str | None] = mapped_column(String(128))
    last_error: Mapped[str | None] = mapped_column(String(64))
    unclear_since: Mapped[datetime | None]
    is_unreachable: Mapped[bool] = mapped_column(default=False, server_default=false())


class Delivery(Base):
    """One attempt; an attempt without an end died with its worker."""

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("message_id", "attempt"),
        # No column that the end of an attempt writes, so that writing it touches no index.
        Index("ix_deliveries_started_at", "started_at"),
    )

    id: Mapped[BigIntPk]
    message_id: Mapped[str] = mapped_column(ForeignKey("outbox_messages.id"))
    attempt: Mapped[int]
    provider: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(16))
    error_code: Mapped[str | None] = mapped_column(String(64))
    provider_reference: Mapped[str | None] = mapped_column(String(128))


class ReceivedReceipt(Base):
    """A receipt whose message we do not know (yet): it may be earlier than our own commit."""

    __tablename__ = "received_receipts"
    __table_args__ = (UniqueConstraint("provider", "reference", "status"),)

    id: Mapped[BigIntPk]
    provider: Mapped[str] = mapped_column(String(32))
    reference: Mapped[str] = mapped_column(String(128))
    status: Mapped[str] = mapped_column(String(16))
    error_code: Mapped[str | None] = mapped_column(String(64))
    at: Mapped[datetime]


class SmsUse(Base):
    """What one SMS that a provider took was charged as; the caps of a day are counted from these."""

    __tablename__ = "sms_uses"
    __table_args__ = (
        Index("ix_sms_uses_at", "at", "segments"),
        Index("ix_sms_uses_address_hash", "address_hash", "at"),
    )

    message_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    address_hash: Mapped[str] = mapped_column(KeyedHash)
    is_capped: Mapped[bool]
    segments: Mapped[int]
    at: Mapped[datetime]


class SendingCaps(Base):
    """The most that is sent in a day, as this city has chosen: the one row of its table; NULL is no cap."""

    __tablename__ = "sending_caps"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    per_person: Mapped[int | None]
    segments_per_day: Mapped[int | None]


class SendingSwitch(Base):
    """Whether messages may go out at all: the one row of its table.

    `note` is why somebody paused it, in their words. `mark` says which database this is and `seen_at` when a
    worker last found it so; a copy is told by them.
    """

    __tablename__ = "sending_switches"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    is_paused: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(16))
    note: Mapped[str] = mapped_column(String(200), default="", server_default="")
    changed_by: Mapped[str | None] = mapped_column(String(64))
    changed_at: Mapped[datetime | None]
    mark: Mapped[str | None] = mapped_column(String(128))
    seen_at: Mapped[datetime | None]


class OptOut(Base):
    """An address that wants no more messages by a channel."""

    __tablename__ = "opt_outs"
    __table_args__ = (UniqueConstraint("address_hash", "channel"),)

    id: Mapped[BigIntPk]
    address_hash: Mapped[str] = mapped_column(KeyedHash)
    channel: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime]


class InboundMessage(Base):
    """An SMS from a person, stored as it came and once only. `subject` is the ticket it named or acted on."""

    __tablename__ = "inbound_messages"
    __table_args__ = (
        Index("ix_inbound_messages_address", "address_hash", "id"),
        Index("ix_inbound_messages_subject", "subject", "id"),
    )

    id: Mapped[BigIntPk]
    provider: Mapped[str] = mapped_column(String(32))
    provider_reference: Mapped[str] = mapped_column(String(128), unique=True)
    address: Mapped[str] = mapped_column(SealedText("inbound_messages.address"))
    address_hash: Mapped[str] = mapped_column(KeyedHash)
    body: Mapped[str] = mapped_column(SealedText("inbound_messages.body"))
    received_at: Mapped[datetime]
    meaning: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str] = mapped_column(String(24), default="", server_default="")
    subject: Mapped[str | None] = mapped_column(String(64))


class MailboxMessage(Base):
    """What the in-app mailbox shows; in the demo it stands in for phones and mail as well."""

    __tablename__ = "mailbox_messages"
    __table_args__ = (
        Index("ix_mailbox_messages_recipient", "recipient", "id"),
        Index("ix_mailbox_messages_subject", "subject", "id"),
    )

    id: Mapped[BigIntPk]
    message_id: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(64))
    channel: Mapped[str] = mapped_column(String(16))
    recipient: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(SealedText("mailbox_messages.address"))
    title: Mapped[str]
    body: Mapped[str] = mapped_column(SealedText("mailbox_messages.body"))
    subject: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class DemoOutage(Base):
    """A carrier of the demo that somebody put out of order."""

    __tablename__ = "demo_outages"

    provider: Mapped[str] = mapped_column(String(32), primary_key=True)
