"""What share of some tickets is it, how sure is that, and does it differ from another share?"""

from dataclasses import dataclass
from math import sqrt

# The 97.5th percentile of the normal distribution: what lies outside is met one time in twenty by chance.
_Z = 1.959964


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many."""

    hits: int
    whole: int

    @property
    def share(self) -> float | None:
        return self.hits / self.whole if self.whole else None

    @property
    def percent(self) -> str:
        """Read `97.8%`, or a dash of nothing."""
        return f"{self.hits / self.whole:.1%}" if self.whole else "—"

    @property
    def interval(self) -> tuple[float, float] | None:
        """Tell between which shares the true one lies with 95 % confidence.

        Wilson's score interval (NIST/SEMATECH e-Handbook of Statistical Methods, 7.2.4.1), because it also
        holds for few tickets and for shares near 0 and 1.
        """
        if not self.whole:
            return None
        share, square = self.hits / self.whole, _Z * _Z
        middle = share + square / (2 * self.whole)
        spread = _Z * sqrt((share * (1 - share) + square / (4 * self.whole)) / self.whole)
        scale = 1 + square / self.whole
        return max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)

    @property
    def interval_words(self) -> str:
        """Read `82–97%`; empty of nothing."""
        found = self.interval
        return "" if found is None else f"{found[0]:.0%}–{found[1]:.0%}".replace("%–", "–")

    def compare(self, norm: float | None) -> int:
        """Tell if the true share is above (1) or below (-1) another one; 0 where chance may explain it."""
        found = self.interval
        if found is None or norm is None or found[0] <= norm <= found[1]:
            return 0
        return 1 if found[0] > norm else -1
