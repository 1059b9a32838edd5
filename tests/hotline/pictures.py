"""Real pictures for tests: what is taken is written anew, so only a picture passes for one."""

import io
from typing import Any

from PIL import Image

_ORIENTATION = 0x0112
_GPS = 0x8825
_OWNER = 0xA430


def picture_bytes(kind: str = "PNG", shade: int = 0, size: tuple[int, int] = (16, 12), **more: Any) -> bytes:
    """Draw a picture of one colour; another shade is another file."""
    made = io.BytesIO()
    Image.new("RGB", size, (shade, 90, 200)).save(made, kind, **more)
    return made.getvalue()


def photo_of_a_camera(kind: str = "JPEG") -> bytes:
    """A wide picture held upright, with the place and the camera's owner beside it."""
    beside = Image.Exif()
    beside[_ORIENTATION] = 6
    beside.get_ifd(_GPS)[2] = (30.0, 14.0, 59.0)
    beside.get_ifd(0x8769)[_OWNER] = "CANARY-OWNER"
    return picture_bytes(kind, exif=beside)
