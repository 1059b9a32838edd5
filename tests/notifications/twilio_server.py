"""A server that speaks Twilio's API as published: authentication, form, answers, errors; and fails as told.

What it took stands in `ledger`, in order, also where its answer was lost. `report` is called as Twilio calls a
status callback, with our message's id, its own reference and a status: before an answer that is lost, else after it.
"""

import base64
import json
import re
import secrets
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import StrEnum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qs, urlsplit

SID, TOKEN, SENDER = "AC" + "0" * 32, "token-of-the-tests", "+15005550006"
_PATH = f"/2010-04-01/Accounts/{SID}/Messages.json"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_LONGEST_BODY = 1600


class Mode(StrEnum):
    """How one call goes. What comes after `TAKEN` takes the message and spoils the answer."""

    FINE = "fine"
    BUSY = "429"
    BROKEN = "500"
    CLOSED = "503"
    TAKEN = "reset after taking"
    HALF = "half a body"
    WRONG_BODY = "200 with an error body"
    NO_JSON = "no JSON"
    SLOW = "no answer in time"


UNHEARD = frozenset({Mode.TAKEN, Mode.HALF, Mode.WRONG_BODY, Mode.NO_JSON, Mode.SLOW})


@dataclass(frozen=True, slots=True)
class Taken:
    """One message the server took."""

    message_id: str
    to: str
    sid: str
    by: str


@dataclass
class TwilioServer:
    """`mode` says how a call goes, by our message's id and how often it came; `slow` is how many seconds SLOW takes."""

    mode: Callable[[str, int], Mode] = lambda _message_id, _nth: Mode.FINE
    report: Callable[[str, str, str], None] = lambda _message_id, _sid, _status: None
    during: Callable[[], None] = lambda: None
    name: str = "twilio"
    retry_after: str = "7"
    slow: float | None = None
    ledger: list[Taken] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        twilio = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 30

            def do_POST(self) -> None:
                twilio.answer(self)

            def log_message(self, *_said: object) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_what: None  # type: ignore[method-assign]  # clients die on purpose
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    @property
    def copies(self) -> int:
        return len(self.ledger) - len({taken.message_id for taken in self.ledger})

    def answer(self, call: BaseHTTPRequestHandler) -> None:
        body = call.rfile.read(int(call.headers.get("Content-Length", "0")))
        form = {name: values[0] for name, values in parse_qs(body.decode(), keep_blank_values=True).items()}
        refusal = _refusal(call, form)
        if refusal is not None:
            status, code, words = refusal
            _write(call, status, _error(status, code, words))
            return
        message_id = parse_qs(urlsplit(form["StatusCallback"]).query).get("message", [form["Body"]])[0]
        with self._lock:
            nth = self.asked[message_id]
            self.asked[message_id] += 1
        self.during()
        self._go(call, self.mode(message_id, nth), message_id, form)

    def _go(self, call: BaseHTTPRequestHandler, mode: Mode, message_id: str, form: dict[str, str]) -> None:
        if mode is Mode.BUSY:
            _write(call, 429, _error(429, 20429, "Too Many Requests"), {"Retry-After": self.retry_after})
        elif mode is Mode.BROKEN:
            _write(call, 500, _error(500, 20500, "Internal Server Error"))
        elif mode is Mode.CLOSED:
            _write(call, 503, _error(503, 20503, "Service Unavailable"))
        else:
            taken = Taken(message_id, form["To"], f"SM{secrets.token_hex(16)}", self.name)
            with self._lock:
                self.ledger.append(taken)
            if mode in UNHEARD:
                self.report(message_id, taken.sid, "sent")
            self._answer_taken(call, mode, taken, form)
            if mode not in UNHEARD:
                self.report(message_id, taken.sid, "sent")

    def _answer_taken(
        self, call: BaseHTTPRequestHandler, mode: Mode, taken: Taken, form: dict[str, str]
    ) -> None:
        created = _created(taken, form)
        if mode is Mode.TAKEN:
            # A linger of zero turns the farewell into a reset.
            call.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            call.connection.close()
            call.close_connection = True
        elif mode is Mode.HALF:
            _write(call, 201, created[:40], length=len(created), closes=True)
        elif mode is Mode.WRONG_BODY:
            _write(call, 200, _error(500, 20500, "Internal Server Error"))
        elif mode is Mode.NO_JSON:
            _write(call, 201, b"<html>created</html>")
        elif mode is Mode.SLOW:
            threading.Event().wait(self.slow)
            _write(call, 201, created, closes=True)
        else:
            _write(call, 201, created)


def _refusal(call: BaseHTTPRequestHandler, form: dict[str, str]) -> tuple[int, int, str] | None:
    """Say what Twilio would not take, by its error dictionary."""
    wanted = "Basic " + base64.b64encode(f"{SID}:{TOKEN}".encode()).decode()
    if call.headers.get("Authorization") != wanted:
        return 401, 20003, "Authenticate"
    if call.path != _PATH:
        return 404, 20404, "The requested resource was not found"
    if call.headers.get_content_type() != "application/x-www-form-urlencoded":
        return 415, 20415, "Unsupported Media Type"
    callback = urlsplit(form.get("StatusCallback", ""))
    checks = (
        (bool(form.get("To")), 21604, "A 'To' phone number is required."),
        (bool(form.get("From")), 21603, "A 'From' phone number is required."),
        (form.get("From") == SENDER, 21606, "The 'From' phone number is not a valid message-capable number"),
        (bool(form.get("Body")), 21602, "Message body is required."),
        (len(form.get("Body", "")) <= _LONGEST_BODY, 21617, "The concatenated message body exceeds 1600"),
        (bool(_E164.fullmatch(form.get("To", ""))), 21211, "Invalid 'To' Phone Number"),
        (
            callback.scheme in {"http", "https"} and bool(callback.netloc),
            21609,
            "Invalid 'StatusCallback' URL",
        ),
    )
    return next(((400, code, words) for is_good, code, words in checks if not is_good), None)


def _error(status: int, code: int, words: str) -> bytes:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return json.dumps({"code": code, "message": words, "more_info": more, "status": status}).encode()


def _created(taken: Taken, form: dict[str, str]) -> bytes:
    uri = f"{_PATH.removesuffix('.json')}/{taken.sid}"
    return json.dumps(
        {
            "account_sid": SID,
            "api_version": "2010-04-01",
            "body": form["Body"],
            "date_created": formatdate(),
            "date_sent": None,
            "date_updated": formatdate(),
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": form["From"],
            "messaging_service_sid": None,
            "num_media": "0",
            "num_segments": "1",
            "price": None,
            "price_unit": "USD",
            "sid": taken.sid,
            "status": "queued",
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": form["To"],
            "uri": f"{uri}.json",
        }
    ).encode()


def _write(
    call: BaseHTTPRequestHandler,
    status: int,
    body: bytes,
    headers: dict[str, str] | None = None,
    *,
    length: int | None = None,
    closes: bool = False,
) -> None:
    """Headers and body in one write: two would wait for a delayed acknowledgement."""
    lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json;charset=utf-8"]
    lines += [
        f"Content-Length: {len(body) if length is None else length}",
        f"Date: {formatdate(usegmt=True)}",
    ]
    lines += ["Connection: close"] if closes else []
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    call.close_connection = closes
    try:
        call.wfile.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
    except OSError:
        call.close_connection = True
