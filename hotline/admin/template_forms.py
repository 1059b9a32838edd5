"""How do the words of a message stand in a form: gaps by the names people know, and back again?"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from hotline.queries.fact_labels import FACT_LABELS, FACTS_BY_LABEL
from hotline.services.template_drafts import Written
from notifications.catalog import Channel, Kind
from notifications.kind import LANGUAGES, Text
from notifications.notation import rename
from notifications.shipped import texts_of
from notifications.words import Approved, Words
from workflows.errors import FieldError, Refused

LANGUAGE_LABELS: Mapping[str, str] = {"zh": "中文", "en": "英文"}
TEXT_LABELS: Mapping[Text, str] = {Text.SMS: "短信", Text.SUBJECT: "邮件标题", Text.BODY: "邮件正文"}
# Providers that send only what was approved beforehand.
APPROVING: Mapping[str, str] = {"tencent": "腾讯云"}
_BETWEEN = re.compile(r"[\s、，,；;]+")


@dataclass(frozen=True, slots=True)
class Chip:
    """One fact that may be put into a text; one that is not always known goes in with its part."""

    label: str
    notation: str
    is_optional: bool


def chips_of(kind: Kind) -> list[Chip]:
    """List the facts of a kind, those that are always known first."""
    return [
        Chip(
            FACT_LABELS[name],
            f"[[{{{FACT_LABELS[name]}}}]]" if optional else f"{{{FACT_LABELS[name]}}}",
            optional,
        )
        for optional, names in ((False, kind.needs), (True, kind.may_use))
        for name in sorted(names, key=lambda name: FACT_LABELS[name])
    ]


def names_of(kind: Kind) -> list[str]:
    """Name every field of the form, in its order."""
    texts = [f"{text}_{language}" for language in LANGUAGES for text in texts_of(kind)]
    return [*texts, *(name for pair in _approved_names(kind) for name in pair)]


def labels_of(kind: Kind) -> Mapping[str, str]:
    """Call the fields by name."""
    labels = {
        f"{text}_{language}": f"{TEXT_LABELS[text]}（{LANGUAGE_LABELS[language]}）"
        for language in LANGUAGES
        for text in texts_of(kind)
    }
    for (number, facts), (provider, language) in zip(_approved_names(kind), _approving(kind), strict=True):
        whose = f"{APPROVING[provider]}（{LANGUAGE_LABELS[language]}）"
        labels |= {number: f"{whose}模板编号", facts: f"{whose}依次填入"}
    return labels


def filled_from(kind: Kind, words: Words) -> Mapping[str, str]:
    """Fill the form from a version."""
    filled = {
        f"{text}_{language}": rename(said, FACT_LABELS) for (language, text), said in words.texts.items()
    }
    for (number, facts), key in zip(_approved_names(kind), _approving(kind), strict=True):
        approved = words.approved.get(key, Approved("", ()))
        filled |= {number: approved.number, facts: "、".join(map(label_of, approved.facts))}
    return dict.fromkeys(names_of(kind), "") | filled


def read_form(kind: Kind, form: Mapping[str, str]) -> Mapping[str, str]:
    """Take what was typed, field by field."""
    return {name: form.get(name, "").replace("\r\n", "\n") for name in names_of(kind)}


def written_from(kind: Kind, typed: Mapping[str, str]) -> Written:
    """Read the form as words; a carrier without a number there has approved nothing."""
    texts = {
        (language, text): rename(typed[f"{text}_{language}"], FACTS_BY_LABEL)
        for language in LANGUAGES
        for text in texts_of(kind)
    }
    return Written(texts, dict(_read_approved(kind, typed)))


def in_words_of_the_form(refusal: Refused) -> Refused:
    """Name the facts in a refusal as the form does."""
    errors = tuple(
        replace(error, limit=rename(label_of(error.limit), FACT_LABELS)) for error in refusal.errors
    )
    return Refused(refusal.code, refusal.field, errors, refusal.details)


def relabelled(errors: tuple[FieldError, ...]) -> Refused:
    """Wrap what is wrong with a draft as the form names it."""
    return in_words_of_the_form(Refused("invalid_input", errors[0].field, errors))


def label_of(name: str) -> str:
    return FACT_LABELS.get(name, name)


def _read_approved(kind: Kind, typed: Mapping[str, str]) -> Iterator[tuple[tuple[str, str], Approved]]:
    for (number, facts), key in zip(_approved_names(kind), _approving(kind), strict=True):
        named = [name for name in _BETWEEN.split(typed[facts].strip()) if name]
        if typed[number].strip() or named:
            yield (
                key,
                Approved(typed[number].strip(), tuple(FACTS_BY_LABEL.get(name, name) for name in named)),
            )


def _approving(kind: Kind) -> list[tuple[str, str]]:
    is_sent = Channel.SMS in kind.channels
    return [(provider, language) for provider in APPROVING for language in LANGUAGES if is_sent]


def _approved_names(kind: Kind) -> list[tuple[str, str]]:
    return [
        (f"{provider}_{language}", f"{provider}_{language}_facts") for provider, language in _approving(kind)
    ]
