"""The objectives a plan can have, one record each: what is counted, what is needed, who solves it.

A further objective is a record in :data:`OBJECTIVES`, the function that solves it, and its sentences in the catalogue
(``siting.question_<key>``, ``siting.lead_<key>`` and the other keys that end in ``_<key>``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from geo.siting.problem.problem import SitingProblem
from geo.siting.problem.rows import Rows, backed_up_rows, covered_rows, fading_rows
from geo.siting.problem.tally import (
    Tally,
    longest_travel_cost,
    people_by_share,
    people_in_reach,
    people_served,
    people_with_backup,
    weighted_travel_cost,
)

Unit = Literal["people", "people by share", "sites", "people x travel cost", "travel cost"]


@dataclass(frozen=True)
class Objective:
    """What makes one choice of sites better than another.

    Parameters
    ----------
    key
        Its name in calls, files and links, and the end of its keys in the catalogue.
    name
        As the literature has it, with the source.
    solver
        ``module:function``, called as :func:`geo.siting.solvers.covering.solve_covering`; imported when it is needed.
    recount
        Value of a set of open sites, counted without the solver.
    unit
        Unit of a plan's value. For ``sites`` the value is the number of sites, and ``recount`` the people reached.
    is_minimum
        Whether less is better.
    needs
        What a problem must have besides demand, cover and forced sites, by the fields of :class:`SitingProblem`; with
        ``new`` or without says whether a number of new sites is asked for.
    takes
        Which of ``budget`` and ``minimums`` a problem may have.
    rows
        The demand rows to be covered, where the value is a sum over rows; None elsewhere.
    ordered_by
        Recount by which the chosen sites are put in order; None takes ``recount``.
    tolerance
        Relative difference that may lie between the solver's value and the recount.
    """

    key: str
    name: str
    solver: str
    recount: Callable[[Tally], float]
    unit: Unit = "people"
    is_minimum: bool = False
    needs: tuple[str, ...] = ("new",)
    takes: tuple[str, ...] = ()
    rows: Callable[[SitingProblem], Rows] | None = None
    ordered_by: Callable[[Tally], float] | None = None
    tolerance: float = 1e-9

    @property
    def sign(self) -> float:
        """1.0 where more is better, -1.0 where less is."""
        return -1.0 if self.is_minimum else 1.0

    @property
    def counts_people(self) -> bool:
        """Whether values are people, whole or in shares."""
        return self.unit in ("people", "people by share")

    @property
    def counts_sites(self) -> bool:
        """Whether values are numbers of sites."""
        return self.unit == "sites"

    @property
    def counts_travel(self) -> bool:
        """Whether values are travel costs, of one person or added up over all."""
        return self.unit in ("travel cost", "people x travel cost")

    @property
    def is_reach(self) -> bool:
        """Whether values are the people within reach, as every plan has them beside its value."""
        return self.unit == "people" and self.recount is people_in_reach

    @property
    def has_own_people(self) -> bool:
        """Whether values are whole people, but other ones than those within reach."""
        return self.unit == "people" and not self.is_reach

    @property
    def hangs_on_costs(self) -> bool:
        """Whether the answer hangs on how new offices are run: on what they cost, or how many they can see."""
        return "budget" in self.needs or "capacity" in self.needs

    @property
    def has_near_plans(self) -> bool:
        """Whether plans with one site exchanged can be valued all at once."""
        return self.rows is not None or self.unit == "people x travel cost"

    def per_person(self, value: float, people: float) -> float:
        """Return a value as it is told: travel costs added up over people as their mean, others as they are."""
        return value / max(people, 1e-9) if self.unit == "people x travel cost" else value


_COVERING = "geo.siting.solvers.covering:solve_covering"

OBJECTIVES: dict[str, Objective] = {
    objective.key: objective
    for objective in (
        Objective(
            "coverage",
            "maximal covering location problem, MCLP (Church & ReVelle 1974)",
            _COVERING,
            people_in_reach,
            takes=("budget", "minimums"),
            rows=covered_rows,
        ),
        Objective(
            "cover-all",
            "location set covering problem, LSCP, and its partial form (Toregas et al. 1971)",
            "geo.siting.solvers.setcover:solve_cover_all",
            people_in_reach,
            unit="sites",
            is_minimum=True,
            needs=("share",),
            takes=("minimums",),
        ),
        Objective(
            "backup",
            "backup coverage (Hogan & ReVelle 1986)",
            _COVERING,
            people_with_backup,
            takes=("budget",),
            rows=backed_up_rows,
        ),
        Objective(
            "fade",
            "gradual coverage (Berman, Krass & Drezner 2003)",
            _COVERING,
            people_by_share,
            unit="people by share",
            needs=("new", "ways", "fade"),
            takes=("budget",),
            rows=fading_rows,
        ),
        Objective(
            "median",
            "p-median (Hakimi 1964)",
            "geo.siting.solvers.median:solve_median",
            weighted_travel_cost,
            unit="people x travel cost",
            is_minimum=True,
            needs=("new", "ways"),
        ),
        Objective(
            "center",
            "p-center (Hakimi 1964)",
            "geo.siting.solvers.center:solve_center",
            longest_travel_cost,
            unit="travel cost",
            is_minimum=True,
            needs=("new", "ways"),
            ordered_by=weighted_travel_cost,
        ),
        Objective(
            "budget",
            "maximal covering within a budget (Church & ReVelle 1974)",
            _COVERING,
            people_in_reach,
            needs=("costs", "budget"),
            takes=("budget", "minimums"),
            rows=covered_rows,
        ),
        Objective(
            "capacity",
            "capacitated maximal covering (Current & Storbeck 1988)",
            "geo.siting.solvers.capacity:solve_capacity",
            people_served,
            needs=("new", "capacity"),
            takes=("budget",),
            ordered_by=people_in_reach,
            tolerance=1e-6,
        ),
    )
}
"""All objectives by key, in the order in which they are offered."""
