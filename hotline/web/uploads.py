"""Which files came with a form, looked over before anything is changed?"""

from flask import request
from werkzeug.datastructures import FileStorage

from hotline.services.file_checks import LARGEST, LARGEST_TOGETHER, MOST_AT_ONCE, Checked, Shown, Upload
from hotline.services.file_flaws import BadUploadError, Flaw
from hotline.web.shelf import shelf


def read_uploads(shown: Shown) -> list[Checked]:
    """Read the files of the field `files`; an empty field is no file. Raises BadUploadError."""
    files = [file for file in request.files.getlist("files") if file.filename]
    if len(files) > MOST_AT_ONCE:
        raise BadUploadError(Flaw.TOO_MANY)
    uploads = [read_upload(file, shown) for file in files]
    if sum(len(upload.content) for upload in uploads) > LARGEST_TOGETHER:
        raise BadUploadError(Flaw.TOO_LARGE_TOGETHER)
    keeper = shelf()
    return [keeper.inspect(upload) for upload in uploads]


def read_upload(file: FileStorage, shown: Shown) -> Upload:
    """Read one file, no more of it than shows that it is too large."""
    file.stream.seek(0)
    return Upload(file.filename or "", file.stream.read(LARGEST + 1), shown)
