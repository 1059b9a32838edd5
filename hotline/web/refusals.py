"""What does a refusal say to people: for each code a status and a sentence that names the cure, zh and en?"""

import re
from collections.abc import Mapping

from hotline.web.sentences import (
    anywhere,
    callers,
    fields,
    lists,
    parts,
    people,
    substitutions,
    ticket,
    trees,
)
from hotline.web.sentences.words import Sentence
from workflows.errors import FieldCode, FieldError

__all__ = ["FIELD_SENTENCES", "SENTENCES", "Sentence", "field_sentence", "names_no_field", "sentence"]

SENTENCES: Mapping[str, Sentence] = {
    **anywhere.SENTENCES,
    **ticket.SENTENCES,
    **parts.SENTENCES,
    **substitutions.SENTENCES,
}
FIELD_SENTENCES: Mapping[str, Sentence] = {
    **fields.SENTENCES,
    **callers.SENTENCES,
    **lists.SENTENCES,
    **trees.SENTENCES,
    **people.SENTENCES,
    **substitutions.FIELD_SENTENCES,
}

# What is said of any field: away from its field, such as in a list of errors, it tells nothing.
_OF_ANY_FIELD = (
    *(FieldCode.REQUIRED, FieldCode.NOTHING_CHOSEN, FieldCode.TOO_LONG, FieldCode.NOT_A_CHOICE),
    *(FieldCode.NOT_A_NUMBER, FieldCode.NOT_A_DATE, FieldCode.NOT_AN_INSTANT, FieldCode.BAD_CHARACTER),
)
_NAMELESS = re.compile(
    "|".join(
        re.escape(words).replace(re.escape("{limit}"), "[0-9]+")
        for code in _OF_ANY_FIELD
        for words in (FIELD_SENTENCES[code].in_language("zh"), FIELD_SENTENCES[code].in_language("en"))
    )
)


def sentence(code: str) -> Sentence:
    """Find the words of a refusal; every code has a row, which a test proves."""
    return SENTENCES[code]


def field_sentence(error: FieldError, language: str) -> str:
    """Say what is wrong with one field; some refusals blame a field with a code of the whole move."""
    row = FIELD_SENTENCES.get(error.code) or SENTENCES[error.code]
    return row.in_language(language).replace("{limit}", error.limit)


def names_no_field(text: str) -> bool:
    """Tell whether a message could be about any field, so that it needs the field's name before it."""
    return _NAMELESS.fullmatch(text) is not None
