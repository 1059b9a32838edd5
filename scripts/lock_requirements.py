"""Which exact versions does an installation get: writes requirements*.txt from what is installed here."""

import re
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement

_ROOT = Path(__file__).resolve().parent.parent


def read_requirements(path: Path) -> list[Requirement]:
    """The requirement lines of a file, without comments and `-r` lines."""
    lines = (line.split("#")[0].strip() for line in path.read_text().splitlines())
    return [Requirement(line) for line in lines if line and not line.startswith("-")]


def closure(direct: list[Requirement]) -> dict[str, str]:
    """Normalised name to installed version of everything these requirements pull in on this platform."""
    pins: dict[str, str] = {}
    seen: set[tuple[str, frozenset[str]]] = set()
    pending = list(direct)
    while pending:
        wanted = pending.pop()
        key = (normalised(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        installed = distribution(wanted.name)
        pins[key[0]] = installed.version
        pending.extend(_needed(installed.requires or [], wanted.extras))
    return pins


def normalised(name: str) -> str:
    """The name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _needed(lines: list[str], extras: set[str]) -> list[Requirement]:
    needed = []
    for requirement in map(Requirement, lines):
        marker = requirement.marker
        if marker is None or any(marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            needed.append(requirement)
    return needed


def _write(path: Path, head: list[str], pins: dict[str, str]) -> None:
    path.write_text("\n".join([*head, *(f"{name}=={pins[name]}" for name in sorted(pins))]) + "\n")


def main() -> None:
    """Write both lock files."""
    runtime = closure(read_requirements(_ROOT / "requirements.in"))
    tools = closure(read_requirements(_ROOT / "requirements-dev.in"))
    _write(
        _ROOT / "requirements.txt",
        ["# The full closure of requirements.in, written by scripts/lock_requirements.py."],
        runtime,
    )
    _write(
        _ROOT / "requirements-dev.txt",
        [
            "# The closure of requirements-dev.in beyond requirements.txt, by scripts/lock_requirements.py.",
            "-r requirements.txt",
        ],
        {name: pin for name, pin in tools.items() if name not in runtime},
    )


if __name__ == "__main__":
    main()
