"""What shapes do the tables and the engine speak in: rows, facts going in, decisions out. All frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from workflows.vocabulary import Audience, ClockName, Machine, Role, Word

NEW = "new"  # the state before the first event; "–" in the tables people read


class ActorKind(StrEnum):
    """Who can act."""

    USER = "user"
    CITIZEN = "citizen"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts and what they may act as.

    `subtree_unit_ids` are the actor's unit and all units below it. A citizen's `citizen_number` is the one
    ticket they proved to own. Rights are switches beside roles: `trusted_intake`.
    """

    kind: ActorKind
    name: str
    roles: frozenset[Role]
    user_id: int | None = None
    unit_id: int | None = None
    subtree_unit_ids: frozenset[int] = frozenset()
    rights: frozenset[str] = frozenset()
    ip: str | None = None
    citizen_number: str | None = None


SYSTEM = Actor(ActorKind.SYSTEM, "系统", frozenset({Role.SYSTEM}))


def citizen_actor(number: str, ip: str | None = None) -> Actor:
    """Build the actor for the citizen who proved to own ticket `number`."""
    return Actor(ActorKind.CITIZEN, "诉求人", frozenset({Role.CITIZEN}), ip=ip, citizen_number=number)


class NeedKind(StrEnum):
    """What a piece of data must look like."""

    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    FLAG = "flag"
    NUMBER = "number"
    INSTANT = "instant"
    UNIT = "unit"
    UNITS = "units"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class Need:
    """One piece of data an action takes. Private data is used but never copied into the event."""

    name: str
    kind: NeedKind = NeedKind.TEXT
    is_required: bool = True
    choices: type[Word] | None = None
    max_length: int = 2000
    is_private: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """The table's wish that `audience` be told `kind`; `when` names a condition, empty means always."""

    audience: Audience
    kind: str
    when: str = ""


class ClockOp(StrEnum):
    """What an order does to a clock."""

    START = "start"
    START_IF_ABSENT = "start_if_absent"
    STOP = "stop"
    STOP_ALL = "stop_all"
    PAUSE = "pause"
    RESUME = "resume"


class ClockScope(StrEnum):
    """To whom the clock belongs: the ticket, each assignment the action concerns, or the request."""

    TICKET = "ticket"
    ASSIGNMENT = "assignment"
    REQUEST = "request"


class LimitKind(StrEnum):
    """Which limit of the policy a started clock takes."""

    POLICY = "policy"
    REWORK = "rework"


@dataclass(frozen=True, slots=True)
class ClockOrder:
    """One thing to do to one clock (STOP_ALL ignores `clock`)."""

    op: ClockOp
    clock: ClockName | None = None
    scope: ClockScope = ClockScope.TICKET
    limit: LimitKind = LimitKind.POLICY


class Effect(StrEnum):
    """What the service must change in the rows besides the state; each has one function there."""

    KEEP_RECORD = "keep_record"
    MARK_SUBMITTED = "mark_submitted"
    SET_OUTCOME = "set_outcome"
    CREATE_ASSIGNMENTS = "create_assignments"
    RECALL_ASSIGNMENTS = "recall_assignments"
    HANDLE_AGAIN = "handle_again"
    NEW_ROUND = "new_round"
    COUNT_CALL_ATTEMPT = "count_call_attempt"
    KEEP_RATING = "keep_rating"
    KEEP_CONTACT = "keep_contact"
    KEEP_ANSWER = "keep_answer"
    KEEP_SIGNATURE = "keep_signature"
    KEEP_REPLY = "keep_reply"
    COUNT_RETURN = "count_return"
    OPEN_REQUEST = "open_request"
    DECIDE_REQUEST = "decide_request"
    FORBID_RETURN = "forbid_return"
    MARK_ARCHIVED = "mark_archived"
    CANCEL_REQUESTS = "cancel_requests"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A system action to try next in the same transaction; one that is refused is simply not due yet."""

    machine: Machine
    action: str


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a table. `target` None keeps the state; `when` chooses among rows of one action."""

    action: str
    label_zh: str
    label_en: str
    sources: tuple[str, ...]
    target: str | None
    roles: frozenset[Role]
    needs: tuple[Need, ...] = ()
    guards: tuple[str, ...] = ()
    when: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    clocks: tuple[ClockOrder, ...] = ()
    notices: tuple[Notice, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """One machine's table at one version."""

    machine: Machine
    version: int
    states: type[Word]
    terminal: frozenset[str]
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What the engine may know of a unit named in the data or holding an assignment."""

    id: int
    name: str
    is_active: bool = True
    has_reply_review: bool = True
    is_accused: bool = False


@dataclass(frozen=True, slots=True)
class AssignmentFacts:
    """One assignment as the engine sees it."""

    id: int
    state: str
    unit_id: int
    is_main: bool
    round: int
    has_reply_review: bool = True
    handler_id: int | None = None
    result: str | None = None
    return_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """One request as the engine sees it."""

    id: int
    kind: str
    state: str
    asked_by_id: int | None
    assignment_id: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A frozen snapshot of the ticket and the subject an action is asked of.

    `units` holds every unit the data names; `suggested_unit_ids` are the catalogue's (empty: no row).
    """

    number: str
    state: str
    type: str = ""
    urgency: str = "ordinary"
    round: int = 1
    has_place: bool = False
    has_category: bool = False
    has_accused: bool = False
    is_anonymous: bool = False
    callback_wanted: bool = True
    forbid_return: bool = False
    registered_by_id: int | None = None
    call_attempts: int = 0
    last_attempt_at: datetime | None = None
    callback_due_at: datetime | None = None
    archive_due_at: datetime | None = None
    running_clocks: frozenset[str] = frozenset()
    assignments: tuple[AssignmentFacts, ...] = ()
    requests: tuple[RequestFacts, ...] = ()
    units: Mapping[int, UnitFacts] = field(default_factory=dict)
    suggested_unit_ids: tuple[int, ...] = ()
    subject_assignment: AssignmentFacts | None = None
    subject_request: RequestFacts | None = None

    @property
    def main(self) -> AssignmentFacts | None:
        """The main assignment that is live in this round: neither returned nor recalled."""
        live = (
            a
            for a in reversed(self.assignments)
            if a.is_main and a.round == self.round and a.state not in {"returned", "recalled"}
        )
        return next(live, None)

    @property
    def open_assignments(self) -> tuple[AssignmentFacts, ...]:
        return tuple(a for a in self.assignments if a.state not in {"replied", "returned", "recalled"})


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the engine: an action by an actor with data at an instant (aware UTC)."""

    action: str
    actor: Actor
    data: Mapping[str, Any]
    now: datetime


@dataclass(frozen=True, slots=True)
class Decision:
    """Everything a transition will do, before anything has happened. `data` is checked and typed."""

    machine: Machine
    transition: Transition
    from_state: str
    to_state: str
    role: Role
    data: Mapping[str, Any]
    event_data: Mapping[str, Any]
    clocks: tuple[ClockOrder, ...]
    notices: tuple[Notice, ...]
    effects: tuple[Effect, ...]
    follow_ups: tuple[FollowUp, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """An action someone may take now, with the data it needs and the notices it may send."""

    action: str
    label_zh: str
    label_en: str
    needs: tuple[Need, ...]
    notices: tuple[Notice, ...]
