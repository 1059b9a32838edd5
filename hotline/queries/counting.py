"""How long are several lists of different things, asked for at once?"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session


def count_lists(session: Session, lists: Sequence[Select[Any]], most: int) -> list[int]:
    """Count the rows of each in one statement, no further than one more than `most`."""
    counts = [
        select(func.count()).select_from(each.limit(most + 1).subquery()).scalar_subquery() for each in lists
    ]
    return list(session.execute(select(*counts)).one())
