"""What do Twilio's calls tell us of what citizens answer?"""

from datetime import UTC, datetime

from flask import Response, abort, current_app, request
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped] # ships no types

from config import Settings
from hotline.api.strict_json import is_storable
from hotline.services.texting.door import take_in
from hotline.web.transaction import transaction
from notifications.inbound import Inbound
from notifications.providers.twilio_sms import TwilioSms
from workflows.errors import FieldCode, FieldError, invalid

LARGEST_CALL = 64 * 1024
_LONGEST = {"MessageSid": 64, "From": 64, "Body": 4000}


def receive_message() -> Response:
    """Take a citizen's SMS in; the answer, if any, goes out like any other message."""
    check_twilio_signature()
    settings: Settings = current_app.config["SETTINGS"]
    reference, address = _field("MessageSid"), _field("From")
    message = Inbound(TwilioSms.name, reference, address, _body(), datetime.now(UTC))
    with transaction() as session:
        take_in(session, message, settings.twilio_from)
    return Response("<Response/>", mimetype="text/xml")


def check_twilio_signature() -> None:
    """Only Twilio knows the token; the address signed is the public one, whatever a proxy made of it."""
    request.max_content_length = LARGEST_CALL
    settings: Settings = current_app.config["SETTINGS"]
    query = request.query_string.decode("latin-1")
    url = settings.base_url + request.path + (f"?{query}" if query else "")
    signature = request.headers.get("X-Twilio-Signature", "")
    token = settings.twilio_auth_token
    if not token or not RequestValidator(token).validate(url, request.form, signature):
        abort(403)


def _field(name: str) -> str:
    value = request.form.get(name, "")
    if not value or len(value) > _LONGEST[name] or not is_storable(value):
        raise invalid(FieldError(name, FieldCode.REQUIRED))
    return value


def _body() -> str:
    """An SMS may be empty (a picture alone); a NUL cannot be stored."""
    return request.form.get("Body", "").replace("\x00", "")[: _LONGEST["Body"]]
