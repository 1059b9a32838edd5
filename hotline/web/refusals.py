"""What does a refusal say to people: for each code a status and a sentence that names the cure, zh and en?"""

from collections.abc import Mapping

from hotline.web.sentences import anywhere, fields, lists, parts, people, ticket, trees
from hotline.web.sentences.words import Sentence
from workflows.errors import FieldError

__all__ = ["FIELD_SENTENCES", "SENTENCES", "Sentence", "field_sentence", "sentence"]

SENTENCES: Mapping[str, Sentence] = {**anywhere.SENTENCES, **ticket.SENTENCES, **parts.SENTENCES}
FIELD_SENTENCES: Mapping[str, Sentence] = {
    **fields.SENTENCES,
    **lists.SENTENCES,
    **trees.SENTENCES,
    **people.SENTENCES,
}


def sentence(code: str) -> Sentence:
    """Find the words of a refusal; every code has a row, which a test proves."""
    return SENTENCES[code]


def field_sentence(error: FieldError, language: str) -> str:
    """Say what is wrong with one field; some refusals blame a field with a code of the whole move."""
    row = FIELD_SENTENCES.get(error.code) or SENTENCES[error.code]
    return row.in_language(language).replace("{limit}", error.limit)
