"""By which limit and which calendar are a ticket's clocks counted?"""

from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.clocks import Clock
from hotline.models.organisation import Unit
from hotline.models.policies import PolicyRow
from hotline.models.ticket import Assignment, Request, Ticket
from hotline.services.calendars import city_date, load_calendar
from hotline.services.policies import current_policy, get_policy
from hotline.services.remembered import once
from workflows.policy import PAUSES, Case, Policy, PolicyEntry, limit_class
from workflows.vocabulary import AssignmentState, ClockName, RequestKind, RequestState
from workflows.worktime import WorkCalendar

# Ids of the assignment, the request and the order; the ticket's own clocks have none of them.
Owner = tuple[int | None, int | None, int | None]
NOBODY: Owner = (None, None, None)
EXTENSION = "extension"
GONE = (AssignmentState.RECALLED, AssignmentState.RETURNED)
# Clocks that run while a ticket waits, to the end of a day that somebody chose.
UNTIL_A_DAY = (ClockName.SUPPLEMENT, ClockName.SUSPENSION)
SHARE_IS_OVER = (AssignmentState.REPLIED, *GONE)


def owner_of(clock: Clock) -> Owner:
    """Tell whose promise a clock is."""
    return (clock.assignment_id, clock.request_id, clock.order_id)


def extension_name(count: int) -> str:
    """Name the policy row of the next extension after `count` of them; there is no third."""
    return {0: EXTENSION, 1: "second_extension"}.get(count, "no_extension")


@dataclass(slots=True)
class ClockRules:
    """What the clocks of one ticket are counted by at `now`, and the rows beside it that they ask about.

    The limits are those of the version the ticket keeps, else today's; calendars are the newest editions.
    """

    session: Session
    ticket: Ticket
    now: datetime
    _policy: Policy | None = None
    _categories: frozenset[int] | None = None
    _tiers: dict[int | None, int | None] = field(default_factory=dict)

    @property
    def calendar(self) -> WorkCalendar:
        """The city's own."""
        return load_calendar(self.session)

    def calendar_of(self, code: str) -> WorkCalendar:
        return load_calendar(self.session, code)

    @property
    def today(self) -> date:
        return city_date(self.calendar, self.now)

    @property
    def policy(self) -> Policy:
        if self._policy is None:
            frozen = self.ticket.policy_version_id
            today = self.today
            self._policy = (
                once(self.session, ("policy", today), lambda: current_policy(self.session, today))
                if frozen is None
                else get_policy(self.session, frozen)
            )
        return self._policy

    def entry(self, name: str, owner: Owner = NOBODY, *, is_rework: bool = False) -> PolicyEntry | None:
        """Find the limit of a clock for this ticket; a class without a rework limit takes its first one."""
        return self.policy.find_or_first(name, self._case(owner), is_rework=is_rework)

    def entry_of(self, clock: Clock) -> PolicyEntry | None:
        """Find the limit a running clock has under the ticket's present class.

        None for a day that somebody chose, and for orders, which keep their time whatever becomes of
        the ticket.
        """
        is_of_share = clock.assignment_id is not None and clock.name == ClockName.HANDLE
        if is_of_share or clock.order_id is not None or clock.name in UNTIL_A_DAY:
            return None
        asked = None if clock.request_id is None else self.request(clock.request_id)
        name = policy_name(ClockName(clock.name), "" if asked is None else asked.kind)
        return self.entry(name, owner_of(clock), is_rework=clock.is_rework)

    def share(self, share_id: int) -> Assignment:
        return self.session.get_one(Assignment, share_id)

    def open_shares(self) -> list[Assignment]:
        """List the shares a unit still has to answer."""
        mine = (Assignment.ticket_id == self.ticket.id, Assignment.state.not_in(SHARE_IS_OVER))
        return list(self.session.scalars(select(Assignment).where(*mine)))

    def request(self, request_id: int) -> Request:
        return self.session.get_one(Request, request_id)

    def granted(self, since: datetime) -> list[int]:
        """List the days of each extension that was granted since then."""
        of_ticket = (Request.ticket_id == self.ticket.id, Request.kind == RequestKind.EXTENSION)
        approved = select(Request).where(*of_ticket, Request.state == RequestState.APPROVED)
        requests = self.session.scalars(approved.where(Request.decided_at >= since))
        return [int(request.details["days"]) for request in requests]

    def row_of(self, clock: Clock) -> PolicyEntry | None:
        """Find the limit a clock was laid out by, of whichever version; None for a day without a limit."""
        if clock.policy_row_id is None:
            return None
        known = self.policy.row(clock.policy_row_id)
        if known is not None:
            return known
        version_id = self.session.get_one(PolicyRow, clock.policy_row_id).version_id
        return get_policy(self.session, version_id).row(clock.policy_row_id)

    def most_days(self, count: int) -> int | None:
        """Tell how many days the next extension after `count` of them may give; None without such a row."""
        entry = self.entry(extension_name(count))
        return None if entry is None else entry.limit.amount

    def is_held_in(self, clock: Clock, state: str) -> bool:
        """Tell whether a clock stands still in a state of its ticket; only some states may hold clocks."""
        entry = self.entry_of(clock)
        return state not in PAUSES or state in (PAUSES if entry is None else entry.pauses_in)

    def class_of_ticket(self) -> str:
        """Name the column of the policy the ticket falls under."""
        ticket = self.ticket
        return limit_class(ticket.type, ticket.urgency, is_hard=ticket.is_hard)

    def _case(self, owner: Owner) -> Case:
        return Case(
            self.class_of_ticket(),
            self.ticket.type,
            self._path() if self.policy.asks_for_category else frozenset(),
            self._tier(owner[0]) if self.policy.asks_for_tier else None,
        )

    def _path(self) -> frozenset[int]:
        """The ticket's category and those above it."""
        if self._categories is None:
            ids: list[int] = []
            wanted = self.ticket.category_id
            while wanted is not None:
                ids.append(wanted)
                wanted = self.session.scalar(select(Category.parent_id).where(Category.id == wanted))
            self._categories = frozenset(ids)
        return self._categories

    def _tier(self, share_id: int | None) -> int | None:
        """The tier of the unit a share belongs to, or of the main unit that holds the ticket."""
        if share_id not in self._tiers:
            tier = select(Unit.tier).join(Assignment, Assignment.unit_id == Unit.id)
            if share_id is not None:
                wanted = tier.where(Assignment.id == share_id)
            else:
                mine = (Assignment.ticket_id == self.ticket.id, Assignment.is_main.is_(True))
                held = tier.where(*mine, Assignment.state.not_in(GONE))
                wanted = held.order_by(Assignment.id.desc()).limit(1)
            self._tiers[share_id] = self.session.scalar(wanted)
        return self._tiers[share_id]


def policy_name(name: ClockName, kind: str) -> str:
    """Name the policy row of a clock; decisions of most kinds of requests have rows of their own."""
    if name is not ClockName.DECISION or kind == RequestKind.RETURN:
        return name
    has_own = kind in {RequestKind.EXTENSION, RequestKind.SUSPENSION}
    return f"decision_{kind}" if has_own else "decision_other"
