"""`keys`: which keys seal and hash what is stored, and how does a new one take over?"""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import click
from flask.cli import AppGroup
from sqlalchemy import Table
from sqlalchemy.orm import Session

from hotline.cli.composition import session_factory, utc_now
from hotline.models.audit import AuditKind
from hotline.services import audit
from hotline.services.audit import Asked, Deed
from hotline.services.rehashing import count_by_hash_key, hashed_tables, rehash_some
from hotline.services.resealing import (
    Step,
    count_by_key,
    count_stale,
    find_key_faults,
    reseal_some,
    sealed_tables,
)
from sealing import hash_key_names, newest_prefix
from workflows.definition import Actor, ActorKind
from workflows.vocabulary import Role

_OPERATOR = Actor(ActorKind.SYSTEM, "命令行", frozenset({Role.SYSTEM}))
_NAMELESS = "before keys had names"
_UNKNOWN = "a key not given"
# What the running program holds is passed over and tried again this often, a second apart.
_PASSES = 60
_Answer = TypeVar("_Answer")

keys_group = AppGroup("keys", help="The keys that seal and hash personal data.")


@dataclass(frozen=True, slots=True)
class _Work:
    """What is made anew: of which tables, by which step, and how many are left."""

    what: str
    done: str
    tables: Callable[[], Sequence[Table]]
    step: Callable[[Session, Table, Any, int], Step]
    count_left: Callable[[Session], int]


def _count_stale_hashes(session: Session) -> int:
    counted = count_by_hash_key(session)
    return sum(counted.values()) - counted[hash_key_names()[0]]


_SEALING = _Work("texts", "sealed anew", lambda: tuple(sealed_tables()), reseal_some, count_stale)
_HASHING = _Work("hashes", "made anew", hashed_tables, rehash_some, _count_stale_hashes)


def refuse_wrong_keys() -> None:
    """Stop a command before it serves or sends anything when the given keys do not open what is stored."""
    faults = _read(lambda session: list(find_key_faults(session)))
    if faults:
        message = "HOTLINE_FIELD_KEY does not fit this database:\n" + "\n".join(faults)
        raise click.ClickException(message)


@keys_group.command("status")
def status() -> None:
    """Tell how many texts each key has sealed and, of several, how many hashes each has made."""
    newest, counted = newest_prefix().split(":")[1], _read(count_by_key)
    for name in {newest: 0, **counted}:
        _tell(name or _NAMELESS, counted.get(name, 0), is_newest=name == newest)
    if _has_older_hash_key():
        for name, count in _read(count_by_hash_key).items():
            _tell(name or _UNKNOWN, count, is_newest=name == hash_key_names()[0])


@keys_group.command("rotate")
@click.option("--batch", default=200, show_default=True, type=click.IntRange(1, 5_000), help="Rows at once.")
def rotate(batch: int) -> None:
    """Seal and hash everything anew with the first keys; may be stopped and run again at any time."""
    refuse_wrong_keys()
    works = [_SEALING, _HASHING] if _has_older_hash_key() else [_SEALING]
    _record({"begun": 0})
    told = [_renew(work, batch) for work in works]
    _record({"done": told[0][0], **({"hashes": told[1][0]} if len(told) > 1 else {})})
    if any(left for _, left in told):
        raise SystemExit(1)


def _renew(work: _Work, batch: int) -> tuple[int, int]:
    """Pass over the tables until nothing is left; gives how many were done and how many could not be."""
    done = unreadable = left = 0
    for attempt in range(_PASSES):
        of_pass, unreadable = _pass_over_all(work, batch)
        done += of_pass
        left = _read(work.count_left) - (unreadable if work is _SEALING else 0)
        if left <= 0:
            break
        click.echo(f"{left} {work.what} were held by others or written meanwhile; pass {attempt + 2}")
        time.sleep(1)
    click.echo(f"{done} {work.what} {work.done}, {unreadable} cannot be opened")
    return done, unreadable + max(left, 0)


def _pass_over_all(work: _Work, batch: int) -> tuple[int, int]:
    done = unreadable = 0
    for table in work.tables():
        of_table = 0
        for step in _steps(work, table, batch):
            of_table += step.done
            unreadable += step.unreadable
        if of_table:
            click.echo(f"{table.name}: {of_table} {work.what}")
        done += of_table
    return done, unreadable


def _steps(work: _Work, table: Table, batch: int) -> Iterator[Step]:
    """Walk through one table, a transaction for each step, so that nobody waits long for a lock."""
    after = None
    while True:
        with session_factory().begin() as session:
            step = work.step(session, table, after, batch)
        if step.last is None:
            return
        after = step.last
        yield step


def _has_older_hash_key() -> bool:
    return len(hash_key_names()) > 1


def _read(ask: Callable[[Session], _Answer]) -> _Answer:
    with session_factory()() as session, session.begin():
        session.connection(execution_options={"reads_only": True})
        return ask(session)


def _tell(name: str, count: int, *, is_newest: bool) -> None:
    click.echo(f"{name:<24}{count:>12}{'  writes' if is_newest else ''}")


def _record(phase: dict[str, int]) -> None:
    facts = {"key": newest_prefix().split(":")[1], "hash_key": hash_key_names()[0], **phase}
    with session_factory().begin() as session:
        audit.record(session, Deed(AuditKind.SET_UP, facts=facts), _OPERATOR, Asked("keys.rotate"), utc_now())
