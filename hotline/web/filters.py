"""How do instants, lengths, names and the workflow's words read on a screen.

All instants are shown in the city's zone. Chinese is the default; English follows the page's locale.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import Flask, current_app
from flask_babel import get_locale

from hotline.queries.calendar_words import day_words, hours_words, offer_words, weekday_word
from hotline.queries.likeness import place_of
from hotline.queries.search_words import initials_of
from hotline.queries.spelling import spelled
from hotline.queries.ticket_parts import dialled
from workflows import vocabulary as words
from workflows.choices import Satisfaction

_DEFAULT_ZONE = "Asia/Shanghai"
_WEEKDAYS_ZH = "一二三四五六日"
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MOBILE_DIGITS = 11
_SHOWN_TAIL = 4
_MASKED_NAME_STARS = 2
_IDENTITY_CARD = 18
_STATES = (words.TicketState, words.AssignmentState, words.RequestState, words.OrderState)
_STATE_KINDS = {
    "draft": "mute",
    "intake_review": "info",
    "awaiting_supplement": "hold",
    "to_dispatch": "info",
    "in_process": "info",
    "in_dispute": "warn",
    "reply_review": "info",
    "to_call_back": "info",
    "suspended": "hold",
    "closed": "mute",
    "archived": "mute",
    "to_sign": "warn",
    "handling": "info",
    "sub_dispatched": "info",
    "unit_review": "info",
    "replied": "ok",
    "returned": "mute",
    "recalled": "mute",
    "requested": "warn",
    "approved": "ok",
    "refused": "bad",
    "cancelled": "mute",
    "issued": "warn",
    "answered": "info",
}
_OF_CALENDARS: dict[str, Callable[..., str]] = {
    "office_hours": hours_words,
    "weekday": weekday_word,
    "day_words": day_words,
    "offer_words": offer_words,
}
_LIGHT_KINDS = {
    "green": "ok",
    "yellow": "due",
    "orange": "soon",
    "red": "over",
    "paused": "hold",
    "done_on_time": "done",
    "done_late": "late",
}

_VOCABULARIES: dict[str, type[words.Word]] = {
    "outcome_label": words.Outcome,
    "type_label": words.TicketType,
    "urgency_label": words.Urgency,
    "role_label": words.Role,
    "channel_label": words.IntakeChannel,
    "light_label": words.Light,
    "clock_label": words.ClockName,
    "request_label": words.RequestKind,
    "satisfaction_label": Satisfaction,
}


def city_time(value: datetime | None, language: str | None = None) -> str:
    """`2026-11-23 17:30`, in English `23 Nov 2026, 17:30`; empty for None."""
    if value is None:
        return ""
    local = _local(value)
    if _is_english(language):
        return f"{_english_date(local)}, {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


def city_long(value: datetime | None, language: str | None = None) -> str:
    """For citizens: `11 月 23 日（周一）17:30`, in English `23 Nov 2026, 17:30`."""
    if value is None:
        return ""
    if _is_english(language):
        return city_time(value, "en")
    return f"{city_day(value, language)}{_local(value):%H:%M}"


def city_day(value: date | datetime | None, language: str | None = None) -> str:
    """For citizens: `11 月 27 日（周五）`, in English `27 Nov 2026`; takes an instant or a date."""
    if value is None:
        return ""
    day = _local(value) if isinstance(value, datetime) else value
    if _is_english(language):
        return _english_date(day)
    return f"{day.month} 月 {day.day} 日（周{_WEEKDAYS_ZH[day.weekday()]}）"


def city_short(value: datetime | None) -> str:
    """`11-23 17:30`: for lists, where the year is clear."""
    return "" if value is None else f"{_local(value):%m-%d %H:%M}"


def city_clock(value: datetime | None) -> str:
    """`17:30:05`: for "data as of"."""
    return "" if value is None else f"{_local(value):%H:%M:%S}"


def city_hour(value: datetime | None) -> str:
    """`17:30`, and `24:00` for the midnight a day ends with: for moments of today that are still to come."""
    return "" if value is None else f"{_local(value):%H:%M}".replace("00:00", "24:00")


def city_until(value: datetime | None, language: str | None = None) -> str:
    """As `city_time`, but the end of a day that somebody chose as that day's `24:00`."""
    if value is None or _local(value).time() != time():
        return city_time(value, language)
    return f"{city_date(value - timedelta(minutes=1), language)} 24:00"


def city_date(value: date | datetime | None, language: str | None = None) -> str:
    """`2026-11-23`, in English `23 Nov 2026`; takes an instant or a date."""
    if value is None:
        return ""
    day = _local(value) if isinstance(value, datetime) else value
    return _english_date(day) if _is_english(language) else f"{day:%Y-%m-%d}"


def iso(value: date | datetime | None) -> str:
    """For `datetime` attributes and scripts: the instant with the city's offset."""
    if value is None:
        return ""
    return _local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def remaining(due_at: datetime | None, now: datetime) -> str:
    """`剩 6 时 10 分` or `超期 1 天 2 时` (round the clock); static/js/time.js says the same."""
    if due_at is None:
        return ""
    left = due_at - now
    return f"剩 {span(left)}" if left >= timedelta(0) else f"超期 {span(-left)}"


