"""Which messages went out about a ticket, how far did each come, and what was tried for it?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session, defer

from hotline.queries.delivery_words import OUTCOMES, explain, name_capacity, name_provider
from hotline.queries.ticket_parts import dialled
from hotline.queries.ticket_rows import Known, Sight
from hotline.queries.wording import MESSAGE_CHANNELS, MESSAGE_KINDS, MESSAGE_STATES, SKIP_REASONS
from notifications.catalog import Channel
from notifications.models import OPEN_STATES, Delivery, OutboxMessage, State
from sealing import unseal

_CITIZENS = frozenset({"citizen", "phone"})
_CAPS = frozenset({"person_cap", "spend_cap"})


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time a message was handed to a provider, and what became of it."""

    number: int
    provider: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str
    outcome_kind: str
    error: str
    error_code: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A message about the ticket and how far it has come; never its words, and its address only for a mask.

    `address` is empty where there is none to show or the viewer may not know who it is. `error` is what
    `error_code` means.
    """

    id: str
    kind: str
    channel: str
    channel_code: str
    recipient: str
    address: str = field(repr=False)
    capacity: str
    state: str
    state_kind: str
    reason: str
    error: str
    error_code: str
    provider: str
    attempt_count: int
    attempts: tuple[Attempt, ...]
    created_at: datetime
    accepted_at: datetime | None
    delivered_at: datetime | None
    failed_at: datetime | None
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True)
class Letters:
    """The messages of a ticket, oldest first, with the address and the attempts of each."""

    rows: Sequence[OutboxMessage]
    addresses: Mapping[str, str]
    attempts: Mapping[str, Sequence[Delivery]]


def read_letters(session: Session, number: str) -> Letters:
    """Read all messages of a ticket. Their words stay sealed, and one damaged row costs no page."""
    sealed = type_coerce(OutboxMessage.__table__.c.address, Text)
    of_ticket = (
        select(OutboxMessage, sealed)
        .options(defer(OutboxMessage.address), defer(OutboxMessage.facts))
        .where(OutboxMessage.subject == number)
    )
    found = session.execute(of_ticket.order_by(OutboxMessage.created_at, OutboxMessage.id)).all()
    rows = [row for row, _ in found]
    attempts: dict[str, list[Delivery]] = {}
    of_rows = select(Delivery).where(Delivery.message_id.in_([row.id for row in rows]))
    for attempt in session.scalars(of_rows.order_by(Delivery.message_id, Delivery.attempt)):
        attempts.setdefault(attempt.message_id, []).append(attempt)
    return Letters(rows, {row.id: _opened(address) for row, address in found}, attempts)


def readers_of(letters: Letters) -> set[int | None]:
    """List the users among the recipients."""
    named = (row.recipient.partition(":") for row in letters.rows)
    return {int(row_id) for kind, _, row_id in named if kind == "user"}


def show_letters(letters: Letters, names: Known, sight: Sight, *, hides_citizen: bool) -> tuple[Sent, ...]:
    """Show what the viewer may see of them, newest first."""
    return tuple(
        _sent(row, letters, names, hides_citizen=hides_citizen)
        for row in reversed(letters.rows)
        if sight.sees_message(row)
    )


def _opened(address: str) -> str:
    try:
        return unseal(address, "outbox_messages.address")
    except (ValueError, InvalidTag):
        return ""


def _sent(row: OutboxMessage, letters: Letters, names: Known, *, hides_citizen: bool) -> Sent:
    is_hidden = hides_citizen and row.recipient.partition(":")[0] in _CITIZENS
    attempts = letters.attempts.get(row.id, ())
    state, state_kind = _state(row)
    return Sent(
        id=row.id,
        kind=MESSAGE_KINDS.get(row.kind, row.kind),
        channel=MESSAGE_CHANNELS.get(row.channel, row.channel),
        channel_code=row.channel,
        recipient=_recipient(row.recipient, names),
        address="" if is_hidden else _as_written(row.channel, letters.addresses.get(row.id, "")),
        capacity=name_capacity(row.because),
        state=state,
        state_kind=state_kind,
        reason=SKIP_REASONS.get(row.skip_reason or "", row.skip_reason or ""),
        error=explain(row.last_error),
        error_code=row.last_error or "",
        provider=name_provider(row.provider),
        attempt_count=len(attempts),
        attempts=tuple(_attempt(each) for each in attempts),
        created_at=row.created_at,
        accepted_at=row.accepted_at,
        delivered_at=row.receipt_at if row.state == State.DELIVERED else None,
        failed_at=row.receipt_at if row.state == State.FAILED else None,
        next_attempt_at=row.next_attempt_at if row.state in OPEN_STATES else None,
    )


def _as_written(channel: str, address: str) -> str:
    """A mailbox has no address but its owner's name."""
    if channel == Channel.MAILBOX:
        return ""
    return dialled(address) if channel == Channel.SMS else address


def _state(row: OutboxMessage) -> tuple[str, str]:
    """What waits says for what: duty hours, tomorrow's caps, the next try."""
    if row.state != State.CREATED:
        return MESSAGE_STATES.get(row.state, (row.state, "mute"))
    if row.digest_key is not None:
        return "上班后发送", "info"
    if row.last_error in _CAPS:
        return "明天发送", "info"
    return ("等待重试", "warn") if row.last_error else MESSAGE_STATES[row.state]


def _attempt(row: Delivery) -> Attempt:
    outcome, kind = OUTCOMES.get(row.outcome, (row.outcome or "", "mute"))
    return Attempt(
        number=row.attempt,
        provider=name_provider(row.provider),
        started_at=row.started_at,
        ended_at=row.ended_at,
        outcome=outcome,
        outcome_kind=kind,
        error=explain(row.error_code),
        error_code=row.error_code or "",
    )


def _recipient(reference: str, names: Known) -> str:
    kind, _, row_id = reference.partition(":")
    if kind == "citizen":
        return "诉求人"
    if kind == "phone":
        return "来信号码"
    if kind == "unit":
        return names.unit(int(row_id)) or "承办单位"
    return names.user(int(row_id)) or "工作人员"
