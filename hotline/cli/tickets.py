"""How do whole files of tickets come in, from another system or as a rehearsal of the real past."""

import tempfile
import time
from pathlib import Path

import click
from flask.cli import AppGroup

from config import SettingsError
from hotline.cli.bulk import count_instead_of_logging
from hotline.cli.composition import session_factory, settings, utc_now
from hotline.cli.refused_rows import explain, write_report
from hotline.replay.database import REPORTS, NotEmptyError, replay_engine
from hotline.replay.report import ReplayReport, run_replay
from hotline.services.import_columns import MappingError, columns_for, read_mapping
from hotline.services.importing import ImportResult, ImportRun, import_table
from hotline.services.site import current_site
from hotline.services.table_files import UnreadableFileError, read_table
from hotline.services.ticket_index import index_after

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_NEW_FILE = click.Path(dir_okay=False, path_type=Path)
_SHOWN = 20
_AT_ONCE = 200

tickets_group = AppGroup("tickets", help="Files of tickets.")


@tickets_group.command("import")
@click.argument("file", type=_FILE)
@click.option("--mapping", type=_FILE, help='JSON: {"our field": "their column"}.')
@click.option("--dry-run", is_flag=True, help="Try every row and keep nothing.")
@click.option("--report", type=_NEW_FILE, help="Where refused rows go; beside FILE if not given.")
def import_tickets(file: Path, mapping: Path | None, report: Path | None, *, dry_run: bool) -> None:
    """Register and submit each row of FILE (CSV or XLSX); rows taken before are left alone.

    The exit code is 1 when any row was refused.
    """
    count_instead_of_logging()
    try:
        table = read_table(file)
        columns = columns_for(table.header, read_mapping(mapping) if mapping else None)
    except (UnreadableFileError, MappingError) as error:
        raise click.ClickException(str(error)) from error
    path = _place_for(report or file.with_name(f"{file.stem}.refused.csv"))
    run = ImportRun(session_factory(), columns, current_site().zone, utc_now(), is_trial=dry_run)
    result = import_table(run, table)
    _tell(result, columns, dry_run=dry_run)
    if result.refused:
        write_report(path, table, result.refused, columns)
        click.echo(f"refused rows with what to mend: {path}")
        raise SystemExit(1)


@tickets_group.command("replay")
@click.argument("file", type=_FILE)
@click.option("--database", default="", help="An empty database to use; instance/replay.db if not given.")
@click.option("--report", type=_NEW_FILE, help="One line per row of FILE; in instance/ if not given.")
@click.option("--limit", type=click.IntRange(min=1), help="Only the first so many rows.")
@click.option("--fast-disk", is_flag=True, help="SQLite: do not wait for the disk at each commit.")
def replay(file: Path, database: str, report: Path | None, limit: int | None, *, fast_disk: bool) -> None:
    """Drive the real messages of FILE through the whole workflow, on a simulated clock.

    The exit code is 1 when any row is not accounted for.
    """
    count_instead_of_logging()
    if settings().is_production:
        message = "a replay brings accounts with a known password; it is refused in production"
        raise click.ClickException(message)
    path = _place_for(report or REPORTS / f"replay-{file.stem}.csv")
    began = time.perf_counter()
    try:
        with replay_engine(settings(), database, is_fast=fast_disk) as engine:
            result = run_replay(engine, file, (limit, settings().demo_password), utc_now(), click.echo)
    except (UnreadableFileError, NotEmptyError, SettingsError) as error:
        raise click.ClickException(str(error)) from error
    _tell_replay(result, time.perf_counter() - began)
    result.write(path)
    click.echo(f"one line per row: {path}")
    if result.unaccounted:
        raise SystemExit(1)


@tickets_group.command("index")
def index() -> None:
    """Write anew by which words every ticket is found; beside running programs, a few hundred at a time."""
    sessions, last, batches = session_factory(), 0, 0
    while True:
        with sessions.begin() as session:
            reached = index_after(session, last, _AT_ONCE)
        if reached is None:
            break
        last, batches = reached, batches + 1
    click.echo(f"every ticket is indexed, in {batches} batches")


def _place_for(report: Path) -> Path:
    """Make sure a report can be written before the work is done that it tells of."""
    try:
        report.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=report.parent):
            return report
    except OSError as error:
        message = f"--report: {report} cannot be written ({error.strerror}); name a file in a folder of yours"
        raise click.ClickException(message) from error


def _tell(result: ImportResult, columns: dict[str, str], *, dry_run: bool) -> None:
    verb = "could be taken" if dry_run else "taken"
    known, refused = result.known, len(result.refused)
    click.echo(f"{len(result.taken)} rows {verb}, {known} known already, {refused} refused")
    for each in result.refused[:_SHOWN]:
        column, words = explain(each, columns)
        click.echo(f"  line {each.row.line}  {column}  {words}")
    if len(result.refused) > _SHOWN:
        click.echo(f"  and {len(result.refused) - _SHOWN} more in the report")


def _tell_replay(result: ReplayReport, seconds: float) -> None:
    for line in result.lines():
        click.echo(line)
    click.echo(f"{seconds:.0f} s")
