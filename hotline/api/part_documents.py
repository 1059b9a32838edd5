"""What do the parts of a ticket look like: events, clocks, assignments, requests, messages and files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from hotline.api.documents.parts import (
    AssignmentOut,
    AttachmentOut,
    ClockChangeOut,
    ClockOut,
    EventOut,
    MessageOut,
    RequestOut,
)
from hotline.models.access import Attachment
from hotline.models.clocks import Clock, ClockChange
from hotline.models.ticket import Assignment, Request, TicketEvent
from hotline.services.lifecycle import ENGINES
from notifications.models import OutboxMessage
from workflows.definition import NeedKind, Transition
from workflows.errors import Refused
from workflows.sla import ClockReading, light
from workflows.vocabulary import Light, Machine

_REFERENCES = frozenset(
    {NeedKind.UNIT, NeedKind.UNITS, NeedKind.CATEGORY, NeedKind.ASSIGNMENT, NeedKind.PERSON}
)


def event_document(event: TicketEvent, language: str, *, shows_data: bool) -> EventOut:
    """Describe an event; an action that left the table keeps its bare name."""
    row = _row(event)
    label = event.action if row is None else row.label_en if language == "en" else row.label_zh
    return EventOut(
        number=event.number,
        machine=event.machine,
        subject=text_id(event.subject_id),
        action=event.action,
        label=label,
        from_state=event.from_state,
        to_state=event.to_state,
        actor=event.actor_name,
        role=event.role,
        unit=text_id(event.unit_id),
        at=event.at,
        round=event.round,
        data=_with_text_ids(event.data, row) if shows_data else {},
        hash=event.hash,
    )


def clock_document(clock: Clock, changes: Sequence[ClockChange], now: datetime) -> ClockOut:
    """Describe a clock with the light it shows now and what befell it."""
    stored = ("name", "round", "is_rework", "unit", "started_at", "due_at", "original_due_at")
    moments = ("yellow_at", "orange_at", "paused_at", "stopped_at")
    reading = ClockReading(clock.started_at, clock.due_at, *(getattr(clock, name) for name in moments))
    return ClockOut(
        id=str(clock.id),
        **{name: getattr(clock, name) for name in (*stored, *moments)},
        assignment=text_id(clock.assignment_id),
        request=text_id(clock.request_id),
        order=text_id(clock.order_id),
        light=(Light.NONE if clock.is_cancelled else light(reading, now)).value,
        is_cancelled=clock.is_cancelled,
        changes=[_change(change) for change in changes],
    )


def _change(change: ClockChange) -> ClockChangeOut:
    stored = ("number", "reason", "at", "due_at", "held_seconds", "days")
    return ClockChangeOut(event=change.event_number, **{name: getattr(change, name) for name in stored})


def assignment_fields(share: Assignment, unit_name: str) -> dict[str, Any]:
    """Give the fields of an assignment's document."""
    stored = ("is_main", "round", "state", "advice", "contact", "result", "answer", "public_answer")
    moments = ("created_at", "sign_due_at", "due_at", "return_until", "signed_at", "replied_at")
    return {
        "id": str(share.id),
        "unit": str(share.unit_id),
        "unit_name": unit_name,
        "handler": text_id(share.handler_id),
        "is_signed_late": share.is_signed_late,
        **{name: getattr(share, name) for name in (*stored, *moments)},
    }


def assignment_document(share: Assignment, unit_name: str) -> AssignmentOut:
    """Describe an assignment."""
    return AssignmentOut(**assignment_fields(share, unit_name))


def request_fields(asked: Request) -> dict[str, Any]:
    """Give the fields of a request's document."""
    stored = (
        "kind",
        "state",
        "reason",
        "basis",
        "suggested_unit",
        "asked_at",
        "endorsed_at",
        "decided_at",
        "decision_reason",
        "details",
    )
    return {
        "id": str(asked.id),
        "assignment": text_id(asked.assignment_id),
        **{name: getattr(asked, name) for name in stored},
    }


def request_document(asked: Request) -> RequestOut:
    """Describe a request."""
    return RequestOut(**request_fields(asked))


def message_document(message: OutboxMessage) -> MessageOut:
    """Describe a message without its words and address."""
    stored = ("id", "kind", "channel", "state", "skip_reason", "attempts")
    moments = ("created_at", "accepted_at", "receipt_at")
    # "citizen:88" and "phone:5f3a" tie a person's tickets together; the sort of recipient is enough.
    kind, _, _ = message.recipient.partition(":")
    return MessageOut(
        **{name: getattr(message, name) for name in (*stored, *moments)},
        recipient=kind if kind in {"citizen", "phone"} else message.recipient,
    )


def attachment_document(file: Attachment) -> AttachmentOut:
    """Describe a file."""
    return AttachmentOut(**attachment_fields(file))


def attachment_fields(file: Attachment) -> dict[str, Any]:
    """Give the fields of a file's document."""
    stored = ("name", "content_type", "size", "digest", "visibility", "uploaded_at")
    return {
        "id": str(file.id),
        "assignment": text_id(file.assignment_id),
        **{name: getattr(file, name) for name in stored},
    }


def text_id(row_id: int | None) -> str | None:
    """Write a row's id as text, since JSON readers may round large numbers."""
    return None if row_id is None else str(row_id)


def _row(event: TicketEvent) -> Transition | None:
    try:
        return ENGINES[Machine(event.machine)].row(event.action)
    except Refused:
        return None


def _with_text_ids(data: dict[str, Any], row: Transition | None) -> dict[str, Any]:
    names = {need.name for need in row.needs if need.kind in _REFERENCES} if row is not None else set()
    return {name: _as_text(value) if name in names else value for name, value in data.items()}


def _as_text(value: Any) -> Any:
    return [str(item) for item in value] if isinstance(value, list) else str(value)
