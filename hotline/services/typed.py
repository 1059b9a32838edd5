"""What did somebody type into a field or an address: which id, which moment of the city's clock?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

# So many digits always fit a BIGINT.
_LONGEST_ID = 18


def id_in(text: str) -> int | None:
    """Read the id of a row; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None


def moment_in(text: str, zone: ZoneInfo) -> datetime | None:
    """Read what a field for day and time sends, in the zone and without an offset; None for anything else."""
    try:
        read_at = datetime.fromisoformat(text)
        return None if read_at.tzinfo else read_at.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
