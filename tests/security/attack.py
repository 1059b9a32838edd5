"""The attack of a release: known tools against the demo city on this machine, and what they found as a page.

Everything happens in a folder that is thrown away, on a free port of the loopback. Each tool has its time and no
more of it. `make attack` installs the tools and runs this; the exit code is the number of tools with findings.
"""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from tests.security.grid import open_all
from tests.security.target import ROOT, Target, errors_in, served

TOOLS = ROOT / ".venv-attack" / "bin"
PAGE = ROOT / "docs" / "security" / "t2.md"
PRODUCT = ("hotline", "notifications", "workflows", "config.py", "database.py", "wsgi.py")
# Of each tool, in seconds; MINUTES stretches or shrinks them all.
SCALE = float(os.environ.get("ATTACK_SCALE", "1"))
STATEMENTS_LOOKED_AT = {"hotline/queries/ticket_words.py": "the name of our own table"}
# The safe ones: the others name or call a host outside.
WAPITI = "xss,sql,exec,crlf,csrf,csp,cookieflags,http_headers,methods,htaccess,backup"
_OVER = -9
_SHOWN = 12


@dataclass(slots=True)
class Found:
    """What one tool did: how much of it there was, and its findings, a line each."""

    tool: str
    extent: str
    findings: list[str] = field(default_factory=list)
    seconds: float = 0.0


