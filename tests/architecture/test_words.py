"""Does every name say what it is: words that say nothing are not used for modules, classes or functions."""

import ast
import re

import pytest

from tests.architecture.source import PRODUCT, Source, python_files

EMPTY_WORDS = {"util", "utils", "helper", "helpers", "common", "misc"}
EMPTY_VERBS = ("process_", "handle_", "do_", "manage_")
# Names that another library looks for.
ASKED_BY_OTHERS = {
    "process_bind_param",
    "process_result_value",
    "process_revision_directives",
    "do_GET",
    "do_POST",
}


def words_in(name: str) -> set[str]:
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower().strip("_").split("_"))


def is_empty(name: str) -> bool:
    if name in ASKED_BY_OTHERS:
        return False
    return bool(words_in(name) & EMPTY_WORDS) or name.lstrip("_").startswith(EMPTY_VERBS)


def names_in(source: Source) -> list[str]:
    kinds = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    own = [part.removesuffix(".py") for part in source.name.split("/")]
    return own + [node.name for node in ast.walk(source.tree) if isinstance(node, kinds)]


def test_no_name_hides_behind_an_empty_word() -> None:
    found = [
        f"{source.name}: {name}"
        for source in python_files(*PRODUCT)
        for name in names_in(source)
        if is_empty(name)
    ]
    assert found == []


@pytest.mark.parametrize(
    "name", ["process_ticket", "_handle_reply", "do_it", "TicketHelpers", "common", "date_utils"]
)
def test_an_empty_word_is_seen(name: str) -> None:
    assert is_empty(name)


@pytest.mark.parametrize("name", ["handler", "finish_handling", "domain", "commonly", "processing_time"])
def test_a_word_of_the_trade_is_left_alone(name: str) -> None:
    assert not is_empty(name)
