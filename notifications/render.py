"""What does a message say, and how many SMS is it?

In the words a city wrote, else as it was shipped: strict, sandboxed Jinja over templates/messages/.
Texts hold facts only, so a fact that was not given is an error and never a gap in a sentence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, nodes, select_autoescape
from jinja2.meta import find_undeclared_variables
from jinja2.sandbox import SandboxedEnvironment

from notifications.catalog import Channel, Kind
from notifications.kind import WRITTEN, Text
from notifications.notation import fill, list_gaps, parse
from notifications.words import Words

FOLDER = Path(__file__).resolve().parent.parent / "templates" / "messages"

# The mailbox shows the mail's own words, so that a notice reads the same in both places.
FILES: Mapping[Channel, tuple[str, ...]] = {
    Channel.SMS: ("sms.txt",),
    Channel.EMAIL: ("email_subject.txt", "email.txt", "email.html"),
    Channel.MAILBOX: ("email_subject.txt", "email.txt"),
}

_ENVIRONMENT = SandboxedEnvironment(
    loader=FileSystemLoader(FOLDER),
    undefined=StrictUndefined,
    autoescape=select_autoescape(enabled_extensions=("html",), default=False),
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one message; `title` and `html` only where the channel has them."""

    text: str
    title: str = ""
    html: str = ""


def render(
    kind: Kind, channel: Channel, language: str, facts: Mapping[str, str], words: Words | None = None
) -> Rendered:
    """Write a message out, in the city's own words where it has some.

    Raises jinja2's UndefinedError or KeyError when a needed fact is missing.
    """
    given = dict.fromkeys(kind.may_use, "") | dict(facts)
    if channel is Channel.SMS:
        given = {name: given[name] for name in given.keys() - WRITTEN}
    if words is not None and words.covers(language, channel):
        return _render_words(words, channel, language, given)
    parts = {name: _render_file(f"{kind.name}/{language}/{name}", given) for name in FILES[channel]}
    if channel is Channel.SMS:
        return Rendered(text=parts["sms.txt"])
    return Rendered(
        text=parts["email.txt"], title=parts["email_subject.txt"], html=parts.get("email.html", "")
    )


def list_facts_by_sms(kind: Kind, language: str, words: Words | None = None) -> frozenset[str]:
    """Name the facts an SMS is made of, those of its shipped text included: a template may stand for that.

    These, and what a carrier's approved text names, are all that a carrier learns.
    """
    named = set(_list_names(f"{kind.name}/{language}/sms.txt"))
    if words is not None:
        text = words.texts.get((language, Text.SMS))
        named |= set(list_gaps(parse(text)) if text else ())
        named |= {
            name for (_, each), found in words.approved.items() if each == language for name in found.facts
        }
    return frozenset(named & kind.facts_by_sms)


@lru_cache(maxsize=1024)
def _list_names(name: str) -> frozenset[str]:
    return frozenset(find_undeclared_variables(parse_file(name)))


def parse_file(name: str) -> nodes.Template:
    """Take a shipped text apart; `name` is the file's below templates/messages/."""
    source, _, _ = _ENVIRONMENT.loader.get_source(_ENVIRONMENT, name)  # type: ignore[union-attr]  # it has one
    return _ENVIRONMENT.parse(source)


def _render_words(words: Words, channel: Channel, language: str, facts: Mapping[str, str]) -> Rendered:
    """Fill the gaps; below a mail stands what stands below every mail."""

    def said(text: Text) -> str:
        return fill(parse(words.texts[language, text]), facts)

    if channel is Channel.SMS:
        return Rendered(text=said(Text.SMS))
    title, body = " ".join(said(Text.SUBJECT).split()), said(Text.BODY)
    foot = _render_file(f"_layout/{language}.txt", facts)
    lines: dict[str, object] = {
        "title_of_mail": title,
        "lines_of_body": [line for line in body.splitlines() if line],
    }
    html = (
        _render_file(f"_layout/{language}_words.html", {**facts, **lines}) if channel is Channel.EMAIL else ""
    )
    return Rendered(text=f"{body}\n\n{foot}", title=title, html=html)


def _render_file(name: str, facts: Mapping[str, object]) -> str:
    return _ENVIRONMENT.get_template(name).render(facts).strip()


# GSM 03.38: one septet each, and the extension table that costs two (escape and character).
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
_GSM_SINGLE, _GSM_PART = 160, 153
_UCS2_SINGLE, _UCS2_PART = 70, 67
_BASIC_PLANE_END = 0xFFFF


def count_segments(text: str) -> int:
    """Count the SMS a text is sent and paid as; an empty one is sent as well."""
    return max(1, len(split_segments(text)))


def split_segments(text: str) -> list[str]:
    """Cut a text into the parts it is sent as: no character in two at a seam, and whole again when joined."""
    is_gsm = all(letter in _GSM or letter in _GSM_EXTENDED for letter in text)
    widths = list(_gsm_widths(text) if is_gsm else _ucs2_widths(text))
    single, part = (_GSM_SINGLE, _GSM_PART) if is_gsm else (_UCS2_SINGLE, _UCS2_PART)
    if sum(widths) <= single:
        return [text] if text else []
    parts, room = [""], part
    for letter, width in zip(text, widths, strict=True):
        if width > room:
            parts.append("")
            room = part
        parts[-1] += letter
        room -= width
    return parts


def _gsm_widths(text: str) -> Iterator[int]:
    return (2 if letter in _GSM_EXTENDED else 1 for letter in text)


def _ucs2_widths(text: str) -> Iterator[int]:
    return (2 if ord(letter) > _BASIC_PLANE_END else 1 for letter in text)
