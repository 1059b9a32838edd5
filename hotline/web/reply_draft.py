"""What has the viewer written of a reply that is not given yet, and how does its page keep more of it?"""

from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for

from hotline.queries.typed import number_in
from hotline.services.reply_drafts import ReplyDraft, Writer, find_draft
from hotline.web.action_forms import Values
from hotline.web.ticket_moves import Look, Target

VERSION = "draft_version"
_ABOUT = "submit_reply"
_NAMES = ("contact", "no_contact_reason", "result", "answer", "public_answer")
_MOST_VERSIONS = 999_999_999


@dataclass(frozen=True, slots=True)
class DraftMark:
    """Where a form keeps its draft, and how that stands; an unsaved one is kept as soon as its page opens."""

    url: str
    version: int
    kept_at: datetime | None
    is_unsaved: bool


def read_draft(look: Look, target: Target) -> ReplyDraft | None:
    """Read the viewer's draft of the reply that a form is for."""
    writer = writer_of(look, target)
    return None if writer is None else find_draft(look.session, writer, look.now)


def writer_of(look: Look, target: Target) -> Writer | None:
    """Tell who writes on which reply; nobody where the form is for something else."""
    if target.action != _ABOUT or target.subject_id is None or look.viewer.user_id is None:
        return None
    return Writer(target.subject_id, look.viewer.user_id)


def mark_of(look: Look, target: Target, draft: ReplyDraft | None) -> DraftMark | None:
    """Make the mark of a form; one that comes back with its words goes on with the version it came with."""
    if writer_of(look, target) is None:
        return None
    url = url_for("tickets.keep_draft", number=look.ticket.number, subject_id=target.subject_id)
    is_back = request.method == "POST" and VERSION in request.form
    version = typed_version() if is_back else draft.version if draft else 0
    return DraftMark(url, version, draft.kept_at if draft else None, is_back)


def typed_version() -> int:
    """Read which version of the draft the form was written on; 0 for none."""
    return number_in(request.form.get(VERSION, ""), _MOST_VERSIONS) or 0


def typed_words() -> Values:
    """Read what is kept of the form, exactly as it was typed."""
    return {name: request.form.getlist(name) for name in _NAMES}
