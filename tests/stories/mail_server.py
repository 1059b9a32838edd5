"""A real mail server on this machine that fails as mail servers do, and remembers what it took."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

_BAD_SHARE = 0.25
_TIMES_BAD = 2
_FAULTS = ("451 4.3.0 try again", "421 4.3.2 closing", "452 4.2.2 full", "hang up", "hang up after taking")


class AnyPort(Controller):
    """A controller on a free port; the original asks port 0 whether it is there."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@dataclass
class MailInbox:
    """What it took, in order: our messages' ids. A quarter of the first tries goes badly."""

    taken: list[str] = field(default_factory=list)
    tried: Counter[str] = field(default_factory=Counter)

    async def handle_DATA(self, server: Any, _session: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        message_id = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        fault = self._fault(message_id)
        if fault == "hang up":
            server.transport.abort()
        if fault in {"", "hang up after taking"}:
            self.taken.append(message_id)
        if fault == "hang up after taking":
            server.transport.abort()
        return fault if fault[:1].isdigit() else "250 OK"

    def _fault(self, message_id: str) -> str:
        nth = self.tried[message_id]
        self.tried[message_id] += 1
        chance = random.Random(f"{message_id}:{nth}")  # noqa: S311 - repeatable on purpose
        return chance.choice(_FAULTS) if nth < _TIMES_BAD and chance.random() < _BAD_SHARE else ""

    @contextmanager
    def open(self) -> Iterator[int]:
        """Run the server on a thread; gives its port."""
        controller = AnyPort(self, hostname="127.0.0.1", port=0, decode_data=False)
        controller.start()
        yield controller.port
        controller.stop()
