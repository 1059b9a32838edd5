"""How a tool is run within its time, and what is told of it afterwards."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.security.target import ROOT

TOOLS = ROOT / ".venv-attack" / "bin"
# In an environment of its own: it asks for other versions of what the others need.
WAPITI_ITSELF = ROOT / ".venv-wapiti" / "bin" / "wapiti"
# Of each tool, in seconds; ATTACK_SCALE stretches or shrinks them all.
SCALE = float(os.environ.get("ATTACK_SCALE", "1"))
OVER = -9


@dataclass(slots=True)
class Found:
    """What one tool did: how much of it there was, and its findings, a line each."""

    tool: str
    extent: str
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(command: Sequence[str], seconds: float, fixed: float = 0, **more: str) -> tuple[int, str]:
    """Run a tool within its time, of which `fixed` is not stretched; gives its exit code, or -9 when its time was over, and what it said."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
            timeout=seconds * SCALE + fixed,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as over:
        said = over.stdout or b""
        return OVER, said.decode(errors="replace") if isinstance(said, bytes) else said
    return done.returncode, done.stdout + done.stderr
