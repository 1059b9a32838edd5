"""What are the parts of a ticket's page: plain values, safe to keep after the session has moved on."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from workflows.choices import ContactMade, Result
from workflows.vocabulary import ClockName, Light, RequestKind

_HOME = "+86"


def dialled(phone: str) -> str:
    """Write a number as people here dial it: without the country's code, landlines with the leading 0."""
    if not phone.startswith(_HOME):
        return phone
    rest = phone.removeprefix(_HOME)
    return rest if rest.startswith("1") and len(rest) == len("13800000000") else f"0{rest}"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who called, unmasked: every screen masks it but the answer to an explicit reveal."""

    name: str = field(repr=False)
    phone: str = field(repr=False)
    email: str = field(repr=False)
    id_number: str = field(repr=False, default="")

    @property
    def dialled(self) -> str:
        return dialled(self.phone)


@dataclass(frozen=True, slots=True)
class Share:
    """One unit's share of the ticket. `is_ours` says that it lies with the viewer's unit or below.

    `passed_by` names the unit above that passed it down.
    """

    id: int
    unit_id: int
    unit: str
    is_main: bool
    round: int
    state: str
    handler: str
    advice: str
    created_at: datetime
    sign_due_at: datetime | None
    due_at: datetime | None
    signed_at: datetime | None
    is_signed_late: bool
    replied_at: datetime | None
    contact: str
    no_contact_reason: str
    result: str
    answer: str
    public_answer: str
    is_ours: bool
    is_below: bool = False
    passed_by: str = ""

    @property
    def part(self) -> str:
        """Which part the unit plays: what another unit passed down is answered to that unit alone."""
        return "下派" if self.is_below else "主办" if self.is_main else "协办"

    @property
    def is_live(self) -> bool:
        """Neither recalled nor returned."""
        return self.state not in {"recalled", "returned"}

    @property
    def result_label(self) -> str:
        return Result(self.result).label_zh if self.result else ""

    @property
    def contact_label(self) -> str:
        return ContactMade(self.contact).label_zh if self.contact else ""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; reasons are labels already."""

    id: int
    assignment_id: int | None
    unit: str
    kind: str
    state: str
    reason: str
    basis: str
    suggested_unit: str
    asked_by: str
    asked_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_reason: str

    @property
    def kind_label(self) -> str:
        return RequestKind(self.kind).label_zh


@dataclass(frozen=True, slots=True)
class Rated:
    """What the citizen said of one round, in labels."""

    round: int
    solved: str
    satisfaction: str
    comment: str
    rated_by: str
    rated_at: datetime


@dataclass(frozen=True, slots=True)
class Ticking:
    """One clock, running or not. `limit` reads `5 个工作日`, empty where no policy row is known."""

    id: int
    name: ClockName
    assignment_id: int | None
    unit: str
    light: Light
    limit: str
    time_unit: str
    started_at: datetime
    due_at: datetime
    original_due_at: datetime
    paused_at: datetime | None
    stopped_at: datetime | None
    paused_for: timedelta
    is_rework: bool


@dataclass(frozen=True, slots=True)
class File:
    """An attachment; its bytes are fetched by id."""

    id: int
    name: str
    content_type: str
    size: int
    visibility: str
    is_personal: bool
    uploaded_by: str
    uploaded_at: datetime

    @property
    def size_label(self) -> str:
        """`412 kB`, `3.2 MB`."""
        thousands = self.size / 1000
        return f"{max(1, round(thousands))} kB" if thousands < 1000 else f"{thousands / 1000:.1f} MB"  # noqa: PLR2004 - kB per MB


@dataclass(frozen=True, slots=True)
class Master:
    """The ticket another one was merged into; `answer` is what its followers read, once it is approved."""

    number: str
    title: str
    state: str
    answer: str


@dataclass(frozen=True, slots=True)
class Linked:
    """Another ticket that the viewer may see: of the same caller, or merged into this one."""

    number: str
    title: str
    state: str
