"""What does somebody fill in to let a colleague stand in, and which of it cannot be read?"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from hotline.queries.typed import id_in, moment_in
from hotline.services.substitutions import Wish
from workflows.errors import FieldCode, FieldError, invalid
from workflows.vocabulary import Role

LABELS: Mapping[str, str] = {
    "substitute": "代理人",
    "roles": "代理的角色",
    "starts_at": "开始",
    "ends_at": "结束",
    "reason": "原因",
}
_KNOWN = frozenset(role.value for role in Role)


@dataclass(frozen=True, slots=True)
class Typed:
    """The form, kept as typed when it comes back."""

    texts: Mapping[str, str]
    roles: frozenset[str] = frozenset()


def filled(now: datetime, zone: ZoneInfo, roles: frozenset[Role]) -> Typed:
    """The form as it first comes: from now on, in the only role there is to lend."""
    texts = {**dict.fromkeys(LABELS, ""), "starts_at": f"{now.astimezone(zone):%Y-%m-%dT%H:%M}"}
    return Typed(texts, frozenset(role.value for role in roles) if len(roles) == 1 else frozenset())


def read(form: MultiDict[str, str]) -> Typed:
    """Take what was typed, field by field."""
    return Typed({name: form.get(name, "").strip() for name in LABELS}, frozenset(form.getlist("roles")))


def wish_from(typed: Typed, principal_id: int, zone: ZoneInfo) -> Wish:
    """Read the form. Raises Refused naming every field that is not what it should be."""
    moments = {name: moment_in(typed.texts[name], zone) for name in ("starts_at", "ends_at")}
    faults = [FieldError(name, FieldCode.NOT_AN_INSTANT) for name, at in moments.items() if at is None]
    needed = (("substitute", FieldCode.NOTHING_CHOSEN), ("reason", FieldCode.REQUIRED))
    faults += [FieldError(name, code) for name, code in needed if not typed.texts[name]]
    if not typed.roles <= _KNOWN or not typed.roles:
        faults.append(
            FieldError("roles", FieldCode.NOT_A_CHOICE if typed.roles else FieldCode.NOTHING_CHOSEN)
        )
    if faults:
        raise invalid(*faults)
    never = datetime.min.replace(tzinfo=UTC)
    return Wish(
        principal_id,
        id_in(typed.texts["substitute"]),
        frozenset(Role(value) for value in typed.roles),
        moments["starts_at"] or never,
        moments["ends_at"] or never,
        typed.texts["reason"],
    )
