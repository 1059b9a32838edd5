"""How is the invented city loaded, so that every screen has something to show."""

from collections import Counter

import click
from flask.cli import AppGroup

from database import db
from hotline.cli.bulk import count_instead_of_logging
from hotline.cli.composition import settings, utc_now
from hotline.demo.load import DemoPlan, Manifest, load_demo
from workflows.vocabulary import Light, TicketState, Word

demo_group = AppGroup("demo", help="The invented city of Yunjiang.")


@demo_group.command("load")
def load() -> None:
    """Load the demo city, its people and about 300 tickets; nothing happens where it is loaded already."""
    ours = settings()
    if ours.is_production:
        message = "the demo city has accounts with a known password; it is refused in production"
        raise click.ClickException(message)
    count_instead_of_logging()
    manifest = load_demo(db.engine, DemoPlan(ours.demo_password), utc_now())
    for line in describe(manifest):
        click.echo(line)


def describe(manifest: Manifest) -> list[str]:
    """Write a manifest in a few lines."""
    total = manifest.states.total()
    if not manifest.is_new:
        return [f"the demo city is loaded already: {total} tickets"]
    return [
        f"demo city loaded: {total} tickets, {manifest.messages} messages in the mailbox",
        f"  by state  {_counted(TicketState, manifest.states)}",
        f"  by light  {_counted(Light, manifest.lights)}",
    ]


def _counted(words: type[Word], counts: Counter[str]) -> str:
    return "  ".join(f"{word.value} {counts[word.value]}" for word in words if counts[word.value])
