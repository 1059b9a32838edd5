"""When are two addresses the same: one spelling per phone and mail, and the keyed hash to find it by."""

import re

from notifications.catalog import Channel
from sealing import Digest, keyed_hash

_NOT_A_DIGIT = re.compile(r"\D")
_MAINLAND = "86"
_MOBILE_DIGITS = 11


def international(phone: str) -> str:
    """Spell a phone number as carriers want it: + and digits; a bare mainland mobile gets +86."""
    digits = _NOT_A_DIGIT.sub("", phone)
    if phone.strip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if len(digits) == _MOBILE_DIGITS and digits.startswith("1"):
        return f"+{_MAINLAND}{digits}"
    return f"+{digits}" if digits.startswith(_MAINLAND) and len(digits) > _MOBILE_DIGITS else digits


def address_hash(channel: Channel, address: str) -> Digest:
    """Give the keyed hash under which one address is found, however it was typed."""
    spelling = international(address) if channel is Channel.SMS else address.strip().lower()
    return keyed_hash(f"{channel}:{spelling}")
