"""Hostile files, each told by what it holds: bombs, disguises, nested and lying archives, and what is sick."""

import io
import random
import socketserver
import stat
import struct
import threading
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from PIL import Image

from hotline.services.file_checks import TYPES, Upload, inspect
from hotline.services.file_flaws import BadUploadError, Flaw
from hotline.services.file_scanner import Clamd
from hotline.services.packed_files import MOST_PARTS
from tests.hotline.pictures import photo_of_a_camera, picture_bytes

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'
DISGUISES = {
    "html": b"<!doctype html><script>1</script>",
    "svg": SVG,
    "svg with a heading": b'<?xml version="1.0"?>' + SVG,
    "exe": b"MZ\x90\0" + b"\0" * 60,
    "elf": b"\x7fELF" + b"\0" * 60,
    "shell": b"#!/bin/sh\nrm -rf /\n",
    "pickle": b"\x80\x04\x95\0\0\0\0\0\0\0\0cos\nsystem\n",
    "php": b"<?php system($_GET[0]);",
    "zip": b"PK\x05\x06" + b"\0" * 18,
    "gzip": b"\x1f\x8b\x08" + b"\0" * 30,
    "gif": b"GIF89a" + b"\0" * 30,
}


def flaw_of(name: str, content: bytes, scan=None) -> Flaw | None:
    try:
        inspect(Upload(name, content), scan)
    except BadUploadError as bad:
        return bad.flaw
    return None


def document(*parts: tuple[zipfile.ZipInfo | str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<x/>")
        for name, content in parts:
            archive.writestr(name, content)
    return made.getvalue()


def link() -> zipfile.ZipInfo:
    made = zipfile.ZipInfo("word/passwd")
    made.external_attr = (stat.S_IFLNK | 0o777) << 16
    return made


def lying(packed: bytes) -> bytes:
    """Declare a hundred bytes for what unpacks to a million."""
    return packed.replace(struct.pack("<I", 1_000_000), struct.pack("<I", 100))


def huge_picture(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack("!I", len(data)) + kind + data + struct.pack("!I", zlib.crc32(kind + data))

    header = struct.pack("!IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 100_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_nothing_that_runs_gets_in_under_any_name_that_is_taken():
    tried = {
        (kind, ending): flaw_of(f"a.{ending}", content)
        for kind, content in DISGUISES.items()
        for ending in TYPES
    }
    assert len(tried) == 99
    assert {case for case, flaw in tried.items() if flaw is not Flaw.BAD_TYPE} == set()


@pytest.mark.parametrize(
    "name",
    [
        "a.svg",
        "a.html",
        "a.exe",
        "a.pht",
        "a.php.",
        "a.zip",
        "a.docm",
        "a.pkl",
        "a.jpg.exe",
        "a.gif",
        "jpg",
        "a.JPG ",
    ],
)
def test_endings_that_are_not_on_the_list_are_refused_whatever_is_in_them(name):
    assert flaw_of(name, SVG) is Flaw.BAD_TYPE


def test_archives_that_are_more_than_a_document_are_refused():
    hostile = {
        "bomb": document(("word/a.xml", b"\0" * 60_000_000), ("word/b.xml", b"\0" * 60_000_000)),
        "ratio": document(("word/a.xml", b"\0" * 5_000_000)),
        "many": document(*((f"word/{turn}.xml", b"") for turn in range(MOST_PARTS))),
        "nested": document(("word/embeddings/a.zip", b"PK")),
        "nested document": document(("word/embeddings/a.XLSX", b"PK")),
        "programme": document(("word/a.exe", b"MZ")),
        "macros": document(("word/vbaProject.bin", b"\xd0\xcf")),
        "link": document((link(), b"/etc/passwd")),
        "upwards": document(("../../etc/cron.d/x", b"*")),
        "backslash": document(("..\\..\\x.xml", b"*")),
        "absolute": document(("/etc/x.xml", b"*")),
    }
    assert {name: flaw_of("信.docx", content) for name, content in hostile.items()} == dict.fromkeys(
        hostile, Flaw.BAD_ARCHIVE
    )
    twisted = lying(document(("word/a.xml", random.Random(1).randbytes(1_000_000))))  # noqa: S311 - filler
    assert flaw_of("信.docx", twisted) is Flaw.BAD_TYPE
    assert flaw_of("信.docx", document(("word/media/a.png", picture_bytes()))) is None


@pytest.mark.parametrize("size", [(50_000, 50_000), (10_000, 5_001), (2**31 - 1, 1)])
def test_a_picture_of_too_many_pixels_is_told_by_its_header(size):
    content = huge_picture(*size)
    assert len(content) < 1_000
    assert flaw_of("a.png", content) is Flaw.TOO_MANY_PIXELS


@pytest.mark.parametrize(("ending", "kind"), [("jpg", "JPEG"), ("png", "PNG"), ("webp", "WEBP")])
def test_a_broken_picture_is_refused_in_words_or_kept_whole(ending, kind):
    whole, chance = photo_of_a_camera(kind), random.Random(kind)  # noqa: S311 - the same cases each time
    for _ in range(150):
        broken = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        cut = bytes(broken[: chance.randint(12, len(broken))])
        with suppress(BadUploadError):
            kept = inspect(Upload(f"a.{ending}", cut)).content
            with Image.open(io.BytesIO(kept)) as picture:
                picture.load()


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_pictures_of_every_kind_of_colour_are_kept(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    made = io.BytesIO()
    Image.new(mode, (9, 7)).save(made, kind)
    kept = inspect(Upload(f"a.{kind.lower()}", made.getvalue())).content
    with Image.open(io.BytesIO(kept)) as picture:
        assert picture.size == (9, 7)


class Scanner(socketserver.BaseRequestHandler):
    """A clamd that knows one virus."""

    def handle(self) -> None:
        with self.request.makefile("rb") as line:
            assert line.read(10) == b"zINSTREAM\0"
            content = b""
            while (length := struct.unpack("!I", line.read(4))[0]) > 0:
                content += line.read(length)
        found = b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"
        self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0" if b"LONG" in content else found)


@contextmanager
def clamd() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Scanner) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_a_sick_file_is_refused_and_nothing_is_kept_unread():
    pdf = b"%PDF-1.4\n" + b"x" * 200_000
    with clamd() as address:
        scan = Clamd(address).scan
        assert flaw_of("a.pdf", pdf, scan) is None
        assert flaw_of("a.pdf", pdf + EICAR, scan) is Flaw.INFECTED
        assert flaw_of("a.pdf", pdf + b"LONG", scan) is Flaw.NOT_SCANNED
    assert flaw_of("a.pdf", pdf, Clamd(address).scan) is Flaw.NOT_SCANNED
    assert flaw_of("a.pdf", pdf, Clamd("unix:/nowhere/clamd.sock").scan) is Flaw.NOT_SCANNED
