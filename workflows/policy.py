"""Which limit holds for a case: the rows of one version, and the ladder of what follows lateness."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain

from workflows.counting import COUNT_AT_ONCE, COUNT_WHOLE_DAYS, TimeUnit
from workflows.sla import Limit
from workflows.vocabulary import TicketState, TicketType, Urgency, Word
from workflows.worktime import WorkCalendar

CITY = "city"
PAUSES = frozenset({TicketState.AWAITING_SUPPLEMENT, TicketState.SUSPENDED})


class LimitClass(Word):
    """Which column of the policy a ticket falls under."""

    CRITICAL = "critical", "特急"
    URGENT = "urgent", "紧急"
    CONSULTATION = "consultation", "咨询"
    ORDINARY = "ordinary", "求助、投诉", "Help and complaint"
    SUGGESTION = "suggestion", "建议"
    REPORT = "report", "举报"
    HARD = "hard", "疑难"
    PRAISE = "praise", "表扬"
    ANY = "any", "全部", "Any"


class RowName(Word):
    """What a row of the policy limits: a clock, or how long something may be asked, or by how much."""

    DISPATCH = "dispatch", "派单时限"
    SIGN = "sign", "签收时限"
    CONTACT = "contact", "联系时限", "First contact"
    RETURN_WINDOW = "return_window", "退单申请期"
    HANDLE = "handle", "办理时限", "Handling"
    EXTENSION = "extension", "延期上限（第一次）", "Longest first extension"
    SECOND_EXTENSION = "second_extension", "延期上限（第二次）", "Longest second extension"
    REVIEW = "review", "办结审核时限", "Reply review"
    CALLBACK = "callback", "回访时限"
    DISPUTE = "dispute", "会商时限"
    DECISION = "decision", "审批时限（退单）", "Decision on a return"
    DECISION_EXTENSION = "decision_extension", "审批时限（延期）", "Decision on an extension"
    DECISION_SUSPENSION = "decision_suspension", "审批时限（挂账）", "Decision on a suspension"
    DECISION_OTHER = "decision_other", "审批时限（其他申请）", "Decision on other requests"
    SUPERVISION = "supervision", "督办时限"
    ARCHIVE = "archive", "归档时间"


EXTENSIONS = (RowName.EXTENSION, RowName.SECOND_EXTENSION)


@dataclass(frozen=True, slots=True)
class Case:
    """What a policy asks of a ticket: its class and type, its category with those above, its unit's tier."""

    limit_class: str
    ticket_type: str = ""
    categories: frozenset[int] = frozenset()
    unit_tier: int | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """For which cases a row holds; what is empty holds for any. `depth` is how deep its category lies."""

    limit_class: str = LimitClass.ANY
    ticket_type: str = ""
    category_id: int | None = None
    depth: int = 0
    unit_tier: int | None = None

    @property
    def rank(self) -> tuple[int, bool, bool, bool]:
        """Of two rows for one case the narrower wins: by category first, then tier, type and class."""
        is_of_class = self.limit_class != LimitClass.ANY
        return (self.depth, self.unit_tier is not None, bool(self.ticket_type), is_of_class)

    def holds_for(self, case: Case) -> bool:
        return (
            self.limit_class in (LimitClass.ANY, case.limit_class)
            and self.ticket_type in ("", case.ticket_type)
            and (self.category_id is None or self.category_id in case.categories)
            and self.unit_tier in (None, case.unit_tier)
        )


@dataclass(frozen=True, slots=True)
class PolicyEntry:
    """One row of a version: its limit, the calendar it is counted by, the states that hold its clock."""

    row_id: int
    limit: Limit
    calendar: str = CITY
    pauses_in: frozenset[str] = PAUSES
    scope: Scope = Scope()


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the ladder: so long after the handling clock fell due, the ticket rises to that level."""

    level: int
    amount: int
    unit: TimeUnit

    def reached_at(self, due: datetime, calendar: WorkCalendar) -> datetime:
        """Tell when a clock that fell due then has climbed so far; working days keep the time of day."""
        is_in_days = self.unit is TimeUnit.WORKING_DAYS
        rule = COUNT_WHOLE_DAYS if is_in_days else COUNT_AT_ONCE
        return calendar.add(due, self.amount, self.unit, rule)


@dataclass(frozen=True, slots=True)
class Policy:
    """One published version of the limits: rows by clock and whether it is a rework, steps by class."""

    version_id: int
    number: int
    rows: Mapping[tuple[str, bool], Sequence[PolicyEntry]] = field(hash=False)
    ladder: Mapping[str, Sequence[Step]] = field(default_factory=dict, hash=False)

    def find(self, clock: str, case: Case, *, is_rework: bool = False) -> PolicyEntry | None:
        """Find the narrowest row that holds for the case; None means that no such promise is made."""
        rows = self.rows.get((clock, is_rework), ())
        fitting = (entry for entry in rows if entry.scope.holds_for(case))
        return max(fitting, key=lambda entry: entry.scope.rank, default=None)

    def find_or_first(self, clock: str, case: Case, *, is_rework: bool) -> PolicyEntry | None:
        """Find a row as find() does; a case without a limit for rework takes its first one."""
        found = self.find(clock, case, is_rework=is_rework)
        return self.find(clock, case) if found is None and is_rework else found

    def steps_of(self, limit_class: str) -> Sequence[Step]:
        """List the ladder of a class, its lowest level first; a class without one climbs that of any."""
        return self.ladder.get(limit_class) or self.ladder.get(LimitClass.ANY, ())

    def row(self, row_id: int | None) -> PolicyEntry | None:
        """Find a row by its id; None where it belongs to another version."""
        return next((entry for entry in self.entries if entry.row_id == row_id), None)

    @property
    def entries(self) -> Iterator[PolicyEntry]:
        """Every row of the version."""
        return chain.from_iterable(self.rows.values())

    @property
    def asks_for_category(self) -> bool:
        return any(entry.scope.category_id is not None for entry in self.entries)

    @property
    def asks_for_tier(self) -> bool:
        return any(entry.scope.unit_tier is not None for entry in self.entries)


def limit_class(ticket_type: str, urgency: str, *, is_hard: bool = False) -> LimitClass:
    """Place a ticket in a column of the policy: urgency first, then difficulty, then its type."""
    if urgency in (Urgency.CRITICAL, Urgency.URGENT):
        return LimitClass(urgency)
    if is_hard:
        return LimitClass.HARD
    if ticket_type in (TicketType.HELP, TicketType.COMPLAINT):
        return LimitClass.ORDINARY
    return LimitClass(ticket_type)


def case_of(ticket_type: str, urgency: str, *, is_hard: bool = False) -> Case:
    """Describe a ticket of which neither the category nor the unit is known yet."""
    return Case(limit_class(ticket_type, urgency, is_hard=is_hard), ticket_type)
