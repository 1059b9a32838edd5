"""Is a body one JSON object that means the same to every reader?

Python's own reader takes NaN, repeated names and lone surrogates; I-JSON (RFC 7493) and PostgreSQL do not.
"""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

from hotline.api.words import ApiCode
from workflows.errors import FieldCode, FieldError, invalid

_DEEPEST = 12
_FIRST_SURROGATE, _LAST_SURROGATE = 0xD800, 0xDFFF


class _NotStrictError(ValueError):
    """Valid for Python's reader, but not for everybody's."""


class _TwiceError(_NotStrictError):
    """One object names a field twice."""


def read_object(raw: bytes) -> dict[str, Any]:
    """Read a JSON object. Raises Refused for anything else, without quoting it."""
    try:
        value = json.loads(
            raw.decode("utf-8"),
            object_pairs_hook=_once_each,
            parse_constant=_refuse_constant,
            parse_float=_finite,
        )
    except _TwiceError as error:
        raise invalid(FieldError("", ApiCode.DUPLICATE_FIELD)) from error
    except RecursionError as error:
        raise invalid(FieldError("", ApiCode.TOO_DEEP)) from error
    except ValueError as error:  # broken UTF-8 and numbers of thousands of digits among them
        raise invalid(FieldError("", ApiCode.NOT_JSON)) from error
    if not isinstance(value, dict):
        raise invalid(FieldError("", ApiCode.NOT_AN_OBJECT))
    for text, depth in _leaves(value, 1):
        if depth > _DEEPEST:
            raise invalid(FieldError("", ApiCode.TOO_DEEP))
        if not is_storable(text):
            raise invalid(FieldError("", FieldCode.BAD_CHARACTER))
    return value


def is_storable(text: str) -> bool:
    """Tell whether a text can be stored and sent back: PostgreSQL takes no NUL, UTF-8 no lone surrogate."""
    return "\x00" not in text and not any(_FIRST_SURROGATE <= ord(sign) <= _LAST_SURROGATE for sign in text)


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise _TwiceError
    return made


def _refuse_constant(_word: str) -> NoReturn:
    raise _NotStrictError


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _NotStrictError
    return number


def _leaves(value: Any, depth: int) -> Iterator[tuple[str, int]]:
    """Walk over all names and texts with their depth; one step too deep is far enough."""
    if depth > _DEEPEST:
        yield "", depth
    elif isinstance(value, str):
        yield value, depth
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield name, depth
            yield from _leaves(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, depth + 1)
