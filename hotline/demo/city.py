"""What does somebody who acts in the simulated city need at hand: its units, categories and people."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.demo.people import Staff
from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.services.calendars import load_calendar
from workflows.definition import Actor
from workflows.vocabulary import Role
from workflows.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class City:
    """The city as it was seeded; nothing of it changes while time is simulated."""

    staff: Staff
    calendar: WorkCalendar
    unit_names: Mapping[int, str]
    unit_codes: frozenset[str]
    owners: Mapping[str, str]

    def handler(self, unit_id: int) -> Actor:
        return self.staff.of_unit(Role.HANDLER, unit_id, self.unit_names[unit_id])

    def leader(self, unit_id: int) -> Actor:
        return self.staff.of_unit(Role.UNIT_LEADER, unit_id, self.unit_names[unit_id])


def read_city(session: Session) -> City:
    """Read what was seeded; raises LookupError or NoResultFound when it was not."""
    units = session.execute(select(Unit.id, Unit.code, Unit.name)).all()
    owners = session.execute(
        select(Category.code, Unit.code).join(Unit, Unit.id == Category.owner_unit_id)
    ).all()
    return City(
        staff=Staff(session),
        calendar=load_calendar(session),
        unit_names={unit_id: name for unit_id, _, name in units},
        unit_codes=frozenset(code for _, code, _ in units),
        owners={category: unit for category, unit in owners},  # noqa: C416 - a Row is no pair to mypy
    )
