"""What is asked on each page of a new request, and when is a page filled in? Shapes only."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    MultipleFileField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import AnyOf, DataRequired, InputRequired, Length, Optional
from wtforms.widgets import HiddenInput

from hotline.queries.nearby import Nearby
from hotline.services.identity import check_contact
from hotline.services.web_requests import Privacy
from hotline.web.forms import HotlineForm
from hotline.web.language import current_language
from hotline.web.moments import city_day
from hotline.web.refusals import field_sentence
from workflows.errors import Refused
from workflows.vocabulary import TicketType

MOST_WORDS = 2000


def _one_line_end(text: Any) -> Any:
    return text.replace("\r\n", "\n") if isinstance(text, str) else text


def _at_most(count: int) -> Length:
    return Length(max=count, message=_("请不要超过 %(count)s 字", count=count))


def _degrees(most: int) -> Callable[[Any], float | None]:
    """Read what a script wrote; what is no angle of the globe was typed by nobody, and is no position."""

    def read(text: Any) -> float | None:
        try:
            angle = float(text)
        except (TypeError, ValueError):
            return None
        return angle if -most <= angle <= most else None

    return read


class StepForm(HotlineForm):
    """One page. It checks its own token, so that a page that lay open too long comes back with its words.

    `homepage` is out of people's sight: what fills it in is a program, or a browser that means too well.
    """

    homepage = StringField(_("请不要填写这一栏"))

    @property
    def typed(self) -> dict[str, Any]:
        """What is kept of this page."""
        return {}

    def words_of(self, name: str) -> str:
        """What was chosen in a field, in the words it was offered with."""
        chosen = (text for _value, text, is_chosen, *_rest in self[name].iter_choices() if is_chosen)
        return str(next(chosen, ""))

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the page; a filled trap and an old page cost one press more, and nothing typed."""
        is_valid: bool = super().validate(extra_validators)
        again = gettext("这一页打开得太久，请再按一次按钮。您填写的内容还在。")
        if self.csrf_token.errors:
            self.csrf_token.errors = [again]
        if self.homepage.data:
            self.homepage.data = ""
            self.form_errors.append(gettext("请再按一次按钮。您填写的内容还在。"))
            return False
        return is_valid


class WhatForm(StepForm):
    """What happened, in the citizen's own words, what they want with it, and whom it is against."""

    content = TextAreaField(
        _("发生了什么"),
        validators=[DataRequired(_("请写下发生了什么")), _at_most(MOST_WORDS)],
        filters=[_one_line_end],
    )
    type = SelectField(
        _("您想做什么"),
        choices=[
            SelectChoice("", _("请选择")),
            SelectChoice(TicketType.HELP.value, _("求助：请帮忙解决问题")),
            SelectChoice(TicketType.COMPLAINT.value, _("投诉：对单位、商家或服务不满意")),
            SelectChoice(TicketType.CONSULTATION.value, _("咨询：想问清楚政策或怎么办事")),
            SelectChoice(TicketType.SUGGESTION.value, _("建议：希望改进工作")),
            SelectChoice(TicketType.PRAISE.value, _("表扬：感谢做得好的人或单位")),
            SelectChoice(TicketType.REPORT.value, _("举报：揭发违法行为，为您保密")),
        ],
        validators=[InputRequired(_("请选择您想做什么")), AnyOf(list(TicketType), _("请选择您想做什么"))],
        validate_choice=False,
    )
    accused = StringField(_("被投诉或举报的人或单位"), validators=[_at_most(200)])

    @property
    def typed(self) -> dict[str, Any]:
        return {name: self[name].data or "" for name in ("content", "type", "accused")}

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask whom a report is against: nobody may look into what they are accused of."""
        is_valid: bool = super().validate(extra_validators)
        if self.type.data != TicketType.REPORT or self.accused.data:
            return is_valid
        self.accused.errors = [gettext("请写明举报谁，不知道名称的，写明是什么样的人或店")]
        return False


class PhotosForm(StepForm):
    """Pictures and other files; none is fine."""

    files = MultipleFileField(_("照片或文件（选填）"))


class WhereForm(StepForm):
    """Where it happened, or that it happened nowhere in particular, which no complaint does."""

    needs_place = False

    district = SelectField(_("区县（选填）"), choices=[])
    street = StringField(_("街道或镇（选填）"), validators=[_at_most(50)])
    address = StringField(_("详细地点"), validators=[_at_most(200)])
    no_place = BooleanField(_("没有具体地点，例如咨询政策"))
    # Where the telephone stood when its button was pressed, in degrees of WGS 84 (W3C Geolocation).
    latitude = HiddenField(filters=[_degrees(90)])
    longitude = HiddenField(filters=[_degrees(180)])

    def offer_districts(self, names: Iterable[str]) -> None:
        """Fill the choices of the district."""
        unknown = SelectChoice("", gettext("不清楚，由我们核对"))
        self.district.choices = [unknown, *(SelectChoice(name, name) for name in names)]

    @property
    def typed(self) -> dict[str, Any]:
        position = {"latitude": self.latitude.data, "longitude": self.longitude.data}
        if None in position.values() or self.no_place.data:
            position = dict.fromkeys(position)
        return {name: self[name].data for name in ("district", "street", "address", "no_place")} | position

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for an address unless there is none."""
        is_valid: bool = super().validate(extra_validators)
        if self.address.data or (self.no_place.data and not self.needs_place):
            return is_valid
        without = gettext("请填写详细地点。没有具体地点的，请勾选「没有具体地点」。")
        self.address.errors = [
            gettext("投诉请写明地点。在网上发生的，写明网站或应用的名称。") if self.needs_place else without
        ]
        return False


