"""How do the words change that tell people what becomes of their data? Each publication is a version."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hotline.models.statements import PrivacyStatement
from hotline.queries.statements import newest_statement
from hotline.services.category_edits import Edit
from workflows.choices import StatementKind
from workflows.errors import Code, FieldCode, FieldError, Refused, invalid

LONGEST = {"text": 2000, "text_en": 4000}
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class StatementInput:
    """What somebody publishes; the English words may be left out."""

    text: str
    text_en: str = ""


def publish_statement(
    session: Session, kind: StatementKind, given: StatementInput, edit: Edit
) -> PrivacyStatement:
    """Publish the next version of one kind. Never commits.

    Raises Refused naming every field to mend, STALE_EDITION where another version came in between, and
    NOTHING_CHANGED.
    """
    faults = list(_faults(given, edit))
    if faults:
        raise invalid(*faults)
    newest = newest_statement(session, kind)
    if newest.number != edit.seen:
        raise Refused(Code.STALE_EDITION)
    text, text_en = given.text.strip(), given.text_en.strip()
    if (newest.text, newest.text_en) == (text, text_en):
        raise Refused(Code.NOTHING_CHANGED)
    row = PrivacyStatement(kind=kind.value, number=newest.number + 1, text=text, text_en=text_en)
    row.reason, row.published_by_id, row.published_at = edit.reason.strip(), edit.actor.user_id, edit.now
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError as twin:  # two published at once, and the number is taken
        raise Refused(Code.STALE_EDITION) from twin
    return row


def check_statement(session: Session, data: Mapping[str, Any]) -> None:
    """Raise Refused where a record says that somebody was told a version that there is not."""
    if not data.get("statement"):
        return
    most = newest_statement(session, StatementKind(data["statement"])).number
    if not 1 <= data.get("statement_number", 0) <= most:
        raise invalid(FieldError("statement_number", FieldCode.NOT_IN_RANGE, f"1 – {most}"))


def _faults(given: StatementInput, edit: Edit) -> Iterator[FieldError]:
    words = {"text": given.text.strip(), "text_en": given.text_en.strip(), "reason": edit.reason.strip()}
    for name, most in {**LONGEST, "reason": LONGEST_REASON}.items():
        if not words[name] and name != "text_en":
            yield FieldError(name, FieldCode.REQUIRED)
        if len(words[name]) > most:
            yield FieldError(name, FieldCode.TOO_LONG, str(most))
