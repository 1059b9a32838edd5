"""Where do several sends run at once: threads that a send may hang in without holding up the others."""

import threading
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Generic, Protocol, TypeVar

Result = TypeVar("Result")
Job = Callable[[], Result]


class Lanes(Protocol[Result]):
    """Runs jobs, each under a name, and gives back what they returned."""

    @property
    def free(self) -> int: ...

    def start(self, name: str, job: Job[Result]) -> None: ...

    def ended(self, seconds: float) -> list[Result]:
        """Wait until at least one job has ended, or so long; what a job raised is raised here."""
        ...

    def give_up(self, seconds: float) -> Collection[str]:
        """Name the jobs that have run for longer and wait for them no more."""
        ...

    def close(self) -> None: ...


class OneLane(Generic[Result]):
    """Runs each job at once, in the caller's own thread: a single worker that tests can break anywhere."""

    def __init__(self) -> None:
        self._results: list[Result] = []

    @property
    def free(self) -> int:
        return 0 if self._results else 1

    def start(self, _name: str, job: Job[Result]) -> None:
        self._results.append(job())

    def ended(self, _seconds: float) -> list[Result]:
        results, self._results = self._results, []
        return results

    def give_up(self, _seconds: float) -> Collection[str]:
        return ()

    def close(self) -> None:
        """Nothing is left running."""


@dataclass(frozen=True, slots=True)
class _End(Generic[Result]):
    name: str
    result: Result | None
    error: BaseException | None


class ThreadLanes(Generic[Result]):
    """Runs up to `count` jobs at once. One that hangs keeps its thread, and another takes its lane."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._jobs: SimpleQueue[tuple[str, Job[Result]] | None] = SimpleQueue()
        self._ends: SimpleQueue[_End[Result]] = SimpleQueue()
        self._started: dict[str, float] = {}
        self._threads = 0

    @property
    def free(self) -> int:
        return self._count - len(self._started)

    def start(self, name: str, job: Job[Result]) -> None:
        self._started[name] = time.monotonic()
        if self._threads < len(self._started):
            self._threads += 1
            # A daemon, so that one that hangs for ever does not keep the process from ending.
            threading.Thread(target=self._run, daemon=True, name="message-lane").start()
        self._jobs.put((name, job))

    def ended(self, seconds: float) -> list[Result]:
        ends: list[_End[Result]] = []
        try:
            ends.append(self._ends.get(timeout=seconds))
            while True:
                ends.append(self._ends.get_nowait())
        except Empty:
            pass
        # One that was given up has been spoken for; whatever it says now is too late.
        heard = [end for end in ends if self._started.pop(end.name, None) is not None]
        for end in heard:
            if end.error is not None:
                raise end.error
        return [end.result for end in heard if end.result is not None]

    def give_up(self, seconds: float) -> Collection[str]:
        until = time.monotonic() - seconds
        overdue = [name for name, started in self._started.items() if started < until]
        for name in overdue:
            del self._started[name]
            self._threads -= 1
        return overdue

    def close(self) -> None:
        for _ in range(self._threads):
            self._jobs.put(None)

    def _run(self) -> None:
        while (taken := self._jobs.get()) is not None:
            name, job = taken
            try:
                self._ends.put(_End(name, job(), None))
            except BaseException as error:  # noqa: BLE001 - handed to whoever waits, which raises it
                self._ends.put(_End(name, None, error))


def open_lanes(count: int) -> "OneLane[Result] | ThreadLanes[Result]":
    """Open so many lanes; the caller closes them."""
    return OneLane() if count == 1 else ThreadLanes(count)
