"""What do all pages of message templates share: the kind that is looked at, and how its words come out?"""

from collections.abc import Mapping
from dataclasses import dataclass

from flask import abort, request

from database import db
from hotline.admin.template_forms import LANGUAGE_LABELS
from hotline.queries.template_pages import (
    Example,
    Version,
    find_example,
    group_of,
    invented,
    list_versions,
)
from hotline.queries.wording import MESSAGE_CHANNELS, MESSAGE_KINDS
from hotline.services.citizen_access import normal_number
from hotline.services.message_facts import hide_secrets
from hotline.web.access import may_call
from notifications.catalog import KINDS, Channel, Kind
from notifications.kind import LANGUAGES, Text
from notifications.render import Rendered, count_segments, render
from notifications.shipped import texts_of
from notifications.specimens import specimen
from notifications.template_rows import TemplateState
from notifications.word_checks import check_words
from notifications.words import Words


@dataclass(frozen=True, slots=True)
class Frame:
    """The top of a page: the kind and its versions, the newest first."""

    kind: Kind
    versions: tuple[Version, ...]
    may_draft: bool

    @property
    def label(self) -> str:
        return MESSAGE_KINDS[self.kind.name]

    @property
    def group(self) -> str:
        return group_of(self.kind)

    @property
    def channels(self) -> str:
        return "、".join(MESSAGE_CHANNELS[channel] for channel in self.kind.channels)

    @property
    def has_sms(self) -> bool:
        return Text.SMS in texts_of(self.kind)

    @property
    def has_mail(self) -> bool:
        return Text.BODY in texts_of(self.kind)

    @property
    def draft(self) -> Version | None:
        return next((each for each in self.versions if each.state == TemplateState.DRAFT), None)

    @property
    def in_force(self) -> Version:
        return next(each for each in self.versions if each.is_in_force)

    def find(self, number: int | None) -> Version | None:
        """The version of that number."""
        return next((each for each in self.versions if each.number == number), None)


@dataclass(frozen=True, slots=True)
class Sms:
    """An SMS as it comes out, and how many SMS it is paid as: these words, and at most."""

    text: str
    segments: int
    most_segments: int


@dataclass(frozen=True, slots=True)
class Specimen:
    """A message as it comes out in one language; None where its text cannot be read yet."""

    language: str
    label: str
    sms: Sms | None
    mail: Rendered | None


@dataclass(frozen=True, slots=True)
class TryOut:
    """The words filled with facts, and where those are from. `missing` is a number no ticket has."""

    specimens: tuple[Specimen, ...]
    number: str
    missing: str


def read_frame(name: str) -> Frame:
    """Read the kind that the address names, or answer 404."""
    kind = KINDS.get(name) or abort(404)
    return Frame(kind, tuple(list_versions(db.session(), name)), may_call("message_templates.save"))


def draft_of(frame: Frame) -> Version:
    """The draft of the kind, or answer 404."""
    return frame.draft or abort(404)


def try_out(kind: Kind, texts: Mapping[tuple[str, Text], str]) -> TryOut:
    """Fill the words with the facts of the ticket the request names, else of the newest that was told."""
    asked = normal_number(request.values.get("ticket", "").replace("\x00", ""))
    example = find_example(db.session(), kind, asked, hide_secrets)
    wrong = {(each.language, each.text) for each in check_words(kind, texts)}
    words = Words(0, {key: said for key, said in texts.items() if key not in wrong})
    found = example or invented()
    return TryOut(
        tuple(_specimen(kind, words, language, found) for language in LANGUAGES),
        number=found.number,
        missing=asked if example is None else "",
    )


def _specimen(kind: Kind, words: Words, language: str, example: Example) -> Specimen:
    facts = {name: value for name, value in example.facts[language].items() if name in kind.facts}
    has_sms = Text.SMS in texts_of(kind) and words.covers(language, Channel.SMS)
    has_mail = Text.BODY in texts_of(kind) and words.covers(language, Channel.EMAIL)
    return Specimen(
        language,
        LANGUAGE_LABELS[language],
        _sms(kind, words, language, facts) if has_sms else None,
        render(kind, Channel.EMAIL, language, facts, words) if has_mail else None,
    )


def _sms(kind: Kind, words: Words, language: str, facts: Mapping[str, str]) -> Sms:
    long = {name: specimen(language, is_long=True)[name] for name in kind.facts}
    text, longest = (render(kind, Channel.SMS, language, each, words).text for each in (facts, long))
    return Sms(text, count_segments(text), count_segments(longest))
