"""SMS by Tencent Cloud, through its own package: approved templates with numbered gaps, never free text.

On the mainland a carrier sends only what it has approved. The city registers each text with Tencent and says
in a file which template stands for which of ours and which facts fill its gaps, in their order; for words of
its own it says so beside them.
"""

import csv
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from tencentcloud.common.credential import Credential  # type: ignore[import-untyped]  # ships no types
from tencentcloud.common.exception import (  # type: ignore[import-untyped]  # ships no types
    TencentCloudSDKException,
)
from tencentcloud.common.profile.client_profile import (  # type: ignore[import-untyped]  # ships no types
    ClientProfile,
)
from tencentcloud.common.profile.http_profile import HttpProfile  # type: ignore[import-untyped]  # ships no types
from tencentcloud.sms.v20210111.models import SendSmsRequest  # type: ignore[import-untyped]  # ships no types
from tencentcloud.sms.v20210111.sms_client import SmsClient  # type: ignore[import-untyped]  # ships no types
from urllib3.exceptions import NewConnectionError

from notifications.addresses import international
from notifications.catalog import KINDS, Kind
from notifications.kind import LANGUAGES
from notifications.providers.base import (
    Accepted,
    NotCarried,
    Outgoing,
    PermanentFailure,
    TemporaryFailure,
    UnclearOutcome,
)
from notifications.render import list_facts_by_sms
from notifications.words import Approved

_TIMEOUT_SECONDS = 10
_TAKEN = "Ok"
_COLUMNS = ("code", "template", "facts")
# Tencent's words. The number is wrong or wants nothing of anybody; the message as filled in is refused.
_NO_SUCH_NUMBER = frozenset(
    {
        "InvalidParameterValue.IncorrectPhoneNumber",
        "FailedOperation.PhoneNumberInBlacklist",
        "FailedOperation.PhoneNumberParseFail",
    }
)
_REFUSED = frozenset(
    {
        "FailedOperation.ContainSensitiveWord",
        "FailedOperation.FailResolvePacket",
        "InvalidParameterValue.ContentLengthLimit",
        "InvalidParameterValue.TemplateParameterLengthLimit",
        "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter",
    }
)
# Of this number or this text only; the service is well.
_NOT_CARRIED = ("LimitExceeded.PhoneNumber", "UnsupportedOperation.", "FailedOperation.Template")
# Before these nothing was asked of Tencent; after any other silence it may have the message.
_UNMADE = (requests.ConnectTimeout, requests.exceptions.SSLError)


@dataclass(frozen=True, slots=True)
class TencentAccount:
    """Where and as whom to send; `sign_name` is the approved signature in front of each text."""

    secret_id: str
    secret_key: str
    app_id: str
    sign_name: str
    region: str
    api_base: str


class TemplatesError(ValueError):
    """The file of templates cannot be used; the text says which line and why."""


def read_templates(path: Path) -> Mapping[str, Approved]:
    """Read code, template and facts of each line; raises TemplatesError or OSError.

    A line may name what the SMS of its kind says, in either language, and nothing else.
    """
    facts_by_code = {kind.template_code: _facts(kind) for kind in KINDS.values() if kind.template_code}
    found: dict[str, Approved] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = csv.DictReader(file)
        if tuple(rows.fieldnames or ()) != _COLUMNS:
            message = f"{path}: the first line must be {','.join(_COLUMNS)}"
            raise TemplatesError(message)
        for row in rows:
            code, facts = row["code"], tuple((row["facts"] or "").split())
            unknown = sorted(set(facts) - facts_by_code.get(code, frozenset()))
            if code not in facts_by_code or unknown or not row["template"]:
                what = (
                    f"no fact {unknown[0]} in the SMS"
                    if code in facts_by_code and unknown
                    else "no such code or template"
                )
                message = f"{path}, line {rows.line_num}: {what}"
                raise TemplatesError(message)
            found[code] = Approved(row["template"], facts)
    return found


