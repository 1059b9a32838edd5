"""What if the matter is one that comes again and again: a saved form fills what is still empty?"""

from datetime import UTC, datetime

from flask import Response, request

from database import db
from hotline.desk.forms import CallForm
from hotline.desk.page import show_call
from hotline.queries.categories import find_leaf, find_successor
from hotline.queries.knowledge_search import find_holding
from hotline.queries.saved_forms import Saved, list_usable
from hotline.services.site import current_site
from workflows.vocabulary import TicketType

_TEXTS = ("title", "content", "answer")


def fill() -> Response:
    """Put what the chosen form says into the fields nothing was typed in; nothing is registered yet."""
    form, now = CallForm(), datetime.now(UTC)
    chosen = request.form.get("saved_form", "")
    usable = list_usable(db.session(), now.astimezone(current_site().zone).date())
    saved = next((each for each in usable if str(each.id) == chosen), None)
    if saved is not None:
        _fill(form, saved, now)
    return show_call(form, now)


def _fill(form: CallForm, saved: Saved, now: datetime) -> None:
    said = {name: getattr(saved, name) for name in _TEXTS}
    code = find_successor(db.session(), saved.category)
    said["category"] = code if find_leaf(db.session(), code) else ""
    today = now.astimezone(current_site().zone).date()
    found = find_holding(db.session(), saved.entry_id, today) if saved.entry_id else None
    if found is not None and not form.answer.data and not form.source.data:
        said |= {"answer": saved.answer or found.spoken, "source": found.citation}
    for name, words in said.items():
        if words and not form[name].data:
            form[name].data = words
    # The first choice stands there before anybody has chosen.
    if saved.type and form.type.data in {"", None, TicketType.HELP}:
        form.type.data = saved.type
