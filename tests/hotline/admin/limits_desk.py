"""A desk at which the limits are changed: two administrators, a centre leader, and the shipped version."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.people import User
from hotline.models.policies import PolicyRow, PolicyStep, PolicyVersion
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.policy_drafts import Publication, publish, start_draft
from hotline.services.policy_edits import RowInput
from hotline.services.policy_seeds import seed_policy
from workflows.definition import Actor, ActorKind
from workflows.vocabulary import Role

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class LimitsDesk:
    """Shortcuts; nothing is committed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        seed_calendar(session)
        self.first = seed_policy(session, LONG_AGO)
        self.admin = self.person("admin", Role.ADMINISTRATOR)
        self.other_admin = self.person("admin2", Role.ADMINISTRATOR)
        self.leader = self.person("centre", Role.CENTRE_LEADER)
        self.heating = Category(code="GG-01", name="供暖", path="公共事业/供暖", level=2, is_leaf=True)
        session.add(self.heating)
        session.flush()

    def person(self, name: str, role: Role) -> Actor:
        user = User(username=name, display_name=f"{name} 的姓名", created_at=LONG_AGO)
        self.session.add(user)
        self.session.flush()
        return Actor(ActorKind.USER, name, frozenset({role}), user_id=user.id)

    def draft(self, base: int = 1) -> PolicyVersion:
        return start_draft(self.session, base, self.admin, NOW)

    def publish(self, draft: PolicyVersion, on=None, note="按会议纪要缩短", by: Actor | None = None):
        valid_from = NOW.date() if on is None else on
        return publish(self.session, Publication(valid_from, note, draft.revision), by or self.leader, NOW)

    def rows(self, version: PolicyVersion) -> list[PolicyRow]:
        query = select(PolicyRow).where(PolicyRow.version_id == version.id).order_by(PolicyRow.id)
        return list(self.session.scalars(query))

    def row(self, version: PolicyVersion, clock: str, word: str) -> PolicyRow:
        found = [each for each in self.rows(version) if (each.clock, each.limit_class) == (clock, word)]
        return next(each for each in found if not each.is_rework)

    def steps(self, version: PolicyVersion) -> list[PolicyStep]:
        query = select(PolicyStep).where(PolicyStep.version_id == version.id).order_by(PolicyStep.level)
        return list(self.session.scalars(query))


def handling(hours: int = 12, **more) -> RowInput:
    """Handling of urgent tickets in so many hours."""
    return RowInput(**{"clock": "handle", "limit_class": "urgent", "amount": hours, "unit": "hours", **more})
