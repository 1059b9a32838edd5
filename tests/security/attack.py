"""The attack of a release: known tools and our own against the demo city on this machine, and what came of it.

Everything happens in folders that are thrown away, on free ports of the loopback. Each tool has its time and no
more of it. `make attack` installs the tools and runs this; the exit code is the number of tools with findings.
"""

import platform
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime

from tests.security.attack_guesses import with_guesses, with_timing
from tests.security.attack_run import SCALE, TOOLS, WAPITI_ITSELF, Found
from tests.security.attack_sql import with_sqlmap
from tests.security.attack_tools import (
    with_bandit,
    with_regexploit,
    with_schemathesis,
    with_semgrep,
    with_wapiti,
)
from tests.security.grid import with_chromium
from tests.security.smuggling import with_extra_fields
from tests.security.target import ROOT, Target, errors_in, served

PAGE = ROOT / "docs" / "security" / "t2.md"
# What people say of the findings stays; the command writes what is above it.
BY_HAND = "## Findings and how each was closed"
_SHOWN = 12
_VERSIONS = {
    "schemathesis": (str(TOOLS / "schemathesis"), "--version"),
    "sqlmap": ("sqlmap", "--version"),
    "wapiti": (str(WAPITI_ITSELF), "--version"),
    "bandit": (str(TOOLS / "bandit"), "--version"),
    "semgrep": (str(TOOLS / "semgrep"), "--version"),
    "chromium": ("chromium", "--version"),
}

ATTACKS: Mapping[str, Callable[[Target], Iterator[Found]]] = {
    "bandit": with_bandit,
    "semgrep": with_semgrep,
    "regexploit": with_regexploit,
    "schemathesis": with_schemathesis,
    "wapiti": with_wapiti,
    "guesses": with_guesses,
    "timing": with_timing,
    "fields": with_extra_fields,
    # The last one of this city: afterwards it is full of attacks.
    "chromium": with_chromium,
    # Has cities of its own.
    "sqlmap": with_sqlmap,
}


def main(names: Sequence[str]) -> int:
    """Run all tools, or those named; write the page when all were run."""
    found: list[Found] = []
    began = time.monotonic()
    with served() as target:
        for name, attack in ATTACKS.items():
            if not names or name in names:
                for each in timed(whole(name, attack(target))):
                    found.append(each)
                    sys.stdout.write(f"{each.tool} {each.extent}: {each.findings or 'nothing'}\n")
                    sys.stdout.flush()
        broken = errors_in(target.folder / "server.log")
    found.append(Found("the server's log", "faults of ours under all of this", broken))
    sys.stdout.write(f"{found[-1].tool}: {broken or 'nothing'}\n")
    if not names:
        PAGE.write_text(page_of(found, time.monotonic() - began), encoding="utf-8")
    return sum(bool(each.findings) for each in found)


def whole(name: str, parts: Iterator[Found]) -> Iterator[Found]:
    """Let one tool that breaks be a finding and not the end of the others."""
    try:
        yield from parts
    except Exception as fault:  # noqa: BLE001 - whatever it is, it is told as a finding
        yield Found(name, "broke", [f"{type(fault).__name__}: {str(fault)[:300]}"])


def timed(parts: Iterator[Found]) -> Iterator[Found]:
    """Note how long each part took."""
    began = time.monotonic()
    for part in parts:
        part.seconds = time.monotonic() - began
        yield part
        began = time.monotonic()


def page_of(found: Sequence[Found], seconds: float) -> str:
    """Write down what was run and what came of it, above what was written by hand."""
    rows = [
        f"| {each.tool} | {each.extent} | {each.seconds:.0f} s | {len(each.findings)} |" for each in found
    ]
    open_ones = [f"- {each.tool}, {each.extent}: {line}" for each in found for line in each.findings[:_SHOWN]]
    before = PAGE.read_text(encoding="utf-8") if PAGE.is_file() else ""
    by_hand = before[before.index(BY_HAND) :] if BY_HAND in before else f"{BY_HAND}\n"
    return "\n".join([*_head(seconds), *rows, "", *(open_ones or ["Nothing is open."]), "", by_hand])


def _head(seconds: float) -> Iterator[str]:
    scale = "" if SCALE == 1 else f" with ATTACK_SCALE={SCALE:g}"
    yield "# What known tools and our own attacks found"
    yield ""
    yield f"`make attack` of {datetime.now(UTC):%Y-%m-%d}{scale}, against the demo city on the loopback of a machine with"
    yield f"two cores, {seconds / 60:.0f} minutes. The command writes this page down to the next heading; its exit code is the"
    yield "number of lines with findings. `ATTACK_SCALE` stretches or shrinks the time of each tool. Dependencies are not"
    yield "matched against advisories: that needs a network."
    yield ""
    yield "Versions: " + "; ".join(_versions()) + "."
    yield ""
    yield "| tool | extent | took | open findings |"
    yield "|---|---|---|---|"


def _versions() -> Iterator[str]:
    yield f"Python {platform.python_version()}"
    for name, command in _VERSIONS.items():
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        version = re.search(r"[0-9]+(?:\.[0-9]+)+", done.stdout + done.stderr)
        yield f"{name} {version[0] if version else 'of unknown version'}"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
