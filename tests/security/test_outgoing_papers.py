"""What citizens write is text on paper, in workbooks and in mails: nobody follows an address in it or reads a file."""

import socket
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from threading import Event, Thread

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from notifications.models import MailboxMessage
from tests.stories.stage import Stage

pytestmark = pytest.mark.parametrize("backend", ["sqlite"], indirect=True)


@pytest.fixture
def bait() -> Iterator[tuple[str, Event]]:
    """An address on this machine, and whether anybody called there."""
    called = Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as server:

        def wait() -> None:
            try:
                server.accept()[0].close()
            except OSError:  # nobody came, and the test is over
                return
            called.set()

        Thread(target=wait, daemon=True).start()
        yield f"127.0.0.1:{server.getsockname()[1]}", called
        server.shutdown(socket.SHUT_RDWR)


def test_printing_exporting_and_writing_fetch_nothing_and_quote_everything(
    stage: Stage, bait: tuple[str, Event]
):
    address, called = bait
    lures = [
        f'<img src="http://{address}/a.png">',
        f'<link rel=stylesheet href="http://{address}/a.css">',
        f"<style>@import url(http://{address}/b.css); p {{ background: url(http://{address}/c.png) }}</style>",
        f'<iframe src="http://{address}/d"></iframe>',
        f'<svg><image href="http://{address}/e.svg"/></svg>',
        '<iframe src="file:///etc/passwd"></iframe>',
        '<object data="php://filter/resource=/etc/passwd"></object>',
        '<embed src="data:text/html,<script>1</script>">',
        f'=WEBSERVICE("http://{address}/f")',
        f'=HYPERLINK("http://{address}/g","x")',
    ]
    numbers = [
        stage.dispatched(content=f"{lure} 电梯停运，请尽快修复。", address=lure[:90]) for lure in lures
    ]
    stage.deliver()
    browser = stage.browser("supervisor")
    pages = [browser.get(f"/tickets/{number}/print").text for number in numbers]
    for lure, page in zip(lures, pages, strict=True):
        assert lure not in page or not lure.startswith("<")
        assert "电梯停运" in page
    book = load_workbook(BytesIO(browser.get("/board/export.xlsx?view=open").data))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert len(cells) > len(lures)
    assert [cell.value for cell in cells if cell.data_type == "f" or cell.hyperlink] == []
    with stage.factory() as session:
        mails = session.scalars(select(MailboxMessage.body)).all()
    everything = "\n".join([*pages, *mails, *(str(cell.value) for cell in cells)])
    assert mails
    assert "root:x:0" not in everything
    assert not called.is_set()
