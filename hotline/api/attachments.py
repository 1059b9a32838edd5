"""How does a file come to a ticket through the API: one per call, noted in the trail like any remark."""

from datetime import datetime
from http import HTTPStatus

from flask import Response, abort, request
from sqlalchemy.orm import Session

from hotline.api.acts import Done, act_once
from hotline.api.asking import wanted_number, wanted_version
from hotline.api.documents.parts import AttachmentAfter
from hotline.api.part_documents import attachment_fields
from hotline.api.problems import concern
from hotline.api.words import ApiCode
from hotline.queries.scope import get_visible
from hotline.services.file_checks import LARGEST, Checked, Shown, Upload
from hotline.services.file_flaws import BadUploadError, Flaw
from hotline.services.lifecycle import Command, advance
from hotline.web.auth import current_actor
from hotline.web.shelf import shelf
from workflows.choices import Visibility
from workflows.errors import FieldCode, FieldError, invalid

_CREATED = 201
_FIELDS = frozenset({"visibility", "version"})


def add_attachment(number: str) -> Response:
    """Add a file to a ticket: form field `file`, and `visibility` where the citizen may see it."""
    wanted, actor = wanted_number(number), current_actor()
    upload, in_form = _upload(), request.form.get("version")
    is_versioned = in_form is not None or "If-Match" in request.headers
    version = wanted_version(in_form) if is_versioned else None

    def act(session: Session, now: datetime) -> Done:
        get_visible(session, wanted, actor)
        concern(wanted)
        # The note locks the ticket and lets the workflow say whether it may still be added to.
        note = {"text": f"添加附件：{upload.name}", "visibility": upload.shown.visibility.value}
        ticket = advance(session, Command(wanted, "note", note, version), actor, now)
        try:
            row = shelf().store(session, ticket, upload, actor, now)
        except BadUploadError as bad:
            raise invalid(FieldError("file", bad.flaw.value)) from bad
        return Done(_CREATED, AttachmentAfter(**attachment_fields(row), version=ticket.version))

    return act_once(act, (upload.name, upload.shown.visibility.value, in_form or "", upload.content))


def _upload() -> Checked:
    if request.mimetype != "multipart/form-data":
        abort(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    unknown = [FieldError(name, FieldCode.UNKNOWN_FIELD) for name in request.form if name not in _FIELDS]
    unknown += [FieldError(name, FieldCode.UNKNOWN_FIELD) for name in request.files if name != "file"]
    if unknown:
        raise invalid(*unknown)
    files = request.files.getlist("file")
    if len(files) != 1:
        raise invalid(FieldError("file", ApiCode.FILE_NEEDED))
    content = files[0].stream.read(LARGEST + 1)
    if len(content) > LARGEST:
        abort(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    if not content:
        raise invalid(FieldError("file", Flaw.EMPTY.value))
    visibility = request.form.get("visibility", Visibility.INTERNAL.value)
    if visibility not in list(Visibility):
        raise invalid(FieldError("visibility", FieldCode.NOT_A_CHOICE))
    upload = Upload(files[0].filename or "", content, Shown(Visibility(visibility)))
    try:
        return shelf().inspect(upload)
    except BadUploadError as bad:
        raise invalid(FieldError("file", bad.flaw.value)) from bad