class WhoForm(StepForm):
    """Who asks, what may be known of them, and how they want to hear of it."""

    privacy = RadioField(
        _("您的身份让谁知道"),
        choices=[
            SelectChoice(Privacy.OPEN.value, _("12345 和承办单位")),
            SelectChoice(Privacy.CONFIDENTIAL.value, _("保密，只让 12345 知道")),
            SelectChoice(Privacy.ANONYMOUS.value, _("匿名，不留姓名和电话")),
        ],
        validators=[InputRequired(_("请选择您的身份让谁知道"))],
        validate_choice=False,
    )
    citizen_name = StringField(_("您的姓名"), validators=[_at_most(100)])
    phone = StringField(_("您的电话"), validators=[_at_most(40)])
    email = StringField(_("电子邮箱（选填）"), validators=[_at_most(254)])
    callback_wanted = RadioField(
        _("办完以后，可以打电话问您是否满意吗"),
        choices=[SelectChoice("yes", _("可以打电话")), SelectChoice("no", _("不用打电话，发消息就行"))],
        default="yes",
        validators=[AnyOf(["yes", "no"], _("请选择可不可以打电话"))],
        validate_choice=False,
    )

    # Filled with what is under way nearby; whoever says nothing means none of it.
    same_as = RadioField(_("附近有相似的诉求正在办理，您说的是同一件事吗"), choices=[], validate_choice=False)

    # Which version of the words above it the page showed.
    statement = IntegerField(widget=HiddenInput(), validators=[Optional()])

    def offer_nearby(self, found: Sequence[Nearby]) -> None:
        """Fill the choices of what may be the same matter; one that is no more under way is not kept."""
        # Those that read the same are one choice: nobody could tell them apart, and staff see them all.
        told: dict[str, str] = {}
        for each in found:
            told.setdefault(nearby_words(each), each.number)
        none = [SelectChoice("", gettext("都不是，或说不准"))] if found else []
        self.same_as.choices = [*(SelectChoice(number, words) for words, number in told.items()), *none]
        if self.same_as.data not in {each.number for each in found}:
            self.same_as.data = ""

    def keep_reporter_secret(self, typed: Mapping[str, Any]) -> None:
        """Offer, and keep, nothing else than confidence of somebody who reports another."""
        if typed.get("type") != TicketType.REPORT:
            return
        self.privacy.choices = [each for each in self.privacy.choices if each.value != Privacy.OPEN]
        if self.privacy.data == Privacy.OPEN:
            self.privacy.data = Privacy.CONFIDENTIAL.value

    @property
    def is_anonymous(self) -> bool:
        return bool(self.privacy.data == Privacy.ANONYMOUS)

    @property
    def typed(self) -> dict[str, Any]:
        """Nothing of a person is kept of whoever wants to stay unknown."""
        kept = ("privacy", "citizen_name", "phone", "email", "callback_wanted", "same_as")
        person = {"citizen_name": "", "phone": "", "email": ""} if self.is_anonymous else {}
        words = {name: self[name].data or "" for name in kept} | person
        return {**words, "statement": self.statement.data or 0}

    def validate(self, extra_validators: Any = None) -> bool:
        """Ask for name and telephone unless somebody wants to stay unknown."""
        is_valid: bool = super().validate(extra_validators)
        if self.privacy.data and self.privacy.data not in set(Privacy):
            self.privacy.errors = [gettext("请选择您的身份让谁知道")]
        if not self.is_anonymous:
            self._require("citizen_name", gettext("请填写姓名，也可以只写「王女士」这样的称呼"))
            self._require("phone", gettext("请填写电话，或选择匿名"))
            self._blame({"phone": self.phone.data, "email": self.email.data})
        return is_valid and not self.errors

    def _require(self, name: str, message: str) -> None:
        if not self[name].data:
            self[name].errors = [message]

    def _blame(self, contact: Mapping[str, Any]) -> None:
        try:
            check_contact(contact)
        except Refused as refused:
            for error in refused.errors:
                self[error.field].errors = [field_sentence(error, current_language())]


def nearby_words(nearby: Nearby) -> str:
    """Say in one line what a stranger may know of a request."""
    is_english = current_language() == "en"
    kind = (nearby.kind_en if is_english else "") or nearby.kind
    day = city_day(nearby.since)
    place = nearby.street
    return str(gettext("%(kind)s，%(street)s，%(day)s受理，正在办理", kind=kind, street=place, day=day))


def first_missing(typed: Mapping[str, Any]) -> str | None:
    """Name the first page that is not filled in yet."""
    if not typed.get("content"):
        return "what"
    if not (typed.get("address") or (typed.get("no_place") and not needs_place(typed))):
        return "where"
    return None if typed.get("privacy") else "who"


def needs_place(typed: Mapping[str, Any]) -> bool:
    """Whether the workflow takes it with a place only."""
    return typed.get("type") == TicketType.COMPLAINT
