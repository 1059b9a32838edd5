"""What is common to every HTML form: trimmed text, no hidden characters, and the version the person saw.

What WTForms would say of itself, such as "This field is required.", is said in the words of other screens.
"""

import re
from collections.abc import Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from hotline.web.language import current_language, is_switching
from hotline.web.refusals import FIELD_SENTENCES
from hotline.web.ui import new_request_key
from workflows.errors import FieldCode

# Controls but tab and line ends, lone surrogates, and overrides that make text read other than it is stored.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")

_MISSING = "This field is required."
_CHOICES = (SelectField, SelectMultipleField, BooleanField)
# WTForms' sentence, as it is looked up in its catalogues: what is said instead.
_INSTEAD: Mapping[str, FieldCode] = {
    _MISSING: FieldCode.REQUIRED,
    "Not a valid choice.": FieldCode.NOT_A_CHOICE,
    "Invalid Choice: could not coerce.": FieldCode.NOT_A_CHOICE,
    "Not a valid integer value.": FieldCode.NOT_A_NUMBER,
    "Not a valid date value.": FieldCode.NOT_A_DATE,
    "Not a valid datetime value.": FieldCode.NOT_AN_INSTANT,
    "Field cannot be longer than %(max)d character.": FieldCode.TOO_LONG,
}


def has_forbidden_character(text: str) -> bool:
    """Whether text holds a control character, a lone surrogate or a bidirectional override.

    Joiners stay allowed (emoji families), and so does every letter of every script.
    """
    return _FORBIDDEN.search(text) is not None


def trimmed(value: Any) -> Any:
    """Cut blanks at both ends of a text; anything else passes."""
    return value.strip() if isinstance(value, str) else value


class _OurWords:
    """WTForms' translations, with our own sentence where we have one."""

    def __init__(self, theirs: Any, instead: Mapping[str, FieldCode] = _INSTEAD) -> None:
        self._theirs = theirs
        self._instead = instead

    def of_choice(self) -> "_OurWords":
        """Give the same words for a field in which nothing is written."""
        return _OurWords(self._theirs, {**self._instead, _MISSING: FieldCode.NOTHING_CHOSEN})

    def gettext(self, text: str) -> str:
        """Say one of WTForms' sentences in the reader's language."""
        return self._ours(text) or str(self._theirs.gettext(text))

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Do the same for a sentence with a number in it."""
        return self._ours(one) or str(self._theirs.ngettext(one, many, number))

    def _ours(self, text: str) -> str | None:
        code = self._instead.get(text)
        if code is None:
            return None
        return FIELD_SENTENCES[code].in_language(current_language()).replace("{limit}", "%(max)d")


class HotlineForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The base of every form: text fields are trimmed, and none may hide a character."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the same
        """Trims every text field before its own filters, and speaks in our words."""

        def get_translations(self, form: Any) -> _OurWords:
            return _OurWords(super().get_translations(form))

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, _CHOICES):
                options = {**options, "translations": self.get_translations(form).of_choice()}
            if issubclass(unbound_field.field_class, StringField):
                filters = [trimmed, *unbound_field.kwargs.get("filters", ())]
                return unbound_field.bind(form=form, **{**options, "filters": filters})
            return unbound_field.bind(form=form, **options)

    def is_submitted(self) -> bool:
        """Whether something is asked for: not by a press that only wants to read the form otherwise."""
        return bool(super().is_submitted()) and not is_switching()

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that no text in them holds a forbidden character."""
        is_valid = bool(super().validate(extra_validators))
        message = FIELD_SENTENCES[FieldCode.BAD_CHARACTER].in_language(current_language())
        for field in self:
            if any(has_forbidden_character(text) for text in _texts_of(field)):
                field.errors = [*field.errors, message]
                is_valid = False
        return is_valid


class ActionForm(HotlineForm):
    """A form that changes something: it carries the version seen and a key that makes a repeat harmless."""

    version = IntegerField(widget=HiddenInput(), validators=[Optional()])
    request_key = HiddenField(default=new_request_key, validators=[Length(max=255)])


def _texts_of(field: Field) -> list[str]:
    values = field.data if isinstance(field.data, (list, tuple)) else [field.data]
    return [value for value in values if isinstance(value, str)]
