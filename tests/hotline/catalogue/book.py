"""A catalogue for tests: published straight into its rows, in a small city of two districts."""

from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.catalogue import CatalogueCoUnit, CatalogueRow, CatalogueVersion
from hotline.models.organisation import Area, Unit
from hotline.models.people import User
from hotline.models.ticket import Assignment, Citizen, Request, Ticket
from workflows.definition import Actor, ActorKind
from workflows.vocabulary import Role

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


class Book:
    """The city's units and categories by code, and shortcuts; nothing is committed."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.units = {
            code: self._add(Unit(code=code, name=name, short_name=code, district=district))
            for code, name, district in (
                ("E-CG", "东区城市管理局", "东区"),
                ("W-CG", "西区城市管理局", "西区"),
                ("CITY", "市交通局", ""),
                ("WATER", "水务集团", ""),
            )
        }
        for name in ("东区", "西区"):
            self._add(Area(code=name, name=name, level="district"))
        top = self._category("CG", "城市管理", None)
        self._category("CG-01", "占道经营", top)
        self._category("CG-02", "违法建设", top)
        self._category("QT", "其他", None)

    def unit(self, code: str) -> int:
        return self.units[code].id

    def category(self, code: str) -> int:
        return self.session.scalars(select(Category.id).where(Category.code == code)).one()

    def person(self, name: str, *roles: Role) -> Actor:
        user = self._add(User(username=name, display_name=name, created_at=LONG_AGO))
        return Actor(ActorKind.USER, name, frozenset(roles), user_id=user.id)

    def publish(self, *rows: tuple, at: datetime = LONG_AGO) -> CatalogueVersion:
        return publish(self.session, *rows, at=at)

    def ticket(
        self, category: str = "CG-01", district: str = "东区", unit: str = "", state: str = "handling", **more
    ) -> Ticket:
        """A ticket straight into its rows, with a main share where a unit is named."""
        serial = (self.session.scalar(select(func.count(Ticket.id))) or 0) + 1
        ticket = self._add(
            Ticket(
                **{
                    "number": f"YJ20261120-{serial:05d}",
                    "query_code": "1",
                    "link_token": "1",
                    "link_hash": str(serial),
                    "state": "to_dispatch",
                    "type": "complaint",
                    "title": "甲",
                    "content": "乙",
                    "channel": "phone",
                    "category_id": self.category(category),
                    "district": district,
                    "citizen_id": self._add(Citizen(created_at=NOW)).id,
                    "created_at": NOW,
                    "dispatched_at": NOW if unit else None,
                    **more,
                }
            )
        )
        if unit:
            self.share(ticket, unit, state)
        return ticket

    def share(self, ticket: Ticket, unit: str, state: str = "handling") -> Assignment:
        return self._add(
            Assignment(
                ticket_id=ticket.id,
                unit_id=self.unit(unit),
                is_main=True,
                round=1,
                state=state,
                created_at=NOW,
            )
        )

    def returned(self, unit: str, instead: str = "", **ticket) -> Ticket:
        """A ticket that a unit gave back with leave."""
        made = self.ticket(**ticket)
        share = self.share(made, unit, "returned")
        made.return_count = 1
        self._add(
            Request(
                ticket_id=made.id,
                assignment_id=share.id,
                kind="return",
                state="approved",
                reason="not_our_duty",
                basis="依职责清单",
                suggested_unit=instead,
                asked_at=NOW,
                decided_at=NOW,
            )
        )
        return made

    def _category(self, code: str, name: str, parent: Category | None) -> Category:
        return self._add(
            Category(
                code=code,
                name=name,
                path=name if parent is None else f"{parent.path}/{name}",
                level=1 if parent is None else 2,
                parent_id=None if parent is None else parent.id,
                is_leaf="-" in code or code == "QT",
            )
        )

    def _add(self, row):
        self.session.add(row)
        self.session.flush()
        return row


def publish(session: Session, *rows: tuple, at: datetime = LONG_AGO) -> CatalogueVersion:
    """Publish rows of (category, district, unit, {co_units, limit_class, basis, number}) valid from `at`."""
    number = (session.scalar(select(func.max(CatalogueVersion.number))) or 0) + 1
    version = CatalogueVersion(
        number=number, state="published", valid_from_at=at, created_at=at, published_at=at
    )
    session.add(version)
    session.flush()
    units = {unit.code: unit.id for unit in session.scalars(select(Unit))}
    categories = {each.code: each.id for each in session.scalars(select(Category))}
    for serial, (category, district, unit, *more) in enumerate(rows, 1):
        told = more[0] if more else {}
        row = CatalogueRow(
            version_id=version.id,
            number=told.get("number", serial),
            category_id=categories[category],
            district=district,
            main_unit_id=units[unit],
            limit_class=told.get("limit_class", ""),
            basis=told.get("basis", "职责清单"),
        )
        session.add(row)
        session.flush()
        session.add_all(
            CatalogueCoUnit(row_id=row.id, unit_id=units[code]) for code in told.get("co_units", ())
        )
    session.flush()
    return version
