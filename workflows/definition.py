"""What shapes do the tables and the engine speak in: rows, questions going in, decisions out. All frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
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
    ticket they proved to own. Rights are switches beside roles: `trusted_intake`. `for_id` is the colleague
    whom a substitute acts for, with that colleague's roles and no others.
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
    for_id: int | None = None

    @property
    def ids(self) -> frozenset[int]:
        """Whoever acts here: to every check of maker and checker a substitute and their principal are one."""
        return frozenset(each for each in (self.user_id, self.for_id) if each is not None)


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
    ANSWER = "answer"
    NUMBER = "number"
    INSTANT = "instant"
    UNIT = "unit"
    UNITS = "units"
    CATEGORY = "category"
    DATE = "date"
    TICKET = "ticket"
    ASSIGNMENT = "assignment"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Need:
    """One piece of data an action takes. Private data is used but never copied into the event.

    An instant has been, or `is_to_come`.
    """

    name: str
    kind: NeedKind = NeedKind.TEXT
    is_required: bool = True
    choices: type[Word] | None = None
    max_length: int = 2000
    is_private: bool = False
    is_to_come: bool = False


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
    EXTEND = "extend"
    RECOUNT = "recount"  # by the newest edition of its calendar
    CLIMB = "climb"  # set the timers of the escalation ladder
    UNDO_START = "undo_start"  # call off what the undone step started
    UNDO_STOP = "undo_stop"  # let run on what the undone step stopped, as if it never had


class ClockScope(StrEnum):
    """To whom the clock belongs: the ticket, each assignment concerned, the request or the order."""

    TICKET = "ticket"
    ASSIGNMENT = "assignment"
    REQUEST = "request"
    ORDER = "order"


class LimitKind(StrEnum):
    """Which limit a started clock takes: the policy's, or the end of the day somebody chose."""

    POLICY = "policy"
    REWORK = "rework"
    CHOSEN_DATE = "chosen_date"


@dataclass(frozen=True, slots=True)
class ClockOrder:
    """One thing to do to one clock (STOP_ALL ignores `clock`).

    `date` names the data that holds a chosen date; without a value there the policy's limit holds.
    """

    op: ClockOp
    clock: ClockName | None = None
    scope: ClockScope = ClockScope.TICKET
    limit: LimitKind = LimitKind.POLICY
    date: str = ""


class Effect(StrEnum):
    """What the service must change in the rows besides the state; each has one function there."""

    KEEP_RECORD = "keep_record"
    CORRECT_RECORD = "correct_record"
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
    AWAIT_SUPPLEMENT = "await_supplement"
    END_WAITING = "end_waiting"
    PROPOSE_INVALID = "propose_invalid"
    DROP_INVALID = "drop_invalid"
    FOLLOW_MASTER = "follow_master"
    LEAVE_MASTER = "leave_master"
    COUNT_FOLLOWER = "count_follower"
    UNCOUNT_FOLLOWER = "uncount_follower"
    ARCHIVE_FOLLOWERS = "archive_followers"
    REDIRECT = "redirect"
    ADD_CO_HANDLER = "add_co_handler"
    PROPOSE_CATALOGUE_ROW = "propose_catalogue_row"
    PROPOSE_OTHER_UNIT = "propose_other_unit"
    REOPEN = "reopen"
    CLEAR_OUTCOME = "clear_outcome"
    CANCEL_ABOUT_CLOSING = "cancel_about_closing"
    EXCLUDE = "exclude"
    INCLUDE = "include"
    COUNT_URGE = "count_urge"
    RAISE_LEVEL = "raise_level"
    ORDER_FROM_THIRD_ROUND = "order_from_third_round"
    CREATE_CHILD = "create_child"
    RECALL_CHILD = "recall_child"
    REPORT_TO_PARENT = "report_to_parent"
    COUNT_EXTENSION = "count_extension"
    ENDORSE_REQUEST = "endorse_request"
    MARK_VIEWED = "mark_viewed"
    UPHOLD_APPEAL = "uphold_appeal"
    OPEN_ORDER = "open_order"
    KEEP_ORDER_ANSWER = "keep_order_answer"
    REFUSE_ORDER_ANSWER = "refuse_order_answer"
    CLOSE_ORDER = "close_order"
    WITHDRAW_ORDER = "withdraw_order"
    HAND_OVER = "hand_over"
    GIVE_SHARE = "give_share"
    RELEASE_HANDLER = "release_handler"
    RELEASE_ABSENT = "release_absent"  # nobody who has left keeps what comes back
    BOOK_CALL = "book_call"
    UNTELL = "untell"
    UNDO_SHARES = "undo_shares"
    UNDO_DISPATCH = "undo_dispatch"
    UNDO_REDIRECT = "undo_redirect"
    UNDO_SIGNATURE = "undo_signature"
    NAME_RECALL = "name_recall"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A system action to try next in the same transaction; one that is refused is simply not due yet.

    `passes` are details of the request that the action takes as its data. What `must` follow fails the whole.
    """

    machine: Machine
    action: str
    passes: tuple[str, ...] = ()
    must: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of a table. `target` None keeps the state; `when` chooses among rows of one action.

    `undone_by` is the action that takes the step back within its grace; until then its messages wait.
    """

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
    undone_by: str = ""


@dataclass(frozen=True, slots=True)
class Workflow:
    """One machine's table at one version."""

    machine: Machine
    version: int
    states: type[Word]
    terminal: frozenset[str]
    transitions: tuple[Transition, ...]


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
