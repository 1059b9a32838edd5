"""How does somebody see who called: for a purpose, on one answer, for half a minute."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, url_for

from hotline.models.reveals import Purpose, Way
from hotline.queries.ticket_page import load_page
from hotline.queries.ticket_parts import Caller
from hotline.services.revealing import LONGEST_WORDS, SHOWN_FOR
from hotline.web.errors import problem_of_refusal
from hotline.web.pages import render
from hotline.web.revealing import hand_out, say_missing, typed_wish
from hotline.web.ticket_moves import Look, look_at
from hotline.web.ticket_panel import may_reveal
from hotline.web.transaction import transaction
from workflows.errors import Code, Refused


def register_revealing(blueprint: Blueprint) -> None:
    """Give tickets the page that asks what for, and the answer that shows it."""
    blueprint.add_url_rule("/<number>/reveal", "ask_to_reveal", ask)
    blueprint.add_url_rule("/<number>/reveal", "reveal", show, methods=["POST"])


def ask(number: str) -> Response:
    """Who called, masked, and for what it may be shown."""
    return _page(look_at(number, datetime.now(UTC)))


def show(number: str) -> Response:
    """Show name and telephone on this one answer; the look is counted and on record."""
    look, wish = look_at(number, datetime.now(UTC)), typed_wish(Way.SCREEN)
    try:
        with transaction() as session:
            caller = hand_out(session, [look.ticket], wish, look.now)[0]
    except Refused as refused:
        if refused.code == Code.NOT_YOURS_TO_REVEAL:
            raise
        return _page(look, refused=refused)
    response = _page(look, caller)
    response.headers["Cache-Control"] = "no-store"
    # Without scripts too it is gone after a while: the ticket's own page has it masked.
    seconds = int(SHOWN_FOR.total_seconds())
    response.headers["Refresh"] = f"{seconds}; url={url_for('tickets.show', number=number)}"
    return response


def _page(look: Look, caller: Caller | None = None, refused: Refused | None = None) -> Response:
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    problem = None if refused is None else problem_of_refusal(refused)
    return render(
        "tickets/reveal.html",
        block="caller",
        status=200 if problem is None else problem.status,
        page=page,
        shown=caller,
        may_reveal=may_reveal(page, look.viewer),
        purposes=tuple(Purpose),
        longest=LONGEST_WORDS,
        problem=None if problem is None else say_missing(problem),
        words=request.form.get("words", ""),
        seconds=int(SHOWN_FOR.total_seconds()),
        viewer=look.viewer,
    )
