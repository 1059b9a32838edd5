"""Which messages exist, in which words do they go out, and with which facts can a text be tried out?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from hotline.models.people import User
from hotline.queries.wording import MESSAGE_CHANNELS, MESSAGE_KINDS
from notifications.catalog import KINDS, TEXTER, Channel, Kind
from notifications.kind import LANGUAGES
from notifications.models import OutboxMessage
from notifications.render import count_segments, render
from notifications.specimens import specimen
from notifications.template_rows import TemplateState, TemplateVersion
from notifications.versions import load_words
from notifications.words import SHIPPED, Words

Facts = Mapping[str, str]
# Enough of the past to find any kind that is sent at all, however many messages there are.
_RECENT = 5_000
_OF_A_TICKET = 200
# They read the same in every language.
_LANGUAGE_FREE = frozenset({"number", "query_code", "link", "site", "master", "line", "count", "total"})
_GROUPS = (("citizen", "发给诉求人"), (TEXTER, "回复短信"))


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the words of a kind; number 0 is what was shipped."""

    number: int
    state: str = TemplateState.PUBLISHED
    based_on: int = SHIPPED
    revision: str = ""
    note: str = ""
    drafted_by: str = ""
    drafted_at: datetime | None = None
    published_by: str = ""
    published_at: datetime | None = None
    is_in_force: bool = False

    @property
    def label(self) -> str:
        return "出厂文字" if self.number == SHIPPED else f"第 {self.number} 版"


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind of message in the list; `segments` are its Chinese SMS's, as it mostly is and at most."""

    name: str
    label: str
    group: str
    channels: str
    segments: tuple[int, int] | None
    version: Version
    has_draft: bool
    sms: str


@dataclass(frozen=True, slots=True)
class Example:
    """Facts to try a text out with, and where they are from: a ticket's number, empty for invented ones."""

    number: str
    facts: Mapping[str, Mapping[str, str]]


def list_kinds(session: Session, words: str = "") -> list[KindLine]:
    """List the kinds whose name, label or SMS has the words in it."""
    versions = _versions_by_kind(session)
    in_force = load_words(session, {(name, None) for name in KINDS})
    lines = [
        _line(kind, versions.get(kind.name, []), in_force.get((kind.name, None))) for kind in KINDS.values()
    ]
    return [line for line in lines if words in line.label or words in line.name or words in line.sms]


def list_versions(session: Session, kind: str) -> list[Version]:
    """List every version of a kind, the newest first and the shipped words last."""
    return _with_shipped(_versions_by_kind(session, kind).get(kind, []))


def find_example(session: Session, kind: Kind, number: str, hide: Callable[[Facts], Facts]) -> Example | None:
    """Find real facts of that ticket, hidden as told; without a number those of the newest of the kind.

    A fact that the ticket was never told in a language is invented. None where there is no such ticket.
    """
    told = [
        (subject, spoken, hide(facts)) for subject, spoken, facts in _facts_told(session, kind.name, number)
    ]
    if number and not told:
        return None
    real = told[0][0] if told else ""
    return Example(
        real, {language: {**specimen(language), **_known(told, language)} for language in LANGUAGES}
    )


def invented() -> Example:
    """Facts of a ticket that does not exist."""
    return Example("", {language: specimen(language) for language in LANGUAGES})


def _line(kind: Kind, versions: list[Version], words: Words | None) -> KindLine:
    sms, segments = "", None
    if Channel.SMS in kind.channels:
        usual, longest = (
            render(kind, Channel.SMS, "zh", specimen("zh", is_long=is_long), words).text
            for is_long in (False, True)
        )
        sms, segments = usual, (count_segments(usual), count_segments(longest))
    whole = _with_shipped(versions)
    return KindLine(
        name=kind.name,
        label=MESSAGE_KINDS[kind.name],
        group=group_of(kind),
        channels="、".join(MESSAGE_CHANNELS[channel] for channel in kind.channels),
        segments=segments,
        version=next(each for each in whole if each.is_in_force),
        has_draft=any(each.state == TemplateState.DRAFT for each in whole),
        sms=sms,
    )


def group_of(kind: Kind) -> str:
    """Say whom a kind is for, in the words of the list's headings."""
    named = next((label for audience, label in _GROUPS if audience in kind.audience), "")
    return named or ("发给承办单位" if Channel.SMS in kind.channels else "发给工作人员")


def _with_shipped(versions: list[Version]) -> list[Version]:
    newest = next((each.number for each in versions if each.state == TemplateState.PUBLISHED), SHIPPED)
    return [replace(each, is_in_force=each.number == newest) for each in (*versions, Version(SHIPPED))]


def _versions_by_kind(session: Session, kind: str = "") -> Mapping[str, list[Version]]:
    drafter, publisher = aliased(User), aliased(User)
    query = (
        select(TemplateVersion, drafter.display_name, publisher.display_name)
        .outerjoin(drafter, drafter.id == TemplateVersion.drafted_by_id)
        .outerjoin(publisher, publisher.id == TemplateVersion.published_by_id)
        .order_by(TemplateVersion.number.desc())
    )
    found: dict[str, list[Version]] = {}
    for row, drafted_by, published_by in session.execute(
        query.where(TemplateVersion.kind == kind) if kind else query
    ):
        version = Version(
            number=row.number,
            state=row.state,
            based_on=row.based_on,
            revision=row.revision,
            note=row.note,
            drafted_by=drafted_by or "",
            drafted_at=row.drafted_at,
            published_by=published_by or "",
            published_at=row.published_at,
        )
        found.setdefault(row.kind, []).append(version)
    return found


def _known(told: Sequence[tuple[str, str, Mapping[str, str]]], language: str) -> Mapping[str, str]:
    """Put together what was told in a language, and of the others what reads the same in it."""
    known: dict[str, str] = {}
    for _, spoken, facts in reversed(told):
        known |= {
            name: value for name, value in facts.items() if spoken == language or name in _LANGUAGE_FREE
        }
    return known


def _facts_told(session: Session, kind: str, number: str) -> list[tuple[str, str, Mapping[str, str]]]:
    """Read what was told of one ticket, its messages of the kind first; the newest of each first."""
    if not number:
        recent = select(OutboxMessage.id).order_by(OutboxMessage.id.desc()).limit(_RECENT).subquery()
        newest = (
            select(OutboxMessage.subject)
            .join(recent, recent.c.id == OutboxMessage.id)
            .where(OutboxMessage.kind == kind, OutboxMessage.subject != "")
        )
        number = session.scalar(newest.order_by(OutboxMessage.id.desc()).limit(1)) or ""
    rows = session.scalars(
        select(OutboxMessage)
        .where(OutboxMessage.subject == number, OutboxMessage.subject != "")
        .order_by((OutboxMessage.kind != kind), OutboxMessage.id.desc())
        .limit(_OF_A_TICKET)
    )
    return [(row.subject, row.language, row.facts) for row in rows]
