"""How does the dispatch catalogue change: a draft is made of the published one, changed, and published.

Whoever had a hand in a draft does not publish it. Tickets are suggested by the version valid at the time, and
a published version is never touched again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.catalogue import (
    CatalogueCoUnit,
    CatalogueMaker,
    CatalogueRow,
    CatalogueVersion,
    VersionState,
)
from hotline.models.organisation import Area, AreaLevel, Unit
from hotline.queries.catalogue_faults import list_faults
from hotline.services.site import current_site
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.policy import LimitClass
from workflows.vocabulary import Role

EDITORS = frozenset({Role.CENTRE_LEADER, Role.ADMINISTRATOR})
PUBLISHERS = EDITORS
LONGEST_BASIS = 300


class Unfit(StrEnum):
    """Why a draft cannot be published as it is."""

    HAS_FAULTS = "has_faults"
    IN_THE_PAST = "in_the_past"


class UnfitError(ValueError):
    """The draft has to be mended, or another date named."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class RowInput:
    """What somebody fills in for a row; without a number it is a new one."""

    category_id: int
    district: str
    main_unit_id: int
    co_unit_ids: tuple[int, ...] = ()
    limit_class: str = ""
    basis: str = ""
    number: int | None = None


def start_draft(session: Session, actor: Actor, now: datetime) -> CatalogueVersion:
    """Copy the newest published version into a draft; the draft there is, if there is one."""
    require_role(actor, EDITORS)
    return open_draft(session, actor, now)


def open_draft(session: Session, actor: Actor, now: datetime) -> CatalogueVersion:
    """Take hold of the draft, made anew if there is none, and note who had a hand in it."""
    draft = find_draft(session)
    if draft is None:
        newest = _newest_published(session)
        draft = CatalogueVersion(
            number=(session.scalar(select(func.max(CatalogueVersion.number))) or 0) + 1,
            state=VersionState.DRAFT.value,
            based_on_id=None if newest is None else newest.id,
            created_at=now,
        )
        session.add(draft)
        session.flush()
        if newest is not None:
            _copy_rows(session, newest.id, draft.id)
    _note_maker(session, draft, actor)
    return draft


def find_draft(session: Session) -> CatalogueVersion | None:
    """Find the draft and lock it."""
    wanted = select(CatalogueVersion).where(CatalogueVersion.state == VersionState.DRAFT.value)
    return session.scalar(wanted.with_for_update())


def put_row(session: Session, given: RowInput, actor: Actor, now: datetime) -> CatalogueRow:
    """Write a row into the draft, a new one or in place of what its number said before."""
    require_role(actor, EDITORS)
    _check_row(session, given)
    return write_row(session, open_draft(session, actor, now), given)


def write_row(session: Session, draft: CatalogueVersion, given: RowInput) -> CatalogueRow:
    """Write a checked row; raises Refused when the draft has no row of that number."""
    if given.number is None:
        row = CatalogueRow(version_id=draft.id, number=_next_number(session))
        session.add(row)
    else:
        row = _get_row(session, draft, given.number)
    row.category_id = given.category_id
    row.district = given.district
    row.main_unit_id = given.main_unit_id
    row.limit_class = given.limit_class
    row.basis = given.basis.strip()
    session.flush()
    session.execute(delete(CatalogueCoUnit).where(CatalogueCoUnit.row_id == row.id))
    session.add_all(CatalogueCoUnit(row_id=row.id, unit_id=unit_id) for unit_id in given.co_unit_ids)
    session.flush()
    return row


def remove_row(session: Session, number: int, actor: Actor, now: datetime) -> None:
    """Take a row out of the draft; its number is not given again."""
    require_role(actor, EDITORS)
    row = _get_row(session, open_draft(session, actor, now), number)
    session.execute(delete(CatalogueCoUnit).where(CatalogueCoUnit.row_id == row.id))
    session.delete(row)
    session.flush()


def publish(session: Session, valid_from: date, actor: Actor, now: datetime) -> CatalogueVersion:
    """Publish the draft from the beginning of a day in the city, today at the earliest.

    Raises UnfitError for a day gone by or while a row is at fault, and Refused for the draft's makers.
    """
    require_role(actor, PUBLISHERS)
    draft = find_draft(session)
    if draft is None:
        raise Refused(Code.NOT_FOUND)
    if actor.ids & _maker_ids(session, draft):
        raise Refused(Code.OWN_WORK)
    zone = current_site().zone
    if valid_from < now.astimezone(zone).date():
        raise UnfitError(Unfit.IN_THE_PAST)
    if list_faults(session, draft.id, valid_from):
        raise UnfitError(Unfit.HAS_FAULTS)
    draft.state = VersionState.PUBLISHED.value
    draft.valid_from_at = datetime.combine(valid_from, time(), zone)
    draft.published_by_id = actor.user_id
    draft.published_at = now
    session.flush()
    return draft


