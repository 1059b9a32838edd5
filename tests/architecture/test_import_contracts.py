"""Do the import contracts bite: each is kept by the bare skeleton and broken by one planted import.

import-linter passes a contract that names a module which does not exist, so a misspelt name would hold nothing.
"""

import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.architecture.source import ROOT

PACKAGES = ("hotline", "workflows", "notifications")
CONFIG: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS: dict[str, dict[str, Any]] = {contract["id"]: contract for contract in CONFIG["contracts"]}

PLANTS = [
    ("engines", "workflows/vocabulary.py", "import hotline.models"),
    ("engines", "workflows/vocabulary.py", "import notifications.catalog"),
    ("engines", "notifications/catalog.py", "import hotline.models"),
    ("engines", "notifications/catalog.py", "import workflows.vocabulary"),
    ("pure-workflows", "workflows/engine.py", "import flask"),
    ("pure-workflows", "workflows/engine.py", "import sqlalchemy.orm"),
    ("pure-workflows", "workflows/engine.py", "import jinja2"),
    ("pure-workflows", "workflows/engine.py", "import database"),
    ("pure-workflows", "workflows/engine.py", "import config"),
    ("workflows-layers", "workflows/vocabulary.py", "import workflows.engine"),
    ("workflows-layers", "workflows/ticket.py", "import workflows.assignment"),
    ("workflows-layers", "workflows/stray.py", ""),
    ("notifications-layers", "notifications/models.py", "import notifications.worker"),
    ("notifications-layers", "notifications/stray.py", ""),
    ("hotline-layers", "hotline/models/planted.py", "import hotline.services"),
    ("hotline-layers", "hotline/queries/planted.py", "import hotline.web"),
    ("hotline-layers", "hotline/services/planted.py", "import hotline.web"),
    ("hotline-layers", "hotline/web/planted.py", "import hotline.desk"),
    ("hotline-layers", "hotline/desk/planted.py", "import hotline.dispatch"),
    ("hotline-layers", "hotline/api/planted.py", "import hotline.citizen"),
    ("hotline-layers", "hotline/services/planted.py", "import hotline.cli"),
    ("hotline-layers", "hotline/stray.py", ""),
    ("no-flask-below-web", "hotline/models/planted.py", "import flask"),
    ("no-flask-below-web", "hotline/queries/planted.py", "from flask import g"),
    ("no-flask-below-web", "hotline/services/planted.py", "import flask_login"),
    ("no-flask-below-web", "notifications/worker.py", "import flask"),
    ("no-cycles", "hotline/services/planted.py", "import hotline.queries.planted"),
]
OTHER_HALF = {"no-cycles": ("hotline/queries/planted.py", "import hotline.services.planted")}


@pytest.fixture
def skeleton(tmp_path: Path) -> Path:
    """Every package and module of ours, empty: no import but the planted one."""
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.touch()
            (copy.parent / "__init__.py").touch()
    for name in ("database.py", "config.py", "sealing.py"):
        (tmp_path / name).touch()
    (tmp_path / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return tmp_path


def plant(skeleton: Path, name: str, line: str) -> None:
    path = skeleton / name
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    path.write_text(line + "\n")
    target = skeleton / "hotline" / line.removeprefix("import hotline.")
    if line.startswith("import hotline.") and not (target.is_dir() or target.with_suffix(".py").exists()):
        target.with_suffix(".py").touch()  # a role that was removed whole leaves its place in the contract


def verdict(folder: Path, *contracts: str) -> str:
    """What lint-imports prints when it looks at `folder` alone."""
    limits = [part for contract in contracts for part in ("--contract", contract)]
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"}
    done = subprocess.run(
        [*command, "--no-cache", "--no-logo", *limits],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return f"exit {done.returncode}\n{done.stdout}{done.stderr}"


def test_the_bare_skeleton_keeps_every_contract(skeleton: Path) -> None:
    answer = verdict(skeleton)
    assert answer.startswith("exit 0"), answer
    assert f"{len(CONTRACTS)} kept, 0 broken" in answer


@pytest.mark.parametrize(("contract", "name", "line"), PLANTS)
def test_a_planted_import_breaks_its_contract(skeleton: Path, contract: str, name: str, line: str) -> None:
    plant(skeleton, name, line)
    if contract in OTHER_HALF:
        plant(skeleton, *OTHER_HALF[contract])
    answer = verdict(skeleton, contract)
    assert answer.startswith("exit 1"), answer
    assert CONTRACTS[contract]["name"] in answer or "stray" in answer, answer


def test_every_contract_has_a_planted_violation() -> None:
    assert {contract for contract, _, _ in PLANTS} == set(CONTRACTS)


def test_brackets_stand_only_around_modules_that_are_absent() -> None:
    present = [
        f"{container}.{name}"
        for contract in CONTRACTS.values()
        for container in contract.get("containers", [])
        for name in bracketed(contract["layers"])
        if (ROOT / container / name / "__init__.py").exists() or (ROOT / container / f"{name}.py").exists()
    ]
    assert present == [], "take their brackets away in pyproject.toml"


def bracketed(layers: list[str]) -> list[str]:
    names = [name.strip() for layer in layers for name in layer.replace("|", ":").split(":")]
    return [name.strip("()") for name in names if name.startswith("(")]
