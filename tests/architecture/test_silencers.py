"""Is every exception to a rule explained: a silenced check has a code and a reason, and faults are not swallowed."""

import ast
import io
import re
import tokenize
from collections.abc import Iterator

import pytest
from typing_extensions import TypeIs

from tests.architecture.source import PRODUCT, python_files

SILENCER = re.compile(r"#\s*(noqa|type:\s*ignore)")
EXPLAINED = re.compile(
    r"#\s*(noqa: [A-Z]+[0-9]+(, ?[A-Z]+[0-9]+)*|type: ignore\[[a-z-]+(, ?[a-z-]+)*\])\s+[-#–—]\s*\S.*"
)
# The two loops that must outlive whatever one round of them raises; of the worker's the attempt and the lane
# are parts, where one message's fault becomes its own end.
LOOPS = {
    "notifications/worker.py",
    "notifications/attempt.py",
    "notifications/lanes.py",
    "hotline/scheduler.py",
}


def comments_in(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def is_unexplained(comment: str) -> bool:
    return SILENCER.search(comment) is not None and EXPLAINED.search(comment) is None


def catches_everything(node: ast.AST) -> TypeIs[ast.ExceptHandler]:
    if not isinstance(node, ast.ExceptHandler):
        return False
    names = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    return any(
        name is None or (isinstance(name, ast.Name) and name.id in {"Exception", "BaseException"})
        for name in names
    )


def test_every_silenced_check_has_a_code_and_a_reason() -> None:
    found = [
        f"{source.name}:{line} {comment}"
        for source in python_files(*PRODUCT, "tests", "migrations")
        for line, comment in comments_in(source.text)
        if is_unexplained(comment)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("comment", "is_wrong"),
    [
        ("# noqa", True),
        ("# noqa: S105", True),
        ("# type: ignore", True),
        ("# type: ignore[arg-type]", True),
        ("# noqa: S105 - printed at start", False),
        ("# noqa: S105, E501 - printed at start", False),
        ("# type: ignore[arg-type]  # checked above", False),
        ("# a remark", False),
    ],
)
def test_a_silencer_without_a_reason_is_seen(comment: str, *, is_wrong: bool) -> None:
    assert is_unexplained(comment) is is_wrong


def test_only_the_two_loops_catch_everything() -> None:
    found = [
        f"{source.name}:{node.lineno}"
        for source in python_files(*PRODUCT)
        for node in ast.walk(source.tree)
        if catches_everything(node) and source.name not in LOOPS
    ]
    assert found == []


def test_each_loop_catches_everything_once() -> None:
    for source in python_files(*LOOPS):
        assert len([node for node in ast.walk(source.tree) if catches_everything(node)]) <= 1, source.name
