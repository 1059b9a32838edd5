"""How does a change of the directory go on record: who, when, why, and what was said before and after?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from hotline.models.directory import DirectoryAct, DirectoryChange, Listed
from hotline.queries.directory_history import mask
from workflows.data import text
from workflows.definition import Actor, ActorKind
from workflows.errors import Code, FieldError, Refused
from workflows.needs import clean
from workflows.vocabulary import Role

LONGEST_REASON = 500
# No text is judged by the clock.
_NO_MOMENT = datetime.min.replace(tzinfo=UTC)
Changed = list[list[str]]


@dataclass(frozen=True, slots=True)
class Signed:
    """Who changes something, when, and why."""

    actor: Actor
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Noted:
    """What to put on record about which row."""

    listed: Listed
    subject_id: int
    version: int
    act: DirectoryAct
    changed: Changed


def note(session: Session, noted: Noted, signed: Signed) -> None:
    """Put a change on record, in the transaction that makes it; numbers and addresses masked."""
    session.add(
        DirectoryChange(
            listed=noted.listed.value,
            subject_id=noted.subject_id,
            version=noted.version,
            act=noted.act.value,
            changed=[[name, mask(name, before), mask(name, after)] for name, before, after in noted.changed],
            reason=signed.reason.strip(),
            by_id=signed.actor.user_id,
            by_name=signed.actor.name,
            at=signed.at,
        )
    )
    session.flush()


def compare(before: Mapping[str, str], after: Mapping[str, str]) -> Changed:
    """List the fields that differ, with what was said before and after."""
    return [
        [name, before.get(name, ""), said] for name, said in after.items() if before.get(name, "") != said
    ]


def require_administrator(actor: Actor) -> None:
    """Refuse everybody but administrators and the program itself."""
    if actor.kind is not ActorKind.SYSTEM and Role.ADMINISTRATOR not in actor.roles:
        raise Refused(Code.NOT_YOUR_ROLE)


def require_seen(version: int, seen: int | None) -> None:
    """Refuse whoever saw another version; the program itself names none."""
    if seen is not None and seen != version:
        raise Refused(Code.RECORD_CHANGED)


def faults_of_reason(reason: str) -> Iterable[FieldError]:
    """A change says why it was made."""
    return faults_of_text("reason", reason, LONGEST_REASON, is_required=True)


def faults_of_text(name: str, typed: str, longest: int, *, is_required: bool = False) -> Iterable[FieldError]:
    """Tell what is wrong with a text, as the workflow tells it of its own."""
    try:
        clean([text(name, longest, required=is_required)], {name: typed}, _NO_MOMENT)
    except Refused as refusal:
        return refusal.errors
    return ()
