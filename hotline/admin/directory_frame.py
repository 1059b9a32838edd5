"""What do all forms of units and people share: how they come back, and who signs what they change?"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import Response, request

from database import db
from hotline.models.directory import Listed
from hotline.queries.directory_history import list_changes
from hotline.queries.typed import id_in
from hotline.services.directory_changes import Signed
from hotline.web.auth import current_actor
from hotline.web.complaints import complaints_of
from hotline.web.errors import problem_of_refusal
from hotline.web.pages import render
from workflows.errors import Code, Refused


@dataclass(frozen=True, slots=True)
class Form:
    """A form of the directory: its page, the labels of its fields, whom it is about, what else is on it.

    `stands` is what its fields hold on record, so that the form can say later which of them somebody changed.
    """

    template: str
    labels: Mapping[str, str]
    listed: Listed
    subject_id: int | None = None
    context: Mapping[str, Any] = field(default_factory=dict)
    stands: Mapping[str, Any] = field(default_factory=dict)


def form_page(form: Form, refusal: Refused | None = None) -> Response:
    """Show a form, with what is wrong with it and what a colleague changed meanwhile."""
    problem = None if refusal is None else problem_of_refusal(refusal)
    is_stale = refusal is not None and refusal.code == Code.RECORD_CHANGED
    meanwhile = []
    if is_stale and form.subject_id is not None:
        found = list_changes(db.session(), form.listed, form.subject_id)
        meanwhile = [change for change in found if change.version > seen_version()]
    return render(
        form.template,
        status=problem.status if problem else 200,
        problem=problem,
        meanwhile=meanwhile,
        was=json.dumps(form.stands, ensure_ascii=False),
        has_errors=problem is not None,
        **complaints_of(problem, form.labels),
        **form.context,
    )


def take_over(typed: Mapping[str, Any], stands: Mapping[str, Any]) -> dict[str, Any]:
    """Put what is on record now into fields that still hold what the page showed; the rest stays typed."""
    was = _shown()
    return {
        name: stands.get(name, value) if value == was.get(name) else value for name, value in typed.items()
    }


def _shown() -> Mapping[str, Any]:
    """What the page showed in its fields; nothing where that cannot be read."""
    with suppress(ValueError):
        was = json.loads(request.form.get("was", ""))
        return was if isinstance(was, dict) else {}
    return {}


def seen_version() -> int:
    """Which version the form was filled in over; none at all is an outdated one."""
    return request.form.get("version", type=id_in) or 0


def signed_by_reader(reason: str | None = None) -> Signed:
    """Let whoever is signed in answer for a change, with the reason they typed."""
    typed = request.form.get("reason", "") if reason is None else reason
    return Signed(current_actor(), datetime.now(UTC), typed.replace("\r\n", "\n").strip())
