"""Is a number that somebody sends read by the one reader that knows its bounds?"""

import ast

import pytest

from tests.architecture.source import PRODUCT, python_files

_SENT = {"args", "form", "values", "headers", "cookies"}


def read_as_int(tree: ast.AST) -> list[int]:
    """The lines where a parameter becomes an `int`: one of 25 digits is none for a database."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and (_asks_for_int(node) or _makes_int(node))
    ]


def _asks_for_int(call: ast.Call) -> bool:
    kinds = [each.value for each in call.keywords if each.arg == "type"]
    return _is_get(call.func) and any(isinstance(kind, ast.Name) and kind.id == "int" for kind in kinds)


def _makes_int(call: ast.Call) -> bool:
    is_int = isinstance(call.func, ast.Name) and call.func.id == "int"
    return is_int and any(_is_sent(part) for argument in call.args for part in ast.walk(argument))


def _is_get(called: ast.expr) -> bool:
    return isinstance(called, ast.Attribute) and called.attr in {"get", "getlist"}


def _is_sent(part: ast.AST) -> bool:
    if not isinstance(part, ast.Attribute) or not isinstance(part.value, ast.Name):
        return False
    return part.value.id == "request" and part.attr in _SENT


def test_no_number_that_is_sent_is_read_past_its_bounds():
    found = {source.name: read_as_int(source.tree) for source in python_files(*PRODUCT)}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "line",
    ['request.args.get("id", type=int)', 'int(request.form["id"])', 'int(request.args.get("at", "0"))'],
)
def test_one_that_is_read_past_them_would_be_seen(line):
    assert read_as_int(ast.parse(line)) == [1]
