"""Which words are watched for, since when and why, and what does a text say of them?"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from hotline.models.people import User
from hotline.models.watch_words import WatchMark, WordGroup, WordKind, WordVersion
from hotline.queries.word_matching import Matcher, Watched, matcher_of


@dataclass(frozen=True, slots=True)
class Group:
    """A group of watch words in one of its versions; `id` is the group's, `version_id` the version's."""

    id: int
    version_id: int
    number: int
    name: str
    kind: WordKind
    words: tuple[str, ...]
    exceptions: tuple[str, ...]
    line: str
    procedure: str
    valid_from_on: date | None
    valid_until_on: date | None
    is_active: bool
    reason: str
    published_by: str
    published_at: datetime

    def holds(self, on: date) -> bool:
        """Whether it is watched for on a day."""
        begins, ends = self.valid_from_on or on, self.valid_until_on or on
        return self.is_active and begins <= on <= ends

    def says(self, words: str) -> bool:
        """Whether the group is what somebody looks for."""
        texts = (self.name, self.procedure, *self.words)
        return any(words.casefold() in text.casefold() for text in texts)

    @property
    def watched(self) -> Watched:
        return Watched(self.version_id, self.kind, self.words, self.exceptions)


@dataclass(frozen=True, slots=True)
class Alarm:
    """What a text says of one group, and what is to be done about it."""

    group: Group
    words: tuple[str, ...]

    @property
    def kind(self) -> WordKind:
        return self.group.kind


@dataclass(frozen=True, slots=True)
class Watch:
    """The groups of a day, ready to read texts with."""

    groups: tuple[Group, ...]

    def read(self, text: str, kinds: Sequence[WordKind]) -> tuple[Alarm, ...]:
        """Tell which groups of these kinds a text has words of, the gravest kind first."""
        matcher = self._matcher
        found: dict[int, dict[str, None]] = {}
        for hit in matcher.find(text):
            found.setdefault(hit.key, {})[hit.word] = None
        alarms = [
            Alarm(group, tuple(found[group.version_id]))
            for group in self.groups
            if group.version_id in found and group.kind in kinds
        ]
        return tuple(sorted(alarms, key=lambda alarm: list(WordKind).index(alarm.kind)))

    @property
    def _matcher(self) -> Matcher:
        return matcher_of(tuple(group.watched for group in self.groups))


@dataclass(frozen=True, slots=True)
class Marked:
    """What a ticket's record was found to say."""

    name: str
    kind: WordKind
    words: str


def load_watch(session: Session, on: date) -> Watch:
    """Read what is watched for on a day."""
    return Watch(tuple(group for group in list_groups(session) if group.holds(on)))


def list_groups(session: Session) -> list[Group]:
    """List every group as it stands, those that were ended included."""
    newest = _versions().where(WordVersion.number == WordGroup.number).order_by(WordVersion.group_id)
    return [_group(version, author) for version, author in session.execute(newest)]


def list_versions(session: Session, group_id: int) -> list[Group]:
    """List all versions of a group, the newest first; empty when there is no such group."""
    every = _versions().where(WordVersion.group_id == group_id).order_by(WordVersion.number.desc())
    return [_group(version, author) for version, author in session.execute(every)]


def list_marks(session: Session, ticket_id: int) -> tuple[Marked, ...]:
    """List what a ticket's record says of the words that were watched for."""
    rows = session.execute(
        select(WordVersion.name, WordVersion.kind, WatchMark.words)
        .join(WordVersion, WordVersion.id == WatchMark.version_id)
        .where(WatchMark.ticket_id == ticket_id)
        .order_by(WatchMark.id)
    )
    return tuple(Marked(name, WordKind(kind), words) for name, kind, words in rows)


def lines_of(text: str) -> tuple[str, ...]:
    """The words of a stored list."""
    return tuple(line for line in text.split("\n") if line)


def _versions() -> Select[WordVersion, str | None]:
    return (
        select(WordVersion, User.display_name)
        .join(WordGroup, WordGroup.id == WordVersion.group_id)
        .outerjoin(User, User.id == WordVersion.published_by_id)
    )


def _group(row: WordVersion, author: str | None) -> Group:
    return Group(
        id=row.group_id,
        version_id=row.id,
        number=row.number,
        name=row.name,
        kind=WordKind(row.kind),
        words=lines_of(row.words),
        exceptions=lines_of(row.exceptions),
        line=row.line,
        procedure=row.procedure,
        valid_from_on=row.valid_from_on,
        valid_until_on=row.valid_until_on,
        is_active=row.is_active,
        reason=row.reason,
        published_by=author or "",
        published_at=row.published_at,
    )
