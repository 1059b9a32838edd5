"""In which order do the pages of a new request come, and what does each of them show besides its form?"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from typing import Any

from flask import Response, request, url_for

from database import db
from hotline.citizen.jotted import Jotted
from hotline.citizen.submit_forms import StepForm, first_missing
from hotline.models.watch_words import WordKind
from hotline.queries.watch_words import Alarm
from hotline.services.file_checks import TYPES
from hotline.services.jottings import MOST_FILES
from hotline.services.watching import read_record
from hotline.web.once import lead_to
from hotline.web.pages import render

INVALID = 422
# Three steps; what happened is told on three small pages, so that a slow upload costs no words before it.
_STEPS = (("what", "photos", "where"), ("who",), ("check",))
_ORDER = tuple(chain.from_iterable(_STEPS))
# The address says that somebody came from the page with everything, and wants to go back there.
_CHANGE = "change"


@dataclass(frozen=True, slots=True)
class StepOf:
    """Where a page stands: which step of how many, by the name of its first page, and its place within."""

    number: int
    steps: int
    name: str
    page: int
    pages: int


def led_elsewhere(page: str, seen: Jotted) -> Response | None:
    """Lead away from a page that is too early, or too late since everything was sent."""
    if page == "what":
        return None
    if seen.number:
        return lead_to(url_for("submitting.done"))
    missing = first_missing(seen.typed)
    is_early = missing is not None and _ORDER.index(missing) < _ORDER.index(page)
    return lead_to(url_for(f"submitting.{missing}")) if is_early else None


def next_url(page: str) -> str:
    """Where to go on: the next page, or the one with everything."""
    after = "check" if _CHANGE in request.args else _ORDER[_ORDER.index(page) + 1]
    return url_for(f"submitting.{after}")


def here_url(page: str) -> str:
    """The address of a page, which remembers where somebody came from."""
    change = 1 if _CHANGE in request.args else None
    return url_for(f"submitting.{page}", change=change)


def show(page: str, form: StepForm, seen: Jotted, status: int = 0, **more: Any) -> Response:
    """Show one page with its form, and what is wrong with it."""
    has_faults = bool(form.errors or form.form_errors)
    return render(
        f"citizen/submit/{page}.html",
        status=status or (INVALID if has_faults else 200),
        form=form,
        has_errors=has_faults,
        seen=seen,
        step=_step_of(page),
        here_url=here_url(page),
        before_url=_before_url(page),
        changes=_CHANGE in request.args,
        accept=",".join(f".{ending}" for ending in TYPES),
        most_files=MOST_FILES,
        dangers=_dangers(seen),
        **more,
    )


def _step_of(page: str) -> StepOf:
    number, pages = next((at, pages) for at, pages in enumerate(_STEPS, 1) if page in pages)
    return StepOf(number, len(_STEPS), pages[0], pages.index(page) + 1, len(pages))


def _dangers(seen: Jotted) -> tuple[Alarm, ...]:
    alarms = read_record(db.session(), "", seen.typed.get("content", ""), datetime.now(UTC))
    return tuple(alarm for alarm in alarms if alarm.kind is WordKind.EMERGENCY)


def _before_url(page: str) -> str | None:
    if _CHANGE in request.args:
        return url_for("submitting.check")
    place = _ORDER.index(page)
    return url_for(f"submitting.{_ORDER[place - 1]}") if place else None
