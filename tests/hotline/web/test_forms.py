"""What forms say of themselves: in our words, and so that the list above the form tells which field is meant."""

import re
from collections.abc import Iterator

import pytest
from werkzeug.datastructures import MultiDict

from hotline.web.forms import HotlineForm
from hotline.web.refusals import names_no_field
from hotline.web.ui import form_errors

NOT_FOR_PEOPLE = {"csrf_token", "version", "request_key"}
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
