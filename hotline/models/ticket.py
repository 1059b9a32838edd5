"""What is kept of a citizen's request: the ticket, who asked, each unit's share, ratings and the trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from database import Base, BigIntPk, BigIntRef
from sealing import KeyedHash, SealedText
from workflows.vocabulary import AssignmentState, RequestState, TicketState

# An open ticket whose leading clock runs. Both databases take a partial index only for the very words it was
# made with, so queries say it with these.
IS_RUNNING = text("state NOT IN ('draft', 'closed', 'archived') AND due_at IS NOT NULL AND paused_at IS NULL")
_HOLDING = ["unit_id", "category_id", "type"]


def _one_of(column: str, words: list[str]) -> str:
    return f"{column} IN ({', '.join(map(repr, words))})"


class Citizen(Base):
    """Who one ticket is for, apart from the ticket and sealed; found again by the keyed hashes.

    One row per ticket, so that a shared telephone never renames somebody else's ticket and a person can be
    erased without touching the record.
    """

    __tablename__ = "citizens"

    id: Mapped[BigIntPk]
    name: Mapped[str | None] = mapped_column(SealedText("citizens.name"))
    name_hash: Mapped[str | None] = mapped_column(KeyedHash, index=True)
    phone: Mapped[str | None] = mapped_column(SealedText("citizens.phone"))
    phone_hash: Mapped[str | None] = mapped_column(KeyedHash, index=True)
    email: Mapped[str | None] = mapped_column(SealedText("citizens.email"))
    email_hash: Mapped[str | None] = mapped_column(KeyedHash, index=True)
    # Of an identity card or passport: only where the matter cannot be handled without it.
    id_number: Mapped[str | None] = mapped_column(SealedText("citizens.id_number"))
    id_number_hash: Mapped[str | None] = mapped_column(KeyedHash, index=True)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    # A minor's guardian is told in the child's place; without their number the child is told nothing of the
    # matter but that it is under way (Personal Information Protection Law, article 31).
    is_minor: Mapped[bool] = mapped_column(default=False, server_default=false())
    guardian_phone: Mapped[str | None] = mapped_column(SealedText("citizens.guardian_phone"))
    created_at: Mapped[datetime]


class Ticket(Base):
    """One citizen request with a number.

    The due columns repeat the leading clock, written by services.leading_clock alone, so that worklists can
    sort; `warn_at` is when its light leaves green. `unit_id` repeats the live main share of this round, as
    the door writes it: the unit that holds the ticket, empty while nobody does.
    """

    __tablename__ = "tickets"
    __table_args__ = (
        CheckConstraint(_one_of("state", [str(state) for state in TicketState]), name="known_state"),
        CheckConstraint(
            "(state IN ('closed', 'archived')) = (outcome IS NOT NULL)", name="outcome_when_closed"
        ),
        Index("ix_tickets_state_due_at", "state", "due_at", "id"),
        Index("ix_tickets_state_created_at", "state", "created_at", "id"),
        Index("ix_tickets_created_at", "created_at", "id"),
        Index("ix_tickets_category_id_created_at", "category_id", "created_at"),
        Index("ix_tickets_street_created_at", "street", "created_at"),
        # Lists of what is over or falls due soon, read from the index alone up to the last filter.
        Index(
            "ix_tickets_running_due_at",
            "due_at",
            "id",
            postgresql_include=["warn_at", "orange_at", "leading_clock", *_HOLDING],
            postgresql_where=IS_RUNNING,
            sqlite_where=IS_RUNNING,
        ),
        # Counts of every light but green.
        Index(
            "ix_tickets_running_warn_at",
            "warn_at",
            postgresql_include=["due_at", "orange_at", *_HOLDING],
            postgresql_where=IS_RUNNING,
            sqlite_where=IS_RUNNING,
        ),
        Index("ix_tickets_handled_at", "handled_at", "unit_id"),
        Index("ix_tickets_closed_at", "closed_at"),
        Index("ix_tickets_unit_id_state", "unit_id", "state"),
    )

    id: Mapped[BigIntPk]
    number: Mapped[str] = mapped_column(String(24), unique=True)
    query_code: Mapped[str] = mapped_column(SealedText("tickets.query_code"))
    link_token: Mapped[str] = mapped_column(SealedText("tickets.link_token"))
    link_hash: Mapped[str] = mapped_column(KeyedHash, unique=True)
    version: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(24))
    outcome: Mapped[str | None] = mapped_column(String(24))
    round: Mapped[int] = mapped_column(default=1)
    type: Mapped[str] = mapped_column(String(16))
    urgency: Mapped[str] = mapped_column(String(16), default="ordinary")
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[str] = mapped_column(Text)
    channel: Mapped[str] = mapped_column(String(16))
    category_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("categories.id"), index=True)
    unit_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("units.id"))
    district: Mapped[str] = mapped_column(String(50), default="")
    street: Mapped[str] = mapped_column(String(50), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    accused: Mapped[str | None] = mapped_column(SealedText("tickets.accused"))
    citizen_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("citizens.id"), index=True)
    registered_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"), index=True)
    is_anonymous: Mapped[bool] = mapped_column(default=False)
    is_confidential: Mapped[bool] = mapped_column(default=False)
    is_public: Mapped[bool] = mapped_column(default=False)
    is_hard: Mapped[bool] = mapped_column(default=False)
    callback_wanted: Mapped[bool] = mapped_column(default=True)
    forbid_return: Mapped[bool] = mapped_column(default=False)
    return_count: Mapped[int] = mapped_column(default=0)
    send_back_count: Mapped[int] = mapped_column(default=0)
    urge_count: Mapped[int] = mapped_column(default=0)
    call_attempts: Mapped[int] = mapped_column(default=0)
    last_attempt_at: Mapped[datetime | None]
    # When the citizen asked to be called; nothing once they were called, in vain or not.
    call_booked_at: Mapped[datetime | None]
    last_urged_at: Mapped[datetime | None]
    # The ticket this one follows since they were merged; its citizen hears of the master's fate.
    master_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    follower_count: Mapped[int] = mapped_column(default=0)
    # The state to go back to when the citizen's supplement is in, and who asked for it.
    came_from: Mapped[str | None] = mapped_column(String(24))
    supplement_asked_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    invalid_proposed_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    extension_count: Mapped[int] = mapped_column(default=0)
    supervised_level: Mapped[int] = mapped_column(default=0)
    # Figures leave an excluded ticket out, and show upheld appeals, words apart, beside the first figure.
    is_excluded: Mapped[bool] = mapped_column(default=False)
    appeal_upheld: Mapped[str] = mapped_column(String(16), default="")
    # Somebody acted on it for a colleague; the trail knows who and for whom, and need not be asked otherwise.
    has_substitutes: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    workflow_version: Mapped[int] = mapped_column(default=2)
    policy_version_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("policy_versions.id"))
    public_answer: Mapped[str | None] = mapped_column(Text)
    direct_answer: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    dispatched_at: Mapped[datetime | None]
    contacted_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    archived_at: Mapped[datetime | None]
    is_late: Mapped[bool | None]
    leading_clock: Mapped[str | None] = mapped_column(String(16))
    due_at: Mapped[datetime | None]
    original_due_at: Mapped[datetime | None]
    yellow_at: Mapped[datetime | None]
    orange_at: Mapped[datetime | None]
    warn_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]


class Assignment(Base):
    """One unit's share of a ticket in one round."""

    __tablename__ = "assignments"
    __table_args__ = (
        CheckConstraint(_one_of("state", [str(state) for state in AssignmentState]), name="known_state"),
        Index("ix_assignments_unit_id_state", "unit_id", "state", "ticket_id"),
        Index("ix_assignments_handler_id_state", "handler_id", "state", "ticket_id"),
        Index("ix_assignments_created_at", "created_at"),
    )

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"), index=True)
    unit_id: Mapped[BigIntRef] = mapped_column(ForeignKey("units.id"))
    parent_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("assignments.id"))
    is_main: Mapped[bool]
    round: Mapped[int]
    state: Mapped[str] = mapped_column(String(16))
    advice: Mapped[str] = mapped_column(Text, default="")
    handler_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    sign_due_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    return_until: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    is_signed_late: Mapped[bool | None]
    replied_at: Mapped[datetime | None]
    contact: Mapped[str | None] = mapped_column(String(16))
    no_contact_reason: Mapped[str | None] = mapped_column(String(200))
    result: Mapped[str | None] = mapped_column(String(24))
    answer: Mapped[str | None] = mapped_column(Text)
    public_answer: Mapped[str | None] = mapped_column(Text)


