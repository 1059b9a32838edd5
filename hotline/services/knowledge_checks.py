"""What may not be said in the knowledge base, and what has to be said before it is reviewed?"""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.models.catalog import Category
from hotline.models.knowledge import KnowledgeVersion
from workflows.errors import FieldCode, FieldError, invalid
from workflows.texts import find_leaks

LONGEST = {"title": 100, "questions": 1000, "answer": 5000, "talking_point": 500, "basis": 300}
LONGEST_REASON = 500
_NEEDED = ("title", "answer", "talking_point", "basis", "category_id")


@dataclass(frozen=True, slots=True)
class Written:
    """What a version says."""

    title: str
    questions: str = ""
    answer: str = ""
    talking_point: str = ""
    basis: str = ""
    category_id: int | None = None
    is_pinned: bool = False
    valid_from_on: date | None = None
    valid_until_on: date | None = None
    review_on: date | None = None


def words_of(version: KnowledgeVersion) -> Written:
    """Read what a version says."""
    return Written(**{name: getattr(version, name) for name in Written.__dataclass_fields__})


def check(session: Session, written: Written) -> list[FieldError]:
    """List every field that no draft may hold; what is only missing yet is no fault of a draft."""
    faults = [] if written.title else [FieldError("title", FieldCode.REQUIRED)]
    for name, longest in LONGEST.items():
        text = getattr(written, name)
        if len(text) > longest:
            faults.append(FieldError(name, FieldCode.TOO_LONG, str(longest)))
        leaks = find_leaks(text)
        if leaks:
            faults.append(FieldError(name, FieldCode.NAMES_SOMEBODY, "、".join(leaks)))
    begins, ends = written.valid_from_on, written.valid_until_on
    if begins is not None and ends is not None and ends < begins:
        faults.append(FieldError("valid_until_on", FieldCode.ENDS_BEFORE_BEGINNING))
    if written.category_id is not None:
        usable = select(Category.id).where(Category.id == written.category_id, Category.is_active)
        if session.scalar(usable) is None:
            faults.append(FieldError("category", FieldCode.UNKNOWN_CATEGORY))
    return faults


def require_complete(version: KnowledgeVersion) -> None:
    """Refuse a version that lacks what a reader must know, naming all of it."""
    missing = [name.removesuffix("_id") for name in _NEEDED if not getattr(version, name)]
    if missing:
        raise invalid(*(FieldError(name, FieldCode.REQUIRED) for name in missing))


def require_reason(reason: str, field: str = "reason", longest: int = LONGEST_REASON) -> None:
    """Refuse an act without a word why, or with too many."""
    if not reason.strip():
        raise invalid(FieldError(field, FieldCode.REQUIRED))
    if len(reason.strip()) > longest:
        raise invalid(FieldError(field, FieldCode.TOO_LONG, str(longest)))
