"""What does a message say as it was shipped, in the notation in which a city changes it?

Read from the files under templates/messages/, so that a city begins with the words it knows.
"""

import re
from collections.abc import Iterable, Iterator

from jinja2 import nodes

from notifications.catalog import Channel, Kind
from notifications.kind import LANGUAGES, Text
from notifications.notation import Gap, Part, Piece, write
from notifications.render import parse_file

_FILES = {Text.SMS: "sms.txt", Text.SUBJECT: "email_subject.txt", Text.BODY: "email.txt"}
_TOO_MANY_LINES = re.compile(r"\n{3,}")


def texts_of(kind: Kind) -> tuple[Text, ...]:
    """List what a kind says: an SMS if it travels so, and the title and body of a mail or a mailbox entry."""
    has_mail = not {Channel.EMAIL, Channel.MAILBOX}.isdisjoint(kind.channels)
    mail = (Text.SUBJECT, Text.BODY) if has_mail else ()
    return (*((Text.SMS,) if Channel.SMS in kind.channels else ()), *mail)


def shipped_words(kind: Kind) -> dict[tuple[str, Text], str]:
    """Write the shipped words of a kind, by language and text; without what the system puts below a mail."""
    return {
        (language, text): _written(kind, language, text) for language in LANGUAGES for text in texts_of(kind)
    }


def _written(kind: Kind, language: str, text: Text) -> str:
    body = parse_file(f"{kind.name}/{language}/{_FILES[text]}").body
    return _TOO_MANY_LINES.sub("\n\n", write(_pieces(body))).strip()


def _pieces(body: Iterable[nodes.Node]) -> Iterator[Piece]:
    for node in body:
        if isinstance(node, nodes.Output):
            yield from map(_plain, node.nodes)
        elif isinstance(node, nodes.If):
            yield from _conditional(node)
        elif not isinstance(node, nodes.Include):
            raise TypeError(type(node).__name__)


def _conditional(node: nodes.If) -> Iterator[Piece]:
    """Write what holds conditions of its own without the one around it, which only spares an empty line."""
    if any(isinstance(each, nodes.If) for each in node.body):
        yield from _pieces(node.body)
        return
    yield Part(tuple(_inside(node.body)), tuple(_inside(node.else_)))


def _inside(body: Iterable[nodes.Node]) -> Iterator[str | Gap]:
    for node in body:
        if not isinstance(node, nodes.Output):
            raise TypeError(type(node).__name__)
        yield from map(_plain, node.nodes)


def _plain(node: nodes.Expr) -> str | Gap:
    if isinstance(node, nodes.TemplateData):
        return node.data
    if isinstance(node, nodes.Name):
        return Gap(node.name)
    raise TypeError(type(node).__name__)
