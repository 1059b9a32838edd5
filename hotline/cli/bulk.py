"""How quiet is a command that takes thousands of steps: what goes well is counted, only faults are logged."""

import logging

_TALKATIVE = ("notifications", "transitions")


def count_instead_of_logging() -> None:
    """Keep a line per message and per transition from burying what matters."""
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