def replace_unit(session: Session, unit_id: int, successor_id: int, actor: Actor, now: datetime) -> int:
    """Let the draft name a unit's successor wherever it named the unit, and tell in how many rows.

    Somebody else looks at the draft and publishes it. There is no draft for this where no row names the unit.
    """
    draft = find_draft(session)
    source = draft or _newest_published(session)
    if source is None or not _rows_naming(session, source.id, unit_id):
        return 0
    draft = open_draft(session, actor, now)
    rows = _rows_naming(session, draft.id, unit_id)
    for row in rows:
        row.main_unit_id = successor_id if row.main_unit_id == unit_id else row.main_unit_id
        helping = select(CatalogueCoUnit).where(CatalogueCoUnit.row_id == row.id)
        named = {each.unit_id: each for each in session.scalars(helping)}
        for each_id in {unit_id, row.main_unit_id} & named.keys():
            session.delete(named.pop(each_id))
            if each_id == unit_id and successor_id not in {row.main_unit_id, *named}:
                session.add(CatalogueCoUnit(row_id=row.id, unit_id=successor_id))
    session.flush()
    return len(rows)


def made_draft(session: Session, actor: Actor) -> bool:
    """Tell whether somebody began or changed the draft, and so may not be the one who publishes it."""
    draft = find_draft(session)
    return draft is not None and bool(actor.ids & _maker_ids(session, draft))


def require_role(actor: Actor, roles: frozenset[Role]) -> None:
    """Refuse whoever holds none of the roles."""
    if not actor.roles & roles:
        raise Refused(Code.NOT_YOUR_ROLE)


def _check_row(session: Session, given: RowInput) -> None:
    named = {given.main_unit_id, *given.co_unit_ids}
    active = session.scalar(select(func.count(Unit.id)).where(Unit.id.in_(named), Unit.is_active))
    category = session.get(Category, given.category_id)
    districts = select(Area.name).where(Area.level == AreaLevel.DISTRICT.value)
    checks = (
        ("category", category is not None and category.is_active, FieldCode.UNKNOWN_CATEGORY),
        ("main_unit", active == len(named), FieldCode.UNKNOWN_UNIT),
        ("co_units", given.main_unit_id not in given.co_unit_ids, Code.UNIT_HAS_IT_ALREADY),
        ("district", given.district in {"", *session.scalars(districts)}, FieldCode.NOT_A_CHOICE),
        ("limit_class", given.limit_class in {"", *LimitClass}, FieldCode.NOT_A_CHOICE),
        ("basis", bool(given.basis.strip()), FieldCode.REQUIRED),
    )
    errors = [FieldError(field, code) for field, is_good, code in checks if not is_good]
    if len(given.basis.strip()) > LONGEST_BASIS:
        errors.append(FieldError("basis", FieldCode.TOO_LONG, str(LONGEST_BASIS)))
    if errors:
        raise invalid(*errors)


def _copy_rows(session: Session, source_id: int, draft_id: int) -> None:
    copied = {}
    for row in session.scalars(select(CatalogueRow).where(CatalogueRow.version_id == source_id)):
        copied[row.id] = CatalogueRow(
            version_id=draft_id,
            number=row.number,
            category_id=row.category_id,
            district=row.district,
            main_unit_id=row.main_unit_id,
            limit_class=row.limit_class,
            basis=row.basis,
        )
    session.add_all(copied.values())
    session.flush()
    helping = session.execute(
        select(CatalogueCoUnit.row_id, CatalogueCoUnit.unit_id).where(CatalogueCoUnit.row_id.in_(copied))
    )
    session.add_all(CatalogueCoUnit(row_id=copied[row_id].id, unit_id=unit_id) for row_id, unit_id in helping)
    session.flush()


def _get_row(session: Session, draft: CatalogueVersion, number: int) -> CatalogueRow:
    wanted = select(CatalogueRow).where(CatalogueRow.version_id == draft.id, CatalogueRow.number == number)
    row = session.scalar(wanted)
    if row is None:
        raise Refused(Code.NOT_FOUND)
    return row


def _next_number(session: Session) -> int:
    return (session.scalar(select(func.max(CatalogueRow.number))) or 0) + 1


def _newest_published(session: Session) -> CatalogueVersion | None:
    published = select(CatalogueVersion).where(CatalogueVersion.state == VersionState.PUBLISHED.value)
    return session.scalar(published.order_by(CatalogueVersion.number.desc()).limit(1))


def _rows_naming(session: Session, version_id: int, unit_id: int) -> Sequence[CatalogueRow]:
    helping = select(CatalogueCoUnit.row_id).where(CatalogueCoUnit.unit_id == unit_id)
    is_named = or_(CatalogueRow.main_unit_id == unit_id, CatalogueRow.id.in_(helping))
    of_version = select(CatalogueRow).where(CatalogueRow.version_id == version_id, is_named)
    return session.scalars(of_version.order_by(CatalogueRow.number)).all()


def _note_maker(session: Session, draft: CatalogueVersion, actor: Actor) -> None:
    new = actor.ids - _maker_ids(session, draft)
    session.add_all(CatalogueMaker(version_id=draft.id, user_id=user_id) for user_id in new)
    session.flush()


def _maker_ids(session: Session, draft: CatalogueVersion) -> frozenset[int]:
    makers = select(CatalogueMaker.user_id).where(CatalogueMaker.version_id == draft.id)
    return frozenset(session.scalars(makers))
