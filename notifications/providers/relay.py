"""A signed call to whatever the city sends its SMS with: one JSON object, signed with a shared secret.

The relay is told our id as its key and must treat a repeat as the same message, so an attempt without an
answer is simply made again.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from notifications.providers.base import (
    Accepted,
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    UnclearOutcome,
)
from notifications.providers.outbound import (
    Answer,
    ForbiddenAddressError,
    NoAnswerError,
    NoConnectionError,
    Outbound,
)
from notifications.signing import signed_headers

STATUS_PATH = "/api/v1/webhooks/relay/status"
_LONGEST_REFERENCE = 128
_LONGEST_WAIT = 6
_UNREACHABLE = "unreachable"
_NOT_NOW = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)


@dataclass(frozen=True, slots=True)
class RelayAccount:
    """Where to call, and the secret both sides share."""

    url: str
    secret: str


class Relay:
    """Hands over one message per call."""

    name = "relay"

    def __init__(
        self, account: RelayAccount, outbound: Outbound, now: Callable[[], datetime] | None = None
    ) -> None:
        self._account = account
        self._outbound = outbound
        self._now = now or (lambda: datetime.now(UTC))

    def send(self, outgoing: Outgoing) -> Accepted:
        body = json.dumps(_said(outgoing), ensure_ascii=False).encode()
        headers = {
            **signed_headers(self._account.secret, body, self._now()),
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": outgoing.id,
        }
        try:
            answer = self._outbound.post(self._account.url, body, headers)
        except ForbiddenAddressError as error:
            # A setting to mend; no message must die of it.
            raise TemporaryFailure(code=f"relay_{error}") from None
        except NoConnectionError as error:
            raise TemporaryFailure(code=f"relay_{error}") from None
        except NoAnswerError as error:
            raise UnclearOutcome(code=f"relay_{error}") from None
        return _understood(answer, outgoing)


def _said(outgoing: Outgoing) -> dict[str, object]:
    names = ("id", "kind", "address", "text", "title", "html", "template_code")
    return {
        **{name: getattr(outgoing, name) for name in names},
        "channel": str(outgoing.channel),
        "facts": dict(outgoing.facts),
    }


def _understood(answer: Answer, outgoing: Outgoing) -> Accepted:
    if HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES:
        reference = _word(answer.body, "reference") or outgoing.id
        return Accepted(reference[:_LONGEST_REFERENCE])
    code = f"relay_http_{answer.status}"
    if answer.status in _NOT_NOW:
        raise TemporaryFailure(code, _retry_after(answer))
    if HTTPStatus.BAD_REQUEST <= answer.status < HTTPStatus.INTERNAL_SERVER_ERROR:
        raise PermanentFailure(code, is_unreachable=_word(answer.body, "error") == _UNREACHABLE)
    # A redirect is not followed: what answers so is not the relay we were told of.
    kind = TemporaryFailure if answer.status < HTTPStatus.BAD_REQUEST else UnclearOutcome
    raise kind(code)


def _word(body: bytes, name: str) -> str:
    """Read one text from an answer that is not to be trusted."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    value = said.get(name) if isinstance(said, dict) else None
    return value if isinstance(value, str) else ""


def _retry_after(answer: Answer) -> timedelta | None:
    value = {name.lower(): text for name, text in answer.headers.items()}.get("retry-after", "").strip()
    return (
        timedelta(seconds=int(value))
        if value.isascii() and value.isdigit() and len(value) <= _LONGEST_WAIT
        else None
    )
