"""Which unit gets what in the invented city: a published catalogue, and a draft and proposals waiting."""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.demo.organisation import DISTRICTS
from hotline.demo.people import Staff
from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueRow, CatalogueVersion, ProposalCause
from hotline.models.organisation import Unit
from hotline.models.ticket import Ticket
from hotline.services.catalogue import RowInput, publish, put_row, start_draft, write_row
from hotline.services.catalogue_proposals import UnitChoice, propose
from hotline.services.site import current_site
from workflows.definition import Actor

_SEEDS = Path(__file__).parent / "seeds"
_EVERY_DISTRICT = "*"
# What people decided otherwise lately: category, the unit they chose, and why it came to that.
_CHOICES = (
    ("JT-07", "CITY-GA", ProposalCause.OVERRIDE),
    ("CG-06", "POWER", ProposalCause.DISPUTE),
    ("GG-05", "CITY-ST", ProposalCause.OVERRIDE),
)


def seed_catalogue(session: Session, now: datetime) -> None:
    """Let the administrator write the catalogue down and the centre's leader publish it."""
    staff, units, categories = Staff(session), _codes(session, Unit), _codes(session, Category)
    draft = start_draft(session, staff["admin"], now)
    for row in _rows():
        write_row(
            session,
            draft,
            RowInput(
                categories[row["category"]],
                row["district"],
                units[row["unit"]],
                tuple(units[code] for code in row["co_units"].split()),
                row["limit_class"],
                row["basis"],
            ),
        )
    publish(session, now.astimezone(current_site().zone).date(), staff["centre"], now)


def seed_changes(session: Session, now: datetime) -> None:
    """Leave a draft with two changes, and what people decided otherwise as proposals."""
    staff, units, categories = Staff(session), _codes(session, Unit), _codes(session, Category)
    administrator = staff["admin"]
    _widen(session, categories["JT"], (units["CITY-GA"],), administrator, now)
    bicycles = RowInput(
        categories["JT-07"],
        "",
        units["CITY-JT"],
        (units["CITY-GA"],),
        basis="共享单车停放秩序：市交通运输局牵头，公安交管配合",
    )
    put_row(session, bicycles, administrator, now)
    for code, unit, cause in _CHOICES:
        for ticket in _latest(session, categories[code]):
            propose(session, ticket, UnitChoice(units[unit]), cause, now)


def _widen(
    session: Session, category_id: int, co_unit_ids: tuple[int, ...], actor: Actor, now: datetime
) -> None:
    """Give the city's row of a category helpers."""
    row = session.scalars(
        select(CatalogueRow)
        .join(CatalogueVersion, CatalogueVersion.id == CatalogueRow.version_id)
        .where(CatalogueRow.category_id == category_id, CatalogueRow.district == "")
        .order_by(CatalogueVersion.number.desc())
        .limit(1)
    ).one()
    given = RowInput(
        category_id,
        "",
        row.main_unit_id,
        co_unit_ids,
        row.limit_class,
        f"{row.basis}；涉及道路执法的由公安交管配合",
        row.number,
    )
    put_row(session, given, actor, now)


def _latest(session: Session, category_id: int) -> list[Ticket]:
    newest = select(Ticket).where(Ticket.category_id == category_id).order_by(Ticket.id.desc()).limit(2)
    return list(session.scalars(newest))


def _rows() -> Iterator[Mapping[str, str]]:
    """Read the shipped rows; a star stands for each district and its bureau."""
    with (_SEEDS / "catalogue.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["district"] != _EVERY_DISTRICT:
                yield row
                continue
            for code, (name, _) in DISTRICTS.items():
                here = {key: row[key].replace(_EVERY_DISTRICT, code) for key in ("unit", "co_units")}
                yield {**row, **here, "district": name}


def _codes(session: Session, model: type[Unit] | type[Category]) -> dict[str, int]:
    rows = session.execute(select(model.code, model.id))
    return {code: row_id for code, row_id in rows}  # noqa: C416 - a Row is no pair to mypy
