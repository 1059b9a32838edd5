"""What does each supervisor and leader hear in the morning: how many are late, and how many will be today?

Once a working day, from eight o'clock of the city on and never for a day that is past. The day is claimed in
the transaction that writes its messages, so however many workers ask, one of them writes them all or none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.access import IdempotencyKey
from hotline.models.people import User
from hotline.queries import overdue
from hotline.queries.directory import list_users_with_role
from hotline.queries.forecast import read_forecast
from hotline.queries.overdue import Lit, Wanted, Window
from hotline.queries.trees import Tree, unit_tree
from hotline.queries.worktime_words import Worktime
from hotline.services.calendars import city_date, load_calendar
from hotline.services.site import current_site
from hotline.services.staff_letters import Letter, write_to
from notifications.once import insert_once
from workflows.definition import SYSTEM
from workflows.vocabulary import Role
from workflows.worktime import WorkCalendar

SessionFactory = Callable[[], Session]

KIND = "morning_digest"
_BEGINS = time(8)
_MOST = 10
_OWNER = "system"
_CITY_ROLES = (Role.SUPERVISOR, Role.CENTRE_LEADER)
_CITY = {"zh": "全市", "en": "The whole city"}
_LINKS = {True: "/board/overdue", False: "/inbox?view=overdue"}


@dataclass(frozen=True, slots=True)
class Standing:
    """How the city stands by unit, None being nobody. `late` is (unit, number, due moment), longest first."""

    lit: Mapping[int | None, Lit]
    today: Mapping[int | None, int]
    forecast: Mapping[int | None, int]
    late: Sequence[tuple[int | None, str, datetime]]


@dataclass(frozen=True, slots=True)
class Digest:
    """What one reader is told: of the whole city, or of some units."""

    lit: Lit
    today: int
    forecast: int
    longest: tuple[tuple[str, datetime], ...]

    @property
    def is_empty(self) -> bool:
        return not (self.lit.total or self.today or self.forecast)


@dataclass(frozen=True, slots=True)
class _Morning:
    day: date
    now: datetime
    calendar: WorkCalendar
    units: Tree


def send_due_digest(session_factory: SessionFactory, now: datetime) -> int:
    """Write the digest if it is due, in a transaction of its own; tells to how many people."""
    with session_factory() as session, session.begin():
        session.connection(execution_options={"reads_only": True})
        if not is_digest_due(session, now):
            return 0
    with session_factory() as session, session.begin():
        return write_digests(session, now)


def is_digest_due(session: Session, now: datetime) -> bool:
    """Whether the digest of this day is still to be written; asked often, so it reads one row."""
    calendar = load_calendar(session)
    local, day = now.astimezone(ZoneInfo(calendar.zone)), city_date(calendar, now)
    if not calendar.is_workday(day) or local.time() < _BEGINS:
        return False
    written = select(IdempotencyKey.id).where(
        IdempotencyKey.owner == _OWNER, IdempotencyKey.key == _claim(day)
    )
    return session.scalar(written) is None


def write_digests(session: Session, now: datetime) -> int:
    """Write this morning's messages, unless they are written; tells to how many people. Never commits."""
    if not is_digest_due(session, now):
        return 0
    calendar = load_calendar(session)
    morning = _Morning(city_date(calendar, now), now, calendar, unit_tree(session))
    claimed = {
        "owner": _OWNER,
        "key": _claim(morning.day),
        "request_hash": "",
        "status": 204,
        "location": "",
        "body": "",
        "created_at": now,
    }
    if not insert_once(session, IdempotencyKey, claimed):
        return 0
    standing, told = _read_standing(session, morning), 0
    for user, role, unit_id in _readers(session):
        digest = digest_of(standing, None if unit_id is None else morning.units.below(unit_id))
        if not digest.is_empty:
            _put(session, morning, (user, role), (unit_id, digest))
            told += 1
    return told


def digest_of(standing: Standing, units: frozenset[int] | None) -> Digest:
    """Sum the city up, or what some units hold."""

    def is_meant(unit_id: int | None) -> bool:
        return units is None or unit_id in units

    lit = Lit()
    for unit_id, each in standing.lit.items():
        lit = lit.plus(each) if is_meant(unit_id) else lit
    longest = tuple((number, due_at) for unit_id, number, due_at in standing.late if is_meant(unit_id))
    return Digest(
        lit,
        sum(count for unit_id, count in standing.today.items() if is_meant(unit_id)),
        sum(count for unit_id, count in standing.forecast.items() if is_meant(unit_id)),
        longest[:_MOST],
    )


def _read_standing(session: Session, morning: _Morning) -> Standing:
    now, calendar = morning.now, morning.calendar
    forecast: dict[int | None, int] = {}
    for each in read_forecast(session, SYSTEM, calendar, now).late:
        forecast[each.unit_id] = forecast.get(each.unit_id, 0) + 1
    return Standing(
        overdue.count_by_unit(session, SYSTEM, Wanted(), now).by_id,
        overdue.count_due_by_unit(session, SYSTEM, Window(now, calendar.end_of_day(morning.day))),
        forecast,
        overdue.list_longest(session, SYSTEM, now, _MOST),
    )


def _readers(session: Session) -> Iterator[tuple[User, Role, int | None]]:
    """Name everybody once: who watches the city hears of the city, other leaders of their own unit."""
    seen: set[int] = set()
    for role in (*_CITY_ROLES, Role.UNIT_LEADER):
        for user in list_users_with_role(session, role):
            unit_id = None if role in _CITY_ROLES else user.unit_id
            if user.id not in seen and (role in _CITY_ROLES or unit_id is not None):
                seen.add(user.id)
                yield user, role, unit_id


def _put(
    session: Session, morning: _Morning, reader: tuple[User, Role], told: tuple[int | None, Digest]
) -> None:
    user, role = reader
    facts = _facts(morning, user.language, *told)
    write_to(session, user, Letter(KIND, "", _claim(morning.day), facts, morning.now, role.value))


def _facts(morning: _Morning, language: str, unit_id: int | None, digest: Digest) -> dict[str, str]:
    """No title goes into the mail: a number says nothing of a confidential ticket."""
    is_english, day = language == "en", morning.day
    worktime, over = Worktime.of(morning.calendar), "overdue" if is_english else "超期"
    lengths = [(number, morning.calendar.between(due_at, morning.now)) for number, due_at in digest.longest]
    lines = [f"{number} {over} {worktime.say(length, is_english=is_english)}" for number, length in lengths]
    return {
        "date": f"{day:%-d %B}" if is_english else f"{day.month}月{day.day}日",
        "scope": _CITY[language] if unit_id is None else morning.units.name(unit_id),
        "red": str(digest.lit.red),
        "orange": str(digest.lit.orange),
        "yellow": str(digest.lit.yellow),
        "today": str(digest.today),
        "forecast": str(digest.forecast),
        "longest": "\n".join(lines),
        "link": current_site().link(_LINKS[unit_id is None]),
    }


def _claim(day: date) -> str:
    return f"digest:{day.isoformat()}"
