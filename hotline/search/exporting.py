"""How does somebody ask to take the tickets of a search out as a table?"""

from datetime import UTC, datetime

from flask import Response, request, url_for

from database import db
from hotline.queries.export_rows import MOST_EXPORTED, keep
from hotline.queries.worklists import Filters, count
from hotline.search.conditions import Choices, SearchForm, conditions_in_address, say_conditions
from hotline.services import exports
from hotline.services.exports import Wish
from hotline.web.auth import current_actor
from hotline.web.language import current_language
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.refusals import field_sentence, sentence
from workflows.errors import Refused

_INVALID = 422


def ask_export() -> Response:
    """Show the form over the conditions in the address, or ask."""
    form = SearchForm(request.args, Choices.of(db.session(), current_actor()))
    if not form.validate():
        return _page(form, None, _INVALID)
    if request.method != "POST":
        return _page(form, None)
    now, words = datetime.now(UTC), "；".join(say_conditions(form)) or "全部工单"
    actor, back = current_actor(), url_for("requests.exports")
    total = min(count(db.session(), actor, form.filters(), now), MOST_EXPORTED)
    kept = keep(form.filters(), form.district.data or "", form.watcher_id)
    wish = Wish(words, request.form.get("purpose", ""), kept, total)
    try:
        return perform(
            lambda session: exports.ask(session, wish, actor, now),
            request.form.get("request_key", ""),
            back,
            "已提交导出申请，等待安全管理员审批",
        )
    except Refused as refused:
        return _page(form, refused, sentence(refused.code).status)


def _page(form: SearchForm, refused: Refused | None, status: int = 200) -> Response:
    language = current_language()
    errors = [field_sentence(each, language) for each in refused.errors] if refused else []
    problem = sentence(refused.code).in_language(language) if refused and not errors else ""
    filters = form.filters() if not form.errors else Filters(number="-")
    return render(
        "search/export.html",
        status=status,
        conditions=say_conditions(form),
        total=count(db.session(), current_actor(), filters, datetime.now(UTC)),
        most=MOST_EXPORTED,
        here_url=url_for("search.ask_export", **conditions_in_address()),
        search_url=url_for("search.index", **conditions_in_address()),
        purpose=request.form.get("purpose", ""),
        errors=errors,
        problem=problem,
        has_errors=bool(errors or problem or form.errors),
    )
