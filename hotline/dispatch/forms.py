"""What does a dispatcher fill in to send a ticket off, and which unit do they mean?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from hotline.models.organisation import Unit
from hotline.queries.directory import find_unit_by_code, list_units
from workflows.data import ADVICE_LIMIT

OTHER = "other"
_SHORTEST_PART = 2
# In which field of the page a field of the table is mended.
SHOWN_AS = {"main_unit": "other_unit"}


@dataclass(frozen=True, slots=True)
class Typed:
    """The form as it was sent; kept as typed when it comes back."""

    longest_advice: ClassVar[int] = ADVICE_LIMIT

    main_unit: str = ""
    other_unit: str = ""
    co_units: tuple[str, ...] = ()
    advice: str = ""
    choice_reason: str = ""
    is_hard: bool = False

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """What somebody wrote, for a page that has no form to show it in any more."""
        pairs = (("派单意见", self.advice), ("选择理由", self.choice_reason))
        return tuple(pair for pair in pairs if pair[1])


def read_typed(form: MultiDict[str, str]) -> Typed:
    """Read the form; nothing is checked here, the workflow does that."""
    return Typed(
        main_unit=form.get("main_unit", ""),
        other_unit=form.get("other_unit", "").strip(),
        co_units=tuple(form.getlist("co_units")),
        advice=form.get("advice", ""),
        choice_reason=form.get("choice_reason", ""),
        is_hard="is_hard" in form,
    )


def data_of(session: Session, typed: Typed) -> dict[str, object]:
    """Make the data of the action: a unit that was typed counts before one that was ticked."""
    main = typed.main_unit if typed.main_unit != OTHER else ""
    if typed.other_unit:
        main = _code_of(session, typed.other_unit)
    return {
        "main_unit": main or None,
        "co_units": list(typed.co_units),
        "advice": typed.advice,
        "choice_reason": typed.choice_reason,
        "is_hard": typed.is_hard,
    }


def kept_values(session: Session, typed: Typed) -> dict[str, list[str]]:
    """Give what was filled in as the values of the action's own form, for a page that sends it again."""
    data = data_of(session, typed)
    main = find_unit_by_code(session, str(data["main_unit"] or ""))
    return {
        "main_unit": [str(main.id if main else data["main_unit"] or "")],
        "co_units": list(typed.co_units),
        "advice": [typed.advice],
        "choice_reason": [typed.choice_reason],
        "is_hard": ["1"] if typed.is_hard else [],
    }


def _code_of(session: Session, text: str) -> str:
    """Find the unit meant by `代码 名称`, a code or a name; the text itself when there is none."""
    code = text.partition(" ")[0]
    found = find_unit_by_code(session, code.upper()) or find_unit_by_code(session, code)
    return found.code if found else _code_by_name(list_units(session), text) or text


def _code_by_name(units: Sequence[Unit], text: str) -> str | None:
    """Take the whole name first; a part of one counts only when it names a single unit."""
    named = [unit.code for unit in units if text in (unit.name, unit.short_name)]
    parts = [unit.code for unit in units if text in unit.name] if len(text) >= _SHORTEST_PART else []
    return next(iter(named), parts[0] if len(parts) == 1 else None)
