"""How is a picture kept: upright, and without anything but what it shows.

What cameras write beside it (place, moment, owner, device) says more than the sender knows, and whatever was
hung on behind the picture is no picture.
"""

import io
import struct
import zlib
from collections.abc import Mapping

from PIL import Image, ImageOps

from hotline.services.file_flaws import BadUploadError, Flaw

MOST_PIXELS = 50_000_000
_FORMATS: Mapping[str, str] = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
_QUALITY = 90
# What the three writers can take; everything else becomes plain colours.
_KEPT_MODES = frozenset({"1", "L", "LA", "P", "RGB", "RGBA"})
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)


def clean_picture(name: str, content_type: str, content: bytes) -> bytes:
    """Write a picture anew. Raises BadUploadError; too large ones are told by their header alone."""
    kind = _FORMATS[content_type]
    try:
        with Image.open(io.BytesIO(content), formats=[kind]) as picture:
            if picture.width * picture.height <= MOST_PIXELS:
                return _written(picture, kind)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        pass
    except _UNREADABLE as error:
        raise BadUploadError(Flaw.BAD_TYPE, name) from error
    raise BadUploadError(Flaw.TOO_MANY_PIXELS, name)


def _written(picture: Image.Image, kind: str) -> bytes:
    upright: Image.Image = ImageOps.exif_transpose(picture)
    if upright.mode not in _KEPT_MODES or (kind != "PNG" and upright.mode not in {"RGB", "RGBA", "L"}):
        upright = upright.convert("RGBA" if upright.has_transparency_data and kind != "JPEG" else "RGB")
    if kind == "JPEG" and upright.mode == "RGBA":
        upright = upright.convert("RGB")
    # A fresh picture carries no comments, profiles or texts over.
    bare = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    if upright.mode == "P":
        bare.putpalette(upright.getpalette() or [])
    transparency = upright.info.get("transparency") if kind == "PNG" else None
    more = {} if transparency is None else {"transparency": transparency}
    written = io.BytesIO()
    bare.save(written, kind, quality=_QUALITY, exif=b"", icc_profile=None, **more)
    return written.getvalue()
