"""What forms say of themselves: in our words, and so that the list above the form tells which field is meant."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired

from hotline.services.lifecycle import ENGINES
from hotline.web.forms import HotlineForm
from hotline.web.refusals import names_no_field
from hotline.web.ui import form_errors
from workflows.definition import NeedKind
from workflows.errors import FieldCode, Refused
from workflows.needs import clean

NOT_FOR_PEOPLE = {"csrf_token", "version", "request_key"}
# What people type or pick from a calendar; all else they choose from what there is.
WRITTEN = {NeedKind.TEXT, NeedKind.NUMBER, NeedKind.INSTANT, NeedKind.DATE, NeedKind.TICKET}
# How WTForms' own catalogue begins its sentences.
THEIRS = re.compile("该字段|不是有效的|无效的|字段长度|字段必须|数字必须")


def kinds_of_forms(kind: type[HotlineForm] = HotlineForm) -> Iterator[type[HotlineForm]]:
    for each in kind.__subclasses__():
        if each.__init__ is HotlineForm.__init__:
            yield each
        yield from kinds_of_forms(each)


def complaints_of(kind: type, typed: str) -> list[tuple[str, str]]:
    form = kind(formdata=MultiDict({name: typed for name in kind().data if name not in NOT_FOR_PEOPLE}))
    form.validate()
    for name in NOT_FOR_PEOPLE & set(form.data):
        form[name].errors = ()
    return form_errors(form)


@pytest.mark.parametrize("typed", ["", "x", "长" * 30_000, "-1", "2026-13-45"], ids=lambda text: text[:10])
def test_no_form_complains_of_a_field_without_its_name(app, typed):
    with app.test_request_context("/", method="POST"):
        found = [(kind.__name__, text) for kind in kinds_of_forms() for _, text in complaints_of(kind, typed)]
    assert len({kind for kind, _ in found}) > 1
    assert [each for each in found if names_no_field(each[1]) or THEIRS.search(each[1])] == []


class _Asked(HotlineForm):
    """One field that is written and two that are chosen."""

    words = StringField("说明", [InputRequired()])
    one = RadioField("一项", choices=[SelectChoice("a", "甲")], validators=[InputRequired()])
    several = SelectMultipleField("几项", choices=[SelectChoice("a", "甲")], validators=[DataRequired()])


@pytest.mark.parametrize(
    ("language", "written", "chosen"),
    [("zh", "请填写此项。", "请选择。"), ("en", "Fill in this field.", "Make a choice.")],
)
def test_what_is_chosen_is_asked_for_as_a_choice_and_not_as_something_to_write(
    app, language, written, chosen
):
    with app.test_request_context("/", method="POST", headers={"Cookie": f"lang={language}"}):
        form = _Asked(formdata=MultiDict())
        form.validate()
        said = {name: form[name].errors[0] for name in ("words", "one", "several")}
    assert said == {"words": written, "one": chosen, "several": chosen}


def test_an_act_asks_for_choices_as_choices_whatever_its_form():
    asked = {
        (need.kind, need.name): need
        for engine in ENGINES.values()
        for row in engine.workflow.transitions
        for need in row.needs
        if need.is_required
    }
    for (kind, name), need in asked.items():
        with pytest.raises(Refused) as refused:
            clean([need], {}, datetime.now(UTC))
        is_written = kind in WRITTEN
        expected = FieldCode.REQUIRED if is_written else FieldCode.NOTHING_CHOSEN
        assert [(each.field, each.code) for each in refused.value.errors] == [(name, expected)]
