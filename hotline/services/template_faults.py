"""What is wrong with the words of a message, said field by field as a form shows it."""

import re
from collections.abc import Iterator, Mapping

from notifications.catalog import KINDS
from notifications.kind import Text
from notifications.notation import NotationError, list_gaps, parse
from notifications.word_checks import check_words
from notifications.words import Approved
from workflows.errors import FieldCode, FieldError

_NUMBER = re.compile(r"[0-9A-Za-z_-]{1,64}")


def list_faults(
    kind: str,
    texts: Mapping[tuple[str, Text], str],
    approved: Mapping[tuple[str, str], Approved],
) -> tuple[FieldError, ...]:
    """List what is to be mended, by fields such as `sms_zh`, `body_en`, `tencent_zh`, `tencent_zh_facts`."""
    words = tuple(
        FieldError(f"{each.text}_{each.language}", each.fault, each.spot)
        for each in check_words(KINDS[kind], texts)
    )
    return (*words, *_faults_of_approved(texts, approved))


def _faults_of_approved(
    texts: Mapping[tuple[str, Text], str], approved: Mapping[tuple[str, str], Approved]
) -> Iterator[FieldError]:
    """A carrier gets no fact that the text itself does not say."""
    for (provider, language), each in approved.items():
        if not _NUMBER.fullmatch(each.number):
            yield FieldError(f"{provider}_{language}", FieldCode.BAD_TEMPLATE_NUMBER)
        said = _gaps(texts.get((language, Text.SMS), ""))
        for name in each.facts:
            if name not in said:
                yield FieldError(f"{provider}_{language}_facts", FieldCode.NOT_IN_TEXT, name)


def _gaps(words: str) -> list[str]:
    try:
        return list_gaps(parse(words))
    except NotationError:
        return []
