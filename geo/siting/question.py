"""A planner's question about a region.

:func:`geo.siting.posing.pose` turns it into a problem, :func:`geo.siting.answer.answer` solves it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from geo.settings import WalkAssumptions
from geo.siting.ground import OwnPlace

WAYS_LIMIT_MINUTES = 240.0
WEEKS_PER_YEAR = 52.0
BY_WAYS = ("median", "center")
UNITS = ("cover-all", *BY_WAYS)


@dataclass(frozen=True)
class Question:
    """Ask where ``new`` more offices reach most people within ``minutes``.

    Parameters
    ----------
    measure
        Who counts, e.g. ``recipients``.
    date
        Reporting date (ISO); None takes the latest date of the measure.
    minutes
        Longest way to an office.
    new
        Number of new offices.
    assumptions
        Walking speed and detour factor.
    candidates
        ``hosts``: the region's host places; ``quarters``: one place per quarter, where its residents are.
        A region without host places is asked by quarters either way.
    forced, forbidden
        Keys of candidates that must, or must not, be chosen.
    mode
        How ways are measured: ``walk`` and ``wheelchair`` on streets, ``line`` (straight line times detour factor),
        ``table``, ``transit``; None takes streets where the region has any, else the line.
    closed
        Keys of today's offices that close.
    own
        Places a reader has set: new offices that are open in any case, counted in ``new``.
    objective
        What is asked: ``coverage``, ``backup``, ``fade``, ``cover-all``, ``median``, ``center``, ``budget`` or
        ``capacity``; see :func:`geo.siting.solve`.
    share
        ``cover-all``: percent of the people to be reached.
    budget_eur
        ``budget``: euro in a year for all new offices. Places without a known cost are left out; a place of the
        reader's costs as much as the median host place.
    visits_per_year
        ``capacity``: appointments a person needs in a year.
    """

    measure: str = "recipients"
    date: str | None = None
    minutes: float = 15.0
    new: int = 3
    assumptions: WalkAssumptions = field(default_factory=WalkAssumptions)
    candidates: str = "hosts"
    forced: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    mode: str | None = None
    closed: tuple[str, ...] = ()
    own: tuple[OwnPlace, ...] = ()
    objective: str = "coverage"
    share: float = 80.0
    budget_eur: float = 50_000.0
    visits_per_year: float = 6.0


def __getattr__(name: str) -> Any:
    from geo.siting import answer, posing

    for module in (posing, answer):
        if name in vars(module):
            return vars(module)[name]
    raise AttributeError(name)
