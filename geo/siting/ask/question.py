"""A planner's question about a region.

:func:`geo.siting.ask.pose` turns it into a problem, :func:`geo.siting.ask.answer` solves it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from geo.defaults import (
    BUDGET_EUR,
    NEW_OFFICES,
    SERVICE_RADIUS_MINUTES,
    SHARE_PERCENT,
    VISITS_PER_YEAR,
    WalkAssumptions,
)
from geo.siting.ask.survey import OwnPlace
from geo.siting.costs import CostPlan
from geo.siting.problem import OBJECTIVES, Objective

WAYS_LIMIT_MINUTES = 240.0
WEEKS_PER_YEAR = 52.0
FADE_FULL_SHARE = 1 / 3
"""Part of the longest way up to which a person counts in full where reach fades."""


SIZES = {"new": "new", "share": "share", "budget": "budget_eur", "capacity": "visits_per_year"}
"""The field of a question for each size that an objective may need; the others do not decide its answer."""


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
        ``hosts``: the region's host places; ``quarters``: one place per quarter, where its residents are; ``grid``:
        a point in every inhabited square of 500 m, ``grid-400`` of 400 m (:mod:`geo.siting.ask.grid`).
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
        Key of what is asked, one of :data:`geo.siting.OBJECTIVES`.
    share
        ``cover-all``: percent of the people to be reached.
    budget_eur
        ``budget``: euro in a year for all new offices. Places without a known cost are left out.
    visits_per_year
        ``capacity``: appointments a person needs in a year.
    minimum_share, minimum_of
        Percent of the people to be reached in every ``district``, or in every quarter with ``lasting`` need; no such
        wish where either is left out. Not every objective takes it.
    service
        The service that is needed, a key as in the table of sites: only offices that offer it count as
        today's, new ones may offer any. Empty: every office counts.
    costs
        How new offices are run, for the questions that ask what a place costs or how many it can see; None takes
        what places name themselves, and the median host place for those of the reader's
        (:mod:`geo.siting.ask.costs_and_capacities`).
    """

    measure: str = "recipients"
    date: str | None = None
    minutes: float = SERVICE_RADIUS_MINUTES
    new: int = NEW_OFFICES
    assumptions: WalkAssumptions = field(default_factory=WalkAssumptions)
    candidates: str = "hosts"
    forced: tuple[str, ...] = ()
    forbidden: tuple[str, ...] = ()
    mode: str | None = None
    closed: tuple[str, ...] = ()
    own: tuple[OwnPlace, ...] = ()
    objective: str = "coverage"
    share: float = SHARE_PERCENT
    budget_eur: float = BUDGET_EUR
    visits_per_year: float = VISITS_PER_YEAR
    minimum_share: float = 0.0
    minimum_of: str = ""
    service: str = ""
    costs: CostPlan | None = None

    @property
    def kind(self) -> Objective:
        """The record of its objective; that of coverage where the key is not known."""
        return OBJECTIVES.get(self.objective, OBJECTIVES["coverage"])

    @property
    def is_usual(self) -> bool:
        """Whether most people within reach of a number of new offices are asked for."""
        return self.kind.is_reach and "new" in self.kind.needs

    @property
    def has_minimum(self) -> bool:
        """Whether areas are to have a share of their people reached."""
        return bool(self.minimum_of) and self.minimum_share > 0
