"""How do files come to a ticket and leave it again: checked, noted in the trail, and never shown in place?"""

from collections.abc import Sequence

from flask import Response, abort, request, send_file
from sqlalchemy.orm import Session

from hotline.models.ticket import Ticket
from hotline.queries.ticket_page import load_page
from hotline.services.attachments import find_attachment
from hotline.services.file_checks import TYPES, Checked, Shown
from hotline.services.file_flaws import BadUploadError, Flaw
from hotline.services.lifecycle import Command, advance
from hotline.tickets.conflict import answer_conflict, is_too_late
from hotline.tickets.moves import next_url
from hotline.web.once import perform
from hotline.web.pages import render
from hotline.web.shelf import shelf
from hotline.web.ticket_moves import Look, Target, find_move, look_at
from hotline.web.ui import new_request_key
from hotline.web.uploads import read_uploads
from workflows.choices import Visibility
from workflows.errors import Code, Refused
from workflows.vocabulary import Machine

_NOTE = Target(Machine.TICKET, "note")
_INVALID = 422
_LONGEST_NOTE = 900


def answer_upload(look: Look) -> Response:
    """Show the form for files, or keep the ones that came; adding files is noted like any remark."""
    number, now = look.ticket.number, look.now
    if find_move(look, _NOTE) is None:
        raise Refused(Code.NOT_IN_THIS_STATE)
    if request.method != "POST":
        return _form(look, ())
    try:
        uploads = _uploads()
        return perform(
            lambda session: _keep(session, look, number, uploads),
            request.form.get("request_key", ""),
            next_url(number),
            f"已添加 {len(uploads)} 个附件：{number}",
        )
    except BadUploadError as bad:
        return _form(look_at(number, now), (f"{bad.name or '文件'}：{bad.flaw.label_zh}",))
    except Refused as refused:
        if not is_too_late(refused):
            raise
        again = look_at(number, now)
        return answer_conflict(again, _NOTE, find_move(again, _NOTE), {})


def answer_download(look: Look, file_id: int) -> Response:
    """Send a file the viewer may see, always as a download."""
    page = load_page(look.session, look.ticket, look.viewer, look.now)
    row = find_attachment(look.session, look.ticket, file_id)
    if row is None or all(file.id != row.id for file in page.files):
        raise Refused(Code.NOT_FOUND)
    path = shelf().path_of(row)
    if not path.is_file():
        abort(404)
    response = send_file(path, mimetype=row.content_type, as_attachment=True, download_name=row.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _keep(session: Session, look: Look, number: str, uploads: Sequence[Checked]) -> Ticket:
    """Note first: that locks the ticket and asks the workflow whether it may still be added to."""
    shown = uploads[0].shown
    # The name of a personal file is personal too, and more people read the note than see the file.
    names = "含个人信息" if shown.is_personal else "、".join(upload.name for upload in uploads)
    data = {"text": f"添加附件：{names}"[:_LONGEST_NOTE], "visibility": str(shown.visibility)}
    version = request.form.get("version", 0, int)
    ticket = advance(session, Command(number, "note", data, version), look.viewer, look.now)
    for upload in uploads:
        shelf().store(session, ticket, upload, look.viewer, look.now)
    return ticket


def _uploads() -> list[Checked]:
    is_public = request.form.get("visibility") == "citizen"
    visibility = Visibility.CITIZEN if is_public else Visibility.INTERNAL
    found = read_uploads(Shown(visibility, is_personal=request.form.get("is_personal") == "1"))
    if not found:
        raise BadUploadError(Flaw.EMPTY)
    return found


def _form(look: Look, errors: tuple[str, ...]) -> Response:
    return render(
        "tickets/upload.html",
        status=_INVALID if errors else 200,
        number=look.ticket.number,
        version=look.ticket.version,
        request_key=request.form.get("request_key") or new_request_key(),
        next_url=next_url(look.ticket.number),
        errors=[("f-files", text) for text in errors],
        file_errors=errors,
        has_errors=bool(errors),
        accept=",".join(f".{ending}" for ending in TYPES),
        visibilities=[(word.value, word.label_zh) for word in Visibility],
        visibility=request.form.get("visibility", Visibility.INTERNAL.value),
        is_personal=request.form.get("is_personal") == "1",
    )
