"""What does the product bring along for a city that has set nothing up yet?"""

import csv
from pathlib import Path

_SEEDS = Path(__file__).parents[1] / "seeds"


def read_seed(name: str) -> list[dict[str, str]]:
    """Read the rows of a shipped table, each under its column names; raises FileNotFoundError."""
    with (_SEEDS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
