"""The disclosure rule: which minimums hold, to what people are rounded, and who says so."""

from __future__ import annotations

from dataclasses import dataclass

RULE_FIELDS_LATER = ("interval_share",)
"""Fields that regions written before them lack."""


@dataclass(frozen=True)
class DisclosureRule:
    """What must not be shown, and who says so.

    Parameters
    ----------
    numerator_min
        Smallest protected count above zero that is shown; also for the rest of a whole
        (``recipients - employable``, ``residents - recipients``).
    denominator_min
        Smallest reference population for which a protected count is shown.
    residents_min
        Smallest number of residents of a quarter for which any protected count is shown.
    interval_min
        Least width (in counts) of the interval within which somebody who knows all totals can place
        a withheld count.
    interval_share
        Least width as a share of the withheld count itself, e.g. 0.1; the wider of the two holds. 0 asks for no more
        than ``interval_min``.
    round_to
        Counts of people are shown rounded to multiples of this; 1 shows them as they are.
    reached_round_to
        Base and minimum of people reached: shown rounded to multiples of this, and never below it.
    source, valid_from
        Who sets the rule and since when (ISO date).
    """

    numerator_min: int = 3
    denominator_min: int = 100
    residents_min: int = 300
    interval_min: int = 3
    interval_share: float = 0.0
    round_to: int = 1
    reached_round_to: int = 10
    source: str = (
        "Statistik der BA (Mindestfallzahl 3); Destatis EXSTAT (Nenner ab 100, Zähler ab 3); "
        "Berlin und Hamburg (Gebiete ab 300)"
    )
    valid_from: str = "2026-01-01"

    @property
    def broken_limits(self) -> tuple[str, ...]:
        """Names of limits that are below what makes sense: 0, or 1 for what is divided by."""
        least = {"numerator_min": 0, "denominator_min": 0, "residents_min": 0, "interval_min": 0}
        least |= {"round_to": 1, "reached_round_to": 1}
        broken = [name for name, limit in least.items() if getattr(self, name) < limit]
        return (*broken, *(["interval_share"] if not 0 <= self.interval_share <= 1 else []))
