"""Search under rules: minimums by group, and how many of today's offices may close.

A missing minimum is priced above all people, so any exchange that lowers what is missing gains. What is
found is then improved and proven by HiGHS; the bound without rules holds as well.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.siting.solvers.effort import Halt, never
from geo.siting.solvers.local_search import Choice, Cover
from geo.siting.solvers.presolve import Core, Rules

Floats = NDArray[np.float64]
TRIALS = 12


def missing(core: Core, cover: Cover) -> float:
    """Return how far a choice is from its rules: sites and shares of minimums missing, added up."""
    rules = core.rules or Rules()
    short = 0.0
    for is_mine, number in rules.site_sums:
        short += max(0, number - int(cover.is_chosen[is_mine].sum()))
    reached = cover.counts > 0
    for mine, people in rules.row_sums:
        lack = people - float(core.weights[mine][reached[mine]].sum())
        short += lack / people if lack > 1e-9 * max(1.0, people) else 0.0
    return short


def is_kept(core: Core, choice: Choice) -> bool:
    """Tell whether a choice meets the rules of its core."""
    return core.rules is None or missing(core, Cover(core, choice.sites)) == 0


def search_by_rules(core: Core, start: Choice, *, seed: int = 0, rounds: int = 6, halt: Halt = never) -> Choice | None:
    """Return a good choice that meets the rules, or None where none was found."""
    random = np.random.default_rng(seed)
    best: Choice | None = None
    now = start
    for turn in range(rounds):
        cover = _descend(core, Cover(core, now.sites), halt)
        found = cover.choice()
        if missing(core, cover) == 0 and (best is None or found.value > best.value):
            best = found
        if halt():
            break
        kept = list((best or found).sites)
        for _ in range(min(len(kept), 1 + turn % 3)):
            kept.pop(int(random.integers(len(kept))))
        now = Choice(tuple(kept), 0.0)
    return best


def _price(core: Core, cover: Cover) -> float:
    return cover.value - 2.0 * (core.reachable + 1.0) * missing(core, cover)


def _descend(core: Core, cover: Cover, halt: Halt) -> Cover:
    """Fill up, then exchange as long as that gains."""
    _fill(core, cover)
    value, unchanged = _price(core, cover), 0
    queue = cover.chosen
    while queue and unchanged < len(queue) and not halt():
        out = queue.pop(0)
        before = cover.is_chosen.copy()
        cover.drop(out)
        _fill(core, cover)
        after = _price(core, cover)
        if after > value + 1e-9 * max(1.0, abs(value)):
            value, unchanged = after, 0
            chosen = cover.chosen
            queue = [site for site in queue if site in chosen] + [site for site in chosen if site not in queue]
        else:
            for site in np.flatnonzero(cover.is_chosen & ~before).tolist():
                cover.drop(site)
            for site in np.flatnonzero(before & ~cover.is_chosen).tolist():
                cover.add(site)
            queue.append(out)
            unchanged += 1
    return cover


def _fill(core: Core, cover: Cover) -> None:
    while True:
        allowed = ~cover.is_chosen
        if core.costs is None:
            if int(cover.is_chosen.sum()) >= core.new:
                return
        else:
            allowed &= core.costs <= core.limit - float(core.costs[cover.is_chosen].sum()) + 1e-9
        if not allowed.any():
            return
        appeal = np.where(allowed, _appeal(core, cover), -1.0)
        trials = np.argsort(-appeal, kind="stable")[: min(TRIALS, int(allowed.sum()))].tolist()
        prices = []
        for site in trials:
            cover.add(site)
            prices.append(_price(core, cover))
            cover.drop(site)
        best = int(np.argmax(prices))
        if core.costs is not None and prices[best] <= _price(core, cover):
            return
        cover.add(trials[best])


def _appeal(core: Core, cover: Cover) -> Floats:
    """Return about how much each site would gain, missing minimums priced in."""
    rules = core.rules or Rules()
    heavy = 2.0 * (core.reachable + 1.0)
    weights = np.where(cover.counts == 0, core.weights, 0.0)
    if core.need is not None:
        weights = np.where(cover.counts < core.need, core.weights / np.maximum(core.need - cover.counts, 1), 0.0)
    reached = cover.counts > 0
    priced = weights.copy()
    for mine, people in rules.row_sums:
        lack = people - float(core.weights[mine][reached[mine]].sum())
        if lack > 1e-9 * max(1.0, people):
            priced[mine] += weights[mine] * heavy / people
    appeal: Floats = core.cover @ priced
    for is_mine, number in rules.site_sums:
        if int(cover.is_chosen[is_mine].sum()) < number:
            appeal += heavy * is_mine
    return appeal if core.costs is None else appeal / np.maximum(core.costs, 1e-9)


def without_rules(core: Core) -> Core:
    """Return the core with number or budget alone; its bound holds with the rules too."""
    return replace(core, rules=None)
