"""What keeps a draft of the limits from being published?"""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.policies import PolicyRow, PolicyVersion
from hotline.services.policies import paths_of, read_policy
from workflows.policy import LimitClass, RowName
from workflows.policy_checks import gaps, loose_extensions
from workflows.vocabulary import Word


class FaultKind(Word):
    """Why a draft cannot be published as it stands."""

    GAP = "gap", "缺少时限"
    LOOSE_EXTENSION = "loose_extension", "延期不相称"
    ENDED_CATEGORY = "ended_category", "分类已停用"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong: with which row, and for which class or category."""

    kind: FaultKind
    name: RowName
    about: str

    @property
    def words(self) -> str:
        """What is wrong and how it is mended."""
        cures = {
            FaultKind.GAP: "“{}”还没有，请新增这一类的时限",
            FaultKind.LOOSE_EXTENSION: "“{}”的第二次延期要有第一次，单位相同，也不能更长，请改正",
            FaultKind.ENDED_CATEGORY: "分类“{}”已停用，请改用别的分类或删去此条",
        }
        return cures[self.kind].format(self.about)


def list_faults(session: Session, version: PolicyVersion) -> tuple[Fault, ...]:
    """List what a version lacks and which of its rows speak of what has ended."""
    policy = read_policy(session, version)
    paths = paths_of(session, policy.entries)
    return (
        *(Fault(FaultKind.GAP, gap.name, gap.limit_class.label_zh) for gap in gaps(policy)),
        *(_loose(word) for word in loose_extensions(policy, paths)),
        *_ended(session, version.id),
    )


def _loose(word: LimitClass) -> Fault:
    return Fault(FaultKind.LOOSE_EXTENSION, RowName.SECOND_EXTENSION, word.label_zh)


def _ended(session: Session, version_id: int) -> list[Fault]:
    rows = session.execute(
        select(PolicyRow.clock, Category.path)
        .join(Category, Category.id == PolicyRow.category_id)
        .where(PolicyRow.version_id == version_id, Category.is_active.is_(False))
        .order_by(PolicyRow.id)
    )
    return [Fault(FaultKind.ENDED_CATEGORY, RowName(clock), path) for clock, path in rows]
