"""What are the parts of the page a citizen reads: plain values, meant for that citizen."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from hotline.queries.public_words import OVER, Stage, StepKind
from workflows.choices import EmergencyLine, RejectionReason


@dataclass(frozen=True, slots=True)
class Name:
    """What a unit is called in both languages; read like a word of the vocabulary."""

    label_zh: str
    label_en: str


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened."""

    kind: StepKind
    at: datetime
    unit: Name | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer the citizen may read; without a unit it is the hotline's own."""

    text: str
    at: datetime | None
    unit: Name | None = None


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why a matter was not accepted and which way is open instead."""

    reason: RejectionReason
    path: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the citizen is asked to add, and the last day for it."""

    missing: str
    answer_by: date


@dataclass(frozen=True, slots=True)
class Followed:
    """The ticket that stands for this one since they were merged: its fate and nothing of its citizen."""

    number: str
    stage: Stage
    unit: Name | None
    due_at: datetime | None
    is_overdue: bool
    answer: Reply | None

    @property
    def is_open(self) -> bool:
        return self.stage not in OVER


@dataclass(frozen=True, slots=True)
class PublicStatus:
    """Everything the status page shows. `due_at` is the promised moment while one runs; newest come first.

    Before a unit has it, `pass_on_by` is promised instead. `own_files` are those the citizen sent, by name.

    `offered` are the actions the tables offer this citizen now; the page asks by name.
    """

    number: str
    version: int
    stage: Stage
    unit: Name | None
    due_at: datetime | None
    is_overdue: bool
    pass_on_by: datetime | None
    is_passed_on_late: bool
    steps: Sequence[Step]
    replies: Sequence[Reply]
    rejection: Rejection | None
    wanted: Wanted | None
    review_on: date | None
    delay_words: str
    emergency_line: EmergencyLine | None
    followed: Followed | None
    title: str
    content: str
    place: str
    channel: str
    created_at: datetime
    own_files: Sequence[str]
    round: int
    offered: frozenset[str]

    @property
    def is_open(self) -> bool:
        return self.stage not in OVER

    @property
    def is_to_be_rated(self) -> bool:
        return self.stage is Stage.ANSWERED

    @property
    def may_supplement(self) -> bool:
        return "supplement" in self.offered

    @property
    def may_add_details(self) -> bool:
        return "add_details" in self.offered

    @property
    def may_urge(self) -> bool:
        return "urge" in self.offered

    @property
    def may_ask_reopening(self) -> bool:
        return "ask_reopening" in self.offered

    @property
    def may_rate_answer(self) -> bool:
        return "rate_answer" in self.offered

    @property
    def may_rate_merged(self) -> bool:
        return "rate_merged" in self.offered

    @property
    def may_withdraw(self) -> bool:
        return "withdraw" in self.offered