class Request(Base):
    """Something one person asks and another decides, of an assignment, of a ticket or of neither.

    `details` holds what only some kinds have: days, dates, words for the citizen.
    """

    __tablename__ = "requests"
    __table_args__ = (
        CheckConstraint(_one_of("state", [str(state) for state in RequestState]), name="known_state"),
        Index(
            "uq_requests_open_per_assignment",
            "assignment_id",
            "kind",
            unique=True,
            sqlite_where=text("state = 'requested'"),
            postgresql_where=text("state = 'requested'"),
        ),
        Index(
            "uq_requests_open_per_ticket",
            "ticket_id",
            "kind",
            "asked_by_id",
            unique=True,
            sqlite_where=text("state = 'requested' AND assignment_id IS NULL"),
            postgresql_where=text("state = 'requested' AND assignment_id IS NULL"),
        ),
        Index("ix_requests_state_kind", "state", "kind", "asked_at"),
    )

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("tickets.id"), index=True)
    assignment_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("assignments.id"))
    kind: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str] = mapped_column(String(32), default="")
    basis: Mapped[str] = mapped_column(Text)
    suggested_unit: Mapped[str] = mapped_column(String(100), default="")
    asked_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    endorsed_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    endorsed_at: Mapped[datetime | None]
    viewed_at: Mapped[datetime | None]
    decided_by_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str] = mapped_column(Text, default="")


