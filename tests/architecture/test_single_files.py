"""Do the files that import-linter cannot take as roots keep to their place."""

import ast

import pytest

from tests.architecture.source import imported_modules, python_files

OURS = {
    "hotline",
    "workflows",
    "notifications",
    "config",
    "database",
    "sealing",
    "wsgi",
    "tests",
    "scripts",
    "benchmarks",
}


def ours_in(tree: ast.Module) -> list[str]:
    return [name for _, name in imported_modules(tree) if name.split(".")[0] in OURS]


@pytest.mark.parametrize("name", ["config.py", "setting_checks.py", "database.py", "sealing.py"])
def test_the_ground_floor_imports_nothing_of_ours(name: str) -> None:
    (source,) = python_files(name)
    assert ours_in(source.tree) == []


def test_an_import_inside_a_function_is_seen_too() -> None:
    assert ours_in(ast.parse("def f():\n    from hotline.services import intake\n")) == ["hotline.services"]


def test_the_product_does_not_import_its_tests() -> None:
    found = [
        f"{source.name}:{line}"
        for source in python_files("hotline", "workflows", "notifications")
        for line, name in imported_modules(source.tree)
        if name.split(".")[0] in {"tests", "wsgi", "scripts", "benchmarks"}
    ]
    assert found == []


def test_packages_load_nothing_by_themselves() -> None:
    inits = [source for source in python_files("hotline") if source.path.name == "__init__.py"]
    allowed = {"hotline/cli/__init__.py", "hotline/models/__init__.py"}  # lists: commands, tables
    full = [
        source.name for source in inits if source.name not in allowed and list(imported_modules(source.tree))
    ]
    assert full == []
