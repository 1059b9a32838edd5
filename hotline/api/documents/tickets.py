"""What do a ticket, a line of a list and a problem look like as JSON; ids are texts."""

from hotline.api.documents.base import Document, FieldProblem, Moment


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
    """Who asked, masked but in the answer that reveals it.

    `is_hidden` says that the fields are empty because you may not see them.
    """

    name: str | None
    phone: str | None
    email: str | None
    id_number: str | None
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


class Problem(Document):
    """RFC 9457: why not. A stale version brings the current ticket along; details name whom it is about."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    errors: list[FieldProblem]
    request_id: str
    ticket: TicketOut | None = None
    details: dict[str, str] | None = None
