"""A provider of OpenID Connect on loopback: honest, or lying in one way at a time."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey, RSAKey
from werkzeug.datastructures import Headers
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

CLIENT, SECRET, SUBJECT = "hotline", "a-secret-of-the-provider", "u-4711"


class Provider:
    """What it says next is in `lies` (claims put over the honest ones) and `sign` (how the token is signed)."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.lies: dict[str, Any] = {}
        self.metadata: dict[str, Any] = {}
        self.sign = self.honestly
        self.nonces: dict[str, str] = {}
        self.tokens_given = 0
        self.asked: list[dict[str, str]] = []

    def honestly(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.key)

    def with_a_foreign_key(self, claims: dict[str, Any]) -> str:
        foreign = RSAKey.generate_key(2048, {"kid": "one"})
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, foreign)

    def with_no_algorithm(self, claims: dict[str, Any]) -> str:
        parts = ({"alg": "none", "kid": "one"}, claims)
        return ".".join([*(_encoded(json.dumps(part).encode()) for part in parts), ""])

    def with_the_client_secret(self, claims: dict[str, Any]) -> str:
        return jwt.encode(
            {"alg": "HS256", "kid": "one"}, claims, OctKey.import_key(SECRET), algorithms=["HS256"]
        )

    def with_the_public_key_as_a_secret(self, claims: dict[str, Any]) -> str:
        public = self.key.as_pem(private=False)
        return _hmac_signed({"alg": "HS256", "kid": "one"}, claims, public)

    def with_another_kind_of_key(self, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "kid": "one"}, claims, ECKey.generate_key("P-256"))

    def __call__(self, environ: Any, start_response: Any) -> Any:
        asked = Request(environ)
        answers = {
            "/.well-known/openid-configuration": self._describe,
            "/keys": lambda _: KeySet([self.key]).as_dict(private=False),
            "/token": self._give,
        }
        body = answers[asked.path](asked)
        answer = Response(json.dumps(body), headers=Headers({"Content-Type": "application/json"}))
        return answer(environ, start_response)

    def _describe(self, _: Request) -> dict[str, Any]:
        at = {name: f"{self.issuer}/{name}" for name in ("authorize", "token", "keys")}
        return {
            "issuer": self.issuer,
            "authorization_endpoint": at["authorize"],
            "token_endpoint": at["token"],
            "jwks_uri": at["keys"],
            "id_token_signing_alg_values_supported": ["none", "HS256", "RS256", "ES256"],
            **self.metadata,
        }

    def _give(self, asked: Request) -> dict[str, Any]:
        self.tokens_given += 1
        self.asked.append(asked.form.to_dict())
        now = int(time.time())
        honest = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonces.get(asked.form["code"], ""),
        }
        claims = {name: value for name, value in {**honest, **self.lies}.items() if value is not None}
        return {
            "access_token": "opaque",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": self.sign(claims),
        }


@contextmanager
def running() -> Iterator[Provider]:
    """A provider on a free port of loopback."""
    provider = Provider("")
    server = make_server("127.0.0.1", 0, provider)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _hmac_signed(header: dict[str, Any], claims: dict[str, Any], key: bytes) -> str:
    signed = ".".join(_encoded(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{_encoded(hmac.new(key, signed.encode(), hashlib.sha256).digest())}"
