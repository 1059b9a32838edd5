"""Who is calling: phone numbers and addresses made comparable, kept sealed and apart from the ticket."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import phonenumbers
from sqlalchemy.orm import Session

from hotline.models.hashes import email_hash, id_number_hash, link_hash, name_hash, phone_hash
from hotline.models.ticket import Citizen, Ticket
from hotline.services.id_numbers import normal_id_number
from workflows.errors import FieldCode, FieldError, Refused, invalid

_REGION = "CN"
# No service answers to 13… to 19…: those are mobile numbers that were not written to their end.
_SHORT_CODE = re.compile(r"(?!1[3-9])[0-9]{5,6}")
_LETTER = re.compile(r"[A-Za-z;]")
_EXTENSION = re.compile(r"(?:转|#|,|ext\.?)\s*[0-9]{1,6}$")
_EMAIL = re.compile(r"[^@\s\x00-\x1f]{1,64}@[^@\s\x00-\x1f]{1,189}\.[A-Za-z]{2,24}")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９＋－（）　", "0123456789+-() ")
_CODE_DIGITS = 6
_TOKEN_BYTES = 16


def normal_phone(raw: str) -> str:
    """Return a number in E.164 form; short service codes such as 95588 stay as they are.

    Full-width digits, blanks and an extension (转 123) are understood. Raises Refused naming the field.
    """
    text = _EXTENSION.sub("", raw.translate(_FULL_WIDTH).strip()).strip()
    # str.isdigit would accept other scripts' digits, hence the explicit class.
    if _SHORT_CODE.fullmatch(text):
        return text
    try:
        # The library reads letters as the keys they stand on: a slip of the pen would ring a stranger.
        number = phonenumbers.parse("" if _LETTER.search(text) else text, _REGION)
    except phonenumbers.NumberParseException as error:
        raise invalid(FieldError("phone", FieldCode.BAD_PHONE)) from error
    if not text.isascii() or not phonenumbers.is_valid_number(number):
        raise invalid(FieldError("phone", FieldCode.BAD_PHONE))
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_mobile(phone: str) -> bool:
    """Tell whether a normalised number can take an SMS: no landline, no 400 or 800 number, no 95xxx.

    By the number's range alone, which a number keeps when its owner changes the network.
    """
    if not phone.startswith("+"):
        return False
    kind = phonenumbers.number_type(phonenumbers.parse(phone))
    return kind in {phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE}


def takes_sms(raw: str) -> bool:
    """Tell whether a number as somebody typed it can take an SMS; what is no number cannot."""
    try:
        return bool(raw) and is_mobile(normal_phone(raw))
    except Refused:
        return False


def check_contact(data: Mapping[str, Any]) -> None:
    """Raise Refused naming each phone and e-mail that is no address; asked before anything is written."""
    errors: list[FieldError] = []
    for name in ("phone", "guardian_phone"):
        try:
            if data.get(name):
                normal_phone(data[name])
        except Refused as refusal:
            errors.extend(replace(error, field=name) for error in refusal.errors)
    if data.get("email") and not _EMAIL.fullmatch(data["email"]):
        errors.append(FieldError("email", FieldCode.BAD_EMAIL))
    try:
        normal_id_number(data.get("id_number") or "")
    except Refused as refusal:
        errors.extend(refusal.errors)
    if errors:
        raise invalid(*errors)


def keep_citizen(session: Session, ticket: Ticket, data: Mapping[str, Any], now: datetime) -> None:
    """Write who the ticket is for, of data that check_contact() passed; an anonymous ticket keeps nobody.

    With another telephone go another code and link: whoever has the old one reads the ticket no more.
    """
    if data.get("is_anonymous"):
        _forget_citizen(session, ticket)
        return
    if not any(data.get(name) for name in ("citizen_name", "phone", "email", "id_number")):
        return
    citizen = session.get(Citizen, ticket.citizen_id) if ticket.citizen_id else None
    if citizen is None:
        citizen = Citizen(created_at=now, language="zh")
        session.add(citizen)
    email = data.get("email")
    if data.get("citizen_name"):
        citizen.name = data["citizen_name"]
        citizen.name_hash = name_hash(data["citizen_name"])
    _keep_guardian(citizen, data)
    _keep_id_number(citizen, data)
    if email:
        keep_email(citizen, email)
    if data.get("phone"):
        _keep_phone(citizen, ticket, normal_phone(data["phone"]))
    session.flush()
    ticket.citizen_id = citizen.id
    ticket.is_anonymous = False


def keep_email(citizen: Citizen, email: str) -> None:
    """Write where a citizen has their mail; raises Refused for what is no mail address."""
    check_contact({"email": email})
    citizen.email = email
    citizen.email_hash = email_hash(email)


def _keep_id_number(citizen: Citizen, data: Mapping[str, Any]) -> None:
    if data.get("no_id_number"):
        citizen.id_number = citizen.id_number_hash = None
    elif data.get("id_number"):
        citizen.id_number = normal_id_number(data["id_number"])
        citizen.id_number_hash = id_number_hash(citizen.id_number)


def _keep_phone(citizen: Citizen, ticket: Ticket, phone: str) -> None:
    if citizen.phone and citizen.phone != phone:
        renew_access(ticket)
    citizen.phone, citizen.phone_hash = phone, phone_hash(phone)


def _keep_guardian(citizen: Citizen, data: Mapping[str, Any]) -> None:
    """Note that somebody is a minor and who is told for them; whoever is none needs no guardian."""
    if "is_minor" in data:
        citizen.is_minor = bool(data["is_minor"])
    if data.get("guardian_phone"):
        citizen.guardian_phone = normal_phone(data["guardian_phone"])
    if not citizen.is_minor:
        citizen.guardian_phone = None


def _forget_citizen(session: Session, ticket: Ticket) -> None:
    known, ticket.citizen_id = ticket.citizen_id, None
    if known is not None:
        session.flush()
        session.delete(session.get_one(Citizen, known))


def renew_access(ticket: Ticket) -> None:
    """Give the ticket another query code and link: those that were sent open nothing any more."""
    ticket.query_code, ticket.link_token = new_query_code(), new_link_token()
    ticket.link_hash = link_hash(ticket.link_token)


def new_query_code() -> str:
    """Make the six digits a citizen needs besides the ticket's number."""
    return f"{secrets.randbelow(10**_CODE_DIGITS):0{_CODE_DIGITS}d}"


def new_link_token() -> str:
    """Make the secret of the link in a citizen's messages: 128 random bits."""
    return secrets.token_urlsafe(_TOKEN_BYTES)
