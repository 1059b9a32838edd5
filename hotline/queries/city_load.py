"""How many tickets does each district have in hand, and how many of them are over?"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from hotline.models.organisation import Area, AreaLevel
from hotline.models.ticket import Ticket
from hotline.queries.board import OPEN_STATES, light_now
from workflows.vocabulary import Light


@dataclass(frozen=True, slots=True)
class DistrictLoad:
    """One tile: what happened there and is open, and what of that shows red, orange or yellow."""

    name: str
    open: int
    red: int
    warned: int


def list_district_loads(session: Session, now: datetime) -> list[DistrictLoad]:
    """List every district in the order of its code, those without a ticket too; other places come last."""
    light = light_now(now)
    warned = light.in_((Light.ORANGE.value, Light.YELLOW.value))
    rows = session.execute(
        select(
            Ticket.district,
            func.count(Ticket.id).label("open"),
            func.count(case((light == Light.RED.value, 1))).label("red"),
            func.count(case((warned, 1))).label("warned"),
        )
        .where(Ticket.state.in_(OPEN_STATES))
        .group_by(Ticket.district)
    )
    found = {row.district: DistrictLoad(row.district, row.open, row.red, row.warned) for row in rows}
    districts = select(Area.name).where(Area.level == AreaLevel.DISTRICT.value).order_by(Area.code)
    listed = [found.pop(name, DistrictLoad(name, 0, 0, 0)) for name in session.scalars(districts)]
    if not found:
        return listed
    rest = list(found.values())
    numbers = (sum(each) for each in zip(*((load.open, load.red, load.warned) for load in rest), strict=True))
    return [*listed, DistrictLoad("其他或未填", *numbers)]
