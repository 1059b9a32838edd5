"""What is common to every HTML form: trimmed text, no hidden characters, and the version the person saw.

Messages come from WTForms' own catalogues in the reader's language.
"""

import re
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, IntegerField, StringField
from wtforms.validators import Length, Optional
from wtforms.widgets import HiddenInput

from hotline.web.language import current_language
from hotline.web.refusals import FIELD_SENTENCES
from hotline.web.ui import new_request_key
from workflows.errors import FieldCode

# Controls but tab and line ends, lone surrogates, and overrides that make text read other than it is stored.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def has_forbidden_character(text: str) -> bool:
    """Whether text holds a control character, a lone surrogate or a bidirectional override.

    Joiners stay allowed (emoji families), and so does every letter of every script.
    """
    return _FORBIDDEN.search(text) is not None


def trimmed(value: Any) -> Any:
    """Cut blanks at both ends of a text; anything else passes."""
    return value.strip() if isinstance(value, str) else value


class HotlineForm(FlaskForm):  # type: ignore[misc]  # Flask-WTF ships no types
    """The base of every form: text fields are trimmed, and none may hide a character."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]  # the same
        """Trims every text field before its own filters."""

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            if issubclass(unbound_field.field_class, StringField):
                filters = [trimmed, *unbound_field.kwargs.get("filters", ())]
                return unbound_field.bind(form=form, **{**options, "filters": filters})
            return unbound_field.bind(form=form, **options)

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
