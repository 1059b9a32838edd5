"""A machine that stands in another time zone."""

import os
import time as clock
from contextlib import contextmanager


@contextmanager
def host_zone(name: str):
    before = os.environ.get("TZ")
    os.environ["TZ"] = name
    clock.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        clock.tzset()
