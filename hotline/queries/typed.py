"""What did somebody type into a field or an address: which id, which number, which moment?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from workflows.errors import FieldCode, FieldError

# So many digits always fit a BIGINT.
_LONGEST_ID = 18


def id_in(text: str) -> int | None:
    """Read the id of a row; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID else None


def row_id_in(text: str) -> int:
    """Read the id of a row; anything else becomes 0, an id no row has."""
    return id_in(text) or 0


def number_in(text: str, most: int) -> int | None:
    """Read a whole number from 0 to `most`; None for anything else."""
    number = id_in(text)
    return number if number is not None and number <= most else None


def faults_of_number(name: str, text: str, fewest: int, most: int) -> list[FieldError]:
    """List what is wrong with a whole number of a field; one too long to be read is out of range."""
    if not (text.isascii() and text.isdigit()):
        return [FieldError(name, FieldCode.NOT_A_NUMBER)]
    number = id_in(text)
    is_fit = number is not None and fewest <= number <= most
    return [] if is_fit else [FieldError(name, FieldCode.NOT_IN_RANGE)]


def moment_in(text: str, zone: ZoneInfo) -> datetime | None:
    """Read what a field for day and time sends, in the zone and without an offset; None for anything else."""
    try:
        read_at = datetime.fromisoformat(text)
        return None if read_at.tzinfo else read_at.replace(tzinfo=zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
