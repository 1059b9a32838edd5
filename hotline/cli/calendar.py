"""How does a new year get into the working calendar from a shell?"""

from collections.abc import Iterator
from typing import Any

import click
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from hotline.cli.composition import session_factory, utc_now
from hotline.models.calendars import CITY_CALENDAR, Calendar
from hotline.queries.calendar_words import change_words, conflict_words
from hotline.services.calendar_import import (
    Choices,
    ConflictError,
    ImportPlan,
    import_author,
    import_year,
    plan_import,
)
from hotline.services.calendar_recount import recount_some
from hotline.services.holiday_sources import FIRST_YEAR, LAST_YEAR, Source, offer_of

calendar_group = AppGroup("calendar", help="Working calendars.")

_LONGEST_NOTE = 500


@calendar_group.command("import")
@click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))
@click.option("--calendar", "code", default=CITY_CALENDAR, show_default=True, help="The calendar's code.")
@click.option("--dry-run", is_flag=True, help="Print what would change, and change nothing.")
@click.option(
    "--official/--computed",
    "is_official",
    default=None,
    help="Whether the year's notice is out; as chinesecalendar knows if not given.",
)
@click.option("--take", type=click.Choice([source.value for source in Source]), help="Whom to follow.")
@click.option("--note", default="", help="Why, in words; kept with the edition.")
def import_holidays(year: int, code: str, note: str, *, dry_run: bool, **chosen: Any) -> None:
    """Take the holidays and make-up workdays of YEAR from the packages into a calendar, as one edition.

    Dates that people corrected stay and are named. Where the packages disagree nothing is written until
    --take says whom to follow. What stands already makes no edition.
    """
    take: str | None = chosen["take"]
    choices = Choices(None if take is None else Source(take), chosen["is_official"])
    offer = offer_of(year)
    with session_factory().begin() as session:
        calendar_id = _calendar_id(session, code)
        plan = plan_import(session, calendar_id, offer, choices)
        for line in _lines(plan):
            click.echo(line)
        if dry_run:
            click.echo("dry run: nothing was changed")
            return
        author = import_author(utc_now(), (note or f"导入 {year} 年节假日")[:_LONGEST_NOTE])
        try:
            edition = import_year(session, calendar_id, offer, choices, author)
        except ConflictError:
            message = f"the packages disagree on {len(plan.conflicts)} dates; decide with --take"
            raise click.ClickException(message) from None
        click.echo(
            "nothing to change" if edition is None else f"edition {edition.number} of {code} published"
        )


@calendar_group.command("recount")
@click.option("--calendar", "code", default=CITY_CALENDAR, show_default=True, help="The calendar's code.")
def recount(code: str) -> None:
    """Let the clocks that run follow the newest edition of a calendar; nothing is made late by that alone.

    Each ticket is a transaction of its own. Asking again does nothing.
    """
    factory, after, seen, moved = session_factory(), 0, 0, 0
    with factory.begin() as session:
        _calendar_id(session, code)
    while True:
        done = recount_some(factory.begin, code, utc_now(), after)
        seen, moved = seen + done.seen, moved + done.moved
        if done.last_id is None:
            break
        after = done.last_id
    click.echo(f"{seen} tickets checked, {moved} recounted")


def _calendar_id(session: Session, code: str) -> int:
    found = session.scalar(select(Calendar.id).where(Calendar.code == code))
    if found is None:
        known = ", ".join(session.scalars(select(Calendar.code).order_by(Calendar.code)))
        message = f"there is no calendar {code!r}; there are: {known}"
        raise click.ClickException(message)
    return found


def _lines(plan: ImportPlan) -> Iterator[str]:
    if not plan.is_noticed:
        yield f"WARNING: chinesecalendar does not know {plan.year}. Its notice may not be out: no make-up"
        yield "workday is known, and limits that run into the year may be wrong until it is imported again."
    for title, changes in (
        ("added", plan.added),
        ("removed", plan.removed),
        ("changed", plan.changed),
        ("kept as people corrected it", plan.kept),
    ):
        yield f"{title}: {len(changes)}"
        yield from (f"  {change_words(change.on, change.before, change.after)}" for change in changes)
    if plan.conflicts:
        yield f"disagreed on: {len(plan.conflicts)}"
        yield from (f"  {conflict_words(each.on, each.offers)}" for each in plan.conflicts)
    yield "official" if plan.is_official else "computed (推算), not official"
