"""Which days and numbers does a form allow, which day does it propose, and how does it say so?"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.clocks import Clock
from hotline.models.ticket import Assignment
from hotline.queries.typed import number_in
from hotline.queries.wording import say_date
from hotline.services.calendars import city_date, load_calendar
from hotline.services.clock_rules import EXTENSION, ClockRules
from hotline.services.clocks import list_running
from hotline.services.horizon import horizon_of
from hotline.web.ticket_moves import Look, Target
from workflows.counting import COUNT_WHOLE_DAYS, TimeUnit
from workflows.definition import Need, NeedKind
from workflows.facts import Horizon
from workflows.vocabulary import ClockName, Machine

_ANSWER_DAYS = 3
_MOST_DAYS = 999
_REVIEW_DAYS = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the most a field takes, as HTML writes them, and what is said about it."""

    least: str = ""
    most: str = ""
    said: str = ""


NONE = Limits()


def limits_of(look: Look, target: Target, need: Need) -> Limits:
    """Tell the limits of a day to come or of a number of days; other needs have none."""
    if need.kind is NeedKind.DATE:
        horizon = _horizon(look, target)
        most = _LATEST.get((target.action, need.name), _no_day)(horizon)
        said = "" if most is None else f"最晚 {say_date(most, horizon.today)}。"
        return Limits(horizon.today.isoformat(), "" if most is None else most.isoformat(), said)
    return _of_extension(look, target) if (target.action, need.name) == ("ask_extension", "days") else NONE


def proposed_day(look: Look, target: Target, name: str) -> date:
    """Propose a month for a review and three working days for everything else, within the limit."""
    calendar = load_calendar(look.session)
    if name == "review_on":
        day = city_date(calendar, look.now) + _REVIEW_DAYS
    else:
        day = city_date(calendar, calendar.add(look.now, _ANSWER_DAYS, TimeUnit.WORKING_DAYS))
    most = _LATEST.get((target.action, name), _no_day)(_horizon(look, target))
    return day if most is None else min(day, most)


def _horizon(look: Look, target: Target) -> Horizon:
    is_of_share = target.machine is Machine.ASSIGNMENT and target.subject_id is not None
    share = look.session.get(Assignment, target.subject_id) if is_of_share else None
    running = list_running(look.session, look.ticket.id)
    return horizon_of(look.session, look.ticket, running, look.now, share)


def _of_extension(look: Look, target: Target) -> Limits:
    rules = ClockRules(look.session, look.ticket, look.now)
    most, entry = _horizon(look, target).most_days, rules.entry(EXTENSION)
    due_at = _promised_at(look.session, look.ticket.id)
    if most is None or entry is None or due_at is None:
        return NONE
    first, latest = city_date(rules.calendar, due_at), city_date(rules.calendar, _longer(rules, due_at, most))
    days = "个工作日" if entry.limit.unit.is_working else "天"
    given, today = look.ticket.extension_count, city_date(rules.calendar, look.now)
    before = f"已延期 {given} 次，" if given else ""
    now_until, at_most = say_date(first, today), say_date(latest, today)
    said = f"{before}这次最多 {most} {days}：现在的期限是 {now_until}，最晚可以到 {at_most}。"
    return Limits("1", str(most), said)


def extended_until(look: Look, target: Target, typed: str) -> datetime | None:
    """Tell until when the ticket would run if the days asked for were granted; None if they cannot be."""
    due_at, most = _promised_at(look.session, look.ticket.id), _horizon(look, target).most_days
    days = number_in(typed, _MOST_DAYS if most is None else most)
    if due_at is None or not days:
        return None
    return _longer(ClockRules(look.session, look.ticket, look.now), due_at, days)


def _longer(rules: ClockRules, due_at: datetime, days: int) -> datetime:
    """Reckon as the clock itself does when the days are granted."""
    entry = rules.entry(EXTENSION)
    if entry is None:
        return rules.calendar.add(due_at, days, TimeUnit.WORKING_DAYS, COUNT_WHOLE_DAYS)
    return rules.calendar_of(entry.calendar).add(due_at, days, entry.limit.unit, COUNT_WHOLE_DAYS)


def _promised_at(session: Session, ticket_id: int) -> datetime | None:
    running = select(Clock.due_at).where(
        Clock.ticket_id == ticket_id,
        Clock.assignment_id.is_(None),
        Clock.name == ClockName.HANDLE.value,
        Clock.stopped_at.is_(None),
    )
    return session.scalar(running)


def _no_day(_horizon: Horizon) -> date | None:
    return None


_LATEST: Mapping[tuple[str, str], Callable[[Horizon], date | None]] = {
    ("ask_supplement", "answer_by"): lambda horizon: horizon.supplement_latest,
    ("sub_dispatch", "answer_by"): lambda horizon: horizon.last_day_below,
    ("ask_suspension", "review_on"): lambda horizon: horizon.review_latest,
}
