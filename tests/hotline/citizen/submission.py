"""The pages of a new request, filled in by a browser without JavaScript, and what was kept of them."""

import io
import re
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from tests.hotline.citizen.journeys import hidden
from tests.hotline.pictures import picture_bytes

PNG = picture_bytes()
WORDS = "和平里小区 12 幢的电梯停了五天，坐轮椅的老人下不了楼，希望尽快修好。"
MATTER = {"content": WORDS, "type": "help", "accused": ""}
PLACE = {"address": "和平里小区 12 幢", "district": "", "street": "春风街道"}
_WHERE = {**PLACE, "no_place": "", "latitude": "", "longitude": ""}
PERSON = {"privacy": "open", "citizen_name": "张𠮷祥", "phone": "138 0013 8000", "callback_wanted": "yes"}


def picture(name: str = "电梯.png", shade: int = 0) -> tuple[io.BytesIO, str]:
    return io.BytesIO(picture_bytes(shade=shade)), name


def send(client: Any, path: str, **typed: Any) -> Any:
    """Fill in a page that was just opened and press its button."""
    return client.post(path, data={**hidden(client.get(path).text), **typed})


def fill_in(client: Any, **changes: Any) -> Any:
    """Go through all pages up to the one that shows everything; gives that page."""
    send(client, "/submit", **{**MATTER, **_taken(changes, MATTER)})
    send(client, "/submit/where", **{**PLACE, **_taken(changes, _WHERE)})
    send(client, "/submit/who", **{**PERSON, **changes})
    return client.get("/submit/check")


def submit(client: Any, **changes: Any) -> str:
    """Send a whole request; gives the number its last page tells."""
    fill_in(client, **changes)
    assert send(client, "/submit/check").headers["Location"] == "/submit/done"
    return number_on(client.get("/submit/done").text)


def number_on(page: str) -> str:
    found = re.search(r"YJ\d{8}-\d{5,6}", page)
    assert found is not None
    return found[0]


def _taken(changes: dict[str, Any], page: dict[str, str]) -> dict[str, Any]:
    """Take out of the changes those of one page."""
    return {name: changes.pop(name) for name in page if name in changes}


def one(sessions: Any, statement: Any) -> Any:
    with sessions() as session:
        return session.scalars(statement).one()


def count(sessions: Any, column: Any) -> int:
    with sessions() as session:
        return int(session.scalar(select(func.count(column))))


def files_on(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []
