"""Writes entries of the knowledge base for the people of the story town."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.knowledge import KnowledgeVersion
from hotline.services import knowledge
from hotline.services.knowledge import Asked, Origin
from hotline.services.knowledge_checks import Written
from tests.stories.town import MONDAY, Town

TODAY = MONDAY.date()
LIFT = Written(
    title="电梯停运怎么报修",
    questions="电梯坏了找谁\n电梯停了几天没人修",
    answer="先联系物业；物业不修的，由住房和城乡建设局督促。困人时请拨 119。",
    talking_point="请先联系小区物业，物业两小时内应到场。",
    basis="《电梯使用管理办法》第十二条",
)


@dataclass(frozen=True, slots=True)
class Book:
    """What the town's people do with the knowledge base, each in one call."""

    session: Session
    town: Town
    now: datetime = MONDAY

    @property
    def today(self) -> date:
        return self.now.date()

    def later(self, **length: float) -> "Book":
        return replace(self, now=self.now + timedelta(**length))

    def category(self, code: str) -> int:
        return self.session.scalars(select(Category.id).where(Category.code == code)).one()

    def draft(
        self, written: Written = LIFT, *, unit: str = "HOUSING", by: str = "handler_housing"
    ) -> KnowledgeVersion:
        if written.category_id is None:
            written = replace(written, category_id=self.category("PROPERTY"))
        return knowledge.propose(
            self.session, Origin(self.town.units[unit]), written, self.town[by], self.now
        )

    def move(self, version: KnowledgeVersion, name: str, by: str, reason: str = "") -> KnowledgeVersion:
        asked = Asked(version.entry_id, name, version.revision, reason)
        return knowledge.move(self.session, asked, self.town[by], self.now)

    def publish(self, version: KnowledgeVersion, *, leader: str = "leader_housing") -> KnowledgeVersion:
        self.move(version, "submit", "handler_housing" if leader == "leader_housing" else "administrator")
        self.move(version, "approve", leader)
        return self.move(version, "publish", "reviewer")

    def published(self, written: Written = LIFT, **changes: object) -> KnowledgeVersion:
        return self.publish(self.draft(replace(written, **changes)))
