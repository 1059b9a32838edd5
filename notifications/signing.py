"""How do two programs that share a secret know each other: HMAC-SHA256 over the moment and the raw body."""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

SIGNATURE = "X-Hotline-Signature"
TIMESTAMP = "X-Hotline-Timestamp"
_TOLERANCE = timedelta(minutes=5)
_LONGEST_TIMESTAMP = 12


def signed_headers(secret: str, body: bytes, now: datetime) -> Mapping[str, str]:
    """Give the two headers that a body goes out with; `now` is sent in whole seconds of Unix time."""
    moment = str(int(now.timestamp()))
    return {TIMESTAMP: moment, SIGNATURE: _sign(secret, moment, body)}


def is_signed(secrets: Sequence[str], headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Whether one of the secrets signed this body within five minutes of now; two live during a change."""
    moment, signature = headers.get(TIMESTAMP, ""), headers.get(SIGNATURE, "")
    if not (moment.isascii() and moment.isdigit() and len(moment) <= _LONGEST_TIMESTAMP):
        return False
    if abs(now.timestamp() - int(moment)) > _TOLERANCE.total_seconds():
        return False
    wanted = [_sign(secret, moment, body) for secret in secrets if secret]
    return any(hmac.compare_digest(each.encode(), signature.encode()) for each in wanted)


def _sign(secret: str, moment: str, body: bytes) -> str:
    signed = hmac.new(secret.encode(), moment.encode() + b"." + body, hashlib.sha256)
    return f"sha256={signed.hexdigest()}"
