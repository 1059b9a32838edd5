"""What do providers tell us of messages they took: who may say so, and what of it is believed.

Each receipt counts once, in any order; one that names no message of ours is kept a while and does no harm.
"""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Response, abort, current_app, request

from config import Settings
from hotline.api.strict_json import is_storable, read_object
from hotline.api.webhooks import LARGEST_CALL, check_twilio_signature
from hotline.web.transaction import transaction
from notifications import receipts
from notifications.providers.relay import Relay
from notifications.providers.tencent_sms import TencentSms
from notifications.providers.twilio_sms import MESSAGE_PARAMETER, TwilioSms
from notifications.receipts import Receipt
from notifications.signing import is_signed
from workflows.errors import FieldCode, FieldError, invalid

_LONGEST_REFERENCE = 128
_LONGEST_STATUS = 32
_MOST_AT_ONCE = 1000
_LARGEST_BATCH = 1024 * 1024
_CODE = re.compile(r"[A-Za-z0-9_.:-]{1,48}")
_OUR_ID = re.compile(r"[0-9a-f-]{36}")


def receive_twilio_status() -> Response:
    """Take one receipt of Twilio in; repeats and any order are harmless."""
    check_twilio_signature()
    said = {"message": request.args.get(MESSAGE_PARAMETER), "error": request.form.get("ErrorCode")}
    reference = _text(request.form, "MessageSid", _LONGEST_REFERENCE)
    status = _text(request.form, "MessageStatus", _LONGEST_STATUS)
    _apply([_receipt(TwilioSms.name, reference, status, said)])
    return Response(status=204)


def receive_tencent_status() -> Response:
    """Take receipts of Tencent in; it signs nothing, so its address holds a key that only it was given."""
    request.max_content_length = _LARGEST_BATCH
    settings: Settings = current_app.config["SETTINGS"]
    key = settings.tencent_callback_key
    if not key or not hmac.compare_digest(request.args.get("key", "").encode(), key.encode()):
        abort(403)
    taken = []
    for said in _list_of_objects():
        reference = _text(said, "sid", _LONGEST_REFERENCE)
        status = _text(said, "report_status", _LONGEST_STATUS)
        taken.append(_receipt(TencentSms.name, reference, status, {"error": said.get("errmsg")}))
    _apply(taken)
    return Response(json.dumps({"result": 0, "errmsg": "OK"}), mimetype="application/json")


def receive_relay_status() -> Response:
    """Take one receipt of the relay in: reference, status, and perhaps message and error."""
    request.max_content_length = LARGEST_CALL
    settings: Settings = current_app.config["SETTINGS"]
    body, now = request.get_data(), datetime.now(UTC)
    if not is_signed((settings.relay_secret, settings.relay_old_secret), dict(request.headers), body, now):
        abort(403)
    said = read_object(body)
    reference = _text(said, "reference", _LONGEST_REFERENCE)
    _apply([_receipt(Relay.name, reference, _text(said, "status", _LONGEST_STATUS), said)])
    return Response(status=204)


def _apply(taken: list[Receipt]) -> None:
    with transaction() as session:
        # In one order for all, so that two calls about the same messages do not wait for each other.
        for receipt in sorted(taken, key=lambda each: each.reference):
            receipts.apply(session, receipt)


def _receipt(provider: str, reference: str, status: str, said: Mapping[str, Any]) -> Receipt:
    error, message_id = str(said.get("error") or ""), str(said.get("message") or "")
    return Receipt(
        provider=provider,
        reference=reference,
        status=status,
        at=datetime.now(UTC),
        message_id=message_id if _OUR_ID.fullmatch(message_id) else None,
        error_code=f"{provider}_{error}" if _CODE.fullmatch(error) else None,
    )


def _text(said: Mapping[str, Any], name: str, longest: int) -> str:
    value = said.get(name)
    if not isinstance(value, str) or not value or len(value) > longest or not is_storable(value):
        raise invalid(FieldError(name, FieldCode.REQUIRED))
    return value


def _list_of_objects() -> list[dict[str, Any]]:
    try:
        said = json.loads(request.get_data())
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, list) or len(said) > _MOST_AT_ONCE:
        raise invalid(FieldError("", FieldCode.REQUIRED))
    return [each for each in said if isinstance(each, dict)]
