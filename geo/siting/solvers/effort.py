"""How long and how exactly a problem is searched, who hears of it, and the plan at the end."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from geo.defaults import SEARCH_SECONDS
from geo.siting.problem import Plan, Reason, SitingProblem, infeasible_plan, make_plan

Halt = Callable[[], bool]
Progress = Callable[[float, float, float, float, tuple[int, ...]], None]


def never() -> bool:
    """Return False: the halt of a search that nobody ends."""
    return False


def deadline(seconds: float, stop: Halt = never) -> Halt:
    """Return a halt that says True once ``seconds`` have passed or ``stop`` says so."""
    end = time.perf_counter() + seconds
    return lambda: time.perf_counter() >= end or stop()


@dataclass(frozen=True)
class Effort:
    """What a search may take; parameters as in :func:`geo.siting.solve`, ``began`` as ``time.perf_counter`` has it."""

    seconds: float = SEARCH_SECONDS
    seed: int = 0
    mip_gap: float = 0.0
    stop: Halt = never
    progress: Progress | None = None
    began: float = field(default_factory=time.perf_counter)

    @property
    def left(self) -> float:
        """Seconds that are left."""
        return self.began + self.seconds - time.perf_counter()

    def halt(self) -> bool:
        """Tell whether to end: time is over, or the caller says so."""
        return self.left <= 0 or self.stop()

    def part(self, share: float) -> Halt:
        """Return the halt of a step that may take a share of the time left."""
        return deadline(share * self.left, self.stop)

    def plan(
        self, problem: SitingProblem, objective: str, sites: Iterable[int], value: float, bound: float, *, proven: bool
    ) -> Plan:
        """Return the plan for the sites that were found; see :func:`geo.siting.problem.make_plan`."""
        return make_plan(
            problem,
            tuple(sites),
            value,
            bound,
            is_proven=proven,
            is_stopped=self.stop(),
            seconds=time.perf_counter() - self.began,
            seed=self.seed,
            objective=objective,
        )

    def no_plan(self, problem: SitingProblem, objective: str, reason: Reason) -> Plan:
        """Return the plan that says why no choice meets the wishes."""
        seconds = time.perf_counter() - self.began
        return infeasible_plan(
            problem, reason.code, parameters=reason.parameters, seconds=seconds, seed=self.seed, objective=objective
        )


class Teller:
    """Passes on to ``effort.progress`` what got better: value, bound, gap, seconds, new sites."""

    def __init__(self, problem: SitingProblem, effort: Effort, *, is_minimum: bool = False) -> None:
        self.problem, self.effort = problem, effort
        self.sign = -1.0 if is_minimum else 1.0
        self.value, self.bound = -math.inf, math.inf
        self.selected: tuple[int, ...] = ()

    def tell(self, value: float, bound: float, sites: Iterable[int]) -> None:
        """Tell of a choice and a bound, if one of them is better than before; sites open today may be among them."""
        if self.effort.progress is None:
            return
        is_better = self.sign * value > self.value + 1e-9 * abs(value)
        is_closer = self.sign * bound < self.bound - 1e-9 * abs(bound)
        if not (is_better or is_closer):
            return
        if is_better:
            self.value = self.sign * value
            self.selected = tuple(sorted(set(sites) - set(self.problem.closable)))
        self.bound = max(min(self.bound, self.sign * bound), self.value)
        best, limit = self.sign * self.value, self.sign * self.bound
        larger = max(abs(best), abs(limit))
        gap = abs(limit - best) / larger if larger > 0 and math.isfinite(limit) else 0.0
        self.effort.progress(best, limit, gap, time.perf_counter() - self.effort.began, self.selected)