def run(command: Sequence[str], seconds: float, **more: str) -> tuple[int, str]:
    """Run a tool within its time; gives its exit code, or -9 when its time was over, and what it said."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env={**os.environ, **more},
            capture_output=True,
            text=True,
            timeout=seconds * SCALE,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as over:
        said = over.stdout or b""
        return _OVER, said.decode(errors="replace") if isinstance(said, bytes) else said
    return done.returncode, done.stdout + done.stderr


def with_schemathesis(target: Target) -> Iterator[Found]:
    """Try every operation of the document as several people, in every phase; half the cases are no good."""
    for name in ("agent", "handler", "supervisor"):
        report = target.folder / f"schemathesis-{name}.json"
        command = [str(TOOLS / "schemathesis"), "run", f"{target.url}/api/v1/openapi.json", "--no-color"]
        command += ["-H", f"Authorization: Bearer {target.tokens[name]}", "--seed", "1", "-n", "20"]
        command += ["--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure"]
        command += ["--checks", "not_a_server_error,status_code_conformance,content_type_conformance"]
        command += ["--max-time", str(int(80 * SCALE)), "--report-json-path", str(report)]
        code, said = run(command, 120)
        cases = re.search(r"([0-9,]+) generated", said)
        extent = f"as {name}, {cases[1] if cases else 'some'} cases"
        failures = re.findall(r"^- (.{5,160})$", said, re.MULTILINE)
        yield Found("schemathesis", extent, failures if code not in {0, _OVER} else [])


SQL_REQUESTS = (
    ("supervisor", "/search?q=a&number=b&district=c&state=d&type=e&light=f&since=2026-01-01"),
    ("supervisor", "/figures/tickets?unit=1&type=complaint&since=2026-01-01"),
    ("agent", "/knowledge?q=a&category=1"),
    ("agent", "/palette?q=a"),
    ("admin", "/admin/people?q=a&unit=1&role=agent"),
    ("admin", "/admin/categories?q=a"),
    ("", "/find?number=1"),
    ("", "/mailbox?to=1&number=2&channel=sms"),
)


def with_sqlmap(target: Target) -> Iterator[Found]:
    """Look for statements that a parameter of a page, the API, a header or a cookie gets into."""
    for name, path in SQL_REQUESTS:
        cookie = ["--cookie", target.cookies[name]] if name else []
        yield sqlmap(target, path, cookie)
    bearer = ["-H", f"Authorization: Bearer {target.tokens['agent']}"]
    yield sqlmap(target, "/api/v1/tickets?q=a&number=b&sort=created_at&limit=5&unit=1", bearer)
    body = json.dumps({"type": "complaint", "content": "a*", "channel": "phone", "caller": {"phone": "1*"}})
    posted = [*bearer, "--data", body, "-H", "Content-Type: application/json"]
    yield sqlmap(target, "/api/v1/tickets", posted)


def sqlmap(target: Target, path: str, more: Sequence[str]) -> Found:
    command = ["sqlmap", "-u", target.url + path, *more, "--batch", "--level", "2", "--risk", "2"]
    command += ["--dbms", "sqlite", "--technique", "BEU", "--smart", "--flush-session", "--disable-coloring"]
    command += ["--output-dir", str(target.folder / "sqlmap"), "--timeout", "5", "--retries", "0"]
    code, said = run(command, 45)
    bad = re.findall(r"^Parameter: .*$|.*is vulnerable.*", said, re.MULTILINE)
    tried = len(re.findall(r"testing if|heuristic", said))
    until = "all of it" if code != _OVER else "until its time was over"
    return Found("sqlmap", f"{path.partition('?')[0]}, {tried} tests, {until}", bad)


def with_wapiti(target: Target) -> Iterator[Found]:
    """Crawl and attack with the modules that call nobody outside, as a citizen and as an agent."""
    for name, path in (("", "/"), ("agent", "/desk")):
        out = target.folder / f"wapiti-{name}.json"
        command = ["wapiti", "-u", target.url + path, "--scope", "folder", "-m", WAPITI, "--flush-session"]
        command += ["--no-bugreport", "--max-scan-time", str(int(70 * SCALE)), "-f", "json", "-o", str(out)]
        command += ["--store-session", str(target.folder / f"wapiti-{name}")]
        command += ["-H", f"Cookie: {target.cookies[name]}"] if name else []
        run(command, 110)
        yield Found("wapiti", f"as {name or 'a citizen'}", read_wapiti(out))


def read_wapiti(out: Path) -> list[str]:
    if not out.is_file():
        return ["no report was written"]
    told = json.loads(out.read_text(encoding="utf-8"))
    kinds = {**told.get("vulnerabilities", {}), **told.get("anomalies", {})}
    return [
        f"{kind}: {each['method']} {each['path']} {each['info']}"
        for kind, all_ in kinds.items()
        for each in all_
    ]


def with_bandit(_target: Target) -> Iterator[Found]:
    """Look for dangerous calls in the code."""
    said = run([str(TOOLS / "bandit"), "-q", "-r", *PRODUCT, "-ll", "-f", "json"], 120)[1]
    told = json.loads(said[said.index("{") : said.rindex("}") + 1])
    found = [
        f"{each['filename']}:{each['line_number']} {each['issue_text']}"
        for each in told["results"]
        if each["filename"].removeprefix("./") not in STATEMENTS_LOOKED_AT
    ]
    yield Found("bandit", f"{told['metrics']['_totals']['loc']:,} lines", found)


def with_semgrep(_target: Target) -> Iterator[Found]:
    """Look for what our own rules forbid."""
    command = [str(TOOLS / "semgrep"), "scan", "--config", "tests/security/rules.yml", "--metrics", "off"]
    code, said = run(
        [*command, "--disable-version-check", "--json", "-q", *PRODUCT], 240, SEMGREP_SEND_METRICS="off"
    )
    told = json.loads(said[said.index("{") : said.rindex("}") + 1])
    found = [f"{each['path']}:{each['start']['line']} {each['check_id']}" for each in told["results"]]
    faults = [str(each.get("message"))[:120] for each in told["errors"]] if code else []
    yield Found("semgrep", f"{len(told['paths']['scanned'])} files", found + faults)


def with_regexploit(_target: Target) -> Iterator[Found]:
    """Look for patterns that take more than their share of time; possessive ones never go back and are left out."""
    from tests.security.test_patterns import patterns  # noqa: PLC0415 - loads the whole product

    texts = sorted({each.pattern for each in patterns().values() if isinstance(each.pattern, str)})
    known = [text for text in texts if not re.search(r"[*+?}]\+", text)]
    done = subprocess.run(
        [str(TOOLS / "regexploit")],
        input="\n".join(known).encode("utf-8", "backslashreplace"),
        capture_output=True,
        timeout=120,
        check=False,
    )
    stars = re.findall(r"Pattern: (.*)|Worst-case complexity: (.*)", done.stdout.decode())
    yield Found("regexploit", f"{len(known)} patterns", ["".join(each) for each in stars])


def with_chromium(target: Target) -> Iterator[Found]:
    """Open every page with attacks in every text; the last one, for afterwards the city is full of them."""
    grid = open_all(target)
    yield Found("chromium", f"{grid.pages} pages with attacks in every text", grid.alive)


ATTACKS: Mapping[str, Callable[[Target], Iterator[Found]]] = {
    "bandit": with_bandit,
    "semgrep": with_semgrep,
    "regexploit": with_regexploit,
    "schemathesis": with_schemathesis,
    "sqlmap": with_sqlmap,
    "wapiti": with_wapiti,
    "chromium": with_chromium,
}


def main(names: Sequence[str]) -> int:
    """Run all tools, or those named; write the page when all were run."""
    found: list[Found] = []
    with served() as target:
        for name, attack in ATTACKS.items():
            if not names or name in names:
                for each in timed(attack(target)):
                    found.append(each)
                    sys.stdout.write(f"{each.tool} {each.extent}: {each.findings or 'nothing'}\n")
                    sys.stdout.flush()
        broken = errors_in(target.folder / "server.log")
    found.append(Found("the server's log", "faults of ours under all of this", broken))
    if not names:
        PAGE.write_text(page_of(found), encoding="utf-8")
    return sum(bool(each.findings) for each in found)


def timed(parts: Iterator[Found]) -> Iterator[Found]:
    """Note how long each part took."""
    began = time.monotonic()
    for part in parts:
        part.seconds = time.monotonic() - began
        yield part
        began = time.monotonic()


def page_of(found: Sequence[Found]) -> str:
    """Write down what was run and what came of it."""
    rows = [
        f"| {each.tool} | {each.extent} | {each.seconds:.0f} s | {len(each.findings)} |" for each in found
    ]
    open_ones = [f"- {each.tool}, {each.extent}: {line}" for each in found for line in each.findings[:_SHOWN]]
    head = (
        "# What known tools found",
        "",
        f"`make attack` of {datetime.now(UTC):%Y-%m-%d}, against the demo city on the loopback of a machine with two",
        "cores. Written by the command itself. Dependencies are not matched against advisories: that needs a network.",
        "",
        "| tool | extent | took | open findings |",
        "|---|---|---|---|",
    )
    return "\n".join([*head, *rows, "", *(open_ones or ["Nothing is open."]), ""])


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
