"""What do all pages of the knowledge base share: the tabs, the day, and the entry that is looked at?"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Response, abort, flash, request, url_for
from sqlalchemy.orm import Session

from database import db
from hotline.models.knowledge import VersionState
from hotline.queries import knowledge_doubts, knowledge_pages
from hotline.queries.knowledge_pages import Shown
from hotline.queries.knowledge_scope import read_number
from hotline.services.site import current_site
from hotline.web.auth import current_actor
from hotline.web.once import lead_to, perform
from workflows.errors import Code, Refused

TAGS: Mapping[str, str] = {
    VersionState.DRAFT: "mute",
    VersionState.UNIT_REVIEW: "info",
    VersionState.CENTRE_REVIEW: "info",
    VersionState.PUBLISHED: "ok",
    VersionState.DUE_FOR_REVIEW: "warn",
    VersionState.EXPIRED: "bad",
    VersionState.WITHDRAWN: "bad",
    VersionState.SUPERSEDED: "line",
    VersionState.DISCARDED: "line",
}
CORRECTIONS = "corrections"


@dataclass(frozen=True, slots=True)
class Frame:
    """An entry with the versions somebody may see, the newest first, and the one that is shown."""

    versions: Sequence[Shown]
    shown: Shown
    today: date

    @property
    def number(self) -> str:
        return self.shown.number

    @property
    def is_holding(self) -> bool:
        return self.shown.holds_on(self.today)

    @property
    def in_the_works(self) -> Shown | None:
        works = ("draft", "unit_review", "centre_review")
        return next((each for each in self.versions if each.version.state in works), None)

    @property
    def choices(self) -> list[tuple[int, str]]:
        """The versions to choose from, as a select wants them."""
        return [(each.version.number, f"第 {each.version.number} 版") for each in self.versions]

    @property
    def live(self) -> Shown | None:
        return next((each for each in self.versions if each.is_live), None)


def read_frame(number: str, version: int | None = None) -> Frame:
    """Read the entry that the address names, or answer 404."""
    entry_id = read_number(number) or abort(404)
    versions = knowledge_pages.list_versions(db.session(), entry_id, current_actor())
    shown = knowledge_pages.first_to_show(versions, version) or abort(404)
    return Frame(versions, shown, city_today())


def city_today() -> date:
    """The date in the city."""
    return datetime.now(current_site().zone).date()


def tabs() -> list[dict[str, Any]]:
    """The work lists with what waits in each."""
    session, viewer = db.session(), current_actor()
    views = [
        (name, label, knowledge_pages.count_waiting(session, viewer, name), False)
        for name, (label, _) in knowledge_pages.VIEWS.items()
    ]
    views.append((CORRECTIONS, "纠错", knowledge_doubts.count_open(session, viewer), True))
    asked = request.args.get("view", "")
    here = asked if asked in {name for name, *_ in views} else views[0][0]
    return [
        {
            "name": name,
            "label": label,
            "url": url_for("knowledge.queue", view=name),
            "count": count,
            "is_alarming": is_alarming,
            "is_current": name == here,
        }
        for name, label, count, is_alarming in views
    ]


def carry_out(
    act: Callable[[Session], Any], leads_to: str | Callable[[Any], str], said: str, entry: str
) -> Response:
    """Do it once; on a change of somebody else's meanwhile go back to the entry and say so."""
    try:
        return perform(act, request.form.get("request_key", ""), leads_to, said)
    except Refused as refusal:
        if refusal.errors or refusal.code not in {Code.DRAFT_CHANGED, Code.DRAFT_OPEN}:
            raise
        flash("没有办成：这个条目刚被他人改动，请核对后再办。", "warning")
        return lead_to(url_for("knowledge.show", number=entry))
