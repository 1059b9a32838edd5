"""Is the text of a variable what its setting asks for?"""

import re
from collections.abc import Callable
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

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


def _matches(pattern: str, value: str) -> bool:
    return bool(re.fullmatch(pattern, value))


is_switch = partial(_matches, "[01]")
is_host = partial(_matches, r"[a-z0-9-]+(\.[a-z0-9-]+)*")
is_weighted = partial(_matches, r"(twilio|tencent|relay)(:[1-9][0-9]{0,3})?")
is_scanner = partial(_matches, r"|unix:/.+|[A-Za-z0-9.-]+:[0-9]{1,5}")
is_field_key = partial(_matches, r"((aes|sm4):)?[A-Za-z0-9+/]{43}=(\s+((aes|sm4|hash):)?[A-Za-z0-9+/]{43}=)*")


def is_word(value: str) -> bool:
    """Whether it is long enough to be looked for in passwords without hitting good ones by chance."""
    return len(value) >= _SHORTEST_WORD


def is_breach_list(value: str) -> bool:
    """Whether it is nothing, or a file that begins as such a list does."""
    if not value:
        return True
    try:
        with Path(value).open("rb") as file:
            return bool(re.fullmatch(rb"[0-9A-Fa-f]{40}:[0-9]+", file.readline(64).strip()))
    except OSError:
        return False
