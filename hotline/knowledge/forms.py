"""What does somebody write for an entry, as it stands in the form and as the service takes it?"""

from collections.abc import Mapping
from datetime import date

from hotline.queries.knowledge_pages import Shown
from hotline.queries.typed import row_id_in
from hotline.services.knowledge_checks import Written
from hotline.web.forms import has_forbidden_character, trimmed
from workflows.errors import FieldCode, FieldError

TEXTS = ("title", "questions", "talking_point", "answer", "basis")
DATES = ("valid_from_on", "valid_until_on", "review_on")
NAMES = ("unit", "category", *TEXTS, *DATES, "is_pinned")


def read_form(form: Mapping[str, str]) -> dict[str, str]:
    """Take what was typed, field by field."""
    return {name: trimmed(form.get(name, "").replace("\r\n", "\n")) for name in NAMES}


def filled_from(shown: Shown) -> dict[str, str]:
    """Fill the form from a version."""
    version = shown.version
    texts = {name: getattr(version, name) for name in TEXTS}
    days = {name: "" if getattr(version, name) is None else str(getattr(version, name)) for name in DATES}
    return {
        **texts,
        **days,
        "unit": str(shown.entry.unit_id),
        "category": str(version.category_id or ""),
        "is_pinned": "y" if version.is_pinned else "",
    }


def empty() -> dict[str, str]:
    """The form before anything was typed."""
    return dict.fromkeys(NAMES, "")


def written_from(typed: Mapping[str, str]) -> Written:
    """Make the service's input; what cannot be read is named by `faults_of`."""
    return Written(
        title=typed["title"],
        questions=typed["questions"],
        answer=typed["answer"],
        talking_point=typed["talking_point"],
        basis=typed["basis"],
        category_id=row_id_in(typed["category"]) if typed["category"] else None,
        is_pinned=bool(typed["is_pinned"]),
        valid_from_on=_date(typed["valid_from_on"]),
        valid_until_on=_date(typed["valid_until_on"]),
        review_on=_date(typed["review_on"]),
    )


def faults_of(typed: Mapping[str, str]) -> list[FieldError]:
    """List what is no date, and texts that hide a character."""
    faults = [
        FieldError(name, FieldCode.NOT_A_DATE) for name in DATES if typed[name] and _date(typed[name]) is None
    ]
    hidden = [name for name in TEXTS if has_forbidden_character(typed[name])]
    return [*faults, *(FieldError(name, FieldCode.BAD_CHARACTER) for name in hidden)]


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
