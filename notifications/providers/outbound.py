"""How is an address in the settings called without it becoming a door into our own network?

HTTPS only, hosts on a list only. The name is resolved once and the connection goes to the address that was
looked at, so that a second answer of the name server counts for nothing. Addresses that are not public are
refused, but for networks the operator names. Redirects are not followed; five seconds and 64 KB end it.
"""

import http.client
import socket
import ssl
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

SECONDS = 5.0
BYTES = 64 * 1024
_PIECE = 8 * 1024
_HTTPS = 443

Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Sequence[str]]


class ForbiddenAddressError(ValueError):
    """An address that must not be called; the text names the rule, never the address."""


class NoConnectionError(OSError):
    """Nothing was sent: there was no connection."""


class NoAnswerError(OSError):
    """Something was sent and no whole answer came back in time."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, at most BYTES of it."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for a host's addresses."""
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True)
class Outbound:
    """What may be called. `networks` are addresses that are not public and allowed all the same."""

    hosts: frozenset[str]
    networks: tuple[Network, ...] = ()
    resolve: Resolve = resolve
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body; raises ForbiddenAddressError, NoConnectionError or NoAnswerError."""
        host, port, path = self._checked(url)
        until = time.monotonic() + SECONDS
        connection = _PinnedConnection(host, port, self._address(host, port), self.tls)
        try:
            connection.connect()
        except OSError as error:
            raise NoConnectionError(type(error).__name__) from None
        try:
            connection.request("POST", path, body=body, headers=dict(headers))
            return _read(connection, until)
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError(type(error).__name__) from None
        finally:
            connection.close()

    def _checked(self, url: str) -> tuple[str, int, str]:
        try:
            parts = urlsplit(url)
            port = parts.port or _HTTPS
        except ValueError:
            raise ForbiddenAddressError("malformed") from None  # noqa: EM101 - a code
        if parts.scheme != "https":
            raise ForbiddenAddressError("not_https")  # noqa: EM101 - a code
        if parts.username is not None or parts.password is not None or "\\" in url:
            raise ForbiddenAddressError("user_in_address")  # noqa: EM101 - a code
        host = parts.hostname or ""
        if host not in self.hosts:
            raise ForbiddenAddressError("host_not_listed")  # noqa: EM101 - a code
        return host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")

    def _address(self, host: str, port: int) -> str:
        try:
            found = self.resolve(host, port)
        except OSError as error:
            raise NoConnectionError(type(error).__name__) from None
        # One that is not public among them is reason enough: a name server of ours would not say so.
        if not found or not all(self._may_reach(address) for address in found):
            raise ForbiddenAddressError("address_not_public")  # noqa: EM101 - a code
        return found[0]

    def _may_reach(self, text: str) -> bool:
        try:
            address = ip_address(text.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        if any(address in network for network in self.networks):
            return True
        return address.is_global and not address.is_multicast


class _PinnedConnection(http.client.HTTPSConnection):
    """Connects to one address and checks the certificate of the host's name."""

    def __init__(self, host: str, port: int, address: str, tls: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=SECONDS, context=tls)
        self._address = address
        self._tls = tls

    def connect(self) -> None:
        plain = socket.create_connection((self._address, self.port), self.timeout)
        try:
            self.sock = self._tls.wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise


def _read(connection: http.client.HTTPConnection, until: float) -> Answer:
    """Read with one limit over all: a server that sends a byte now and then must not keep a worker."""
    answer = connection.getresponse()
    pieces: list[bytes] = []
    while (piece := _next_piece(connection, answer, until)) and sum(map(len, pieces)) < BYTES:
        pieces.append(piece)
    return Answer(answer.status, dict(answer.headers), b"".join(pieces)[:BYTES])


def _next_piece(
    connection: http.client.HTTPConnection, answer: http.client.HTTPResponse, until: float
) -> bytes:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError
    if connection.sock is not None:
        connection.sock.settimeout(left)
    return answer.read1(_PIECE)
