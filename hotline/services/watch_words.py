"""How do the words that are watched for change: each publication of a group is a version, kept for good."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.watch_words import WordGroup, WordKind, WordVersion
from hotline.queries.watch_words import list_versions
from hotline.queries.word_matching import Watched, matcher_of, plain
from hotline.services.catalogue import require_role
from hotline.services.numbered import take_hold
from hotline.services.seed_files import read_seed
from workflows.choices import EmergencyLine
from workflows.definition import Actor
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role

EDITORS = frozenset({Role.ADMINISTRATOR})
MOST_WORDS = 3_000
LONGEST_WORD, LONGEST_NAME, LONGEST_PROCEDURE, LONGEST_REASON = 30, 40, 1000, 200
# One character turns up in too much that is harmless.
_SHORTEST_WORD = 2
_BETWEEN_WORDS = frozenset("、，,；;")


@dataclass(frozen=True, slots=True)
class GroupInput:
    """What somebody publishes for a group; the lists are kept line by line, empty lines too."""

    name: str
    kind: str
    words: tuple[str, ...]
    exceptions: tuple[str, ...] = ()
    line: str = ""
    procedure: str = ""
    valid_from_on: date | None = None
    valid_until_on: date | None = None
    is_active: bool = True
    reason: str = ""


def put_group(
    session: Session, group_id: int | None, given: GroupInput, actor: Actor, asked: tuple[int, datetime]
) -> WordVersion:
    """Publish a group, a new one or the next version of one; `asked` is the number that was seen, and now.

    Raises Refused naming every field to mend, STALE_EDITION where another version came in between, and
    NOTHING_CHANGED where it says what it said before.
    """
    require_role(actor, EDITORS)
    faults = list_faults(given)
    if faults:
        raise invalid(*faults)
    seen, now = asked
    group = take_hold(session, WordGroup, group_id, seen)
    version = _version(group, given, actor, now)
    if seen and _says_the_same(session, version):
        raise Refused(Code.NOTHING_CHANGED)
    session.add(version)
    session.flush()
    return version


def plant_shipped(session: Session, actor: Actor, now: datetime, reason: str) -> int:
    """Publish the groups the product brings along; raises Refused where the city has any of its own."""
    require_role(actor, EDITORS)
    if session.scalar(select(func.count(WordGroup.id))):
        raise Refused(Code.NOTHING_CHANGED)
    rows = read_seed("watch_words.csv")
    for row in rows:
        words, exceptions = (tuple(row[name].split()) for name in ("words", "exceptions"))
        given = GroupInput(
            row["name"], row["kind"], words, exceptions, row["line"], row["procedure"], reason=reason
        )
        put_group(session, None, given, actor, (0, now))
    return len(rows)


def list_faults(given: GroupInput) -> tuple[FieldError, ...]:
    """List what is to be mended, the bad lines of a list by their numbers."""
    return (*_faults_of_facts(given), *_faults_of_words(given), *_faults_of_exceptions(given))


def watched_of(given: GroupInput) -> Watched:
    """The words as they would be watched for."""
    return Watched(0, given.kind, _clean(given.words), _clean(given.exceptions))


def _faults_of_facts(given: GroupInput) -> Iterator[FieldError]:
    is_emergency = given.kind == WordKind.EMERGENCY
    needed = {"name": given.name, "reason": given.reason}
    needed |= {"line": given.line, "procedure": given.procedure} if is_emergency else {}
    for name, text in needed.items():
        if not text.strip():
            yield FieldError(name, FieldCode.REQUIRED)
    longest = {"name": LONGEST_NAME, "reason": LONGEST_REASON, "procedure": LONGEST_PROCEDURE}
    for name, most in longest.items():
        if len(getattr(given, name).strip()) > most:
            yield FieldError(name, FieldCode.TOO_LONG, str(most))
    if given.kind not in set(WordKind):
        yield FieldError("kind", FieldCode.NOT_A_CHOICE)
    if given.line and given.line not in set(EmergencyLine):
        yield FieldError("line", FieldCode.NOT_A_CHOICE)
    if given.valid_from_on and given.valid_until_on and given.valid_until_on < given.valid_from_on:
        yield FieldError("valid_until_on", FieldCode.ENDS_BEFORE_BEGINNING)


def _faults_of_words(given: GroupInput) -> Iterator[FieldError]:
    if not _clean(given.words):
        yield FieldError("words", FieldCode.REQUIRED)
    if len(_clean(given.words)) > MOST_WORDS:
        yield FieldError("words", FieldCode.TOO_MANY_LINES, str(MOST_WORDS))
    yield from _faults_of_lines("words", given.words)


def _faults_of_exceptions(given: GroupInput) -> Iterator[FieldError]:
    """A phrase that holds no word of the group excuses nothing."""
    yield from _faults_of_lines("exceptions", given.exceptions)
    matcher = matcher_of((Watched(0, "", _clean(given.words)),))
    idle = _numbers(given.exceptions, lambda line: not matcher.find(line))
    if idle:
        yield FieldError("exceptions", FieldCode.LINES_WITHOUT_A_WORD, idle)


def _faults_of_lines(name: str, lines: Sequence[str]) -> Iterator[FieldError]:
    seen: set[str] = set()

    def is_repeated(line: str) -> bool:
        is_known = plain(line) in seen
        seen.add(plain(line))
        return is_known

    checks = (
        (FieldCode.LINES_TOO_SHORT, lambda line: len(plain(line)) < _SHORTEST_WORD),
        (FieldCode.LINES_TOO_LONG, lambda line: len(line.strip()) > LONGEST_WORD),
        (FieldCode.LINES_WITH_SEVERAL, lambda line: bool(_BETWEEN_WORDS & set(line.strip()))),
        (FieldCode.LINES_REPEATED, is_repeated),
    )
    for code, is_bad in checks:
        numbers = _numbers(lines, is_bad)
        if numbers:
            yield FieldError(name, code, numbers)


def _numbers(lines: Sequence[str], is_bad: Callable[[str], bool]) -> str:
    bad = [str(number) for number, line in enumerate(lines, 1) if line.strip() and is_bad(line)]
    return "、".join(bad)


def _clean(lines: Sequence[str]) -> tuple[str, ...]:
    return tuple(line.strip() for line in lines if line.strip())


def _version(group: WordGroup, given: GroupInput, actor: Actor, now: datetime) -> WordVersion:
    return WordVersion(
        group_id=group.id,
        number=group.number,
        name=given.name.strip(),
        kind=given.kind,
        words="\n".join(_clean(given.words)),
        exceptions="\n".join(_clean(given.exceptions)),
        line=given.line,
        procedure=given.procedure.strip(),
        valid_from_on=given.valid_from_on,
        valid_until_on=given.valid_until_on,
        is_active=given.is_active,
        reason=given.reason.strip(),
        published_by_id=actor.user_id,
        published_at=now,
    )


def _says_the_same(session: Session, version: WordVersion) -> bool:
    """Compare with the version before, whatever reason was given."""
    before = list_versions(session, version.group_id)[0]
    plain_ones = ("name", "kind", "line", "procedure", "valid_from_on", "valid_until_on", "is_active")
    lists = ("words", "exceptions")
    return all(getattr(before, name) == getattr(version, name) for name in plain_ones) and all(
        "\n".join(getattr(before, name)) == getattr(version, name) for name in lists
    )
