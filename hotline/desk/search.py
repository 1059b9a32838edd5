"""Which tickets match what somebody knows of them: words, a number, a telephone, a state, a time?"""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import structlog
from flask import Response, redirect, request, url_for
from wtforms import DateField, Field, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional, ValidationError

from database import db
from hotline.desk.paging import PAGE, current_mark, links_of, without
from hotline.models.audit import AuditKind
from hotline.models.ticket import Ticket
from hotline.queries.directory import list_areas
from hotline.queries.marks import BadCursorError
from hotline.queries.worklists import Filters, Page, list_page
from hotline.services.audit import Deed
from hotline.services.identity import normal_phone, phone_hash
from hotline.services.site import current_site
from hotline.web.audit import note
from hotline.web.auth import current_actor
from hotline.web.filters import mask_phone
from hotline.web.forms import HotlineForm
from hotline.web.language import current_language
from hotline.web.pages import render
from hotline.web.refusals import FIELD_SENTENCES
from workflows.errors import FieldCode, Refused
from workflows.vocabulary import Light, TicketState, TicketType, Word

_INVALID = 422
_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 1, 1)
_log = structlog.get_logger(__name__)


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
    state = SelectField("状态", default="", choices=_words(TicketState))
    type = SelectField("类型", default="", choices=_words(TicketType))
    light = SelectField("时限", default="", choices=_words(Light))
    district = SelectField("区县", validate_choice=False)
    since = DateField("登记自", [Optional()])
    until = DateField("登记至", [Optional()])

    def validate_phone(self, field: Field) -> None:
        """Only a whole number finds anything: it is kept as a hash."""
        if not field.data:
            return
        try:
            normal_phone(field.data)
        except Refused as refusal:
            words = FIELD_SENTENCES[FieldCode.BAD_PHONE].in_language(current_language())
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
        phone = self.phone.data
        return Filters(
            words=self.q.data or "",
            number=(self.number.data or "").upper(),
            phone_hash=phone_hash(normal_phone(phone)) if phone else "",
            states=_one(self.state.data),
            types=_one(self.type.data),
            lights=_one(self.light.data),
            created_from=_midnight(self.since.data),
            created_to=_midnight(self.until.data + timedelta(days=1)) if self.until.data else None,
            only=(Ticket.district == self.district.data,) if self.district.data else (),
            sort="-created_at",
            limit=PAGE,
        )


def search() -> Response:
    """The tickets that match the conditions in the address, newest first."""
    form = SearchForm(formdata=request.args)
    names = [area.name for area in list_areas(db.session()) if area.level == "district"]
    form.district.choices = [SelectChoice("", "不限"), *(SelectChoice(name, name) for name in names)]
    if not form.validate():
        return _page(form, Page([], None), status=_INVALID)
    now = datetime.now(UTC)
    filters = replace(form.filters(), after=current_mark())
    try:
        found = list_page(db.session(), current_actor(), filters, now)
    except BadCursorError:
        return redirect(without("after"), 303)  # type: ignore[return-value]  # also a response
    if filters.phone_hash:
        _log.info("phone_looked_up", user_id=current_actor().user_id, found=len(found.rows), place="search")
        note(Deed(AuditKind.FIND_PHONE, facts={"found": len(found.rows), "place": "search"}))
    return _page(form, found)


def _page(form: SearchForm, page: Page, status: int = 200) -> Response:
    return render(
        "desk/search.html",
        status=status,
        form=form,
        rows=page.rows,
        links=links_of(page),
        chips=_chips(form),
        clear_url=url_for("desk.search"),
        export_url=url_for("desk.ask_export", **conditions_in_address()),
        has_errors=bool(form.errors),
    )


def conditions_in_address() -> dict[str, Any]:
    """The conditions as they stand in the address, without the place in the list."""
    names = {field.name for field in SearchForm(formdata=None)}
    return {name: value for name, value in request.args.items() if value and name in names}


def say_conditions(form: SearchForm) -> list[str]:
    """Say each condition in words; a telephone stays masked."""
    return [f"{field.label.text}：{_told(field)}" for field in form if field.data]


def _chips(form: SearchForm) -> list[tuple[str, str]]:
    names = [field.name for field in form if field.data]
    return [(text, without(name)) for text, name in zip(say_conditions(form), names, strict=True)]


def _told(field: Field) -> str:
    if field.name == "phone":
        return mask_phone(field.data)
    choices: Any = getattr(field, "choices", None) or ()
    return next((each.label for each in choices if each.value == field.data), str(field.data))


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def _midnight(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), current_site().zone)
