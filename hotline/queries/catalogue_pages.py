"""What do the pages of the dispatch catalogue show: versions, rows, what changed, and proposals?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from hotline.models.catalog import Category
from hotline.models.catalogue import (
    CatalogueProposal,
    CatalogueRow,
    CatalogueVersion,
    ProposalCause,
    ProposalState,
    VersionState,
)
from hotline.models.organisation import Unit
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.queries.catalogue_rows import co_units_of, valid_version
from workflows.policy import LimitClass

_DECIDED_SHOWN = 30


@dataclass(frozen=True, slots=True)
class Edition:
    """One version in the list of them. `is_valid` is the one tickets are suggested by now."""

    id: int
    number: int
    is_draft: bool
    is_valid: bool
    rows: int
    valid_from_at: datetime | None
    published_by: str
    published_at: datetime | None
    based_on_id: int | None

    @property
    def label(self) -> str:
        return f"第 {self.number} 版" + ("（草稿）" if self.is_draft else "（现行）" if self.is_valid else "")


@dataclass(frozen=True, slots=True)
class RowLine:
    """One row in words; the ids are there for the form. `over` tells what became of ended units."""

    number: int
    category_id: int
    category: str
    district: str
    unit_id: int
    unit: str
    co_units: tuple[tuple[int, str], ...]
    limit_class: str
    basis: str
    over: Mapping[int, str] = field(default_factory=dict)

    @property
    def limit_label(self) -> str:
        return LimitClass(self.limit_class).label_zh if self.limit_class else ""

    def says(self, words: str) -> bool:
        """Whether the row holds these words somewhere."""
        names = (
            f"第 {self.number} 条",
            self.category,
            self.unit,
            self.basis,
            *(co for _, co in self.co_units),
        )
        return any(words in text for text in names)


@dataclass(frozen=True, slots=True)
class Change:
    """A row that two versions do not agree on; one side is None when it is new or gone."""

    before: RowLine | None
    after: RowLine | None

    @property
    def number(self) -> int:
        row = self.after or self.before
        return row.number if row else 0


@dataclass(frozen=True, slots=True)
class ProposalLine:
    """A proposal in words."""

    id: int
    cause: ProposalCause
    state: ProposalState
    category: str
    district: str
    unit: str
    co_units: tuple[str, ...]
    row_number: int | None
    count: int
    ticket: str
    created_at: datetime
    decided_by: str
    decided_at: datetime | None
    decision_reason: str

    @property
    def words(self) -> str:
        """Why it is there."""
        if self.cause is ProposalCause.RETURNS:
            return f"第 {self.row_number} 条本月被退 {self.count} 次，建议改为退单时最多被建议的单位"
        if self.cause is ProposalCause.DISPUTE:
            return "争议会商决定由这家单位承办"
        return f"派单员改派这家单位 {self.count} 次"


def list_editions(session: Session, at: datetime) -> tuple[Edition, ...]:
    """List the versions, the newest first."""
    valid_id = session.scalar(select(valid_version(at)))
    counted = select(CatalogueRow.version_id, func.count().label("rows")).group_by(CatalogueRow.version_id)
    rows = counted.subquery()
    query = (
        select(CatalogueVersion, func.coalesce(rows.c.rows, 0), User.display_name)
        .outerjoin(rows, rows.c.version_id == CatalogueVersion.id)
        .outerjoin(User, User.id == CatalogueVersion.published_by_id)
        .order_by(CatalogueVersion.number.desc())
    )
    return tuple(
        Edition(
            version.id,
            version.number,
            version.state == VersionState.DRAFT,
            version.id == valid_id,
            count,
            version.valid_from_at,
            publisher or "",
            version.published_at,
            version.based_on_id,
        )
        for version, count, publisher in session.execute(query)
    )


def list_rows(session: Session, version_id: int) -> tuple[RowLine, ...]:
    """List the rows of a version in the order of the categories."""
    found = session.execute(
        select(CatalogueRow, Category.path, Unit.name)
        .join(Category, Category.id == CatalogueRow.category_id)
        .join(Unit, Unit.id == CatalogueRow.main_unit_id)
        .where(CatalogueRow.version_id == version_id)
        .order_by(Category.code, CatalogueRow.number)
    ).all()
    helping = co_units_of(session, [row.id for row, _, _ in found])
    over = _over(session)
    return tuple(_row_line(row, path, unit, helping.get(row.id, ()), over) for row, path, unit in found)


def _over(session: Session) -> dict[int, str]:
    """Say of every unit that is no more whether another one goes on with its work."""
    heir = aliased(Unit)
    ended = (
        select(Unit.id, heir.name)
        .outerjoin(heir, heir.id == Unit.successor_id)
        .where(Unit.is_active.is_(False), Unit.ended_on.is_not(None))
    )
    return {unit_id: f"已并入{name}" if name else "已停用" for unit_id, name in session.execute(ended)}


def list_changes(before: Sequence[RowLine], after: Sequence[RowLine]) -> tuple[Change, ...]:
    """Compare two versions row by row, by the rows' numbers."""
    old, new = ({row.number: row for row in rows} for rows in (before, after))
    return tuple(
        Change(old.get(number), new.get(number))
        for number in sorted(old.keys() | new.keys())
        if old.get(number) != new.get(number)
    )


