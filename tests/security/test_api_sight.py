"""Through the API a unit reads of a ticket what its page shows them: nothing of the inner life of a unit beside it."""

from collections.abc import Iterator

import pytest

from tests.stories.scenes_requests import EXTENSION
from tests.stories.stage import Stage

INNER = "只供本单位内部参考的话"


def texts(stage: Stage, who: str, number: str) -> Iterator[str]:
    browser = stage.app.test_client()
    headers = {"Authorization": f"Bearer {stage.tokens[who]}"}
    for part in ("events", "clocks", "assignments", "requests", "attachments", "messages"):
        answer = browser.get(f"/api/v1/tickets/{number}/{part}", headers=headers)
        assert answer.status_code == 200
        yield answer.text


@pytest.fixture
def number(stage: Stage) -> str:
    """A matter of two units; the one that leads has noted and asked for something."""
    number = stage.dispatched("HOUSING", "ROADS")
    stage.on_share("handler_housing", number, "HOUSING", "sign")
    stage.act("handler_housing", number, "note", text=INNER, visibility="internal")
    stage.ask("handler_housing", number, "HOUSING", "extension", **EXTENSION)
    return number


def test_a_unit_beside_another_reads_neither_its_notes_nor_its_requests(stage: Stage, number: str):
    told = "".join(texts(stage, "handler_roads", number))
    assert INNER not in told
    assert "ask_extension" not in told


def test_the_unit_itself_and_the_centre_read_them(stage: Stage, number: str):
    for who in ("handler_housing", "supervisor"):
        told = "".join(texts(stage, who, number))
        assert INNER in told
        assert "ask_extension" in told
