"""What do a ticket's parts look like as JSON: offers, events, clocks, shares, requests, messages, files."""

from typing import Any

from hotline.api.documents.base import Document, Moment
from hotline.api.documents.tickets import TicketOut


class Field(Document):
    """One piece of data an action takes; `definition` is a JSON Schema."""

    name: str
    is_required: bool
    definition: dict[str, Any]
    choices: list[dict[str, str]]


class WouldTell(Document):
    """A message the action may send: its kind, to whom, by which channels in order of preference."""

    kind: str
    audience: str
    audience_label: str
    channels: list[str]


class StateAfterOut(Document):
    """A row before and after, named by a unit or by what is asked; what is made only now was `new`."""

    machine: str
    name: str
    before: str
    after: str


class ClockAfterOut(Document):
    """A clock that starts, moves, pauses, resumes or stops, and when it falls due afterwards."""

    name: str
    owner: str
    turn: str
    due_at: Moment


class MessageAhead(Document):
    """A message that would be put: to whom, by which channel, in which words, and when it would go.

    What only the citizen may know is starred out in `title` and `text`; the address stays inside. `segments`
    are what an SMS is paid as, else 0. Without a `reason` it goes out at once; with a `reason` it goes at
    `waits_until`, or without one never by this channel.
    """

    kind: str
    channel: str
    recipient: str
    name: str
    audiences: list[str]
    title: str
    text: str
    segments: int
    waits_until: Moment | None
    reason: str


class RehearsalOut(Document):
    """What an action would do. Nothing of it has happened; `version` is still the ticket's."""

    version: int
    ticket: StateAfterOut
    parts: list[StateAfterOut]
    clocks: list[ClockAfterOut]
    messages: list[MessageAhead]


class OfferOut(Document):
    """An action you may take now: POST its `data` with the version to `href`."""

    machine: str
    subject: str | None
    action: str
    label: str
    href: str
    needs: list[Field]
    messages: list[WouldTell]


class Offers(Document):
    """What you may do now."""

    version: int
    items: list[OfferOut]


class EventOut(Document):
    """One fact of a ticket's life; `data` is empty for those outside the centre and the units."""

    number: int
    machine: str
    subject: str | None
    action: str
    label: str
    from_state: str
    to_state: str
    actor: str
    role: str
    unit: str | None
    at: Moment
    round: int
    data: dict[str, Any]
    hash: str


class ClockChangeOut(Document):
    """One thing that befell a clock, the event it came with, and when the clock fell due after it."""

    number: int
    reason: str
    at: Moment
    event: int
    due_at: Moment
    held_seconds: int | None
    days: int | None


class ClockOut(Document):
    """A promise, when it falls due, and everything that moved it, oldest first."""

    id: str
    name: str
    assignment: str | None
    request: str | None
    order: str | None
    round: int
    is_rework: bool
    unit: str
    light: str
    started_at: Moment
    due_at: Moment
    original_due_at: Moment
    yellow_at: Moment | None
    orange_at: Moment | None
    paused_at: Moment | None
    stopped_at: Moment | None
    is_cancelled: bool
    changes: list[ClockChangeOut]


class AssignmentOut(Document):
    """One unit's share of a ticket in one round."""

    id: str
    unit: str
    unit_name: str
    is_main: bool
    round: int
    state: str
    advice: str
    handler: str | None
    contact: str | None
    result: str | None
    answer: str | None
    public_answer: str | None
    created_at: Moment
    sign_due_at: Moment | None
    due_at: Moment | None
    return_until: Moment | None
    signed_at: Moment | None
    is_signed_late: bool | None
    replied_at: Moment | None


class AssignmentAfter(AssignmentOut):
    """An assignment after an action, with its ticket; `version` is the ticket's."""

    version: int
    ticket: TicketOut


class RequestOut(Document):
    """Something asked and its decision."""

    id: str
    kind: str
    state: str
    assignment: str | None
    reason: str
    basis: str
    suggested_unit: str
    asked_at: Moment
    endorsed_at: Moment | None
    decided_at: Moment | None
    decision_reason: str
    details: dict[str, Any]


class RequestAfter(RequestOut):
    """A request after it was made or decided, with its ticket; `version` is the ticket's."""

    version: int
    ticket: TicketOut


class MessageOut(Document):
    """A message about the ticket. Its words and addresses stay inside: they hold codes and links."""

    id: str
    kind: str
    channel: str
    recipient: str
    state: str
    skip_reason: str | None
    attempts: int
    created_at: Moment
    accepted_at: Moment | None
    receipt_at: Moment | None


class AttachmentOut(Document):
    """A file of the ticket."""

    id: str
    name: str
    content_type: str
    size: int
    digest: str
    visibility: str
    assignment: str | None
    uploaded_at: Moment


class AttachmentAfter(AttachmentOut):
    """A file that was just added; `version` is the ticket's."""

    version: int
