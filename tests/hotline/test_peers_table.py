"""Is every fault of the table in docs/peers.md still held by the test it names?"""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NAMED = re.findall(
    r"`(tests/[\w/]+\.py)::(test_\w+)`", (ROOT / "docs" / "peers.md").read_text(encoding="utf-8")
)


def test_the_table_names_a_test_in_every_row():
    rows = [
        line for line in (ROOT / "docs" / "peers.md").read_text(encoding="utf-8").splitlines() if "::" in line
    ]
    assert len(NAMED) == len(rows) == len(set(NAMED))


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_what_the_table_names_is_there(path, name):
    assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


def test_every_fault_tested_for_is_in_the_table():
    ours = [
        path for path in Path(__file__).parent.glob("test_peers_*.py") if path.name != Path(__file__).name
    ]
    written = {
        name for path in ours for name in re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE)
    }
    assert written == {name for path, name in NAMED if "test_peers_" in path}
