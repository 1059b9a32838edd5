"""What do Twilio's calls tell us of what citizens answer?"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import structlog
from flask import Response, abort, current_app, request
from sqlalchemy.orm import Session
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped] # ships no types

from config import Settings
from hotline.api.strict_json import is_storable
from hotline.services.lifecycle import Command, advance
from hotline.web.transaction import transaction
from notifications import inbound
from notifications.inbound import Inbound, Meaning
from notifications.providers.twilio_sms import TwilioSms
from workflows.definition import citizen_actor
from workflows.errors import FieldCode, FieldError, Refused, invalid

_log = structlog.get_logger(__name__)
_LONGEST = {"MessageSid": 64, "From": 64, "Body": 4000}
_DISSATISFIED = "短信评价不满意"
# What the three digits of the rating message mean to the workflow.
_RATINGS: Mapping[Meaning, tuple[str, Mapping[str, Any]]] = {
    Meaning.SATISFIED: ("close", {"solved": "yes", "satisfaction": "satisfied"}),
    Meaning.FAIRLY_SATISFIED: ("close", {"solved": "partly", "satisfaction": "fairly_satisfied"}),
    Meaning.DISSATISFIED: (
        "rework",
        {"solved": "no", "satisfaction": "dissatisfied", "reason": _DISSATISFIED},
    ),
}


def receive_message() -> Response:
    """Store a citizen's SMS and follow what it means: a rating closes or reopens handling, STOP is obeyed."""
    check_twilio_signature()
    now = datetime.now(UTC)
    message = Inbound(TwilioSms.name, _field("MessageSid"), _field("From"), _body(), now)
    with transaction() as session:
        meaning = inbound.receive(session, message)
        if meaning is not None and meaning in _RATINGS:
            _rate(session, message, meaning)
    return Response("<Response/>", mimetype="text/xml")


def _rate(session: Session, message: Inbound, meaning: Meaning) -> None:
    """Let the citizen's rating act; one that comes too late is kept as a message and changes nothing."""
    number = inbound.find_rated_subject(session, message.address)
    if number is None:
        return
    action, data = _RATINGS[meaning]
    try:
        with session.begin_nested():
            advance(session, Command(number, action, data), citizen_actor(number), message.at)
    except Refused as error:
        _log.info("rating_by_sms_refused", code=error.code)


def check_twilio_signature() -> None:
    """Only Twilio knows the token; the address signed is the public one, whatever a proxy made of it."""
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
