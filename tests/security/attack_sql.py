"""sqlmap on every parameter of every list, search, filter and look-up, signed in and not, on both databases.

The limits on tries are off in that city: they would keep most statements from being looked at at all.
"""

import csv
import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from config import Settings
from hotline.app import create_app
from tests.conftest import TEST_ENVIRONMENT
from tests.databases import BACKENDS, Databases
from tests.security.attack_run import OVER, SCALE, Found, run
from tests.security.round import CITIZEN, Round, Seen, asked_otherwise
from tests.security.target import Target, served

_DBMS = {"sqlite": "sqlite", "postgresql": "postgresql"}
_SECONDS = {"sqlite": 800, "postgresql": 500}
# In the API's path and in the bodies that are JSON.
_LIST = (
    "/api/v1/tickets?state=in_process&type=complaint&urgency=normal&category=1&unit=1&light=red&overdue=1&q=a"
    "&number=b&phone=1&created_from=2026-01-01T00:00:00Z&created_to=2026-01-01T00:00:00Z&assigned_to_me=0"
    "&sort=due_at&limit=5&after=1&count=1"
)
_API = (
    _LIST,
    "/api/v1/units?limit=5&after=1&count=1",
    "/api/v1/categories?limit=5&after=1&count=1",
    "/api/v1/calendars?calendar=CN&year=2026",
    "/api/v1/policies?limit=5&after=1&count=1",
    "/api/v1/tickets/YJ20261123-00001*",
)
_BODY = {
    "type": "complaint",
    "content": "a*",
    "channel": "phone*",
    "category": "1*",
    "caller": {"phone": "1*"},
}
_NOT_A_PARAMETER = {"csrf_token"}


@dataclass(frozen=True, slots=True)
class Asking:
    """Addresses that one person asks for."""

    who: str
    urls: tuple[str, ...]
    headers: tuple[str, ...] = ()
    body: str = ""


def with_sqlmap(_target: Target) -> Iterator[Found]:
    """Look for statements that a parameter gets into; a city of its own on each database."""
    with tempfile.TemporaryDirectory() as folder:
        databases = Databases(Path(folder), "attack", f"attack-{Path(folder).name}")
        for backend in BACKENDS:
            with served(databases.new_database(backend, "city"), has_limits=False) as target:
                for asking in _askings(target):
                    yield _sqlmap(target, backend, asking)
        databases.close()


def _askings(target: Target) -> Iterator[Asking]:
    found = _addresses(target)
    yield Asking("a stranger", ("/find?number=1", "/login?user=a&next=/desk", *found.pop(CITIZEN, ())))
    looked_up = "number=YJ20261123-00001*&code=123456*"
    yield Asking("a stranger", ("/find",), body=looked_up)
    for who, urls in found.items():
        yield Asking(who, tuple(urls), (f"Cookie: {target.cookies[who]}",))
    bearer = f"Authorization: Bearer {target.tokens['supervisor']}"
    yield Asking("supervisor's token", _API, (bearer,))
    agents = f"Authorization: Bearer {target.tokens['agent']}"
    yield Asking(
        "agent's token", ("/api/v1/tickets",), (agents, "Content-Type: application/json"), json.dumps(_BODY)
    )


def _addresses(target: Target) -> dict[str, list[str]]:
    """Every page that has parameters, with all of them, by who may open it."""
    own = {**TEST_ENVIRONMENT, "DATABASE_URL": target.database, "HOTLINE_BASE_URL": target.url}
    found: dict[str, list[str]] = {}

    def look(seen: Seen) -> None:
        is_known = seen.username in {CITIZEN, *target.cookies}
        if not (seen.is_page and seen.answer.status_code == 200 and is_known):
            return
        names = _names(seen)
        if names:
            address = f"{seen.path.partition('?')[0]}?{urlencode(dict.fromkeys(names, '1'))}"
            found.setdefault(seen.username, []).append(address)

    Round(create_app(Settings.from_env(own))).walk(look)
    return found


def _names(seen: Seen) -> list[str]:
    """The parameters of a page: of its address and of its forms that are asked and not posted."""
    asked = "".join(re.findall(r'<form[^>]*method="get".*?</form>', seen.answer.text, re.DOTALL))
    names = {
        name
        for address in asked_otherwise(seen.path, asked, "x")
        for name in re.findall(r"[?&]([^=&]+)=", address)
    }
    return sorted(names - _NOT_A_PARAMETER)


def _sqlmap(target: Target, backend: str, asking: Asking) -> Found:
    out = Path(tempfile.mkdtemp(dir=target.folder))
    urls = out / "urls.txt"
    urls.write_text("\n".join(target.url + each for each in asking.urls), encoding="utf-8")
    where = ["-u", target.url + asking.urls[0], "--data", asking.body] if asking.body else ["-m", str(urls)]
    command = ["sqlmap", *where, "--batch", "--level", "2", "--risk", "2", "--technique", "BE"]
    command += ["--dbms", _DBMS[backend], "--flush-session", "--disable-coloring", "--output-dir", str(out)]
    command += ["--timeout", "5", "--retries", "0", "--skip", "Cookie,csrf_token"]
    for header in asking.headers:
        command += ["-H", header]
    share = len(asking.urls) / 40
    code, said = run(command, max(40, _SECONDS[backend] * share))
    tried = len(re.findall(r"testing (?:for SQL injection on|if) .*parameter", said))
    until = (
        "all of it"
        if code != OVER
        else f"until its time of {int(max(40, _SECONDS[backend] * share) * SCALE)} s"
    )
    extent = f"{backend}, as {asking.who}, {len(asking.urls)} addresses, {tried} parameters, {until}"
    return Found("sqlmap", extent, _injectable(out) + ([] if tried else [said[-300:]]))


def _injectable(out: Path) -> list[str]:
    rows = [row for path in out.glob("results-*.csv") for row in csv.DictReader(path.open(encoding="utf-8"))]
    found = [f"{row['Target URL']} {row['Parameter']}" for row in rows if row.get("Technique(s)")]
    logs = "".join(path.read_text(encoding="utf-8", errors="replace") for path in out.glob("*/log"))
    return found + re.findall(r"^Parameter: .*$", logs, re.MULTILINE)
