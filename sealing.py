"""How is personal data kept unreadable: the keys, the ciphers, the sealed column types and keyed hashes.

A sealed text names the key that sealed it, so that several keys can be read while only the newest writes.
Imports nothing of ours, so that any package may use it.
"""

import base64
import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher as BlockCipher
from cryptography.hazmat.primitives.ciphers import algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import ColumnElement, Dialect, String, Text
from sqlalchemy.sql import operators
from sqlalchemy.types import TypeDecorator

_NONCE_BYTES = 12
_TAG_BYTES = 16
_SM4_KEY_BYTES = 16
_NAME_LETTERS = 8
_HASH = "hash"
# Texts without the name of their key, from before there could be two.
_NAMELESS = "1"
_NAMED = "2"


class Cipher(Protocol):
    """Authenticated encryption under one key. `bound` is not kept, but must be the same to open."""

    def seal(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        """Encrypt; the tag is part of the result."""

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        """Decrypt; raises InvalidTag when anything was changed."""


class AesGcm:
    """AES-256-GCM."""

    def __init__(self, key: bytes) -> None:
        self._aead = AESGCM(hashlib.sha256(b"seal" + key).digest())

    def seal(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        return self._aead.encrypt(nonce, plain, bound)

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        return self._aead.decrypt(nonce, sealed, bound)


class Sm4Gcm:
    """SM4-GCM (GB/T 32907, GB/T 36624), which an assessment under GB/T 39786 asks for."""

    def __init__(self, key: bytes) -> None:
        self._key = algorithms.SM4(hashlib.sha256(b"seal sm4" + key).digest()[:_SM4_KEY_BYTES])

    def seal(self, nonce: bytes, plain: bytes, bound: bytes) -> bytes:
        encryptor = BlockCipher(self._key, modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(bound)
        return encryptor.update(plain) + encryptor.finalize() + encryptor.tag

    def open(self, nonce: bytes, sealed: bytes, bound: bytes) -> bytes:
        body, tag = sealed[:-_TAG_BYTES], sealed[-_TAG_BYTES:]
        if len(tag) < _TAG_BYTES:
            raise InvalidTag
        decryptor = BlockCipher(self._key, modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound)
        return decryptor.update(body) + decryptor.finalize()


_CIPHERS: Mapping[str, type[AesGcm | Sm4Gcm]] = {"aes": AesGcm, "sm4": Sm4Gcm}


class UnknownKeyError(ValueError):
    """A text was sealed with a key this process was not given."""


class Digest(str):
    """A keyed hash as the key that writes makes it.

    `every` holds those of all keys, the newest first: what was written under an older one is found by them.
    """

    __slots__ = ("every",)

    every: tuple[str, ...]

    @classmethod
    def of(cls, every: Sequence[str]) -> Self:
        """Put together again what was kept of one; the first is that of the key that writes."""
        digest = cls(every[0])
        digest.every = tuple(every)
        return digest


class _Keyring:
    """The keys of this process, set once by the composition root."""

    def __init__(self) -> None:
        self._ciphers: dict[str, Cipher] = {}
        self._hash_keys: dict[str, bytes] = {}

    def configure(self, keys: Sequence[tuple[str, bytes]]) -> None:
        sealing = [(use, key) for use, key in keys if use != _HASH]
        self._ciphers = {_name_of(use, key): _CIPHERS[use](key) for use, key in sealing}
        hashing = [key for use, key in keys if use == _HASH] or [sealing[-1][1]]
        self._hash_keys = {_name_of(_HASH, key): hashlib.sha256(b"find" + key).digest() for key in hashing}

    @property
    def newest(self) -> str:
        if not self._ciphers:
            message = "configure_sealing() was not called"
            raise RuntimeError(message)
        return next(iter(self._ciphers))

    def seal(self, text: str, column: str) -> str:
        name, nonce = self.newest, os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[name].seal(nonce, text.encode(), column.encode())
        return f"{_NAMED}:{name}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, text: str, column: str) -> str:
        version, _, rest = text.partition(":")
        name, _, body = rest.rpartition(":")
        raw = base64.urlsafe_b64decode(body)
        nonce, sealed = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
        if version == _NAMELESS:
            return self._open_nameless(nonce, sealed)
        if name not in self._ciphers:
            message = f"sealed with a key that was not given: {name[: _NAME_LETTERS * 2]}"
            raise UnknownKeyError(message)
        return self._ciphers[name].open(nonce, sealed, column.encode()).decode()

    def _open_nameless(self, nonce: bytes, sealed: bytes) -> str:
        for cipher in self._ciphers.values():
            try:
                return cipher.open(nonce, sealed, b"").decode()
            except InvalidTag:
                continue
        raise InvalidTag

    @property
    def hash_keys(self) -> tuple[str, ...]:
        return tuple(self._hash_keys)

    def digest(self, text: str) -> Digest:
        keys = self._hash_keys.values()
        return Digest.of([hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for key in keys])


_KEYRING = _Keyring()


def configure_sealing(keys: Sequence[tuple[str, bytes]]) -> None:
    """Set the keys of this process: pairs of use and key, the one that writes first.

    A use is a cipher ("aes", "sm4"), or "hash" for a key of the keyed hashes, of which likewise the first
    writes and all find; without one the last key, the installation's oldest, is taken, so that a new key in
    front changes no hash.
    """
    _KEYRING.configure(keys)


def keyed_hash(text: str) -> Digest:
    """HMAC-SHA256 of a normalised value in hex: finds equal values without storing them readable."""
    return _KEYRING.digest(text)


def every_hash(digest: Any) -> tuple[Any, ...]:
    """List under what a value may be stored that has this hash: one read from the database is only itself."""
    return digest.every if isinstance(digest, Digest) else (digest,)


def hash_key_names() -> tuple[str, ...]:
    """Name the keys of the keyed hashes, the one that writes first."""
    return _KEYRING.hash_keys


def newest_prefix() -> str:
    """How every text begins that is sealed with the key that writes."""
    return f"{_NAMED}:{_KEYRING.newest}:"


def key_of(sealed: str) -> str:
    """The name of the key a text was sealed with; empty for texts from before keys had names."""
    return sealed.split(":")[1] if sealed.startswith(f"{_NAMED}:") else ""


def seal(text: str, column: str) -> str:
    """Encrypt under a random nonce, bound to where it is kept, such as `citizens.phone`."""
    return _KEYRING.seal(text, column)


def unseal(sealed: str, column: str) -> str:
    """Decrypt what seal() made for the same place.

    Raises InvalidTag when it was changed or moved, UnknownKeyError when its key was not given.
    """
    return _KEYRING.open(sealed, column)


class SealedText(TypeDecorator[str]):
    """Text that is stored encrypted; equal texts look different, so search goes by keyed_hash().

    `column` is table and column: a sealed text that is moved to another column does not open.
    """

    impl = Text
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(value, self.column)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else unseal(value, self.column)


class SealedJson(TypeDecorator[Mapping[str, Any]]):
    """A JSON object that is stored encrypted, bound to its column likewise."""

    impl = Text
    cache_ok = True

    def __init__(self, column: str) -> None:
        super().__init__()
        self.column = column

    def process_bind_param(self, value: Mapping[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else seal(json.dumps(dict(value), ensure_ascii=False), self.column)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Mapping[str, Any] | None:
        return None if value is None else json.loads(unseal(value, self.column))


class KeyedHash(TypeDecorator[str]):
    """A column of keyed hashes: compared with a Digest it finds what any key of this process has written."""

    impl = String(64)
    cache_ok = True

    class comparator_factory(TypeDecorator.Comparator[str]):  # noqa: N801 - SQLAlchemy's name
        """`==` and `in_` look for the hashes of all keys."""

        def operate(self, op: operators.OperatorType, *other: Any, **kwargs: Any) -> ColumnElement[Any]:
            if op is operators.eq and len(every_hash(other[0])) > 1:
                return super().operate(operators.in_op, list(every_hash(other[0])), **kwargs)
            if op is operators.in_op and isinstance(other[0], list | tuple | set | frozenset):
                hashes = [each for digest in other[0] for each in every_hash(digest)]
                return super().operate(op, hashes, **kwargs)
            return super().operate(op, *other, **kwargs)

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)


def _name_of(use: str, key: bytes) -> str:
    """Name a key by its cipher and a digest that tells nothing of it."""
    return f"{use}.{hashlib.sha256(b'name' + use.encode() + key).hexdigest()[:_NAME_LETTERS]}"
