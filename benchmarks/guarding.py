"""What do row scope, masks, bars and the audit trail cost on a list, a ticket and an act, together?

The same pages of the same database are asked for in turns with all guards and with none: no condition on
whose tickets are shown, no look for bars, no mask over what is shown, no line in the trail. Every ticket is
of the handler's own unit, so that both show the same rows.
"""

import logging
import os
import statistics
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import Engine, false, true
from sqlalchemy.orm import sessionmaker

# The root in place of this folder, as in transitions.py.
sys.path[0] = str(Path(__file__).parents[1])

from benchmarks.shared.measuring import run_on_each, timed  # noqa: E402 - needs the path
from benchmarks.shared.serving import application, notes, opens  # noqa: E402 - needs the path
from hotline.department import worklist  # noqa: E402 - needs the path
from hotline.queries import scope  # noqa: E402 - needs the path
from hotline.web import filters  # noqa: E402 - needs the path
from tests.hotline.department.office import open_office, sign_in  # noqa: E402 - needs the path

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "150"))
TICKETS = int(os.environ.get("BENCH_TICKETS", "120"))


def everything(_viewer: Any) -> Any:
    return true()


def nothing(_viewer: Any) -> Any:
    return false()


def as_it_is(text: str | None) -> str:
    return text or ""


# The body that each guard has while it is off.
OFF: dict[Any, Any] = {
    scope.visible_to.__wrapped__: everything,
    scope.is_kept_from.__wrapped__: nothing,
    **dict.fromkeys((filters.mask_phone, filters.mask_email, filters.mask_name), as_it_is),
}


def measure(name: str, engine: Engine) -> None:
    logging.disable()  # a line for every request
    guarded, bare = application(engine), application(engine, is_watched=False)
    office = open_office(sessionmaker(engine, expire_on_commit=False))
    numbers = [office.handled(f"{place} 号楼电梯停运") for place in range(TICKETS)]
    with engine.begin() as connection:
        # A server whose tables were filled for minutes, not seconds, has looked at them by itself.
        connection.exec_driver_sql("ANALYZE")
    acts: dict[str, tuple[str, Callable[[FlaskClient], Callable[[], Any]]]] = {
        "a unit's list": ("handler", lambda client: opens(client, "/search")),
        "a unit's inbox": ("handler", lambda client: opens(client, "/inbox?view=handling")),
        "the centre's list": ("dispatcher", lambda client: opens(client, "/search")),
        "a unit's ticket": ("handler", lambda client: opens(client, f"/tickets/{numbers[0]}")),
        "a unit's note": ("handler", lambda client: notes(client, office, numbers[0])),
    }
    print(f"{name}: {TICKETS} tickets")
    for title, (who, act) in acts.items():
        browsers = {"guarded": sign_in(guarded.test_client(), who), "bare": sign_in(bare.test_client(), who)}
        spent = {each: list[float]() for each in browsers}
        for each, client in [*browsers.items()] * ROUNDS:
            with unguarded(is_off=each == "bare"):
                # A server keeps what it built for a viewer; the first request after a turn builds it anew.
                act(client)()
                spent[each].append(timed(act(client)))
        medians = {each: statistics.median(times) for each, times in spent.items()}
        print(
            f"  {title}: {medians['bare']:.1f} ms without, {medians['guarded']:.1f} ms with all guards"
            f" ({medians['guarded'] / medians['bare'] - 1:+.0%})"
        )


@contextmanager
def unguarded(*, is_off: bool) -> Iterator[None]:
    """Run with the guards off, wherever they were imported to."""
    kept = {guard: guard.__code__ for guard in OFF}
    try:
        for guard, body in OFF.items() if is_off else ():
            guard.__code__ = body.__code__
        forget()
        yield
    finally:
        for guard, code in kept.items():
            guard.__code__ = code
        forget()


def forget() -> None:
    """Conditions that were built with the guards otherwise; a page then builds its own once."""
    for kept in (scope.visible_to, scope.is_kept_from, worklist.inbox_views):
        kept.cache_clear()


if __name__ == "__main__":
    run_on_each(measure)