class Rating(Base):
    """What the citizen said of one round; the first and the last of a ticket are both kept."""

    __tablename__ = "ratings"

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"), index=True)
    round: Mapped[int]
    solved: Mapped[str | None] = mapped_column(String(16))
    satisfaction: Mapped[str | None] = mapped_column(String(24))
    was_contacted: Mapped[bool | None]
    is_truthful: Mapped[bool | None]
    comment: Mapped[str] = mapped_column(Text, default="")
    rated_by: Mapped[str] = mapped_column(String(16))
    rated_at: Mapped[datetime]


class TicketEvent(Base):
    """One append-only fact of a ticket's life, numbered like its version and chained by hash."""

    __tablename__ = "ticket_events"
    __table_args__ = (UniqueConstraint("ticket_id", "number"), Index("ix_ticket_events_at", "at"))

    id: Mapped[BigIntPk]
    ticket_id: Mapped[BigIntRef] = mapped_column(ForeignKey("tickets.id"))
    number: Mapped[int]
    machine: Mapped[str] = mapped_column(String(16))
    subject_id: Mapped[BigIntRef | None]
    action: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(24))
    to_state: Mapped[str] = mapped_column(String(24))
    actor_kind: Mapped[str] = mapped_column(String(16))
    actor_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    actor_name: Mapped[str] = mapped_column(String(100))
    role: Mapped[str] = mapped_column(String(24))
    unit_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("units.id"))
    at: Mapped[datetime]
    round: Mapped[int]
    data: Mapped[dict[str, Any]] = mapped_column(JSON)
    ip: Mapped[str | None] = mapped_column(String(45))
    # Whom the actor stood in for; `actor_name` names both.
    for_id: Mapped[BigIntRef | None] = mapped_column(ForeignKey("users.id"))
    previous_hash: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))
