"""Files of a ticket: what is taken, where it lies, who gets it back and how."""

import io
import stat
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from hotline.models.access import Attachment
from hotline.models.ticket import Ticket
from hotline.services.attachments import MOST_A_DAY, Shelf
from hotline.services.file_checks import LARGEST, Checked, check, shown_name
from hotline.services.file_flaws import BadUploadError, Flaw
from tests.hotline.pictures import photo_of_a_camera, picture_bytes
from tests.hotline.ticket_story import City, dispatched, hidden_fields, sign_in

PNG = picture_bytes()
PDF = b"%PDF-1.4\n%made for a test\n"
HTML = b"<html><script>alert(1)</script></html>"


def office(part: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(part, "<x/>")
    return made.getvalue()


def in_short(value: object) -> str:
    """Name a case by its words: an archive holds the second it was made in, and names must not change."""
    return f"{len(value)} bytes" if isinstance(value, bytes) else str(value)


@pytest.fixture
def folder(app, tmp_path: Path):
    app.config["ATTACHMENT_FOLDER"] = tmp_path / "files"
    yield tmp_path / "files"
    del app.config["ATTACHMENT_FOLDER"]


@pytest.fixture
def number(session_factory: sessionmaker, city: City, now: datetime) -> str:
    with session_factory.begin() as session:
        return dispatched(session, city, now).number


def send(client, number: str, *files: tuple[str, bytes], **more):
    url = f"/tickets/{number}/attachments"
    data = {**hidden_fields(client.get(url).text), "visibility": "internal", **more}
    data["files"] = [(io.BytesIO(content), name) for name, content in files]
    return client.post(url, data=data, content_type="multipart/form-data")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", PNG),
        ("b.PDF", PDF),
        ("c.docx", office("word/document.xml")),
        ("d.xlsx", office("xl/workbook.xml")),
        ("e.jpg", picture_bytes("JPEG")),
        ("f.mp3", b"ID3\x03" + b"\0" * 32),
        ("g.webp", picture_bytes("WEBP")),
        ("h.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"),
    ],
    ids=in_short,
)
def test_files_people_have_are_taken(name, content):
    assert check(name, content)


