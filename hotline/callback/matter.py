"""What does a callback agent need to see: whom to call, what was asked and answered, what to say?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from hotline.models.ticket import Ticket
from hotline.queries.ticket_page import TicketPage
from hotline.queries.ticket_parts import Share
from hotline.queries.wording import say_date
from hotline.services.calls import LastNote, failed_calls, last_note
from hotline.services.clock_rules import ClockRules
from hotline.services.clocks import list_running
from hotline.services.horizon import horizon_of
from hotline.services.site import current_site
from hotline.web.language import current_language
from hotline.web.moments import city_short
from hotline.web.refusals import FIELD_SENTENCES
from hotline.web.ticket_moves import Look, Move
from hotline.web.ticket_panel import Detail, detail_of
from workflows.calls import CALLS_FROM, CALLS_TO_TRY, CALLS_UNTIL, DayPart, part_of
from workflows.choices import CallResult, Result
from workflows.errors import FieldCode
from workflows.vocabulary import ClockName

_EXPLAINABLE = frozenset({Result.EXPLAINED.value, Result.UNFOUNDED.value})
_RECHECK = (
    "。先看诉求内容和附件里有没有别的号码，没有就核对后重拨一次；仍是错号，再记一次“号码有误”，"
    "系统即按未接通办结，不必再拨"
)
# When to call in each part of the day: the first hour and the last.
_HOURS = {DayPart.MORNING: (9, 12), DayPart.AFTERNOON: (14, 17), DayPart.EVENING: (18, 20)}


@dataclass(frozen=True, slots=True)
class Booking:
    """When a call may be booked for, as HTML writes it, and what is said about it."""

    least: str
    most: str
    said: str


@dataclass(frozen=True, slots=True)
class Matter:
    """The right half of the page.

    `advice` says when to call again, empty before the first attempt; `noted` what was noted at the last one.
    """

    detail: Detail
    close: Move | None
    rework: Move | None
    miss: Move | None
    book: Move | None
    booking: Booking | None
    unbookable: str
    answers: tuple[Share, ...]
    script: str
    advice: str
    noted: str
    rework_limit: str
    may_explain: bool

    @property
    def page(self) -> TicketPage:
        return self.detail.page

    @property
    def is_waiting(self) -> bool:
        return self.close is not None


def load_matter(look: Look, next_url: str, stay_url: str) -> Matter:
    """Read a ticket for its callback; after an action the browser goes to `next_url`."""
    detail = detail_of(look, next_url, stay_url=stay_url)
    page = detail.page
    moves = {move.target.action: move for move in detail.moves}
    answers = [each for each in page.shares if each.is_live and each.round == page.round and each.answer]
    main = page.main
    last, here = last_note(look.session, look.ticket), look.now.astimezone(current_site().zone)
    is_wrong = last is not None and last.result is CallResult.WRONG_NUMBER
    return Matter(
        detail=detail,
        close=moves.get("close"),
        rework=moves.get("rework"),
        miss=moves.get("record_call_attempt"),
        book=moves.get("book_call"),
        booking=_booking(look),
        unbookable=FIELD_SENTENCES[FieldCode.NO_CALL_HOURS_LEFT].in_language(current_language()),
        answers=tuple(sorted(answers, key=lambda each: not each.is_main)),
        script=_script(page, current_site().zone),
        advice="" if is_wrong else advice_after(failed_calls(look.session, look.ticket).counted, here),
        noted=_noted(last),
        rework_limit=_rework_limit(look, look.ticket),
        may_explain=main is not None and main.result in _EXPLAINABLE,
    )


def _booking(look: Look) -> Booking | None:
    """Tell the hours left for the call; None where no such hour is left."""
    running = list_running(look.session, look.ticket.id)
    hours = horizon_of(look.session, look.ticket, running, look.now).call_hours
    if not hours:
        return None
    first, last = (moment.strftime("%Y-%m-%dT%H:%M") for moment in (hours[0][0], hours[-1][1]))
    return Booking(
        first, last, f"工作日 {CALLS_FROM:%H:%M}–{CALLS_UNTIL:%H:%M}，最晚 {city_short(hours[-1][1])}"
    )


def advice_after(calls: Sequence[datetime], now: datetime) -> str:
    """Say which failed calls count so far, and when to call next. Empty before the first one.

    All instants are in the city's time.
    """
    if not calls:
        return ""
    tried = {part_of(call) for call in calls}
    parts = [*DayPart] * 2
    following = parts[parts.index(part_of(calls[-1])) + 1 :]
    part = next(each for each in following if each not in tried)
    first, last = _HOURS[part]
    # A day that is over is no advice: what is left of today, or tomorrow.
    soonest = now.date() if now.time() < time(last) else now.date() + timedelta(days=1)
    day = max(max(call.date() for call in calls) + timedelta(days=1), soonest)
    said = "今天起" if day == now.date() else f" {say_date(day, now.date())}起"
    return (
        f"计入 {len(calls)} 次：不同日期、不同时段满 {CALLS_TO_TRY} 次，系统按未接通办结。"
        f"下次请在{said}，{part.label_zh} {first}:00–{last}:00 拨打。"
    )


def _noted(last: LastNote | None) -> str:
    if last is None or not (last.result or last.words):
        return ""
    said = "，".join(filter(None, (last.result.label_zh if last.result else "预约回拨", last.words)))
    check = _RECHECK if last.result is CallResult.WRONG_NUMBER else ""
    return f"上次记录（{city_short(last.at)}）：{said}{check}。"


def _script(page: TicketPage, zone: ZoneInfo) -> str:
    asked = page.created_at.astimezone(zone)
    unit = page.main.unit if page.main else "承办单位"
    return (
        f"您好，这里是 12345 热线。您 {say_date(asked.date())}反映的“{page.title}”，"
        f"{unit}已经办理并答复，想跟您核实一下办理情况，占用您一分钟可以吗？"
    )


def _rework_limit(look: Look, ticket: Ticket) -> str:
    entry = ClockRules(look.session, ticket, look.now).entry(ClockName.HANDLE, is_rework=True)
    return "" if entry is None else f"{entry.limit.amount} {entry.limit.unit.label_zh}"
