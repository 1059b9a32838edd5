"""What will happen if this call is submitted as it stands: said while the caller is still on the line."""

from datetime import datetime

from sqlalchemy.orm import Session

from hotline.desk.checks import Follow, list_refusals
from hotline.desk.drafts import Draft
from hotline.desk.forms import CallForm
from hotline.services.lifecycle import Command
from hotline.services.rehearsal import Rehearsal, rehearse_registration, rehearse_revision
from hotline.web.action_preview import Preview
from hotline.web.rehearsing import complaints, try_out
from workflows.definition import NEW, Actor


def preview_call(
    session: Session, form: CallForm, follow: Follow, viewing: tuple[Actor, datetime], draft: Draft | None
) -> Preview:
    """Rehearse the submission; everything that is wrong with the form is named at once."""
    actor, now = viewing
    nothing = Preview(NEW if draft is None else draft.ticket.state, None, (), ())
    hidden = {} if draft is None else draft.hidden
    record = {**hidden, **form.record()}
    refusals = list_refusals(session, record, follow, actor, now)
    if refusals:
        told = (text for refusal in refusals for text in complaints(refusal, "register"))
        return Preview(nothing.from_state, None, (), (), wrong=tuple(dict.fromkeys(told)))

    def play(stage: Session) -> Rehearsal:
        if draft is None:
            return rehearse_registration(stage, record, follow, actor, now)
        command = Command(draft.ticket.number, "revise", record, form.version.data)
        return rehearse_revision(stage, command, follow, actor, now)

    return try_out(nothing, play, follow[0], shows_phone=True)
