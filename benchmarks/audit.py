"""What does the audit trail cost: a ticket that is opened and a note that is written, with it and without?

Both applications serve the same ticket of the same database in turns, each request as a browser sends it.
Each opening is a new look, as by somebody who has not opened the ticket before: the dearest case.
"""

import logging
import os
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, delete
from sqlalchemy.orm import sessionmaker

# The root in place of this folder, as in transitions.py.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, timed  # noqa: E402 - needs the path
from benchmarks.shared.serving import application, notes, opens  # noqa: E402 - needs the path
from hotline.models.audit import AuditRecord  # noqa: E402 - needs the path
from tests.hotline.department.office import open_office, sign_in  # noqa: E402 - needs the path

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "150"))


def measure(name: str, engine: Engine) -> None:
    logging.disable()  # a line for every request
    apps = {"without": application(engine, is_watched=False), "with": application(engine, is_watched=True)}
    office = open_office(sessionmaker(engine, expire_on_commit=False))
    number = office.dispatched()
    browsers = {each: sign_in(app.test_client(), "dispatcher") for each, app in apps.items()}
    acts: dict[str, Callable[[FlaskClient], Callable[[], Any]]] = {
        "opening a ticket": lambda client: opens(client, f"/tickets/{number}"),
        "writing a note": lambda client: notes(client, office, number),
    }
    for title, act in acts.items():
        spent = {each: list[float]() for each in browsers}
        for each, client in [*browsers.items()] * ROUNDS:
            with engine.begin() as connection:  # nobody has looked yet
                connection.execute(delete(AuditRecord))
            spent[each].append(timed(act(client)))
        medians = {each: statistics.median(times) for each, times in spent.items()}
        share = medians["with"] / medians["without"] - 1
        print(
            f"{name}: {title}: {medians['without']:.1f} ms without, {medians['with']:.1f} ms with the trail"
            f" ({share:+.0%})"
        )


if __name__ == "__main__":
    run_on_each(measure)
