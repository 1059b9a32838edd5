"""A small city for stories: who works there, which units handle what, and what its people say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.organisation import Unit
from hotline.models.people import User, UserRole
from hotline.services.calendar_seeds import seed_calendar
from hotline.services.policy_seeds import seed_policy
from tests.copies import copied
from workflows.definition import Actor, ActorKind
from workflows.vocabulary import Role

CITY = ZoneInfo("Asia/Shanghai")
_FOUNDED = datetime(2026, 1, 1, tzinfo=UTC)


def city(text: str) -> datetime:
    """Read a moment of the city's clocks."""
    return datetime.fromisoformat(text).replace(tzinfo=CITY)


MONDAY = city("2026-11-23 09:12")

COMPLAINT: Mapping[str, Any] = MappingProxyType(
    {
        "type": "complaint",
        "content": "梧桐区文昌路 8 号小区电梯停运三天，家住十二楼，老人无法下楼。",
        "category": "PROPERTY",
        "district": "梧桐区",
        "address": "文昌路 8 号",
        "citizen_name": "林晚秋",
        "phone": "13800138001",
    }
)
REPLY: Mapping[str, Any] = MappingProxyType(
    {
        "contact": "contacted",
        "result": "resolved",
        "answer": "电梯已于今天上午修复并通过检验，物业承诺今后停运会提前三天告知。",
    }
)
CONTENT_RATING: Mapping[str, Any] = MappingProxyType({"solved": "yes", "satisfaction": "satisfied"})
POOR_RATING: Mapping[str, Any] = MappingProxyType({"solved": "no", "satisfaction": "dissatisfied"})
RETURN: Mapping[str, Any] = MappingProxyType(
    {"reason": "not_our_duty", "basis": "三定方案第五条，电梯由市场监管部门负责"}
)

# code, name, parent, its leader reviews replies
_UNITS = (
    ("HOUSING", "云江市住房和城乡建设局", None, True),
    ("ROADS", "云江市交通运输局", None, True),
    ("STREET", "梧桐区文昌街道办事处", "HOUSING", False),
    ("WATER", "云江市水务集团", None, True),
)
_CENTRE = (
    ("agent", Role.AGENT),
    ("second_agent", Role.AGENT),
    ("reviewer", Role.REVIEWER),
    ("dispatcher", Role.DISPATCHER),
    ("second_dispatcher", Role.DISPATCHER),
    ("auditor", Role.AUDITOR),
    ("callback", Role.CALLBACK_AGENT),
    ("supervisor", Role.SUPERVISOR),
)


_MORE_OF_THE_CENTRE = (
    ("second_reviewer", Role.REVIEWER),
    ("centre_leader", Role.CENTRE_LEADER),
    ("security", Role.SECURITY_OFFICER),
    ("administrator", Role.ADMINISTRATOR),
)


@dataclass(frozen=True, slots=True)
class Town:
    """Who may act, by user name (`agent`, `handler_housing`, …), and the ids of units by code."""

    people: Mapping[str, Actor]
    units: Mapping[str, int]

    def __getitem__(self, username: str) -> Actor:
        return self.people[username]

    def user(self, username: str) -> str:
        """The recipient's reference of a person."""
        return f"user:{self.people[username].user_id}"

    def unit(self, code: str) -> str:
        """The recipient's reference of a unit."""
        return f"unit:{self.units[code]}"


def found_town(session: Session) -> Town:
    """Seed calendar, policy, units, categories and people."""
    return copied(session, "town", _found_town)


def _found_town(session: Session) -> Town:
    seed_calendar(session)
    seed_policy(session, _FOUNDED)
    units = _found_units(session)
    _found_categories(session, units)
    posts = [_Post(name, role) for name, role in _CENTRE]
    for code, unit_id in units.items():
        place = (unit_id, _subtree(session, unit_id))
        posts.append(_Post(f"handler_{code.lower()}", Role.HANDLER, place))
        posts.append(_Post(f"leader_{code.lower()}", Role.UNIT_LEADER, place))
    return Town(_hire(session, posts), units)


def found_wide_town(session: Session) -> Town:
    """Found the town with everybody who ever decides, and the street as a unit of the third tier."""
    town = found_town(session)
    session.get_one(Unit, town.units["STREET"]).tier = 3
    more = _hire(session, [_Post(name, role) for name, role in _MORE_OF_THE_CENTRE])
    return Town({**town.people, **more}, town.units)


def find_town(session: Session) -> Town:
    """Read the town again from a database it was founded in; another process does this."""
    units = {code: unit_id for code, unit_id in session.execute(select(Unit.code, Unit.id))}  # noqa: C416 - a Row is no pair
    rows = session.execute(select(User, UserRole.role).join(UserRole, UserRole.user_id == User.id))
    people = {
        user.username: _actor(
            user,
            Role(role),
            None if user.unit_id is None else (user.unit_id, _subtree(session, user.unit_id)),
        )
        for user, role in rows
    }
    return Town(people, units)


def _found_units(session: Session) -> dict[str, int]:
    ids: dict[str, int] = {}
    for place, (code, name, parent, has_review) in enumerate(_UNITS):
        unit = Unit(
            code=code,
            name=name,
            parent_id=ids.get(parent or ""),
            has_reply_review=has_review,
            liaison_phone=f"1390000000{place}",
        )
        session.add(unit)
        session.flush()
        ids[code] = unit.id
    return ids


def _found_categories(session: Session, units: Mapping[str, int]) -> None:
    for code, name, owner in (("PROPERTY", "物业管理", "HOUSING"), ("POTHOLE", "路面坑洼", "ROADS")):
        session.add(Category(code=code, name=name, path=name, level=1, owner_unit_id=units[owner]))
    session.flush()


@dataclass(frozen=True, slots=True)
class _Post:
    """Somebody's user name and role, and the unit they work for with all below it."""

    name: str
    role: Role
    place: tuple[int, frozenset[int]] | None = None


def _hire(session: Session, posts: Sequence[_Post]) -> dict[str, Actor]:
    """Make everybody's account in two statements: thousands of tests found a town."""
    users = [
        User(
            username=post.name,
            display_name=post.name,
            unit_id=None if post.place is None else post.place[0],
            created_at=_FOUNDED,
            has_trusted_intake=post.name == "second_agent",
        )
        for post in posts
    ]
    session.add_all(users)
    session.flush()
    session.add_all(
        UserRole(user_id=user.id, role=str(post.role)) for user, post in zip(users, posts, strict=True)
    )
    session.flush()
    hired = zip(users, posts, strict=True)
    return {post.name: _actor(user, post.role, post.place) for user, post in hired}


def _actor(user: User, role: Role, place: tuple[int, frozenset[int]] | None) -> Actor:
    return Actor(
        ActorKind.USER,
        user.display_name,
        frozenset({role}),
        user_id=user.id,
        unit_id=None if place is None else place[0],
        subtree_unit_ids=frozenset() if place is None else place[1],
        rights=frozenset({"trusted_intake"}) if user.has_trusted_intake else frozenset(),
    )


def _subtree(session: Session, unit_id: int) -> frozenset[int]:
    children = session.scalars(select(Unit.id).where(Unit.parent_id == unit_id))
    return frozenset({unit_id, *children})
