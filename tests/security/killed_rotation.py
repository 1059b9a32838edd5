"""A change of keys that goes row by row and dies with a step half done."""

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session, sessionmaker

from hotline.services.resealing import Step


def rotate_until_killed(
    factory: sessionmaker[Session],
    tables: Iterable[Table],
    take_step: Callable[[Session, Table, Any, int], Step],
    last_step: int,
) -> None:
    """Take one row after the other; the process is killed before the step of that number is committed."""
    steps = 0
    for table in tables:
        after = None
        while True:
            with factory.begin() as session:
                step = take_step(session, table, after, 1)
                steps += step.last is not None
                if steps == last_step:
                    os.kill(os.getpid(), signal.SIGKILL)
            if step.last is None:
                break
            after = step.last
