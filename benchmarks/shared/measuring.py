"""What every benchmark needs: the databases it runs on, a stopwatch, and how a spread of times is told."""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog
from sqlalchemy import Engine, create_engine

from database import Base, engine_options
from sealing import configure_sealing
from tests.databases import BACKENDS  # noqa: F401 - loads every model


def run_on_each(measure: Callable[[str, Engine], None]) -> None:
    """Measure on SQLite and, when BENCH_DATABASE_URL names an empty database, on PostgreSQL.

    BENCH_ONLY names the one of the two (`sqlite`, `postgresql`) that is wanted alone.
    """
    configure_sealing([("aes", b"a key for the benchmark only....")])
    # A line for each message would bury the figures, and cost more than some of them.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))
    print(f"{datetime.now(UTC):%Y-%m-%d}  Python {sys.version.split()[0]}, {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        urls = {"sqlite": f"sqlite:///{folder}/bench.db", "postgresql": os.environ.get("BENCH_DATABASE_URL")}
        for name, url in urls.items():
            if not url or os.environ.get("BENCH_ONLY", name) != name:
                continue
            engine = create_engine(url, **engine_options(url))
            Base.metadata.create_all(engine)
            measure(name, engine)
            engine.dispose()


def tidy(engine: Engine) -> None:
    """What PostgreSQL does by itself some time after so many rows were written."""
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def timed(act: Callable[[], object]) -> float:
    """Tell how many milliseconds an act takes."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def told(noun: str, floor: list[float], spent: list[float]) -> str:
    """Write the floor's median, and the median and the 95th percentile of what was measured."""
    low, middle = statistics.median(floor), statistics.median(spent)
    high = statistics.quantiles(spent, n=20)[-1]
    return (
        f"floor {low:.2f} ms; a {noun} {middle:.2f} ms median, {high:.2f} ms p95 ({middle / low:.0f} floors; "
        f"{len(spent)} in all, {1000 / statistics.fmean(spent):.0f} per second)"
    )
