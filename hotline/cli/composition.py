"""What does a command work with: the settings, sessions and providers of the application it runs in."""

from collections.abc import Mapping
from datetime import UTC, datetime

import click
from flask import current_app
from sqlalchemy.orm import Session, sessionmaker

from config import Settings
from database import db
from notifications.bounces import BounceBox
from notifications.catalog import Channel
from notifications.providers.registry import providers_for
from notifications.providers.routing import Route


def settings() -> Settings:
    """The settings the application was made with."""
    found: Settings = current_app.config["SETTINGS"]
    return found


def session_factory() -> sessionmaker[Session]:
    """Sessions on the application's engine, for loops that open their own transactions."""
    return sessionmaker(db.engine, expire_on_commit=False)


def providers() -> Mapping[Channel, Route]:
    """Build the providers of every channel; once per process."""
    return providers_for(settings(), session_factory())


def bounce_box() -> BounceBox | None:
    """Where bounces are read, if anywhere."""
    ours = settings()
    if not ours.bounce_host:
        return None
    return BounceBox(
        ours.bounce_host, ours.bounce_port, ours.bounce_user, ours.bounce_password, tls=ours.bounce_tls
    )


def utc_now() -> datetime:
    """Tell the time; commands are an edge, everything below them is told it."""
    return datetime.now(UTC)


class Instant(click.ParamType[datetime]):
    """A moment in ISO 8601 with its offset, such as 2026-11-23T09:00+08:00."""

    name = "instant"

    def convert(
        self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no ISO 8601 instant", param, ctx)
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no offset, such as +08:00 or Z", param, ctx)
        return moment.astimezone(UTC)
