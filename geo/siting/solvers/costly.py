"""Search where sites have costs and a budget, or where a row needs two open sites.

The same moves as in :mod:`geo.siting.solvers.local_search`: fill up, exchange, fill up again. Money goes by gain per
euro and by gain, whichever ends higher; a row that needs two sites counts half at the first one while
filling up, as otherwise nothing would seem to gain.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from geo.siting.solvers.local_search import Choice, Cover
    from geo.siting.solvers.presolve import Core

Floats = NDArray[np.float64]


def greedy(
    core: Core,
    start: tuple[int, ...] = (),
    *,
    preference: Floats | None = None,
    random: np.random.Generator | None = None,
    heat: float = 0.5,
) -> Choice:
    """Fill up a choice within number or budget, by chance where ``random`` is given."""
    ways = (True, False) if core.costs is not None else (False,)
    found = []
    for is_by_rate in ways[:1] if random is not None else ways:
        cover = _opened(core, start)
        fill(cover, is_by_rate=is_by_rate, preference=preference, random=random, heat=heat)
        found.append(cover.choice())
    return max(found, key=lambda choice: choice.value)


def fill(
    cover: Cover,
    *,
    is_by_rate: bool,
    preference: Floats | None = None,
    random: np.random.Generator | None = None,
    heat: float = 0.5,
    without: int = -1,
) -> None:
    """Open sites as long as number or budget allow and, with a budget, as long as one gains."""
    core = cover.core
    while len(core.candidates):
        appeal = _appeal(cover)
        room = _room(cover)
        if core.costs is None:
            if room < 1:
                return
        else:
            appeal = np.where(core.costs <= room + 1e-9, appeal, -1.0)
            if is_by_rate:
                appeal = np.where(appeal > 0, appeal / np.maximum(core.costs, 1e-9), appeal)
        appeal[cover.is_chosen] = -2.0
        if without >= 0:
            appeal[without] = -2.0
        if preference is not None:
            appeal = np.where(appeal > 0, appeal * (preference + 1e-4), appeal)
        if random is not None:
            luck = np.exp(heat * random.gumbel(size=len(appeal)))
            appeal = np.where(appeal > 0, appeal * luck, appeal)
        best = int(np.argmax(appeal))
        if appeal[best] < -1.5 or (core.costs is not None and appeal[best] <= 0):
            return
        cover.add(best)


def descend(core: Core, start: Choice, halt: Callable[[], bool]) -> Choice:
    """Take one site out and fill up anew, as long as that gains; return where it ends."""
    cover = _opened(core, start.sites)
    fill(cover, is_by_rate=False)
    value = _value(cover)
    queue = np.flatnonzero(cover.is_chosen).tolist()
    unchanged = 0
    while queue and unchanged < len(queue) and not halt():
        out = queue.pop(0)
        now = _exchange(cover, out, value)
        if now > value:
            value, unchanged = now, 0
            chosen = np.flatnonzero(cover.is_chosen).tolist()
            queue = [site for site in queue if site in chosen] + [site for site in chosen if site not in queue]
        else:
            queue.append(out)
            unchanged += 1
    return cover.choice()


def _exchange(cover: Cover, out: int, value: float) -> float:
    """Take a site out and fill up, by gain or by gain per euro; undo it unless that gains. Return the value then."""
    cover.drop(out)
    for is_by_rate in (False, True):
        before = cover.is_chosen.copy()
        fill(cover, is_by_rate=is_by_rate, without=out)
        now = _value(cover)
        if now > value + 1e-9 * max(1.0, value):
            return now
        for site in np.flatnonzero(cover.is_chosen & ~before).tolist():
            cover.drop(site)
    cover.add(out)
    return value


def _value(cover: Cover) -> float:
    core = cover.core
    return float(core.weights[cover.counts >= (1 if core.need is None else core.need)].sum())


def _opened(core: Core, sites: tuple[int, ...]) -> Cover:
    from geo.siting.solvers.local_search import Cover

    cover = Cover(core)
    for site in sites:
        cover.add(site)
    return cover


def _room(cover: Cover) -> float:
    core = cover.core
    if core.costs is None:
        return core.new - int(cover.is_chosen.sum())
    return core.limit - float(core.costs[cover.is_chosen].sum())


def _appeal(cover: Cover) -> Floats:
    """Return the weight each site would add; where rows need more than one site, each step counts its part."""
    core = cover.core
    if core.need is None:
        return cover.gains()
    part = np.where(cover.counts < core.need, core.weights / np.maximum(core.need - cover.counts, 1), 0.0)
    appeal: Floats = core.cover @ part
    return appeal
