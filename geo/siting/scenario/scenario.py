"""A scenario: a named question with the way new offices are run, and what came of it.

A :class:`Scenario` holds plain values and stands on a region it never touches; its :attr:`~Scenario.key` is a digest of
what decides the answer, so the same wishes have the same key under any name. An :class:`Outcome` is what solving it
gave, in figures that may be shown: people rounded as the region's disclosure rule says, None for fewer than may be
shown. It needs no region to be told or compared.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace

from geo.decode import from_plain, to_plain
from geo.region.disclosure import DisclosureRule
from geo.siting.ask import SIZES, Question
from geo.siting.costs import CostPlan

SCHEMA_VERSION = 1
"""Version of the JSON form; see :mod:`geo.siting.scenario.scenario_file`."""


@dataclass(frozen=True)
class Scenario:
    """Named wishes for one region.

    Parameters
    ----------
    name, description
        As the reader wrote them: any text, escaped wherever it is shown.
    region_id
        The region it was made for.
    question
        What is asked, with date, mode and kind of candidates filled in (:func:`geo.siting.ask.complete`). Its
        own cost plan is passed over: the scenario's holds (:attr:`asked`).
    costs
        How new offices are run, and at which prices.
    """

    name: str
    region_id: str
    question: Question
    description: str = ""
    costs: CostPlan = field(default_factory=CostPlan)

    @property
    def key(self) -> str:
        """Digest of what decides the answer, 16 hexadecimal digits.

        Region, question and costs count. Name, description, names of the reader's own places, the order of wishes and
        settings that the question does not use do not.
        """
        deciding = [
            self.region_id,
            to_plain(_deciding(self.question)),
            to_plain(from_plain(CostPlan, to_plain(self.costs))),
        ]
        text = json.dumps(deciding, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    @property
    def asked(self) -> Question:
        """The question as it is posed: with the scenario's cost plan where costs or capacities decide the answer."""
        return replace(self.question, costs=self.costs if self.question.kind.hangs_on_costs else None)

    @property
    def is_nothing_new(self) -> bool:
        """Tell whether this is today's state: nothing opens and nothing closes."""
        asked = self.question
        return asked.objective == "coverage" and asked.new == 0 and not asked.closed

    def renamed(self, name: str, description: str | None = None) -> Scenario:
        """Return the same scenario under another name."""
        return replace(self, name=name, description=self.description if description is None else description)


def nothing_new(question: Question, region_id: str, name: str) -> Scenario:
    """Return today's state as a scenario, with date, minutes, who counts and ways as in ``question``."""
    still = replace(question, objective="coverage", new=0, forced=(), forbidden=(), closed=(), own=())
    return Scenario(name=name, region_id=region_id, question=still)


def _deciding(question: Question) -> Question:
    """Return the question without what does not decide its answer, numbers as its fields declare them."""
    usual = Question()
    asked: Question = from_plain(Question, to_plain(question))
    return replace(
        asked,
        forced=tuple(sorted(asked.forced)),
        forbidden=tuple(sorted(asked.forbidden)),
        closed=tuple(sorted(asked.closed)),
        costs=None,
        own=tuple(sorted((replace(place, name="") for place in asked.own), key=lambda place: place.id)),
        **{field: getattr(usual, field) for need, field in SIZES.items() if need not in asked.kind.needs},
    )


@dataclass(frozen=True)
class ChosenSite:
    """A place that opens: people it adds and people reached with it and those before it, and its costs in euro.

    ``gain`` and ``cumulative`` are rounded, None for fewer than may be shown; costs None where unknown.
    """

    id: str
    name: str
    lon: float
    lat: float
    gain: int | None
    cumulative: int | None
    cost_per_year_eur: float | None = None
    one_off_cost_eur: float | None = None
    staff_full_time: float | None = None


