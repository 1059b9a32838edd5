"""Known tools against the city as it is served and against the code as it is written."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.security.attack_run import OVER, SCALE, TOOLS, WAPITI_ITSELF, Found, run
from tests.security.target import Target

PRODUCT = ("hotline", "notifications", "workflows", "config.py", "database.py", "wsgi.py")
STATEMENTS_LOOKED_AT = {"hotline/queries/ticket_words.py": "the name of our own table"}
# The safe ones: the others name or call a host outside, or look for what is not here (there is no LDAP: it takes any
# two answers that differ for one).
WAPITI = (
    "xss,permanentxss,sql,timesql,exec,file,redirect,"
    "crlf,csrf,csp,cookieflags,http_headers,methods,htaccess,backup"
)
# Two units that stand beside each other must not see what is the other's alone.
PEERS = ("handler", "handler2")
# Left out: what is refused for its meaning (a code nobody knows, a version nobody named) has the right shape.
_NOT_CHECKED = "positive_data_acceptance"
# What reads the code says nothing unless it comes to the end, so that its time is not shrunk with the others'.
_READING = 240


def with_schemathesis(target: Target) -> Iterator[Found]:
    """Try every operation of the document as several people, in every phase; half the cases are no good."""
    named = [
        {"name": name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {token}"}]}
        for name, token in target.tokens.items()
    ]
    keys = target.folder / "keys.json"
    keys.write_text(json.dumps({"auth": named}), encoding="utf-8")
    for name in ("handler", "handler2", "agent", "supervisor"):
        settings = target.folder / f"schemathesis-{name}.toml"
        settings.write_text(_settings(keys, name), encoding="utf-8")
        command = [str(TOOLS / "schemathesis"), "--config-file", str(settings), "run"]
        command += [f"{target.url}/api/v1/openapi.json", "--no-color", "--seed", "1", "-n", "20"]
        command += ["--phases", "examples,coverage,fuzzing,stateful", "--continue-on-failure"]
        command += ["--checks", "all", "--exclude-checks", _NOT_CHECKED]
        command += ["--max-time", str(int(90 * SCALE))]
        code, said = run(command, 150)
        (target.folder / f"schemathesis-{name}.log").write_text(said, encoding="utf-8")
        cases = re.search(r"([0-9,]+) generated", said)
        extent = f"as {name}, {cases[1] if cases else 'no'} cases"
        failures = re.findall(r"^- (ST[0-9]+ .{5,160})$", said, re.MULTILINE)
        is_broken = code not in {0, OVER} and not failures
        yield Found("schemathesis", extent, failures + ([said[-200:]] if is_broken or not cases else []))


def _settings(keys: Path, name: str) -> str:
    peers = json.dumps([each for each in PEERS if name in PEERS])
    of_peers = f"peers = {peers}\n" if name in PEERS else ""
    # The web server refuses an address that is too long before anybody looks at what is in it.
    refused = "[checks]\nnegative_data_rejection.expected-statuses = [" + ", ".join(
        map(str, (400, 401, 403, 404, 405, 409, 413, 414, 415, 422, 429))
    )
    return f'[auth.wfc]\npath = "{keys}"\nuser = "{name}"\n{of_peers}\n{refused}]\n'


def with_wapiti(target: Target) -> Iterator[Found]:
    """Crawl and attack with the modules that call nobody outside, as a citizen, an agent and a supervisor."""
    for name, path in (("", "/"), ("agent", "/desk"), ("supervisor", "/board")):
        out = target.folder / f"wapiti-{name}.json"
        command = [
            str(WAPITI_ITSELF),
            "-u",
            target.url + path,
            "-s",
            target.url + "/",
            "--scope",
            "domain",
            "-m",
            WAPITI,
        ]
        command += ["--flush-session", "--no-bugreport", "-f", "json", "-o", str(out)]
        command += ["--max-scan-time", str(int(90 * SCALE)), "--max-attack-time", str(int(15 * SCALE))]
        command += ["--store-session", str(target.folder / f"wapiti-{name}")]
        # It does not read what is compressed.
        command += ["-H", "Accept-Encoding: identity"]
        command += ["-H", f"Cookie: {target.cookies[name]}"] if name else []
        for left_out in ("/logout", "/account/password", "/account/sessions/others/end"):
            command += ["-x", target.url + left_out]
        # More at once lock each other out of its own database, and now and then four do as well.
        for _ in range(2):
            if not out.is_file():
                run([*command, "--tasks", "4"], 400, fixed=120)
        findings, looked_at, crawled = read_wapiti(out)
        extent = f"as {name or 'a citizen'}, {crawled} addresses and forms"
        yield Found("wapiti", f"{extent}; {looked_at} remarks of the list below", findings)


# What it says of every site that is served without TLS, or without a header that browsers have given up.
LOOKED_AT = {
    "X-XSS-Protection is not set": "browsers have given it up; the content security policy takes its place",
    "Strict-Transport-Security is not set": "the proxy that ends TLS sets it, and so does the product under https",
    "Secure flag is not set": "the city attacked is served over http; under https the cookie is __Host- and Secure",
}


def read_wapiti(out: Path) -> tuple[list[str], int, int]:
    """Give its findings, how many remarks are among those that were looked at, and how much it crawled."""
    if not out.is_file():
        return ["no report was written"], 0, 0
    told = json.loads(out.read_text(encoding="utf-8"))
    kinds = {**told.get("vulnerabilities", {}), **told.get("anomalies", {})}
    lines = [
        f"{kind}: {each['method']} {each['path']} {each['info']}"
        for kind, all_ in kinds.items()
        for each in all_
    ]
    findings = [line for line in lines if not any(words in line for words in LOOKED_AT)]
    return findings, len(lines) - len(findings), int(told["infos"]["crawled_pages_nbr"])


def with_bandit(_target: Target) -> Iterator[Found]:
    """Look for dangerous calls in the code."""
    said = run([str(TOOLS / "bandit"), "-q", "-r", *PRODUCT, "-ll", "-f", "json"], 0, _READING)[1]
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
        [*command, "--disable-version-check", "--json", "-q", *PRODUCT],
        0,
        _READING,
        SEMGREP_SEND_METRICS="off",
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
