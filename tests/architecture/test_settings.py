"""Does .env.example list exactly the settings the program reads, with values the program takes."""

from dataclasses import fields

from config import VARIABLES, Settings
from tests.architecture.source import ROOT


def example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    return {
        name: value for name, _, value in (line.partition("=") for line in lines if line[:1] not in {"", "#"})
    }


def test_every_setting_has_a_variable() -> None:
    assert set(VARIABLES) == {field.name for field in fields(Settings)}


def test_the_example_lists_every_variable_once_and_no_other() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()
    names = [line.split("=", 1)[0] for line in lines if line[:1] not in {"", "#"}]
    assert sorted(names) == sorted(VARIABLES.values())


def test_the_example_starts_the_demo_as_if_nothing_were_set() -> None:
    assert Settings.from_env(example()) == Settings.from_env({})


def test_the_operations_page_explains_every_variable() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    assert [name for name in VARIABLES.values() if f"`{name}`" not in page] == []
