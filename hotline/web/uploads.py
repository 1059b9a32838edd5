"""Which files came with a form: read as they are; what is taken of them the shelf decides."""

from flask import request
from werkzeug.datastructures import FileStorage

from hotline.services.attachments import LARGEST, MOST_AT_ONCE, BadUploadError, Flaw, Upload
from workflows.choices import Visibility


def read_uploads(visibility: Visibility) -> list[Upload]:
    """Read the files of the field `files`; an empty field is no file. Raises BadUploadError for too many."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if len(files) > MOST_AT_ONCE:
        raise BadUploadError(Flaw.TOO_MANY)
    return [Upload(file.filename or "", _content(file), visibility) for file in files]


def _content(file: FileStorage) -> bytes:
    file.stream.seek(0)
    return file.stream.read(LARGEST + 1)
