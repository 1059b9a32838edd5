"""Is what gets installed what was asked for: direct requirements are pinned, whole and explained."""

import pytest
from packaging.requirements import Requirement

from scripts.lock_requirements import closure, normalised, read_requirements
from tests.architecture.source import ROOT


def pins(*names: str) -> dict[str, str]:
    found = [pin for name in names for pin in read_requirements(ROOT / name)]
    return {normalised(pin.name): str(pin.specifier).removeprefix("==") for pin in found}


def direct(name: str) -> list[Requirement]:
    return read_requirements(ROOT / name)


@pytest.mark.parametrize(
    ("asked", "locked"),
    [
        ("requirements.in", ("requirements.txt",)),
        ("requirements-dev.in", ("requirements.txt", "requirements-dev.txt")),
    ],
)
def test_every_direct_requirement_is_pinned_to_the_version_asked_for(
    asked: str, locked: tuple[str, ...]
) -> None:
    exact = pins(*locked)
    wrong = [
        str(wish)
        for wish in direct(asked)
        if not wish.specifier.contains(exact.get(normalised(wish.name), "0"))
    ]
    assert wrong == []


def test_the_runtime_lock_is_the_whole_closure() -> None:
    assert pins("requirements.txt") == closure(direct("requirements.in"))


def test_the_tools_lock_adds_only_what_the_runtime_lacks() -> None:
    runtime, tools = pins("requirements.txt"), pins("requirements-dev.txt")
    assert set(runtime) & set(tools) == set()
    assert {**runtime, **tools} == {**runtime, **closure(direct("requirements-dev.in"))}


def test_every_direct_requirement_is_explained() -> None:
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    asked = [*direct("requirements.in"), *direct("requirements-dev.in")]
    missing = [
        str(wish)
        for wish in asked
        if f"| {normalised(wish.name)} | {str(wish.specifier).removeprefix('==')} |" not in page
    ]
    assert missing == []
