"""What becomes of the clocks that a step started and stopped, once the step is taken back?"""

from collections.abc import Collection, Iterable
from datetime import datetime

from hotline.models.clocks import Clock
from hotline.services.clock_book import ClockBook
from hotline.services.clock_rules import Owner, owner_of
from workflows.vocabulary import ClockName

# The number of the event that is taken back, and its moment.
Step = tuple[int, datetime]


def call_off(book: ClockBook, clocks: Iterable[Clock], undone: Step | None) -> None:
    """Stop those that started with the step: their promise was never made."""
    number, _ = _known(undone)
    for clock in clocks:
        if book.started_by(clock) == number:
            book.stop(clock, is_cancelled=True)


def let_run_on(
    book: ClockBook, owners: Collection[Owner], name: ClockName | None, undone: Step | None
) -> None:
    """Let those of the owners run on that stopped with the step; of clocks of one name the last did."""
    _, at = _known(undone)
    stopped = [clock for clock in book.stopped_at(at) if owner_of(clock) in owners]
    last = {(owner_of(clock), clock.name): clock for clock in stopped if name in (None, clock.name)}
    for clock in last.values():
        book.restore(clock)


def _known(undone: Step | None) -> Step:
    if undone is None:
        message = "no step is named that is taken back"
        raise ValueError(message)
    return undone
