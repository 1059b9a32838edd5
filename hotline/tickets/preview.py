"""What will happen if this form is sent as it is? Asked while it is being filled in; nothing is kept."""

from dataclasses import replace

from flask import Response, request
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hotline.models.access import Attachment
from hotline.queries.scope import may_see_identity
from hotline.queries.ticket_page import load_page
from hotline.services.lifecycle import Command
from hotline.services.rehearsal import Rehearsal, rehearse
from hotline.tickets.moves import back_url, command_of, next_url, standing_orders, why_not
from hotline.web.action_forms import typed_values
from hotline.web.action_preview import Preview, Wording, preview
from hotline.web.answer_notice import answer_wordings
from hotline.web.claims import keep_claim
from hotline.web.field_limits import extended_until
from hotline.web.moments import city_short
from hotline.web.pages import is_fragment_wanted, render
from hotline.web.phrase_picker import with_phrase
from hotline.web.rehearsing import complaints, try_out
from hotline.web.reply_checks import check_typed
from hotline.web.ticket_moves import Look, Move, Target, find_move
from hotline.web.ticket_panel import Typed, make_form
from workflows.texts import Check

# The button that asks only what the citizen would be told.
NOTICE = "notice"


def answer_preview(look: Look, target: Target) -> Response:
    """Show the lines of the preview to htmx, else the whole form again with what was typed."""
    move = find_move(look, target)
    if move is None:
        return _answer_impossible(look, target)
    is_of_answer = NOTICE in request.form and target.action == "submit_reply"
    notice = _notice(look) if is_of_answer else None
    if is_of_answer and is_fragment_wanted():
        return render("partials/answer_notice.html", wordings=notice)
    told = preview_of(look, move, command_of(look.ticket.number, target))
    if is_fragment_wanted():
        return show_lines(told, _checks(look, move))
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    values = with_phrase(look, target.action, typed_values(move.offer.needs, request.form))
    typed = Typed(values, request_key=request.form.get("request_key", ""))
    form = replace(make_form(look, page, move, next_url(page.number), typed), preview=told)
    return render(
        "tickets/form.html",
        form=form,
        title=page.title,
        content=page.content,
        standing=standing_orders(look, target),
        back_url=back_url(page.number),
        is_notice_asked=is_of_answer,
        wordings=notice,
    )


def preview_of(look: Look, move: Move, command: Command) -> Preview:
    """Rehearse a command behind an offered move; whoever asks is at work on the ticket."""
    keep_claim(look.ticket, look.viewer, look.now)

    def play(session: Session) -> Rehearsal:
        return rehearse(session, command, look.viewer, look.now)

    told = try_out(
        preview(move.target.machine, move.offer, move.state),
        play,
        command.action,
        shows_phone=may_see_identity(look.ticket, look.viewer),
    )
    return replace(told, clocks=(*told.clocks, *_if_granted(look, move.target)))


def _notice(look: Look) -> tuple[Wording, ...] | None:
    return answer_wordings(look.ticket.number, request.form.get("result", ""), look.now)


def _if_granted(look: Look, target: Target) -> tuple[str, ...]:
    """More time is weighed by the day it would last to, before anything else is written."""
    if target.action != "ask_extension":
        return ()
    until = extended_until(look, target, request.form.get("days", "").strip())
    return () if until is None else (f"同意后办理时限改为 {city_short(until)} 到期",)


def impossible(look: Look, target: Target) -> Preview:
    """Say why an action is not to be had now."""
    return Preview(look.ticket.state, None, (), (), wrong=complaints(why_not(look, target), target.action))


def show_lines(told: Preview, checks: tuple[Check, ...] = ()) -> Response:
    """Answer with the lines alone: they are put in place of the earlier ones."""
    return render("partials/ticket_preview.html", preview=told, checks=checks)


def _checks(look: Look, move: Move) -> tuple[Check, ...]:
    attached = select(func.count(Attachment.id)).where(Attachment.ticket_id == look.ticket.id)
    values = typed_values(move.offer.needs, request.form)
    return check_typed(look, move.target.action, values, look.session.scalar(attached) or 0)


def _answer_impossible(look: Look, target: Target) -> Response:
    """What is typed stays on the page, so a preview says no in its own place and takes nothing away."""
    if not is_fragment_wanted():
        raise why_not(look, target)
    return show_lines(impossible(look, target))