def _facts(kind: Kind) -> frozenset[str]:
    return frozenset().union(*(list_facts_by_sms(kind, language) for language in LANGUAGES))


class TencentSms:
    """Sends one SMS per call."""

    name = "tencent"

    def __init__(self, account: TencentAccount, templates: Mapping[str, Approved]) -> None:
        self._account = account
        self._templates = templates
        # Its log quotes numbers and texts.
        logging.getLogger("tencentcloud_sdk_common").disabled = True

    def send(self, outgoing: Outgoing) -> Accepted:
        template = outgoing.approved.get(self.name) or self._templates.get(outgoing.template_code)
        if template is None:
            # Another provider may carry it; a new line in the file, or in the words, lets this one.
            raise NotCarried(code="no_template")
        client = self._client()
        try:
            answer = client.SendSms(self._request(outgoing, template))
        except TencentCloudSDKException as error:
            raise _failure(error) from None
        finally:
            client.close()
        status = answer.SendStatusSet[0] if answer.SendStatusSet else None
        if status is None:
            raise UnclearOutcome(code="unreadable_answer")
        if status.Code != _TAKEN:
            raise _refusal(status.Code)
        return Accepted(reference=str(status.SerialNo))

    def _client(self) -> "_Client":
        """Make a client of its own for each call: the package's keeps the state of one."""
        base = urlsplit(self._account.api_base)
        profile = HttpProfile(protocol=base.scheme, endpoint=base.netloc, reqTimeout=_TIMEOUT_SECONDS)
        credential = Credential(self._account.secret_id, self._account.secret_key)
        return _Client(credential, self._account.region, ClientProfile(httpProfile=profile, language="en-US"))

    def _request(self, outgoing: Outgoing, template: Approved) -> Any:
        request = SendSmsRequest()
        request.SmsSdkAppId = self._account.app_id
        request.SignName = self._account.sign_name
        request.TemplateId = template.number
        request.TemplateParamSet = [outgoing.facts.get(name, "") for name in template.facts]
        request.PhoneNumberSet = [international(outgoing.address)]
        request.SessionContext = outgoing.id
        return request


class _Client(SmsClient):  # type: ignore[misc]  # ships no types
    """Tencent's client; what is no answer of Tencent's own says by its status what may have happened."""

    def _check_status(self, answer: Any) -> None:
        status = answer.status_code
        if status == requests.codes.ok:
            return
        answer.close()
        if status in {requests.codes.bad_gateway, requests.codes.gateway_timeout}:
            raise UnclearOutcome(code=f"http_{status}")
        raise TemporaryFailure(code=f"http_{status}")

    def close(self) -> None:
        """Let go of the connection, which the package would leave to the garbage collector."""
        self.request.conn._session.close()  # noqa: SLF001 - there is no other way to it


def _failure(error: TencentCloudSDKException) -> TemporaryFailure | PermanentFailure:
    """Read the package's one kind of exception; what it stands for is behind it."""
    cause = error.__context__
    if isinstance(cause, TemporaryFailure):
        return cause
    if isinstance(cause, _UNMADE):
        return TemporaryFailure(type(cause).__name__)
    if isinstance(cause, requests.ConnectionError) and cause.args:
        is_unmade = isinstance(getattr(cause.args[0], "reason", None), NewConnectionError)
        return (TemporaryFailure if is_unmade else UnclearOutcome)(type(cause).__name__)
    if cause is not None:
        return UnclearOutcome(type(cause).__name__[:48])
    return _refusal(error.code or "unknown")


def _refusal(code: str) -> TemporaryFailure | PermanentFailure:
    """Account, signature, template and quota are ours to mend, and another provider may deliver meanwhile."""
    name = f"tencent_{code}"[:64]
    if code in _NO_SUCH_NUMBER:
        return PermanentFailure(name, is_unreachable=True)
    if code in _REFUSED:
        return PermanentFailure(name)
    return NotCarried(name) if code.startswith(_NOT_CARRIED) else TemporaryFailure(name)
