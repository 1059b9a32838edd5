"""Which instant does a cell of a table mean: as people and spreadsheets write it, in the city's zone."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

_HOUR_AND_MINUTE = len("09:07")
_WITH_SECONDS = len("09:07:05")


def read_local(text: str, zone: ZoneInfo) -> datetime:
    """Read 2026-03-05 09:07:05, 2026/3/5 9:07, or ISO 8601 with an offset that counts. Raises ValueError."""
    moment = datetime.fromisoformat(_as_iso(text.strip()))
    local = moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)
    try:
        return local.astimezone(UTC)
    except OverflowError as error:
        message = f"{text} lies outside the calendar"
        raise ValueError(message) from error


def _as_iso(text: str) -> str:
    day, _, hours = text.replace("T", " ").partition(" ")
    date = "-".join(part.zfill(2) for part in day.replace("/", "-").replace(".", "-").split("-"))
    if not hours:
        return date
    return f"{date} {hours.zfill(_HOUR_AND_MINUTE if hours.count(':') == 1 else _WITH_SECONDS)}"
