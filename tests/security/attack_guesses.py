"""Ten thousand guesses at once at what a citizen's ticket is opened with, and a thousand pairs of answers timed."""

import hashlib
import http.client
import re
import secrets
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask import Flask
from sqlalchemy import select, update

from config import Settings
from database import db
from hotline.app import create_app
from hotline.models.people import User
from hotline.models.ticket import Ticket
from hotline.web.security import limiter
from tests.conftest import TEST_ENVIRONMENT
from tests.security.attack_run import SCALE, Found
from tests.security.target import Target

GUESSES = 10_000
# A password takes its time to be looked at, so that these pairs are the longest part of all.
PAIRS = int(1_000 * min(SCALE, 1))
_AT_ONCE = 8
# What one ticket and one address take in a quarter of an hour, and what is on its way when the last one is counted.
_TRIES = 20
_LOOKED_AT = 422
_TOO_MANY = 429
_ALIKE = (0.45, 0.55)


@dataclass(frozen=True, slots=True)
class Guess:
    """One try at the look-up, from one address."""

    number: str
    code: str
    address: str


def copy_of(target: Target, name: str) -> Flask:
    """The product in this process on a copy of the served city."""
    path = target.folder / f"{name}.db"
    source, copy = sqlite3.connect(target.folder / "city.db"), sqlite3.connect(path)
    source.backup(copy)
    source.close()
    copy.close()
    own = {**TEST_ENVIRONMENT, "DATABASE_URL": f"sqlite:///{path}", "HOTLINE_BASE_URL": "http://localhost"}
    return create_app(Settings.from_env(own))


def with_guesses(target: Target) -> Iterator[Found]:
    """Guess codes of one ticket from everywhere, and numbers in a row from one place and from fifty."""
    number, code = _ticket(target)
    wrong = [f"{at:06d}" for at in range(GUESSES + 1) if f"{at:06d}" != code][:GUESSES]
    yield _told(
        f"{GUESSES:,} codes of one ticket, each from an address of its own, {_AT_ONCE} at once",
        _guess(target, [Guess(number, each, f"10.{at >> 8}.{at & 255}.7") for at, each in enumerate(wrong)]),
        _TRIES,
    )
    day, at = number[2:10], int(number.rpartition("-")[2])
    numbers = [f"YJ{day}-{(at + turn) % 100_000:05d}" for turn in range(GUESSES)]
    for places in (1, 50):
        yield _told(
            f"{GUESSES:,} numbers in a row from {places} address{'es' if places > 1 else ''}, {_AT_ONCE} at once",
            _guess(
                target,
                [
                    Guess(each, "12345x", f"198.51.{places}.{turn % places}")
                    for turn, each in enumerate(numbers)
                ],
            ),
            _TRIES * places,
        )


def _ticket(target: Target) -> tuple[str, str]:
    app = copy_of(target, "read")
    with app.app_context():
        row = db.session.execute(
            select(Ticket.number, Ticket.query_code).where(Ticket.number == target.number)
        ).one()
        return row.number, row.query_code


def _told(extent: str, answers: Counter[tuple[int, str]], allowed: int) -> Found:
    looked_at = sum(count for (status, _), count in answers.items() if status == _LOOKED_AT)
    opened = sum(count for (status, _), count in answers.items() if status not in {_LOOKED_AT, _TOO_MANY})
    bodies = len({body for status, body in answers if status == _LOOKED_AT})
    findings = []
    if opened:
        findings.append(f"{opened} answers that were neither a refusal nor a limit")
    if looked_at > allowed + _AT_ONCE - 1:
        findings.append(f"{looked_at} guesses were looked at instead of {allowed}")
    if bodies > 1:
        findings.append(f"{bodies} different refusals")
    return Found("guesses", f"{extent}: {looked_at} looked at, {opened} opened, {bodies} text", findings)


def _guess(target: Target, guesses: list[Guess]) -> Counter[tuple[int, str]]:
    shares = [guesses[turn::_AT_ONCE] for turn in range(_AT_ONCE)]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return sum(pool.map(lambda share: _guess_in_turn(target, share), shares), Counter())