def span(length: timedelta) -> str:
    """A length in at most two units: `5 天`, `1 天 2 时`, `6 时 10 分`, `不足 1 分`."""
    minutes = int(length.total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"{days} 天 {hours} 时" if hours else f"{days} 天"
    if hours:
        return f"{hours} 时 {rest} 分" if rest else f"{hours} 时"
    return f"{rest} 分" if rest else "不足 1 分"


def char_count(text: str | None) -> int:
    """Characters as people count them: one code point each (𠮷 is 1), line ends once."""
    return len((text or "").replace("\r\n", "\n"))


def mask_phone(phone: str | None) -> str:
    """`138****1234`; a shorter number keeps its last two digits only; empty for None."""
    if not phone:
        return ""
    if len(phone) < _MOBILE_DIGITS:
        return "*" * max(len(phone) - 2, 0) + phone[-2:]
    return f"{phone[: len(phone) - 8]}****{phone[-_SHOWN_TAIL:]}"


def mask_email(address: str | None) -> str:
    """`c***@example.cn`: the first letter and whose server it is; empty for None."""
    if not address:
        return ""
    name, _, server = address.rpartition("@")
    return f"{name[:1]}***@{server}"


def mask_name(name: str | None) -> str:
    """`张**`: the first character and at most two stars, so the length says nothing either."""
    if not name:
        return ""
    return name[0] + "*" * min(max(len(name) - 1, 1), _MASKED_NAME_STARS)


def mask_id_number(number: str | None) -> str:
    """`11**************1X`; a shorter number keeps its last two characters only; empty for None."""
    if not number:
        return ""
    shown = number[:2] if len(number) == _IDENTITY_CARD else ""
    return f"{shown}{'*' * max(len(number) - len(shown) - 2, 0)}{number[-2:]}"


# Conditions of a search that tell who somebody is, and how each is shown: no address but the search's own
# holds them, nor a view others may open, nor a line of the server's log.
PRIVATE_CONDITIONS: Mapping[str, Callable[[str | None], str]] = {
    "phone": mask_phone,
    "caller": mask_name,
    "id_number": mask_id_number,
}


def thousands(number: int | None) -> str:
    """`1,204`; a dash when unknown."""
    return "—" if number is None else f"{number:,}"


def label(word: words.Word | None, language: str | None = None) -> str:
    """The screen label of any word of the workflow; empty for None."""
    return "" if word is None else word.label_en if _is_english(language) else word.label_zh


def state_label(state: str) -> str:
    """Label of a ticket, assignment or request state given as word or stored value."""
    return label(_find_word(_STATES, state)) or str(state)


def state_kind(state: str) -> str:
    """Which tag colour a state wears: info, ok, warn, bad, hold or mute."""
    return _STATE_KINDS.get(str(state), "mute")


def light_kind(light: str) -> str:
    """Which shape and colour a light wears: ok, due, soon, over, hold, done, late or none."""
    return _LIGHT_KINDS.get(str(light), "none")


def label_in(vocabulary: type[words.Word]) -> Callable[[str | None], str]:
    """A filter that labels stored values of one vocabulary; an unknown value shows as it is."""

    def labelled(value: str | None) -> str:
        return "" if value is None else label(_find_word((vocabulary,), value)) or str(value)

    return labelled


def register_filters(app: Flask) -> None:
    """Name every filter; the zone is the app's CITY_ZONE."""
    moments = (city_time, city_long, city_day, city_short, city_clock, city_hour, city_until, city_date, iso)
    of_callers = (dialled, mask_phone, mask_email, mask_name, mask_id_number)
    other = (
        remaining,
        span,
        char_count,
        thousands,
        place_of,
        label,
        state_label,
        state_kind,
        light_kind,
        path_initials,
        spelled,
    )
    for function in moments + of_callers + other:
        app.add_template_filter(function)
    app.jinja_env.filters.update(_OF_CALENDARS)
    for name, vocabulary in _VOCABULARIES.items():
        app.add_template_filter(label_in(vocabulary), name)


def path_initials(path: str) -> str:
    """Spell the pinyin initials of each part of a path, its last part first: what people type to find it."""
    return " ".join(initials_of(part.strip()) for part in reversed(path.split(" / ")))


def _find_word(vocabularies: tuple[type[words.Word], ...], value: str) -> words.Word | None:
    for vocabulary in vocabularies:
        if value in vocabulary.__members__.values():
            return vocabulary(value)
    return None


def _local(value: datetime) -> datetime:
    zone = current_app.config.get("CITY_ZONE", _DEFAULT_ZONE) if current_app else _DEFAULT_ZONE
    return value.astimezone(ZoneInfo(zone))


def _english_date(day: date) -> str:
    return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"


def _is_english(language: str | None) -> bool:
    if language is None and current_app and "babel" in current_app.extensions:
        locale = get_locale()
        language = locale.language if locale else None
    return language == "en"