@dataclass(frozen=True)
class QuarterReach:
    """People of a quarter within reach, rounded, and mean minutes, before and after; None where not shown."""

    quarter_id: str
    people_before: int | None
    people_after: int | None
    minutes_before: float | None
    minutes_after: float | None


@dataclass(frozen=True)
class Outcome:
    """What came of a scenario, in figures that may be shown.

    Parameters
    ----------
    scenario_key, region_fingerprint, solved_at
        What was solved, on which data, when (ISO time, UTC).
    status, gap, bound, seconds, seed, message, message_parameters
        As in :class:`geo.siting.problem.Plan`, gap and parameters rounded; the bound as
        :func:`geo.siting.ask.answers.shown_bound` gives it.
    date, mode, minutes, measure
        Reporting date, how ways are measured, threshold, who counts.
    speed_metres_per_second, detour_factor, ways_source
        Assumptions of the ways; None where they do not apply.
    rounded_to, rule
        Step of rounding, and the region's disclosure rule.
    withheld_quarters, missing_quarters, placed_on
        Quarters whose people are withheld or not known, and how the others were placed; see
        :class:`geo.reach.Demand`.
    demand, people_before, people_after
        People in all, and within reach before and after.
    served, waiting, beyond
        Where capacities count: people served, in reach without appointment, out of reach.
    mean_minutes_before, mean_minutes, worst_minutes_before, worst_minutes
        Mean way, and the way within which nine in ten people reach an office; None where that is beyond the limit.
    limit_minutes
        Ways beyond this are not measured; in means they count as this long.
    curve_before, curve
        People within 0, 1, 2, ... 60 minutes.
    sites
        Places that open, in order of gain.
    closed
        Keys of offices that close.
    quarters
        By quarter, for maps of differences.
    lasting_indicator, lasting_quarters, lasting_reached_before, lasting_reached
        Quarters with lasting need of that indicator up to the date, and how many of them are known to have at least
        half of their people within reach; None where a region has too few dates to tell.
    cost_per_year_eur, one_off_cost_eur, staff_full_time
        Sums over the sites that open, less what closing saves in a year; None where a figure is unknown.
    """

    scenario_key: str
    region_fingerprint: str
    solved_at: str
    status: str
    gap: float
    bound: float
    seconds: float
    seed: int
    date: str
    mode: str
    minutes: float
    measure: str
    rounded_to: int
    rule: DisclosureRule
    demand: int | None
    people_before: int | None
    people_after: int | None
    message: str | None = None
    message_parameters: tuple[tuple[str, float], ...] = ()
    withheld_quarters: int = 0
    missing_quarters: int = 0
    placed_on: str = ""
    speed_metres_per_second: float | None = None
    detour_factor: float | None = None
    ways_source: str = ""
    served: int | None = None
    waiting: int | None = None
    beyond: int | None = None
    mean_minutes_before: float | None = None
    mean_minutes: float | None = None
    worst_minutes_before: float | None = None
    worst_minutes: float | None = None
    limit_minutes: float = 60.0
    curve_before: tuple[int | None, ...] = ()
    curve: tuple[int | None, ...] = ()
    sites: tuple[ChosenSite, ...] = ()
    closed: tuple[str, ...] = ()
    quarters: tuple[QuarterReach, ...] = ()
    lasting_indicator: str = ""
    lasting_quarters: int | None = None
    lasting_reached_before: int | None = None
    lasting_reached: int | None = None
    cost_per_year_eur: float | None = None
    one_off_cost_eur: float | None = None
    staff_full_time: float | None = None

    @property
    def added(self) -> int | None:
        """People newly within reach, as the difference of two rounded figures; None where either is not to be shown."""
        if self.people_after is None or self.people_before is None:
            return None
        return self.people_after - self.people_before

    @property
    def cost_per_person_eur(self) -> float | None:
        """Yearly cost for each person newly within reach; None where nobody is, or a figure is unknown."""
        if not self.added or self.cost_per_year_eur is None:
            return None
        return self.cost_per_year_eur / self.added
