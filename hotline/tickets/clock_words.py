"""How is a clock's story told in plain words?"""

from datetime import datetime, timedelta

from hotline.models.clocks import Clock
from hotline.queries.wording import say_date
from hotline.web.moments import city_long, city_short
from workflows.counting import StartRule, TimeUnit
from workflows.explanation import Basis, DayKind, Explanation, Stretch, Turn
from workflows.policy import LimitClass
from workflows.sla import Limit
from workflows.vocabulary import ChangeReason, TicketType

_DAYS = (TimeUnit.DAYS, TimeUnit.WORKING_DAYS)
_TIERS = {1: "市级中心", 2: "二级单位", 3: "三级单位"}
_IDLE = (DayKind.WEEKEND, DayKind.HOLIDAY)


def say_limit(limit: Limit) -> str:
    """Say a limit with its counting rules: `5 个工作日，次一工作日起算，当日下班到期`."""
    parts = [f"{limit.amount} {limit.unit.label_zh}"]
    if limit.start is not StartRule.AT_ONCE:
        parts.append(limit.start.label_zh)
    if limit.unit in _DAYS:
        parts.append(f"{limit.day_end.label_zh}到期")
    return "，".join(parts)


def say_case(limit_class: str, ticket_type: str | None, tier: int | None, *, is_rework: bool) -> str:
    """Name the case a row holds for: `求助、投诉（重办）`."""
    parts = [LimitClass(limit_class).label_zh]
    if ticket_type:
        parts.append(TicketType(ticket_type).label_zh)
    if tier is not None:
        parts.append(_TIERS[tier])
    return " · ".join(parts) + ("（重办）" if is_rework else "")


def say_clock(clock: Clock, story: Explanation) -> str:
    """Tell in one or two sentences when counting began, what came between, and when it ends."""
    first = story.turns[0]
    began = f"{city_long(first.change.at)} 开始"
    if story.counted_from != first.change.at and story.stretches:
        began += f"，从 {city_long(story.counted_from)} 起计时"
    counted = [each for each in story.stretches if each.counted]
    if counted and first.basis is Basis.LIMIT:
        began += f"，计 {len(counted)} 个工作日共 {say_length(counted[-1].total)}"
    between = [_between(story, reason) for reason in (ChangeReason.RESUMED, ChangeReason.EXTENDED)]
    moved = "".join(f"，{each}" for each in between if each)
    end = "，现在暂停中" if clock.paused_at is not None else ""
    return f"{began}{moved}，{city_long(story.due_at)} 到期{end}。{_skipped(story)}"


def say_turn(turn: Turn) -> str:
    """Tell what one change did."""
    change, words = turn.change, turn.basis.label_zh
    if change.reason is ChangeReason.RESUMED and change.held is not None:
        words = f"暂停了 {say_length(change.held)}，{words}"
    if change.reason is ChangeReason.EXTENDED:
        words = f"延长 {change.days} {'天' if turn.unit is None else turn.unit.label_zh}"
    return words


def say_length(length: timedelta) -> str:
    """Say a counted length in hours and minutes, since a working day is no day of 24 hours."""
    hours, minutes = divmod(round(length.total_seconds() / 60), 60)
    if not hours:
        return f"{minutes} 分"
    return f"{hours} 小时 {minutes} 分" if minutes else f"{hours} 小时"


def say_spans(stretch: Stretch) -> str:
    """Write the hours that were counted of a date: `08:30–12:00，13:30–17:30`."""
    return "，".join(f"{_at(opens)}–{_at(closes, ends=True)}" for opens, closes in stretch.spans) or "—"


def say_stretch(stretch: Stretch) -> str:
    """Say what a date, or several, was for the calendar."""
    return stretch.kind.label_zh + ("，不计" if not stretch.counted and stretch.kind in _IDLE else "")


def _between(story: Explanation, reason: ChangeReason) -> str:
    turns = [turn for turn in story.turns if turn.change.reason is reason]
    if not turns:
        return ""
    if reason is ChangeReason.EXTENDED:
        return f"延期 {len(turns)} 次"
    held = sum((turn.change.held or timedelta() for turn in turns), timedelta())
    return f"其间暂停 {len(turns)} 次，共 {say_length(held)}，不计入"


def _skipped(story: Explanation) -> str:
    """Name the days off in between, which people wonder about most."""
    idle = [each for each in story.stretches if not each.counted and each.kind in _IDLE]
    if not idle:
        return ""
    days = [_dates(each) for each in idle]
    return f"其中 {'、'.join(days)}不计时。"


def _dates(stretch: Stretch) -> str:
    first, last = stretch.on, stretch.until
    text = say_date(first)
    if last == first:
        return f"{text}（{stretch.kind.label_zh}）"
    until = f"{last.day} 日" if last.month == first.month else f"{last.month} 月 {last.day} 日"
    return f"{text}至 {until}（{stretch.kind.label_zh}）"


def _at(moment: datetime, *, ends: bool = False) -> str:
    """The city's time of day; a day ends at 24:00, not at the 00:00 of the next."""
    text = city_short(moment)[-len("00:00") :]
    return "24:00" if ends and text == "00:00" else text
