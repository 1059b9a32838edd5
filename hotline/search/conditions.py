"""What does somebody know of the tickets they look for: words, a telephone, a unit, a state, a time?"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from urllib.parse import parse_qsl

from flask import request, url_for
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import DateField, Field, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from hotline.models.hashes import id_number_hash, name_hash, phone_hash
from hotline.models.ticket import Ticket
from hotline.queries.categories import CategoryLeaf, find_named_leaf, list_leaves
from hotline.queries.directory import list_areas, list_units, subtree_ids
from hotline.queries.watches import watched_by
from hotline.queries.worklists import Filters
from hotline.services.id_numbers import normal_id_number
from hotline.services.identity import normal_phone
from hotline.services.site import current_site
from hotline.web.filters import PRIVATE_CONDITIONS
from hotline.web.forms import HotlineForm
from hotline.web.language import current_language
from hotline.web.paging import PAGE
from hotline.web.refusals import FIELD_SENTENCES
from workflows.definition import Actor
from workflows.errors import FieldCode, Refused
from workflows.vocabulary import CENTRE_ROLES, Light, TicketState, TicketType, Word

_NAME = re.compile(r"[^\W\d_]{2,4}|[^\W\d_]+·[^\W\d_·]+(?:·[^\W\d_·]+)?")
# What people read out of a number: found as words are, for only a whole number can be looked up.
_PART_OF_NUMBER = re.compile(r"[\d-]{3,}")
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Choices:
    """Among what somebody may choose; a unit chooses among itself and what lies below it."""

    session: Session
    viewer: Actor
    districts: Sequence[str]
    units: Sequence[tuple[int, str]]
    categories: Sequence[CategoryLeaf]

    @classmethod
    def of(cls, session: Session, viewer: Actor) -> Self:
        """Read them once for a page."""
        sees_all = bool(viewer.roles & CENTRE_ROLES)
        return cls(
            session,
            viewer,
            [area.name for area in list_areas(session) if area.level == "district"],
            [
                (unit.id, unit.name)
                for unit in list_units(session)
                if sees_all or unit.id in viewer.subtree_unit_ids
            ],
            list_leaves(session),
        )


def _words(words: type[Word]) -> list[SelectChoice]:
    known = (SelectChoice(word.value, word.label_zh) for word in words if word.value != Light.NONE)
    return [SelectChoice("", "不限"), *known]


class SearchForm(HotlineForm):
    """The conditions; an empty one does not count. Read from the address, so it carries no token."""

    class Meta(HotlineForm.Meta):
        """Nothing is changed by looking."""

        csrf = False

    q = StringField("关键字", [Length(max=100, message="关键字最多 100 字。")])
    number = StringField("工单号", [Length(max=24, message="工单号最多 24 位，请核对。")])
    phone = StringField("电话")
    caller = StringField("诉求人", [Length(max=100, message="姓名最多 100 字，请核对。")])
    id_number = StringField("证件号码")
    unit = SelectField("承办单位", default="")
    category = SelectField("诉求分类", default="")
    district = SelectField("区县", validate_choice=False)
    state = SelectField("状态", default="", choices=_words(TicketState))
    type = SelectField("类型", default="", choices=_words(TicketType))
    light = SelectField("时限", default="", choices=_words(Light))
    watched = SelectField(
        "关注", default="", choices=[SelectChoice("", "不限"), SelectChoice("1", "我关注的")]
    )
    since = DateField("登记自", [Optional()])
    until = DateField("登记至", [Optional()])

    def __init__(self, values: Mapping[str, str], choices: Choices) -> None:
        super().__init__(formdata=MultiDict(values))
        self.known = choices
        for field, known in (
            (self.district, [(name, name) for name in choices.districts]),
            (self.unit, [(str(row_id), name) for row_id, name in choices.units]),
            (self.category, [(leaf.code, leaf.path.replace("/", " / ")) for leaf in choices.categories]),
        ):
            field.choices = [SelectChoice("", "不限"), *(SelectChoice(*each) for each in known)]

    def validate_phone(self, field: Field) -> None:
        """Only a whole number finds anything: it is kept as a hash."""
        if not field.data:
            return
        try:
            normal_phone(field.data)
        except Refused as refusal:
            words = FIELD_SENTENCES[FieldCode.BAD_PHONE].in_language(current_language())
            raise ValidationError(words) from refusal

    def validate_id_number(self, field: Field) -> None:
        """Likewise."""
        try:
            normal_id_number(field.data or "")
        except Refused as refusal:
            words = FIELD_SENTENCES[FieldCode.BAD_ID_NUMBER].in_language(current_language())
            raise ValidationError(words) from refusal

    def validate_since(self, field: Field) -> None:
        """Within the years a calendar of the city may hold."""
        if field.data and not _EARLIEST <= field.data < _LATEST:
            message = "请填写 2000 年至 2099 年之间的日期。"
            raise ValidationError(message)

    def validate_until(self, field: Field) -> None:
        """Not before the beginning."""
        self.validate_since(field)
        if field.data and self.since.data and field.data < self.since.data:
            message = "“登记至”不能早于“登记自”。"
            raise ValidationError(message)

    def filters(self) -> Filters:
        """The conditions as the list understands them."""
        phone, unit = self.phone.data, self.unit.data
        document = normal_id_number(self.id_number.data or "")
        words, number = self.q.data or "", (self.number.data or "").upper()
        if _PART_OF_NUMBER.fullmatch(number):
            words, number = f"{words} {number}".strip(), ""
        return Filters(
            words=words,
            number=number,
            phone_hash=phone_hash(normal_phone(phone)) if phone else "",
            name_hash=name_hash(self.caller.data or "") or "",
            id_number_hash=id_number_hash(document) if document else "",
            unit_ids=tuple(sorted(subtree_ids(self.known.session, int(unit)))) if unit else (),
            category_ids=[leaf.id for leaf in self.known.categories if leaf.code == self.category.data],
            states=_one(self.state.data),
            types=_one(self.type.data),
            lights=_one(self.light.data),
            created_from=_midnight(self.since.data),
            created_to=_midnight(self.until.data + timedelta(days=1)) if self.until.data else None,
            only=self._only(),
            sort="-created_at",
            limit=PAGE,
        )

    @property
    def watcher_id(self) -> int | None:
        """Whose list of watched tickets is looked through, if it is."""
        return self.known.viewer.user_id if self.watched.data else None

    def _only(self) -> tuple[ColumnElement[bool], ...]:
        in_district = (Ticket.district == self.district.data,) if self.district.data else ()
        return (*in_district, watched_by(self.watcher_id)) if self.watched.data else in_district


NAMES = (
    *("q", "number", *PRIVATE_CONDITIONS, "unit", "category", "district"),
    *("state", "type", "light", "watched", "since", "until"),
)


def conditions_in_address() -> dict[str, Any]:
    """The conditions as they stand in the address, without the place in the list."""
    return {name: request.args[name].strip() for name in NAMES if request.args.get(name, "").strip()}


def read_conditions(kept: str) -> dict[str, Any]:
    """Read conditions that were kept as an address has them; a telephone or name is not kept."""
    return {
        name: value for name, value in parse_qsl(kept) if name in NAMES and name not in PRIVATE_CONDITIONS
    }


def say_conditions(form: SearchForm) -> list[str]:
    """Say each condition in words; a telephone or name stays masked."""
    return [f"{field.label.text}：{_told(field)}" for field in form if field.data]


def phone_search_url(words: str) -> str | None:
    """Where a telephone typed as a keyword is looked up as what it is; None for other words."""
    try:
        is_phone = normal_phone(words).startswith("+")
    except Refused:
        return None
    return url_for("search.index", phone=words.strip()) if is_phone else None


def name_search_url(words: str) -> str | None:
    """Where words that may be somebody's name are looked up as one; None for what can be none."""
    return url_for("search.index", caller=words) if _NAME.fullmatch(words) else None


def category_search(form: SearchForm) -> tuple[str, str] | None:
    """Name the category that is the keyword, perhaps as a synonym, and where its tickets are; else None."""
    leaf = find_named_leaf(form.known.categories, form.q.data or "")
    if leaf is None or form.category.data or form.errors:
        return None
    others = {name: value for name, value in conditions_in_address().items() if name != "q"}
    return leaf.path.replace("/", " / "), url_for("search.index", **others, category=leaf.code)


def _told(field: Field) -> str:
    if field.name in PRIVATE_CONDITIONS:
        return PRIVATE_CONDITIONS[field.name](field.data)
    choices: Any = getattr(field, "choices", None) or ()
    return next((each.label for each in choices if each.value == field.data), str(field.data))


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), current_site().zone)
