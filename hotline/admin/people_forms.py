"""What does somebody fill in about an account?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from hotline.admin.unit_forms import id_from
from hotline.models.people import User, UserKind
from hotline.services.people import GRANTABLE, NewPerson, PersonInput
from hotline.services.separation import BY_OPERATOR
from workflows.errors import FieldCode, FieldError, invalid
from workflows.vocabulary import Role

LABELS: Mapping[str, str] = {
    "username": "账号",
    "display_name": "姓名",
    "staff_number": "工号",
    "unit": "单位",
    "roles": "角色",
    "phone": "手机号",
    "email": "邮箱",
    "has_trusted_intake": "免预审",
    "is_system": "系统账号",
    "subject": "统一身份标识",
    "reason": "原因",
}
ROLES = tuple((role.value, role.label_zh) for role in Role if role in GRANTABLE - BY_OPERATOR)
_TEXTS = ("display_name", "staff_number", "phone", "email")


@dataclass(frozen=True, slots=True)
class Typed:
    """The form of an account, kept as typed when it comes back."""

    texts: Mapping[str, str]
    roles: frozenset[str] = frozenset()

    @property
    def parts(self) -> dict[str, Any]:
        """Each field by its name, as JSON can hold it."""
        return {**self.texts, "roles": sorted(self.roles)}


def whole(parts: Mapping[str, Any]) -> Typed:
    """Make the form of its parts again."""
    return Typed({name: parts[name] for name in parts if name != "roles"}, frozenset(parts["roles"]))


def empty(unit: str = "") -> Typed:
    """The form of a new account."""
    return Typed({**dict.fromkeys(LABELS, ""), "unit": unit})


def filled(user: User, roles: frozenset[Role]) -> Typed:
    """The form of an account as it is."""
    texts = {
        **dict.fromkeys(LABELS, ""),
        **{name: getattr(user, name) for name in _TEXTS},
        "username": user.username,
        "unit": "" if user.unit_id is None else str(user.unit_id),
        "has_trusted_intake": "y" if user.has_trusted_intake else "",
    }
    return Typed(texts, frozenset(role.value for role in roles))


def read(form: MultiDict[str, str]) -> Typed:
    """Take what was typed, field by field."""
    return Typed({name: form.get(name, "").strip() for name in LABELS}, frozenset(form.getlist("roles")))


def written_from(typed: Typed, kept: frozenset[Role] = frozenset()) -> PersonInput:
    """Read the form as what an account is; `kept` are roles that the form neither gives nor takes.

    Raises Refused for a role that nobody is given here.
    """
    known = {value for value, _ in ROLES}
    if typed.roles - known:
        raise invalid(FieldError("roles", FieldCode.NOT_A_CHOICE))
    return PersonInput(
        **{name: typed.texts[name] for name in _TEXTS},
        roles=kept | frozenset(Role(value) for value in typed.roles),
        unit_id=id_from("unit", typed.texts["unit"]),
        has_trusted_intake=bool(typed.texts["has_trusted_intake"]),
    )


def new_from(typed: Typed) -> NewPerson:
    """Read the form as an account to be."""
    kind = UserKind.SYSTEM if typed.texts["is_system"] else UserKind.PERSON
    return NewPerson(typed.texts["username"], written_from(typed), kind=kind)
