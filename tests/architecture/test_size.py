"""Can every piece be read in one go: files, functions, parameters and nesting stay small."""

import ast
from collections.abc import Iterator

from tests.architecture.source import PRODUCT, Source, python_files

FILE_LINES = 300
FUNCTION_LINES = 30
PARAMETERS = 5
NESTING = 3

Function = ast.FunctionDef | ast.AsyncFunctionDef
BLOCKS = (ast.If, ast.For, ast.AsyncFor, ast.While, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match)


def functions_of(source: Source) -> Iterator[Function]:
    return (node for node in ast.walk(source.tree) if isinstance(node, Function))


def length_of(function: Function) -> int:
    """Lines from `def` to the end; the docstring explains and does not count."""
    assert function.end_lineno is not None
    lines = function.end_lineno - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is not None and first.end_lineno is not None:
        lines -= first.end_lineno - first.lineno + 1
    return lines


def parameters_of(function: Function) -> int:
    names = [
        each.arg for each in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    ]
    return len([name for name in names if name not in {"self", "cls"}])


def depth_of(node: ast.AST, depth: int = 0) -> int:
    """How many blocks stand inside each other; `elif` is the same block and a nested function starts anew."""
    deepest = depth
    for field, value in ast.iter_fields(node):
        is_elif = (
            field == "orelse"
            and isinstance(node, ast.If)
            and len(value) == 1
            and isinstance(value[0], ast.If)
        )
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, Function | ast.ClassDef) or not isinstance(child, ast.AST):
                continue
            is_deeper = isinstance(child, BLOCKS) and not is_elif
            deepest = max(deepest, depth_of(child, depth + is_deeper))
    return deepest


def test_no_file_is_longer_than_300_lines() -> None:
    files = python_files(*PRODUCT, "tests", "migrations/env.py")
    lengths = {source.name: len(source.text.splitlines()) for source in files}
    assert {name: lines for name, lines in lengths.items() if lines > FILE_LINES} == {}


def test_no_function_is_longer_than_30_lines() -> None:
    found = {
        f"{source.name}:{function.lineno} {function.name}": length_of(function)
        for source in python_files(*PRODUCT)
        for function in functions_of(source)
    }
    assert {name: lines for name, lines in found.items() if lines > FUNCTION_LINES} == {}


def test_no_function_takes_more_than_5_parameters() -> None:
    found = {
        f"{source.name}:{function.lineno} {function.name}": parameters_of(function)
        for source in python_files(*PRODUCT)
        for function in functions_of(source)
    }
    assert {name: count for name, count in found.items() if count > PARAMETERS} == {}


def test_no_function_nests_blocks_deeper_than_3() -> None:
    found = {
        f"{source.name}:{function.lineno} {function.name}": depth_of(function)
        for source in python_files(*PRODUCT)
        for function in functions_of(source)
    }
    assert {name: depth for name, depth in found.items() if depth > NESTING} == {}


def test_the_ruler_itself_sees_what_is_too_big() -> None:
    deep = "def f(a, b, *, c):\n if a:\n  for x in b:\n   with c:\n    if x:\n     pass\n   elif_ = 1\n"
    flat = "def g(self, a):\n '''Doc.\n\n more.'''\n if a:\n  pass\n elif self:\n  pass\n elif b:\n  pass\n"
    first, second = (ast.parse(text).body[0] for text in (deep, flat))
    assert isinstance(first, Function)
    assert isinstance(second, Function)
    assert (depth_of(first), parameters_of(first)) == (4, 3)
    assert (depth_of(second), parameters_of(second), length_of(second)) == (1, 1, 7)
