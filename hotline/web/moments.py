"""How do instants and lengths of time read on a screen?

All instants are shown in the city's zone. Chinese is the default; English follows the page's locale. Where
the year is left out, it is the year it is now in the city.
"""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask import current_app
from flask_babel import get_locale

from hotline.queries.wording import say_date

_DEFAULT_ZONE = "Asia/Shanghai"
_WEEKDAYS_ZH = "一二三四五六日"
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def city_time(value: datetime | None, language: str | None = None) -> str:
    """`2026-11-23 17:30`, in English `23 Nov 2026, 17:30`; empty for None."""
    if value is None:
        return ""
    local = _local(value)
    if is_english(language):
        return f"{_english_date(local)}, {local:%H:%M}"
    return f"{local:%Y-%m-%d %H:%M}"


def city_long(value: datetime | None, language: str | None = None) -> str:
    """For citizens: `11 月 23 日（周一）17:30`, of another year with it; in English `23 Nov 2026, 17:30`."""
    if value is None or is_english(language):
        return city_time(value, "en")
    return f"{city_day(value, language)}{_local(value):%H:%M}"


def city_day(value: date | datetime | None, language: str | None = None) -> str:
    """For citizens: `11 月 27 日（周五）`, of another year with it; in English `27 Nov 2026`."""
    if value is None:
        return ""
    day = _local(value) if isinstance(value, datetime) else value
    if is_english(language):
        return _english_date(day)
    return f"{say_date(day, _today())}（周{_WEEKDAYS_ZH[day.weekday()]}）"


def city_short(value: datetime | None) -> str:
    """`11-23 17:30`, of another year than today's `2027-01-14 17:30`."""
    return _without_this_year(city_time(value, "zh"))


def city_short_day(value: date | datetime) -> str:
    """`11-23`, of another year than today's `2027-01-14`; takes an instant or a date."""
    return _without_this_year(city_date(value, "zh"))


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


def city_until_short(value: datetime | None) -> str:
    """As `city_until`, without the year if it is today's."""
    return _without_this_year(city_until(value, "zh"))


def city_date(value: date | datetime | None, language: str | None = None) -> str:
    """`2026-11-23`, in English `23 Nov 2026`; takes an instant or a date."""
    if value is None:
        return ""
    day = _local(value) if isinstance(value, datetime) else value
    return _english_date(day) if is_english(language) else f"{day:%Y-%m-%d}"


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


def is_english(language: str | None) -> bool:
    """Tell whether that is English, or without a language the page."""
    if language is None and current_app and "babel" in current_app.extensions:
        locale = get_locale()
        language = locale.language if locale else None
    return language == "en"


MOMENTS = (
    *(city_time, city_long, city_day, city_short, city_short_day, city_clock, city_hour),
    *(city_until, city_until_short, city_date, iso, remaining, span),
)


def _today() -> date:
    return _local(datetime.now(UTC)).date()


def _without_this_year(text: str) -> str:
    return text.removeprefix(f"{_today():%Y-}")


def _local(value: datetime) -> datetime:
    zone = current_app.config.get("CITY_ZONE", _DEFAULT_ZONE) if current_app else _DEFAULT_ZONE
    return value.astimezone(ZoneInfo(zone))


def _english_date(day: date) -> str:
    return f"{day.day} {_MONTHS_EN[day.month - 1]} {day.year}"
