"""What may the engine know: one frozen snapshot of a ticket, its shares, requests and orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

LIVE_ENDS = frozenset({"returned", "recalled"})


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit named in the data or holding an assignment; `above_ids` are the units over it."""

    id: int
    name: str
    is_active: bool = True
    has_reply_review: bool = True
    is_accused: bool = False
    above_ids: frozenset[int] = frozenset()
    tier: int = 2


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """One assignment as the engine sees it; a child has the assignment it was sub-dispatched from.

    Here and below a maker is one account, or two: the substitute's and that of whom they acted for.
    """

    id: int
    state: str
    unit_id: int
    is_main: bool
    round: int
    has_reply_review: bool = True
    handled_by_ids: frozenset[int] = frozenset()
    approved_by_ids: frozenset[int] = frozenset()
    result: str | None = None
    return_until: datetime | None = None
    parent_id: int | None = None
    handler_id: int | None = None

    @property
    def is_live(self) -> bool:
        """Neither given back nor taken back."""
        return self.state not in LIVE_ENDS


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody named in the data; who `may_handle` is active, a handler, and of no unit that is barred.

    While an account `is_changing` nobody can tell what it will be.
    """

    id: int
    unit_id: int | None = None
    may_handle: bool = False
    is_changing: bool = False


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """One request as the engine sees it."""

    id: int
    kind: str
    state: str
    asked_by_id: int | None
    assignment_id: int | None = None
    asked_by_unit_id: int | None = None
    is_endorsed: bool = False
    endorsed_by_ids: frozenset[int] = frozenset()
    is_viewed: bool = False
    # Whom the asker stood in for; what was asked stays the asker's to take back and to look at.
    asked_for_id: int | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """One supervision order: the units it names, and those that have answered."""

    id: int
    state: str
    level: int
    unit_ids: frozenset[int]
    answered_unit_ids: frozenset[int] = frozenset()
    issued_by_ids: frozenset[int] = frozenset()
    answered_by_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class MasterFacts:
    """The ticket named as master, or the one already followed.

    `accused_unit` names a unit at work on it that the ticket to merge accuses; `is_rated` says that the
    follower rated what the master answers now.
    """

    number: str
    state: str
    is_confidential: bool
    is_follower: bool
    accused_unit: str = ""
    is_rated: bool = False


@dataclass(frozen=True, slots=True)
class LastAct:
    """What somebody did last, of which part, and the actions that followed from it or came after it."""

    action: str
    actor_id: int | None
    at: datetime
    subject_id: int | None = None
    after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Horizon:
    """Moments and dates that only a calendar knows, worked out before the engine is asked.

    `last_day_below` is the last day the share asked about may give a unit below, `extension_until` the last
    moment to ask for more time, `most_days` how many days one extension may give (None: no extension is
    left), `appeal_until` the end of the window after closing, `call_hours` when its citizen may be called.
    """

    today: date
    supplement_latest: date
    review_latest: date
    last_day_below: date | None = None
    extension_until: datetime | None = None
    most_days: int | None = None
    has_extension_policy: bool = True
    appeal_until: datetime | None = None
    call_hours: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True, slots=True)
class Facts:
    """A frozen snapshot of the ticket and the subject an action is asked of.

    `units` holds every unit the data names; `suggested_unit_ids` are the catalogue's (empty: no row).
    `recorded_by_ids` wrote or submitted the record, `disputed_by_ids` raised the dispute to decide;
    `failed_calls` are those that count, `is_number_wrong` when nobody is left to call.
    `pressed_level` is the one reached since the handling last began.
    `last_act` is known while a step may still be undone.
    `empty_words` and, with their fields, `forbidden_words` are in the reply that the data brings.
    """

    number: str
    state: str
    type: str = ""
    urgency: str = "ordinary"
    outcome: str | None = None
    round: int = 1
    has_place: bool = False
    has_category: bool = False
    category_id: int | None = None
    has_accused: bool = False
    is_anonymous: bool = False
    is_confidential: bool = False
    callback_wanted: bool = True
    forbid_return: bool = False
    is_excluded: bool = False
    upheld_appeals: frozenset[str] = frozenset()
    recorded_by_ids: frozenset[int] = frozenset()
    disputed_by_ids: frozenset[int] = frozenset()
    invalid_proposed_by_ids: frozenset[int] = frozenset()
    came_from: str | None = None
    created_at: datetime | None = None
    failed_calls: int = 0
    is_number_wrong: bool = False
    return_count: int = 0
    follower_count: int = 0
    extension_count: int = 0
    supervised_level: int = 0
    pressed_level: int = 0
    last_urged_at: datetime | None = None
    callback_due_at: datetime | None = None
    archive_due_at: datetime | None = None
    supplement_due_at: datetime | None = None
    suspension_due_at: datetime | None = None
    running_clocks: frozenset[str] = frozenset()
    assignments: tuple[AssignmentFacts, ...] = ()
    requests: tuple[RequestFacts, ...] = ()
    orders: tuple[OrderFacts, ...] = ()
    units: Mapping[int, UnitFacts] = field(default_factory=dict)
    person: PersonFacts | None = None
    suggested_unit_ids: tuple[int, ...] = ()
    subject_assignment: AssignmentFacts | None = None
    subject_request: RequestFacts | None = None
    subject_order: OrderFacts | None = None
    master: MasterFacts | None = None
    horizon: Horizon | None = None
    claimed_by: str | None = None
    is_answer_rated: bool = False
    last_act: LastAct | None = None
    empty_words: tuple[str, ...] = ()
    forbidden_words: tuple[tuple[str, str], ...] = ()

    @property
    def main(self) -> AssignmentFacts | None:
        """The main assignment that is live in this round: neither returned nor recalled."""
        live = (a for a in reversed(self.assignments) if a.is_main and a.round == self.round and a.is_live)
        return next(live, None)

    @property
    def open_assignments(self) -> tuple[AssignmentFacts, ...]:
        return tuple(a for a in self.assignments if a.is_live and a.state != "replied")
