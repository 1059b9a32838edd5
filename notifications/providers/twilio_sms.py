"""SMS by Twilio's API, through its own package.

Retries belong to the outbox, so the package makes none. Twilio does not recognise a repeat, but the address
it sends receipts to names our message: a receipt tells that it was taken when its answer never reached us.
"""

import json
import logging
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import requests
from twilio.base.exceptions import TwilioRestException  # type: ignore[import-untyped]  # ships no types
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]  # ships no types
from twilio.http.response import Response  # type: ignore[import-untyped]  # ships no types
from twilio.rest import Client  # type: ignore[import-untyped]  # ships no types
from urllib3.exceptions import NewConnectionError

from notifications.addresses import international
from notifications.providers.base import (
    Accepted,
    NotCarried,
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    UnclearOutcome,
)

STATUS_PATH = "/api/v1/webhooks/twilio/status"
MESSAGE_PARAMETER = "message"
# A wrong token or a locked account is ours to mend; the messages of that hour must not die of it.
_NOT_THE_MESSAGE = frozenset(
    {
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.SERVICE_UNAVAILABLE,
    }
)
# Answers of whatever stands before Twilio: the request may have passed it.
_UNCLEAR = frozenset({HTTPStatus.BAD_GATEWAY, HTTPStatus.GATEWAY_TIMEOUT})
# Twilio's own numbers (its error dictionary): nobody reaches this number, or it wants nothing (21610).
_NO_SUCH_NUMBER = frozenset({21211, 21214, 21217, 21401, 21407, 21421, 21610, 21614})
# Not from this sender to that number or region; somebody else may.
_NOT_CARRIED = frozenset({21408, 21612})
# The sender or the account is at fault: missing, not ours, suspended; queue full; the day's limit reached.
_OURS_TO_MEND = frozenset({20005, 21212, 21603, 21606, 21611, 21659, 21660, 21703, 63038})


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Where and as whom to send."""

    sid: str
    token: str
    sender: str
    api_base: str
    public_base: str
    timeout_seconds: float = 10.0


class TwilioSms:
    """Sends one SMS per call."""

    name = "twilio"

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account
        self._client = Client(account.sid, account.token, http_client=_RedirectedClient(account))

    def send(self, outgoing: Outgoing) -> Accepted:
        try:
            sent = self._client.messages.create(
                to=international(outgoing.address),
                from_=self._account.sender,
                body=outgoing.text,
                status_callback=f"{self._account.public_base}{STATUS_PATH}?{MESSAGE_PARAMETER}={outgoing.id}",
            )
        except TwilioRestException as error:
            raise _refusal(error) from None
        except (requests.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise TemporaryFailure(type(error).__name__) from None
        except requests.ConnectionError as error:
            raise _broken(error) from None
        except requests.RequestException as error:
            raise UnclearOutcome(type(error).__name__) from None
        return Accepted(reference=str(sent.sid))


class _RedirectedClient(TwilioHttpClient):  # type: ignore[misc]  # ships no types
    """Twilio's client with the host from the settings; an unclear answer is a temporary failure."""

    def __init__(self, account: TwilioAccount) -> None:
        # Twilio logs addresses in query strings at INFO; nothing of its own logging is wanted.
        silent = logging.getLogger("twilio.silent")
        silent.disabled = True
        super().__init__(timeout=account.timeout_seconds, max_retries=0, logger=silent)
        self._base = urlsplit(account.api_base)
        # The proxies and certificates of the environment, read once and not before each message.
        found = self.session.merge_environment_settings(account.api_base, {}, None, None, None)
        self.session.proxies, self.session.verify = found["proxies"], found["verify"]
        self.session.trust_env = False

    def request(self, method: str, url: str, **kwargs: Any) -> Response:
        target = urlsplit(url)._replace(scheme=self._base.scheme, netloc=self._base.netloc)
        response = super().request(method, urlunsplit(target), **kwargs)
        status = response.status_code
        if status in _NOT_THE_MESSAGE:
            raise TemporaryFailure(code=f"http_{status}", retry_after=_retry_after(response))
        if status in _UNCLEAR or status > HTTPStatus.GATEWAY_TIMEOUT:
            raise UnclearOutcome(code=f"http_{status}")
        if status < HTTPStatus.BAD_REQUEST and not _names_a_message(response.text):
            raise UnclearOutcome(code="unreadable_answer")
        return response


def _refusal(error: TwilioRestException) -> TemporaryFailure | PermanentFailure:
    name = f"twilio_{error.code or error.status}"
    if error.code in _NOT_CARRIED:
        return NotCarried(name)
    if error.code in _OURS_TO_MEND:
        return TemporaryFailure(name)
    return PermanentFailure(name, is_unreachable=error.code in _NO_SUCH_NUMBER)


def _broken(error: requests.ConnectionError) -> TemporaryFailure:
    """Nothing was written where there was no connection; what broke later may have been read."""
    cause = error.args[0] if error.args else None
    is_unmade = isinstance(getattr(cause, "reason", None), NewConnectionError)
    name = type(error).__name__
    return TemporaryFailure(name) if is_unmade else UnclearOutcome(name)


def _names_a_message(body: str) -> bool:
    try:
        answer = json.loads(body)
    except ValueError:
        return False
    return isinstance(answer, dict) and isinstance(answer.get("sid"), str)


def _retry_after(response: Response) -> timedelta | None:
    """Read seconds or an HTTP date; a date counts from the provider's own clock."""
    value = response.headers.get("Retry-After", "")
    if value.strip().isdigit():
        return timedelta(seconds=int(value))
    try:
        until = parsedate_to_datetime(value)
        return max(timedelta(0), until - parsedate_to_datetime(response.headers.get("Date", "")))
    except (TypeError, ValueError):
        return None
