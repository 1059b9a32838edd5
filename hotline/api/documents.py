"""What is answered: the shapes of tickets, their parts, lists and problems. Frozen; ids are texts."""

from datetime import date, datetime
from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, PlainSerializer, WithJsonSchema

from hotline.services.site import current_site


def rfc3339(value: datetime) -> str:
    """Write an instant with the city's offset."""
    return value.astimezone(current_site().zone).isoformat(timespec="seconds")


Moment = Annotated[
    datetime,
    PlainSerializer(rfc3339, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Row = TypeVar("Row", bound=BaseModel)


class Document(BaseModel):
    """What every answer is."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Listing(Document, Generic[Row]):
    """One page; `next` is the mark of the page after it. `total` only when asked for."""

    items: list[Row]
    next: str | None = None
    total: int | None = None


class CategoryName(Document):
    """What a ticket is about."""

    id: str
    code: str
    name: str


class PlaceOut(Document):
    """Where it happened."""

    district: str
    street: str
    address: str
    lat: float | None
    lng: float | None


class CallerOut(Document):
    """Who asked; `is_hidden` says that the fields are empty because you may not see them."""

    name: str | None
    phone: str | None
    email: str | None
    anonymous: bool
    confidential: bool
    is_hidden: bool


class UnitShare(Document):
    """A unit that has the ticket now, and its assignment."""

    id: str
    code: str
    name: str
    assignment: str
    is_main: bool
    state: str


class Counters(Document):
    """How often it went back, was urged and was called."""

    returns: int
    send_backs: int
    urges: int
    call_attempts: int


class TicketOut(Document):
    """A ticket as you may see it."""

    number: str
    version: int
    state: str
    outcome: str | None
    round: int
    type: str
    urgency: str
    channel: str
    title: str
    content: str
    category: CategoryName | None
    place: PlaceOut
    caller: CallerOut
    accused: str | None
    callback_wanted: bool
    is_hard: bool
    is_public: bool
    light: str
    leading_clock: str | None
    due_at: Moment | None
    original_due_at: Moment | None
    units: list[UnitShare]
    counters: Counters
    public_answer: str | None
    direct_answer: str | None
    created_at: Moment
    submitted_at: Moment | None
    dispatched_at: Moment | None
    contacted_at: Moment | None
    closed_at: Moment | None
    archived_at: Moment | None


class CreatedTicket(TicketOut):
    """A new ticket with the code the citizen opens it with; it is shown this once."""

    query_code: str


class TicketLine(Document):
    """One line of a worklist; `unit` is the main unit's name."""

    number: str
    version: int
    title: str
    state: str
    outcome: str | None
    round: int
    type: str
    urgency: str
    channel: str
    district: str
    street: str
    light: str
    due_at: Moment | None
    original_due_at: Moment | None
    created_at: Moment
    closed_at: Moment | None
    unit: str
    is_confidential: bool
    return_count: int
    urge_count: int
    call_attempts: int


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


class ClockOut(Document):
    """A promise and when it falls due."""

    id: str
    name: str
    assignment: str | None
    request: str | None
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
    decided_at: Moment | None
    decision_reason: str


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


class UnitOut(Document):
    """An organisation that handles tickets."""

    id: str
    code: str
    name: str
    name_en: str
    short_name: str
    parent: str | None
    tier: int
    kind: str
    district: str


class CategoryOut(Document):
    """A node of the category tree; tickets take leaves."""

    id: str
    code: str
    name: str
    name_en: str
    path: str
    level: int
    parent: str | None
    owner_unit: str | None
    is_leaf: bool


class PolicyOut(Document):
    """How long one clock runs for one class of tickets."""

    id: str
    clock: str
    limit_class: str
    is_rework: bool
    amount: int
    unit: str
    start_rule: str
    day_end_rule: str


class Policies(Listing[PolicyOut]):
    """The limits that are valid today."""

    version: int


class HoursOut(Document):
    """A span of office hours on a weekday; 0 is Monday."""

    weekday: int
    opens: str
    closes: str


class DayOut(Document):
    """A date that differs from its weekday."""

    on: date
    kind: str
    name: str
    is_official: bool


class CalendarOut(Document):
    """The city's working time."""

    zone: str
    hours: list[HoursOut]
    days: list[DayOut]


class FieldProblem(Document):
    """One field to mend."""

    field: str
    code: str
    message: str


class Problem(Document):
    """RFC 9457: why not. A stale version brings the current ticket along."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem]
    request_id: str
    ticket: TicketOut | None = None
