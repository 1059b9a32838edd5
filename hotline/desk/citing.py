"""What if the knowledge base has the answer: its words go into the direct answer, with their source?"""

from datetime import UTC, datetime

from flask import Response, request

from database import db
from hotline.desk.forms import CallForm
from hotline.desk.page import show_call
from hotline.queries.categories import find_leaf
from hotline.queries.knowledge_scope import read_number
from hotline.queries.knowledge_search import find_holding
from hotline.services.site import current_site
from workflows.errors import Code, Refused


def cite() -> Response:
    """Put what an entry says behind whatever the answer says already; nothing is registered yet.

    A call that has no category yet gets the entry's: of what is answered at once it is known as well what
    people ask about.
    """
    form, now = CallForm(), datetime.now(UTC)
    entry_id = read_number(request.form.get("cite", ""))
    today = now.astimezone(current_site().zone).date()
    found = find_holding(db.session(), entry_id, today) if entry_id is not None else None
    if found is None:
        raise Refused(Code.NOT_FOUND)
    answer = form.answer.data or ""
    if found.spoken not in answer:
        form.answer.data = f"{answer}\n{found.spoken}".strip()
    form.source.data = found.citation
    if not form.category.data and find_leaf(db.session(), found.category_code):
        form.category.data = found.category_code
    return show_call(form, now)
