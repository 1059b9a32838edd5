"""`keys`: which keys seal what is stored, and how does a new one take over?"""

import time
from collections.abc import Iterator

import click
from flask.cli import AppGroup
from sqlalchemy import Table

from hotline.cli.composition import session_factory, utc_now
from hotline.models.audit import AuditKind
from hotline.services import audit
from hotline.services.audit import Asked, Deed
from hotline.services.resealing import (
    count_by_key,
    count_stale,
    find_key_faults,
    reseal_some,
    sealed_tables,
)
from sealing import newest_prefix
from workflows.definition import Actor, ActorKind
from workflows.vocabulary import Role

_OPERATOR = Actor(ActorKind.SYSTEM, "命令行", frozenset({Role.SYSTEM}))
_NAMELESS = "before keys had names"
# What the running program holds is passed over and tried again this often, a second apart.
_PASSES = 60

keys_group = AppGroup("keys", help="The keys that seal personal data.")


def refuse_wrong_keys() -> None:
    """Stop a command before it serves or sends anything when the given keys do not open what is stored."""
    with session_factory()() as session, session.begin():
        session.connection(execution_options={"reads_only": True})
        faults = list(find_key_faults(session))
    if faults:
        message = "HOTLINE_FIELD_KEY does not fit this database:\n" + "\n".join(faults)
        raise click.ClickException(message)


@keys_group.command("status")
def status() -> None:
    """Tell how many texts each key has sealed; a key with none is no longer needed."""
    with session_factory()() as session, session.begin():
        session.connection(execution_options={"reads_only": True})
        counted = count_by_key(session)
    newest = newest_prefix().split(":")[1]
    for name in {newest: 0, **counted}:
        mark = "  writes" if name == newest else ""
        click.echo(f"{name or _NAMELESS:<24}{counted.get(name, 0):>12}{mark}")


@keys_group.command("rotate")
@click.option("--batch", default=200, show_default=True, type=click.IntRange(1, 5_000), help="Rows at once.")
def rotate(batch: int) -> None:
    """Seal everything anew with the first key; may be stopped and run again at any time."""
    refuse_wrong_keys()
    _record("begun", 0)
    resealed = unreadable = 0
    for attempt in range(_PASSES):
        done, unreadable = _pass_over_all(batch)
        resealed += done
        left = _count_left() - unreadable
        if left <= 0:
            break
        click.echo(f"{left} texts were held by others or written meanwhile; pass {attempt + 2}")
        time.sleep(1)
    _record("done", resealed)
    click.echo(f"{resealed} texts sealed anew, {unreadable} cannot be opened")
    if unreadable or left > 0:
        raise SystemExit(1)


def _pass_over_all(batch: int) -> tuple[int, int]:
    resealed = unreadable = 0
    for table in sealed_tables():
        of_table = 0
        for step_resealed, step_unreadable in _steps(table, batch):
            of_table += step_resealed
            unreadable += step_unreadable
        if of_table:
            click.echo(f"{table.name}: {of_table} texts")
        resealed += of_table
    return resealed, unreadable


def _steps(table: Table, batch: int) -> Iterator[tuple[int, int]]:
    """Walk through one table, a transaction for each step, so that nobody waits long for a lock."""
    after = None
    while True:
        with session_factory().begin() as session:
            step = reseal_some(session, table, after, batch)
        if step.last is None:
            return
        after = step.last
        yield step.resealed, step.unreadable


def _count_left() -> int:
    with session_factory()() as session, session.begin():
        session.connection(execution_options={"reads_only": True})
        return count_stale(session)


def _record(phase: str, resealed: int) -> None:
    deed = Deed(AuditKind.SET_UP, facts={"key": newest_prefix().split(":")[1], phase: resealed})
    with session_factory().begin() as session:
        audit.record(session, deed, _OPERATOR, Asked("keys.rotate"), utc_now())