def list_proposals(session: Session, state: ProposalState) -> tuple[ProposalLine, ...]:
    """List the open proposals, those seen most often first, or the latest decided ones."""
    query = (
        select(CatalogueProposal, Category.path, Unit.name, Ticket.number, User.display_name)
        .join(Category, Category.id == CatalogueProposal.category_id)
        .join(Unit, Unit.id == CatalogueProposal.main_unit_id)
        .outerjoin(Ticket, Ticket.id == CatalogueProposal.ticket_id)
        .outerjoin(User, User.id == CatalogueProposal.decided_by_id)
        .where(CatalogueProposal.state == state.value)
    )
    if state is ProposalState.OPEN:
        query = query.order_by(CatalogueProposal.count.desc(), CatalogueProposal.id.desc())
    else:
        query = query.order_by(CatalogueProposal.decided_at.desc()).limit(_DECIDED_SHOWN)
    found = session.execute(query).all()
    wanted = {unit_id for proposal, *_ in found for unit_id in proposal.co_unit_ids}
    named = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(wanted)))
    names = {unit_id: name for unit_id, name in named}  # noqa: C416 - a Row is no pair to mypy
    return tuple(_proposal_line(names, *row) for row in found)


def count_open_proposals(session: Session) -> int:
    """Count what waits for a decision."""
    is_open = CatalogueProposal.state == ProposalState.OPEN.value
    return session.scalar(select(func.count(CatalogueProposal.id)).where(is_open)) or 0


def list_category_choices(session: Session) -> list[tuple[str, str]]:
    """List the active categories of every level as (id, path) for a form."""
    nodes = session.execute(
        select(Category.id, Category.path).where(Category.is_active).order_by(Category.place, Category.code)
    )
    return [(str(category_id), path.replace("/", " / ")) for category_id, path in nodes]


def _row_line(
    row: CatalogueRow, path: str, unit: str, helping: Sequence[Unit], over: Mapping[int, str]
) -> RowLine:
    named = (row.main_unit_id, *(each.id for each in helping))
    return RowLine(
        row.number,
        row.category_id,
        path.replace("/", " / "),
        row.district,
        row.main_unit_id,
        unit,
        tuple((each.id, each.name) for each in helping),
        row.limit_class,
        row.basis,
        {unit_id: over[unit_id] for unit_id in named if unit_id in over},
    )


def _proposal_line(
    names: Mapping[int, str], proposal: CatalogueProposal, path: str, unit: str, *seen: str | None
) -> ProposalLine:
    ticket, decider = seen
    return ProposalLine(
        proposal.id,
        ProposalCause(proposal.cause),
        ProposalState(proposal.state),
        path.replace("/", " / "),
        proposal.district,
        unit,
        tuple(names[unit_id] for unit_id in proposal.co_unit_ids if unit_id in names),
        proposal.row_number,
        proposal.count,
        ticket or "",
        proposal.created_at,
        decider or "",
        proposal.decided_at,
        proposal.decision_reason,
    )
