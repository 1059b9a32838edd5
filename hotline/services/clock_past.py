"""By which editions and versions were a ticket's clocks counted at a moment of the past?"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from hotline.models.calendars import CITY_CALENDAR, Calendar, CalendarEdition
from hotline.models.organisation import Unit
from hotline.models.policies import PolicyState, PolicyVersion
from hotline.models.ticket import Assignment, Request
from hotline.queries.policy_versions import version_on
from hotline.services.calendars import load_edition
from hotline.services.clock_rules import GONE, SHARE_IS_OVER, ClockRules
from hotline.services.policies import get_policy
from workflows.policy import Policy
from workflows.vocabulary import RequestKind, RequestState
from workflows.worktime import WorkCalendar


@dataclass(slots=True)
class PastRules(ClockRules):
    """The rules as of `now`; the rows beside the ticket are those that are handed in."""

    shares: dict[int, Assignment] = field(default_factory=dict)
    requests: dict[int, Request] = field(default_factory=dict)

    @property
    def calendar(self) -> WorkCalendar:
        return self.calendar_of(CITY_CALENDAR)

    def calendar_of(self, code: str) -> WorkCalendar:
        """The newest edition published by then; what is older than the first goes by the first."""
        editions = (
            select(CalendarEdition.id)
            .join(Calendar, Calendar.id == CalendarEdition.calendar_id)
            .where(Calendar.code == code)
        )
        then = editions.where(CalendarEdition.published_at <= self.now)
        newest = self.session.scalar(then.order_by(CalendarEdition.number.desc()).limit(1))
        first = editions.order_by(CalendarEdition.number).limit(1)
        return load_edition(self.session, newest or self.session.scalars(first).one())

    @property
    def policy(self) -> Policy:
        frozen = self.ticket.policy_version_id
        if frozen is not None:
            return get_policy(self.session, frozen)
        holding = version_on(self.today)
        then = holding.where(PolicyVersion.published_at <= self.now)
        version = self.session.scalar(then) or self._first_version()
        return get_policy(self.session, version.id)

    def _tier(self, share_id: int | None) -> int | None:
        """The tier its unit has today: what units were before is not kept."""
        if share_id is None:
            mains = [share for share in self.shares.values() if share.is_main and share.state not in GONE]
            share_id = max((share.id for share in mains), default=None)
        if share_id is None:
            return None
        return self.session.get_one(Unit, self.shares[share_id].unit_id).tier

    def _first_version(self) -> PolicyVersion:
        published = select(PolicyVersion).where(PolicyVersion.state == PolicyState.PUBLISHED.value)
        return self.session.scalars(published.order_by(PolicyVersion.number).limit(1)).one()

    def share(self, share_id: int) -> Assignment:
        return self.shares[share_id]

    def open_shares(self) -> list[Assignment]:
        return [share for share in self.shares.values() if share.state not in SHARE_IS_OVER]

    def request(self, request_id: int) -> Request:
        return self.requests[request_id]

    def granted(self, since: datetime) -> list[int]:
        return [
            int(request.details["days"])
            for request in self.requests.values()
            if request.kind == RequestKind.EXTENSION
            and request.state == RequestState.APPROVED
            and request.decided_at is not None
            and request.decided_at >= since
        ]
