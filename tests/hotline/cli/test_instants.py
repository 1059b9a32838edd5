"""Which moments does the command line take."""

from datetime import UTC, datetime

import click
import pytest

from hotline.cli.composition import Instant


def test_an_instant_with_an_offset_becomes_utc() -> None:
    assert Instant().convert("2026-11-23T09:00+08:00", None, None) == datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.mark.parametrize("text", ["tomorrow", "2026-11-23T09:00", "2026-13-01T00:00Z"])
def test_a_moment_without_offset_or_sense_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        Instant().convert(text, None, None)
