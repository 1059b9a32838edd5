"""Is the data an action needs there, of the right shape and length? Pure: nothing is looked up here."""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workflows.definition import Need, NeedKind
from workflows.errors import FieldCode, FieldError, invalid

_CLOCK_SKEW = timedelta(minutes=5)
_MOST_DIGITS = 18
_FURTHEST = timedelta(days=3650)
_TRUE = frozenset({"1", "true", "yes", "on", "y"})
_FALSE = frozenset({"", "0", "false", "no", "off", "n"})
# What people pick from what there is, instead of writing it.
_CHOSEN = frozenset(
    {
        *(NeedKind.CHOICE, NeedKind.CHOICES, NeedKind.FLAG, NeedKind.ANSWER, NeedKind.UNIT, NeedKind.UNITS),
        *(NeedKind.CATEGORY, NeedKind.ASSIGNMENT, NeedKind.PERSON),
    }
)


class _Bad(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, code: str, limit: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit


def clean(needs: Iterable[Need], data: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Return the data checked and typed, absent optional fields left out.

    Instants must be aware and not in the future (five minutes of skew are forgiven), unless they are to come.
    Raises Refused with one FieldError per bad field, unknown fields among them, so that a person mends all of
    them at once.
    """
    known = {need.name: need for need in needs}
    errors = [FieldError(name, FieldCode.UNKNOWN_FIELD) for name in data if name not in known]
    cleaned: dict[str, Any] = {}
    for need in known.values():
        try:
            value = _one(need, data.get(need.name), now)
        except _Bad as bad:
            errors.append(FieldError(need.name, bad.code, bad.limit))
        else:
            if value is not None:
                cleaned[need.name] = value
    if errors:
        raise invalid(*errors)
    return cleaned


def _one(need: Need, value: Any, now: datetime) -> Any:
    if value is None or value in ("", [], ()):
        if need.is_required:
            raise _Bad(FieldCode.NOTHING_CHOSEN if need.kind in _CHOSEN else FieldCode.REQUIRED)
        return False if need.kind is NeedKind.FLAG and value is not None else None
    return _READERS[need.kind](need, value, now)


def _text(need: Need, value: Any, _now: datetime) -> str | None:
    if not isinstance(value, str):
        raise _Bad(FieldCode.NOT_TEXT)
    text = value.replace("\r\n", "\n").strip()
    if any(_is_forbidden(sign) for sign in text):
        raise _Bad(FieldCode.BAD_CHARACTER)
    if len(text) > need.max_length:
        raise _Bad(FieldCode.TOO_LONG, str(need.max_length))
    if not text and need.is_required:
        raise _Bad(FieldCode.REQUIRED)
    return text or None


def _choice(need: Need, value: Any, _now: datetime) -> str:
    choices = [word.value for word in need.choices or ()]
    if value not in choices:
        raise _Bad(FieldCode.NOT_A_CHOICE, "、".join(choices))
    return str(value)


def _choices(need: Need, value: Any, now: datetime) -> list[str]:
    values = [value] if isinstance(value, str) else value
    if not isinstance(values, list | tuple):
        raise _Bad(FieldCode.NOT_A_CHOICE, "、".join(word.value for word in need.choices or ()))
    return [_choice(need, item, now) for item in values]


def _flag(_need: Need, value: Any, _now: datetime) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise _Bad(FieldCode.NOT_A_FLAG)


def _number(_need: Need, value: Any, _now: datetime) -> int:
    if not _is_whole_number(value):
        raise _Bad(FieldCode.NOT_A_NUMBER)
    return int(value)


def _instant(need: Need, value: Any, now: datetime) -> datetime:
    try:
        instant = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise _Bad(FieldCode.NOT_AN_INSTANT) from error
    if instant.tzinfo is None:
        raise _Bad(FieldCode.NOT_AN_INSTANT)
    if need.is_to_come and instant <= now:
        raise _Bad(FieldCode.PAST_MOMENT)
    if not need.is_to_come and instant > now + _CLOCK_SKEW:
        raise _Bad(FieldCode.IN_THE_FUTURE)
    try:
        return instant.astimezone(UTC)
    except OverflowError as error:
        raise _Bad(FieldCode.NOT_AN_INSTANT) from error


def _reference(_need: Need, value: Any, _now: datetime) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Bad(FieldCode.UNKNOWN_UNIT)
    return value


def _references(need: Need, value: Any, now: datetime) -> list[int]:
    if not isinstance(value, list | tuple):
        raise _Bad(FieldCode.UNKNOWN_UNIT)
    return [_reference(need, item, now) for item in value]


def _date(_need: Need, value: Any, now: datetime) -> str:
    """Read a day to come; which days a rule allows is for the guards, who know the calendar."""
    try:
        day = value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError as error:
        raise _Bad(FieldCode.NOT_A_DATE) from error
    if day < (now - timedelta(days=1)).date():
        raise _Bad(FieldCode.IN_THE_PAST)
    if day > (latest := (now + _FURTHEST).date()):
        raise _Bad(FieldCode.TOO_LATE, latest.isoformat())
    return day.isoformat()


def _ticket(_need: Need, value: Any, _now: datetime) -> str:
    if not isinstance(value, str):
        raise _Bad(FieldCode.UNKNOWN_TICKET)
    return value.strip()


def _assignment(_need: Need, value: Any, _now: datetime) -> int:
    if not _is_whole_number(value):
        raise _Bad(FieldCode.UNKNOWN_ASSIGNMENT)
    return int(value)


def _person(_need: Need, value: Any, _now: datetime) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Bad(FieldCode.NOT_A_COLLEAGUE)
    return value


def _category(_need: Need, value: Any, _now: datetime) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _Bad(FieldCode.UNKNOWN_CATEGORY)
    return value


def _is_whole_number(value: Any) -> bool:
    """Whether it is digits only, and no more of them than a database holds."""
    if isinstance(value, int):
        return not isinstance(value, bool) and 0 <= value < 10**_MOST_DIGITS
    return isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS


def _is_forbidden(sign: str) -> bool:
    """Controls, lone surrogates and bidirectional overrides break storage or mislead readers."""
    point = ord(sign)
    if sign in "\n\t":
        return False
    is_control = point < 0x20 or 0x7F <= point <= 0x9F  # noqa: PLR2004 - Unicode blocks C0 and C1
    is_surrogate = 0xD800 <= point <= 0xDFFF  # noqa: PLR2004 - Unicode surrogate block
    is_bidi = 0x202A <= point <= 0x202E or 0x2066 <= point <= 0x2069  # noqa: PLR2004 - Unicode bidi overrides
    return is_control or is_surrogate or is_bidi


_READERS: Mapping[NeedKind, Callable[[Need, Any, datetime], Any]] = {
    NeedKind.TEXT: _text,
    NeedKind.CHOICE: _choice,
    NeedKind.CHOICES: _choices,
    NeedKind.FLAG: _flag,
    NeedKind.ANSWER: _flag,
    NeedKind.NUMBER: _number,
    NeedKind.INSTANT: _instant,
    NeedKind.UNIT: _reference,
    NeedKind.UNITS: _references,
    NeedKind.CATEGORY: _category,
    NeedKind.DATE: _date,
    NeedKind.TICKET: _ticket,
    NeedKind.ASSIGNMENT: _assignment,
    NeedKind.PERSON: _person,
}
