"""Who works in the invented city: the demo accounts, and who acts where a unit has no account of its own."""

from dataclasses import dataclass
from datetime import datetime

from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from hotline.demo.organisation import CENTRE
from hotline.models.organisation import Unit
from hotline.queries.directory import find_user_by_username, roles_of, subtree_ids
from hotline.services.accounts import HASHER, actor_of
from hotline.services.directory_changes import Signed
from hotline.services.people import NewPerson, PersonInput, add_person
from workflows.definition import SYSTEM, Actor, ActorKind
from workflows.vocabulary import Role

IMPORTER = Actor(ActorKind.SYSTEM, "数据导入", frozenset({Role.IMPORTER}))
TRUSTED_AGENT = "agent2"


@dataclass(frozen=True, slots=True)
class Person:
    """One demo account before it has a row."""

    username: str
    display_name: str
    role: Role
    unit: str = CENTRE


PEOPLE = (
    Person("agent", "林晓禾", Role.AGENT),
    Person(TRUSTED_AGENT, "周望舒", Role.AGENT),
    Person("reviewer", "秦书言", Role.REVIEWER),
    Person("dispatcher", "方向南", Role.DISPATCHER),
    # A colleague to give shares to; of several the last one named acts for the unit in the city's history.
    Person("handler3", "罗景行", Role.HANDLER, "WT-CG"),
    Person("handler", "陆青野", Role.HANDLER, "WT-CG"),
    Person("leader", "沈知行", Role.UNIT_LEADER, "WT-CG"),
    Person("handler2", "温如玉", Role.HANDLER, "BJ-ZJ"),
    Person("leader2", "顾长川", Role.UNIT_LEADER, "BJ-ZJ"),
    Person("street", "叶𠮷安", Role.HANDLER, "WT-JD1"),
    Person("auditor", "梁谨", Role.AUDITOR),
    Person("callback", "苏晚晴", Role.CALLBACK_AGENT),
    Person("supervisor", "韩明度", Role.SUPERVISOR),
    Person("centre", "江怀远", Role.CENTRE_LEADER),
    Person("admin", "许衡", Role.ADMINISTRATOR),
    Person("security", "贺守一", Role.SECURITY_OFFICER),
    Person("audit", "尤鉴", Role.AUDIT_ADMINISTRATOR),
    Person("reviewer2", "宋知微", Role.REVIEWER),
)


def seed_people(
    session: Session,
    units: dict[str, Unit],
    password: str,
    now: datetime,
    hasher: PasswordHasher = HASHER,
) -> None:
    """Add the demo accounts, all with one password. Raises Refused for a weak one."""
    signed = Signed(SYSTEM, now, "建立演示城市")
    for serial, person in enumerate(PEOPLE, 1):
        written = PersonInput(
            display_name=person.display_name,
            roles=frozenset({person.role}),
            unit_id=units[person.unit].id,
            staff_number=f"{serial:04d}",
            has_trusted_intake=person.username == TRUSTED_AGENT,
        )
        add_person(session, NewPerson(person.username, written, password), signed, hasher)


class Staff:
    """The actors of the city, read once: by user name, and for the handling or leading of any unit."""

    def __init__(self, session: Session) -> None:
        self._by_name = {person.username: _account(session, person.username) for person in PEOPLE}
        self._by_unit = {
            (person.role, actor.unit_id): actor
            for person in PEOPLE
            if (actor := self._by_name[person.username]).unit_id is not None
        }

    def __getitem__(self, username: str) -> Actor:
        return self._by_name[username]

    def of_unit(self, role: Role, unit_id: int, unit_name: str) -> Actor:
        """Say who acts for a unit: its demo account, else somebody named by office."""
        known = self._by_unit.get((role, unit_id))
        if known is not None:
            return known
        name = f"{unit_name}{'经办人' if role is Role.HANDLER else '负责人'}"
        subtree = frozenset({unit_id})
        return Actor(ActorKind.USER, name, frozenset({role}), unit_id=unit_id, subtree_unit_ids=subtree)


def _account(session: Session, username: str) -> Actor:
    user = find_user_by_username(session, username)
    if user is None:
        message = f"the demo city has no account {username}"
        raise LookupError(message)
    subtree = subtree_ids(session, user.unit_id) if user.unit_id is not None else frozenset()
    return actor_of(user, roles_of(session, user.id), subtree, None)
