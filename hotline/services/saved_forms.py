"""How do the agents' ready-made records change: each publication is a version, kept for good."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.saved_forms import SavedForm, SavedFormVersion
from hotline.queries.categories import find_leaf
from hotline.queries.knowledge_search import find_holding
from hotline.services.catalogue import require_role
from hotline.services.category_edits import Edit
from hotline.services.numbered import take_hold
from hotline.services.site import current_site
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid
from workflows.vocabulary import Role, TicketType

EDITORS = frozenset({Role.ADMINISTRATOR})
LONGEST = {"name": 40, "title": 100, "content": 1000, "questions": 1000, "answer": 1000}
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class SavedInput:
    """What somebody publishes; `category` is a code, `questions` one to a line."""

    name: str
    type: str = ""
    category: str = ""
    title: str = ""
    content: str = ""
    questions: str = ""
    answer: str = ""
    entry_id: int | None = None
    valid_from_on: date | None = None
    valid_until_on: date | None = None
    is_active: bool = True


def put_saved(session: Session, form_id: int | None, given: SavedInput, edit: Edit) -> SavedFormVersion:
    """Publish a saved form, a new one or the next version of one. Never commits.

    Raises Refused naming every field to mend, STALE_EDITION where another version came in between, and
    NOTHING_CHANGED.
    """
    require_role(edit.actor, EDITORS)
    faults = (*_faults_of_words(given, edit), *_faults_of_links(session, given, edit))
    if faults:
        raise invalid(*faults)
    saved = take_hold(session, SavedForm, form_id, edit.seen)
    leaf = find_leaf(session, given.category) if given.category else None
    values = asdict(given) | {name: getattr(given, name).strip() for name in LONGEST}
    values["category_id"] = leaf.id if leaf else None
    del values["category"]
    if edit.seen and _says_the_same(session, saved, values):
        raise Refused(Code.NOTHING_CHANGED)
    version = SavedFormVersion(
        form_id=saved.id,
        number=saved.number,
        reason=edit.reason.strip(),
        published_by_id=edit.actor.user_id,
        published_at=edit.now,
        **values,
    )
    session.add(version)
    session.flush()
    return version


def without_blank_lines(given: SavedInput) -> SavedInput:
    """Drop the empty lines of the questions."""
    lines = (line.strip() for line in given.questions.split("\n"))
    return replace(given, questions="\n".join(line for line in lines if line))


def _faults_of_words(given: SavedInput, edit: Edit) -> Iterator[FieldError]:
    if not given.name.strip():
        yield FieldError("name", FieldCode.REQUIRED)
    if not edit.reason.strip():
        yield FieldError("reason", FieldCode.REQUIRED)
    if not any(
        (given.category, given.title.strip(), given.content.strip(), given.answer.strip(), given.entry_id)
    ):
        yield FieldError("content", FieldCode.REQUIRED)
    for name, most in LONGEST.items():
        if len(getattr(given, name).strip()) > most:
            yield FieldError(name, FieldCode.TOO_LONG, str(most))
    if len(edit.reason.strip()) > LONGEST_REASON:
        yield FieldError("reason", FieldCode.TOO_LONG, str(LONGEST_REASON))


def _faults_of_links(session: Session, given: SavedInput, edit: Edit) -> Iterator[FieldError]:
    today = edit.now.astimezone(current_site().zone).date()
    if given.type not in {"", *TicketType}:
        yield FieldError("type", FieldCode.NOT_A_CHOICE)
    if given.category and find_leaf(session, given.category) is None:
        yield FieldError("category", FieldCode.UNKNOWN_CATEGORY)
    if given.entry_id is not None and find_holding(session, given.entry_id, today) is None:
        yield FieldError("entry", FieldCode.UNKNOWN_ENTRY, f"ZS{given.entry_id:05d}")
    if given.valid_from_on and given.valid_until_on and given.valid_until_on < given.valid_from_on:
        yield FieldError("valid_until_on", FieldCode.ENDS_BEFORE_BEGINNING)


def _says_the_same(session: Session, saved: SavedForm, values: dict[str, object]) -> bool:
    before = select(SavedFormVersion).where(SavedFormVersion.form_id == saved.id)
    newest = session.scalars(before.order_by(SavedFormVersion.number.desc()).limit(1)).one()
    return all(getattr(newest, name) == value for name, value in values.items())