def _guess_in_turn(target: Target, guesses: list[Guess]) -> Counter[tuple[int, str]]:
    """Guess like a browser that has the form; the address is what a proxy on this machine would say."""
    answers: Counter[tuple[int, str]] = Counter()
    line = http.client.HTTPConnection(urlsplit(target.url).netloc, timeout=60)
    line.request("GET", "/find")
    form = line.getresponse()
    token = re.search(r'name="csrf_token" value="([^"]+)"', form.read().decode())
    assert token is not None
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": str(form.headers["Set-Cookie"]).partition(";")[0],
    }
    for each in guesses:
        body = urlencode({"csrf_token": token[1], "number": each.number, "code": each.code})
        line.request("POST", "/find", body, {**headers, "X-Forwarded-For": each.address})
        answer = line.getresponse()
        answers[answer.status, _said(answer.read().decode(), each.number)] += 1
    line.close()
    return answers


def _said(page: str, number: str) -> str:
    """What an answer says, without what differs in every answer and what was typed."""
    text = re.sub(r'name="csrf_token" value="[^"]+"|data-now="[^"]+"|例如 [^<]*', "", page)
    return hashlib.sha256(text.replace(number, "").encode()).hexdigest()


def with_timing(target: Target) -> Iterator[Found]:
    """Time what exists against what does not, in turns: the area under the curve of a guesser who goes by time."""
    app = copy_of(target, "timing")
    limiter.enabled = False
    try:
        number, _ = _ticket(target)
        day = number[2:10]
        yield _compare(
            "ticket numbers at the look-up",
            lambda turn: _look_up(app, number, f"YJ{day}-{99_999 - turn:05d}"),
        )
        yield _compare("accounts at the sign-in", lambda turn: _sign_in(app, turn))
    finally:
        limiter.enabled = True


Pair = tuple[float, float]


def _compare(what: str, ask: Callable[[int], Pair]) -> Found:
    ask(0)
    pairs = [ask(turn) for turn in range(1, PAIRS + 1)]
    known, unknown = [one for one, _ in pairs], [other for _, other in pairs]
    area = _area(known, unknown)
    low, high = _ALIKE
    findings = [] if low <= area <= high else [f"time tells {what}: AUC {area:.3f}"]
    return Found("timing", f"{what}, {PAIRS:,} pairs: AUC {area:.3f}", findings)


def _area(known: list[float], unknown: list[float]) -> float:
    """The chance that one that exists took longer than one that does not."""
    ranks = sorted([(each, 1) for each in known] + [(each, 0) for each in unknown])
    of_known = sum(rank for rank, (_, is_known) in enumerate(ranks, 1) if is_known)
    return (of_known - len(known) * (len(known) + 1) / 2) / (len(known) * len(unknown))


def _timed(app: Flask, path: str, data: dict[str, str]) -> float:
    browser = app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(path).text)
    assert token is not None
    began = time.perf_counter()
    browser.post(path, data={**data, "csrf_token": token[1]})
    return time.perf_counter() - began


def _look_up(app: Flask, known: str, unknown: str) -> Pair:
    asked = [{"number": each, "code": "12345x"} for each in (known, unknown)]
    return _in_any_order(app, "/find", asked)


def _sign_in(app: Flask, turn: int) -> Pair:
    """One account of the city after another, each made to look as if nobody had failed there."""
    with app.app_context(), db.session.begin():
        names = db.session.scalars(
            select(User.username).where(User.password_hash.is_not(None)).order_by(User.id)
        ).all()
        known = names[turn % len(names)]
        db.session.execute(update(User).values(failed_attempts=0, locked_until=None))
    asked = [{"username": each, "password": "Wrong-password-1"} for each in (known, f"nobody{turn:04d}")]
    return _in_any_order(app, "/login", asked)


def _in_any_order(app: Flask, path: str, asked: list[dict[str, str]]) -> Pair:
    if secrets.randbelow(2):
        later = _timed(app, path, asked[1])
        return _timed(app, path, asked[0]), later
    return _timed(app, path, asked[0]), _timed(app, path, asked[1])
