"""Rows of tickets that leave without a request are counted before they do."""

from datetime import UTC, datetime

from hotline.services.taking import take_rows
from hotline.web.auth import current_actor
from hotline.web.transaction import transaction


def count_as_taken(rows: int) -> None:
    """Count rows as taken by whoever is signed in. Raises Refused past a day's measure."""
    actor = current_actor()
    with transaction() as session:
        take_rows(session, rows, actor, datetime.now(UTC))
