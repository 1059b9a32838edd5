"""How do styles, scripts and icons travel: compressed, and under an address that changes with their content.

So a browser asks for each of them once and never shows an old look after a release.
"""

import hashlib
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from flask_compress import Compress

_NAMED_FOR_EVER = "public, max-age=31536000, immutable"
# Not zstd, which Chromium 109 and Safari 15.4 do not take. Brotli is offered by browsers over TLS alone.
_ENCODINGS = ["br", "gzip"]
_DIGITS = 10


class Fingerprints:
    """Short digests of the files in one folder; a file that changed is read again."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, tuple[int, str]] = {}

    def of(self, filename: str) -> str | None:
        """Give the digest of a file's content; None for one that is not there."""
        path = self._folder / filename
        try:
            changed_at = path.stat().st_mtime_ns
        except OSError:
            return None
        known = self._known.get(filename)
        if known is None or known[0] != changed_at:
            known = (changed_at, hashlib.sha256(path.read_bytes()).hexdigest()[:_DIGITS])
            self._known[filename] = known
        return known[1]


def register_assets(app: Flask) -> None:
    """Compress every answer of text, and let browsers keep what carries its fingerprint.

    Pages may be compressed beside their secrets: a form's token is signed anew each second, so nobody guesses
    it letter by letter from lengths, and what another site embeds comes without cookies.
    """
    fingerprints = Fingerprints(Path(app.static_folder or "static"))
    app.config.update(COMPRESS_ALGORITHM=_ENCODINGS, COMPRESS_STREAMS=False)
    Compress(app)

    @app.url_defaults
    def name_version(endpoint: str, values: dict[str, Any]) -> None:
        filename = values.get("filename")
        version = fingerprints.of(filename) if endpoint == "static" and filename else None
        if version is not None:
            values.setdefault("v", version)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint != "static" or response.status_code not in {200, 304}:
            return response
        asked = request.args.get("v")
        if asked and asked == fingerprints.of((request.view_args or {}).get("filename", "")):
            response.headers["Cache-Control"] = _NAMED_FOR_EVER
        if request.method == "GET":
            # Read whole: a stream would be compressed without its file being closed.
            response.direct_passthrough = False
            response.get_data()
        return response