@pytest.mark.parametrize(
    ("name", "content", "flaw"),
    [
        ("page.html", HTML, Flaw.BAD_TYPE),
        ("page.png", HTML, Flaw.BAD_TYPE),
        ("picture.svg", b"<svg/>", Flaw.BAD_TYPE),
        ("none", PNG, Flaw.BAD_TYPE),
        ("image.pdf", PNG, Flaw.BAD_TYPE),
        ("letter.docx", office("xl/workbook.xml"), Flaw.BAD_TYPE),
        ("letter.docx", b"PK\x03\x04broken", Flaw.BAD_TYPE),
        ("empty.png", b"", Flaw.EMPTY),
        ("large.png", PNG + b"\0" * LARGEST, Flaw.TOO_LARGE),
    ],
    ids=in_short,
)
def test_other_files_are_not(name, content, flaw):
    with pytest.raises(BadUploadError) as refused:
        check(name, content)
    assert refused.value.flaw is flaw


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("../../etc/passwd.png", "passwd.png"),
        ("C:\\照片\\电梯.jpg", "电梯.jpg"),
        ("a\u202egnp.exe\0.png", "agnp.exe.png"),
        ("...", "file"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_a_name_is_only_ever_shown(raw, shown):
    assert shown_name(raw) == shown


def test_a_file_is_kept_listed_and_sent_back_as_a_download(client, session_factory, city, number, folder):
    sign_in(client, "wang")
    assert send(client, number, ("电梯公告.png", PNG), ("函.pdf", PDF)).status_code == 303
    page = client.get(f"/tickets/{number}").text
    assert "电梯公告.png" in page
    assert "添加附件：电梯公告.png、函.pdf" in page
    with session_factory() as session:
        row = session.scalar(select(Attachment).order_by(Attachment.id))
    path = folder / row.storage_name
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert "png" not in row.storage_name
    answer = client.get(f"/tickets/{number}/attachments/{row.id}", buffered=True)
    assert answer.data == path.read_bytes()
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_same_press_keeps_the_files_once(client, session_factory, city, number, folder):
    sign_in(client, "wang")
    hidden = hidden_fields(client.get(f"/tickets/{number}/attachments").text)
    for _ in range(2):
        assert send(client, number, ("a.png", PNG), **hidden).status_code == 303
    assert len(list(folder.iterdir())) == 1


def test_a_bad_file_among_good_ones_keeps_none(client, session_factory, city, number, folder):
    sign_in(client, "wang")
    answer = send(client, number, ("a.png", PNG), ("b.png", HTML))
    assert answer.status_code == 422
    assert "b.png：不是 jpg" in answer.text
    assert not folder.exists() or list(folder.iterdir()) == []
    with session_factory() as session:
        assert session.scalar(select(Attachment.id)) is None


@pytest.mark.parametrize("count", [0, 6])
def test_no_file_and_too_many_files_are_refused(client, city, number, folder, count):
    sign_in(client, "wang")
    files = [(f"{turn}.png", PNG) for turn in range(count)]
    assert send(client, number, *files).status_code == 422


def test_another_unit_gets_no_file(client, app, session_factory, city, number, folder):
    sign_in(client, "wang")
    send(client, number, ("a.png", PNG))
    with session_factory() as session:
        file_id = session.scalar(select(Attachment.id))
    stranger = app.test_client()
    sign_in(stranger, "chen")
    assert stranger.get(f"/tickets/{number}/attachments/{file_id}").status_code == 404


def test_a_file_of_another_ticket_is_not_found_under_this_one(
    client, session_factory, city, number, folder, now
):
    sign_in(client, "wang")
    send(client, number, ("a.png", PNG))
    with session_factory.begin() as session:
        file_id = session.scalar(select(Attachment.id))
        other = dispatched(session, city, now).number
    assert client.get(f"/tickets/{other}/attachments/{file_id}").status_code == 404


def test_a_rollback_removes_the_file_and_a_later_one_does_not(session_factory, city, number, tmp_path, now):
    shelf, actor = Shelf(tmp_path), city.actors["wang"]

    def store(session: Session) -> None:
        ticket = session.scalar(select(Ticket).where(Ticket.number == number))
        shelf.store(session, ticket, Checked("a.png", "image/png", PNG), actor, now)

    with session_factory() as session:
        store(session)
        session.rollback()
        assert list(tmp_path.iterdir()) == []
        store(session)
        session.commit()
        session.connection()
        session.rollback()
        assert len(list(tmp_path.iterdir())) == 1


def test_a_photograph_is_kept_upright_and_without_its_place_and_owner(
    client, session_factory, city, number, folder
):
    sign_in(client, "wang")
    assert (
        send(client, number, ("门牌.jpg", photo_of_a_camera() + b"<script>CANARY</script>")).status_code
        == 303
    )
    kept = next(folder.iterdir()).read_bytes()
    assert b"CANARY" not in kept
    with Image.open(io.BytesIO(kept)) as picture:
        assert dict(picture.getexif()) == {}
        assert picture.size == (12, 16)


def test_a_personal_file_of_a_confidential_ticket_is_the_centres_alone(
    client, app, session_factory, city, number, folder
):
    sign_in(client, "wang")
    sent = [send(client, number, ("身份证.png", PNG), is_personal="1"), send(client, number, ("函.pdf", PDF))]
    assert [answer.status_code for answer in sent] == [303, 303]
    with session_factory.begin() as session:
        session.scalars(select(Ticket).where(Ticket.number == number)).one().is_confidential = True
        personal = session.scalar(select(Attachment.id).where(Attachment.is_personal))
    page = client.get(f"/tickets/{number}").text
    assert "函.pdf" in page
    assert "身份证.png" not in page
    assert client.get(f"/tickets/{number}/attachments/{personal}").status_code == 404
    centre = app.test_client()
    sign_in(centre, "zhao")
    assert "身份证.png" in centre.get(f"/tickets/{number}").text
    assert centre.get(f"/tickets/{number}/attachments/{personal}", buffered=True).status_code == 200


def test_what_one_person_sends_in_a_day_is_bounded(client, session_factory, city, number, folder, now):
    sign_in(client, "wang")
    assert send(client, number, ("a.png", PNG)).status_code == 303
    with session_factory.begin() as session:
        session.scalars(select(Attachment)).one().size = MOST_A_DAY - 10
    answer = send(client, number, ("b.png", PNG))
    assert answer.status_code == 422
    assert "已达上限" in answer.text
    assert len(list(folder.iterdir())) == 1


def test_files_that_are_too_large_together_keep_none(client, city, number, folder):
    sign_in(client, "wang")
    url = f"/tickets/{number}/attachments"
    fields = {**hidden_fields(client.get(url).text), "visibility": "internal"}
    body = b"".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.pdf"\r\n\r\n'
    body += (head + PDF + b"\0" * 17_000_000 + b"\r\n") * 3 + b"--x--\r\n"
    answer = client.post(url, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 422
    assert "合计超过 50 MB" in answer.text
    assert not folder.exists()
