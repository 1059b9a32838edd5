"""How would other limits have turned out: a stream of tickets played on a simulated clock."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.cli.composition import Instant, session_factory, utc_now
from hotline.models.policies import PolicyVersion
from hotline.services.calendars import city_date, load_calendar
from hotline.services.import_columns import MappingError, read_mapping
from hotline.services.policies import calendars_of, current_policy, read_policy
from hotline.services.table_files import UnreadableFileError
from hotline.simulator.arrivals import Stream, read_stream
from hotline.simulator.limits import mirror, read_limits
from hotline.simulator.report import compare, lines
from workflows.policy import Policy
from workflows.simulation import Rules, simulate
from workflows.worktime import WorkCalendar

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
_SHOWN = 20
_FROM_DUE = "due"

policies_group = AppGroup("policies", help="Limits.")


class Zone(click.ParamType[ZoneInfo]):
    """A time zone by its name in the IANA database."""

    name = "zone"

    def convert(
        self, value: str | ZoneInfo, param: click.Parameter | None, ctx: click.Context | None
    ) -> ZoneInfo:
        try:
            return value if isinstance(value, ZoneInfo) else ZoneInfo(value)
        except (KeyError, OSError, ValueError):
            self.fail(f"{value!r} is no time zone such as Asia/Shanghai", param, ctx)


@policies_group.command("simulate")
@click.argument("file", type=_FILE)
@click.option(
    "--limits",
    "--policy",
    "limits",
    default="",
    help=f"A table of class, amount, unit; `{_FROM_DUE}`: what FILE shows; or a version's number.",
)
@click.option("--mapping", type=_FILE, help='JSON: {"our column": "their column"}.')
@click.option("--zone", type=Zone(), help="The zone of FILE's moments and days; the city's if not given.")
@click.option("--until", type=Instant(), help="Where the simulated clock ends; now if not given.")
def simulate_stream(
    file: Path, limits: str, mapping: Path | None, zone: ZoneInfo | None, until: datetime | None
) -> None:
    """Play the tickets of FILE (columns created, closed, class; unit and due where it has them).

    The class is one of the city's policy, such as `ordinary`, or a name of the table of limits. The exit
    code is 1 when a line could not be read.
    """
    try:
        calendar = _calendar(zone)
        stream = read_stream(file, read_mapping(mapping) if mapping else {}, ZoneInfo(calendar.zone))
        rules = _rules(limits, stream, calendar)
    except (UnreadableFileError, MappingError, OSError) as error:
        raise click.ClickException(str(error)) from error
    played = simulate(rules, [each.arrival for each in stream.tickets], until or utc_now())
    for line in lines(played):
        click.echo(line)
    if any(each.due_at for each in stream.tickets):
        click.echo("")
        for line in compare(played.outcomes, stream.tickets):
            click.echo(line)
    _tell_refused(stream)


def _calendar(zone: ZoneInfo | None) -> WorkCalendar:
    """The city's own calendar; its hours and days off in another zone when one is asked for."""
    with session_factory().begin() as session:
        calendar = load_calendar(session)
    return calendar if zone is None else replace(calendar, zone=zone.key)


def _rules(limits: str, stream: Stream, calendar: WorkCalendar) -> Rules:
    """The limits that were asked for; those of the city by the calendars that their rows name."""
    if limits == _FROM_DUE:
        mirrored = mirror(stream.tickets, ZoneInfo(calendar.zone))
        click.echo(f"limits   {mirrored.count} mirrored; {len(mirrored.torn)} classes show several")
        return Rules.by_one(mirrored.policy, calendar)
    if limits and not limits.isdecimal():
        return Rules.by_one(read_limits(Path(limits)), calendar)
    with session_factory().begin() as session:
        policy = _numbered(session, int(limits)) if limits else _valid(session)
        calendars = calendars_of(session, policy)
    return Rules(policy, {code: replace(own, zone=calendar.zone) for code, own in calendars.items()})


def _valid(session: Session) -> Policy:
    return current_policy(session, city_date(load_calendar(session), utc_now()))


def _numbered(session: Session, number: int) -> Policy:
    version = session.scalar(select(PolicyVersion).where(PolicyVersion.number == number))
    if version is None:
        message = f"there is no version {number} of the limits"
        raise click.ClickException(message)
    return read_policy(session, version)


def _tell_refused(stream: Stream) -> None:
    for line, reason in stream.refused[:_SHOWN]:
        click.echo(f"line {line} left out: {reason}")
    if stream.refused:
        click.echo(f"{len(stream.refused)} lines left out")
        raise SystemExit(1)
