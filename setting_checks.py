"""Is the text of a variable what its setting asks for?"""

import re
from collections.abc import Callable
from functools import partial
from ipaddress import ip_network
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_FIELD_KEY = re.compile(r"((aes|sm4):)?[A-Za-z0-9+/]{43}=(\s+((aes|sm4|hash):)?[A-Za-z0-9+/]{43}=)*")
_SHORTEST_WORD = 4


def is_url(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _can_be_read(read: Callable[[str], object], value: str) -> bool:
    try:
        read(value)
    except (ValueError, ZoneInfoNotFoundError):  # base64 raises a ValueError of its own
        return False
    return True


is_zone = partial(_can_be_read, ZoneInfo)
is_network = partial(_can_be_read, ip_network)


def is_https_or_none(value: str) -> bool:
    return not value or (is_url(value) and value.startswith("https://"))


def is_host(value: str) -> bool:
    return bool(re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", value))


def is_weighted(value: str) -> bool:
    return bool(re.fullmatch(r"(twilio|tencent|relay)(:[1-9][0-9]{0,3})?", value))


def is_field_key(value: str) -> bool:
    return bool(_FIELD_KEY.fullmatch(value))


def is_word(value: str) -> bool:
    """Whether it is long enough to be looked for in passwords without hitting good ones by chance."""
    return len(value) >= _SHORTEST_WORD
