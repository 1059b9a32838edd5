"""A unit with a leader, two handlers and a clerk, and substitutions among them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session

from hotline.models.organisation import Unit
from hotline.models.people import User, UserKind, UserRole
from hotline.models.substitutions import Substitution
from hotline.queries.directory import roles_of
from hotline.queries.substitutions import find_lent
from hotline.services.accounts import actor_of
from hotline.services.directory_changes import Signed
from hotline.services.substitutions import Wish, acting_for, name_substitute
from workflows.definition import Actor
from workflows.vocabulary import Role

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass(slots=True)
class House:
    """One unit, a neighbour and the centre; people are known by user name."""

    session: Session
    unit_id: int
    other_id: int

    def hire(
        self, username: str, *roles: Role, unit_id: int | None = None, kind: UserKind = UserKind.PERSON
    ) -> User:
        user = User(
            username=username, display_name=username, unit_id=unit_id, created_at=NOW, kind=kind.value
        )
        self.session.add(user)
        self.session.flush()
        self.session.add_all(UserRole(user_id=user.id, role=role.value) for role in roles)
        self.session.flush()
        return user

    def actor(self, user: User) -> Actor:
        place = frozenset() if user.unit_id is None else frozenset({user.unit_id})
        return actor_of(user, roles_of(self.session, user.id), place, None)

    def lend(
        self, principal: User, substitute: User, *roles: Role, by: User | None = None, **changed: object
    ) -> Substitution:
        return self.lend_as(self.actor(by or principal), principal, substitute, *roles, **changed)

    def lend_as(
        self, actor: Actor, principal: User, substitute: User, *roles: Role, **changed: object
    ) -> Substitution:
        wish = {"starts_at": NOW, "ends_at": NOW + 5 * DAY, "reason": "年休假", **changed}
        asked = Wish(principal.id, substitute.id, frozenset(roles), **wish)
        return name_substitute(self.session, asked, Signed(actor, NOW, ""))

    def acting(self, found: Substitution, now: datetime = NOW) -> Actor | None:
        """Who acts when the substitute acts for the other at that time; None when they may not."""
        self.session.expire_all()
        substitute = self.session.get_one(User, found.substitute_id)
        lent = find_lent(self.session, found.id, substitute.id, now)
        return None if lent is None else acting_for(self.actor(substitute), lent)


def found_house(session: Session) -> House:
    units = [Unit(code=code, name=name) for code, name in (("HOUSING", "住建局"), ("WATER", "水务集团"))]
    session.add_all(units)
    session.flush()
    return House(session, units[0].id, units[1].id)
