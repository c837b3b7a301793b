"""Where high or low shares lie side by side: Moran's I, local Moran, Getis-Ord Gi*.

esda standardises shares, computes the local statistics and draws their permutations, scipy controls the false discovery
rate; this module states the neighbourhood, leaves out what is withheld, makes two-sided p-values and names what is not
significant. A
p-value of one tail (``p_sim`` of esda is the smaller one) is doubled.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import numpy.typing as npt

from geo.errors import ContractError
from geo.findings import Finding, note
from geo.need.concentration import LeftOut, counted_quarters
from geo.need.evenness import Numbers, portions
from geo.need.neighbourhood import Neighbourhood, queen_neighbours

if TYPE_CHECKING:
    import pandas as pd

    from geo.need.indicators import Indicator
    from geo.region.model import Region

PERMUTATIONS = 999
SIGNIFICANCE = 0.05
QUARTERS_MIN = 8
"""With fewer quarters there are too few ways to permute them for a p-value that means something."""

NOT_SIGNIFICANT, ISLAND = "not_significant", "island"
MORAN_CLASSES = ("high_high", "low_low", "high_low", "low_high", NOT_SIGNIFICANT, ISLAND)
SPOT_CLASSES = ("hot", "cold", NOT_SIGNIFICANT, ISLAND)

_ONE_AT_A_TIME = Lock()

Correction = Literal["false_discovery", "none"]


@dataclass(frozen=True)
class ClusterRule:
    """How clusters are distinguished from chance.

    Parameters
    ----------
    permutations, seed
        Number of random orders and the seed they are made with.
    significance
        Two-sided level, e.g. 0.05.
    correction
        ``false_discovery``: p-values after Benjamini and Hochberg (1995) are compared; ``none``: the p-values
        themselves, of which 5 in 100 fall below 0.05 by chance alone.
    """

    permutations: int = PERMUTATIONS
    seed: int = 0
    significance: float = SIGNIFICANCE
    correction: Correction = "false_discovery"


@dataclass(frozen=True)
class GlobalMoran:
    """Moran's I of all quarters: above ``expected`` like lies beside like; ``p`` is two-sided, by permutation."""

    value: float
    expected: float
    p: float
    is_significant: bool


@dataclass(frozen=True, eq=False)
class Clusters:
    """Local clusters of an indicator at one date.

    Parameters
    ----------
    region_id, indicator_key, date, rule
        What was asked.
    neighbourhood
        Pairs among the quarters that counted, or None where nothing can be said.
    variant
        ``eb_rate``: shares standardised by empirical Bayes (Assunção and Reis 1999), so that small quarters do
        not stand out by chance; ``value``: the values as they are, for ready-made rates.
    moran
        Moran's I over all quarters, or None.
    quarters
        Index ``quarter_id``, only quarters that counted: ``value`` (indicator's unit), ``standardised`` (what the
        local Moran is computed on), ``local_moran``, ``moran_p``, ``moran_p_adjusted``, ``moran_class``
        (:data:`MORAN_CLASSES`), ``gi_star`` (z-value), ``gi_p``, ``gi_p_adjusted``, ``spot`` (:data:`SPOT_CLASSES`).
        All p-values are two-sided; those of islands are 1.
    left_out
        Quarters without a number, with their state. They have no class and take no part in their neighbours'.
    reason
        Finding with the code why nothing can be said, or None.
    """

    region_id: str
    indicator_key: str
    date: str
    rule: ClusterRule
    neighbourhood: Neighbourhood | None
    variant: str
    moran: GlobalMoran | None
    quarters: pd.DataFrame
    left_out: tuple[LeftOut, ...]
    reason: Finding | None = None

    @property
    def islands(self) -> tuple[str, ...]:
        """Quarters that counted and have no neighbour that did."""
        return self.neighbourhood.islands if self.neighbourhood is not None else ()


def two_sided(smaller_tail: npt.ArrayLike) -> Numbers:
    """Return two-sided p-values from the smaller tail: twice that, at most 1."""
    return np.asarray(np.minimum(2.0 * np.asarray(smaller_tail, dtype=np.float64), 1.0), dtype=np.float64)


def global_moran(values: npt.ArrayLike, neighbourhood: Neighbourhood, rule: ClusterRule) -> GlobalMoran:
    """Return Moran's I with row-standardised weights; ``values`` in the order of the neighbourhood.

    ``I = n / S0 * (z' W z) / (z' z)`` (Moran 1950), against all values put in random orders.
    """
    numbers = _varied(values, neighbourhood)
    weights = neighbourhood.row_weights()
    z = numbers - numbers.mean()
    scale = len(z) / float(weights.sum()) / float(z @ z)
    random = np.random.default_rng(rule.seed)
    drawn = []
    for size in portions(rule.permutations, len(z)):
        orders = random.permuted(np.broadcast_to(z, (size, len(z))), axis=1).T
        drawn.append(scale * np.einsum("ij,ij->j", orders, weights @ orders))
    value = scale * float(z @ (weights @ z))
    p = float(two_sided(_smaller_tails(np.array([value]), np.concatenate(drawn)[None, :]))[0])
    return GlobalMoran(value, -1.0 / (len(z) - 1), p, p <= rule.significance)


def local_moran(values: npt.ArrayLike, neighbourhood: Neighbourhood, rule: ClusterRule) -> tuple[Numbers, Numbers]:
    """Return local Moran (Anselin 1995) with row-standardised weights, and two-sided p-values."""
    from esda.moran import Moran_Local

    numbers = _varied(values, neighbourhood)
    with _esda(rule.seed):
        found = Moran_Local(
            numbers,
            neighbourhood.graph(),
            transformation="r",
            permutations=rule.permutations,
            seed=rule.seed,
            keep_simulations=True,
        )
    return _judged(found.Is, found.rlisas, neighbourhood)


def getis_ord_star(values: npt.ArrayLike, neighbourhood: Neighbourhood, rule: ClusterRule) -> tuple[Numbers, Numbers]:
    """Return Gi* as z-values (Ord and Getis 1995), the quarter itself included, and two-sided p-values."""
    from esda.getisord import G_Local

    numbers = _varied(values, neighbourhood)
    with _esda(rule.seed):
        found = G_Local(
            numbers,
            neighbourhood.graph(),
            transform="B",
            star=True,
            permutations=rule.permutations,
            seed=rule.seed,
            n_jobs=1,
            keep_simulations=True,
        )
    _, p = _judged(found.Gs, found.rGs, neighbourhood)
    defined = np.isfinite(found.Zs) & (neighbourhood.numbers > 0)
    return np.where(defined, found.Zs, 0.0), p


def find_clusters(
    region: Region,
    indicator: Indicator,
    date: str,
    *,
    neighbourhood: Neighbourhood | None = None,
    rule: ClusterRule | None = None,
) -> Clusters:
    """Return Moran's I, local Moran and Gi* of an indicator at one date.

    Parameters
    ----------
    neighbourhood
        Of all quarters of the region; default: shared borders. Make it once for several dates.

    Codes of ``reason``: ``nothing_published``, ``too_few_quarters`` (fewer than :data:`QUARTERS_MIN`),
    ``group_empty``, ``all_equal``, ``no_neighbours``.
    """
    chosen = rule or ClusterRule()
    whole = neighbourhood if neighbourhood is not None else queen_neighbours(region.quarters)
    used, left_out, among = _counted(region, indicator, date, whole)
    out = Clusters(
        region_id=region.id,
        indicator_key=indicator.key,
        date=date,
        rule=chosen,
        neighbourhood=None,
        variant="value" if indicator.denominator is None else "eb_rate",
        moran=None,
        quarters=used[["value"]].iloc[:0],
        left_out=left_out,
    )
    code = _obstacle(used, among)
    if code is not None:
        return replace(out, reason=note(code, indicator=indicator.key, date=date, least=QUARTERS_MIN))
    standard = _standardised(used, indicator)
    return replace(
        out,
        neighbourhood=among,
        moran=global_moran(standard, among, chosen),
        quarters=_classified(used, standard, among, chosen),
    )


def moran_value(region: Region, indicator: Indicator, date: str, neighbourhood: Neighbourhood) -> float:
    """Return Moran's I of :func:`find_clusters` alone, without a p-value; NaN where nothing can be said."""
    used, _, among = _counted(region, indicator, date, neighbourhood)
    if _obstacle(used, among) is not None:
        return math.nan
    return global_moran(_standardised(used, indicator), among, ClusterRule(permutations=1)).value


def _counted(
    region: Region, indicator: Indicator, date: str, whole: Neighbourhood
) -> tuple[pd.DataFrame, tuple[LeftOut, ...], Neighbourhood]:
    """Return the quarters that count, in the order of the neighbourhood, those left out, and pairs of the first."""
    from geo.need.indicators import indicator_values

    values = indicator_values(region, indicator, date)
    used, left_out = counted_quarters(values, needs_counts=indicator.denominator is not None)
    among = whole.among(used.index)
    return used.loc[list(among.quarter_ids)], left_out, among


def _standardised(used: pd.DataFrame, indicator: Indicator) -> Numbers:
    """Return shares standardised by empirical Bayes (Assunção and Reis 1999), or z-values of what is no share."""
    from esda.smoothing import assuncao_rate

    if indicator.denominator is None:
        values = used["value"].to_numpy(np.float64)
        return np.asarray((values - values.mean()) / values.std(), dtype=np.float64)
    group, whole = used["numerator"].to_numpy(np.float64), used["denominator"].to_numpy(np.float64)
    return np.asarray(assuncao_rate(group, whole), dtype=np.float64)


def _classified(used: pd.DataFrame, standard: Numbers, among: Neighbourhood, rule: ClusterRule) -> pd.DataFrame:
    from scipy.stats import false_discovery_control

    out = used[["value"]].copy()
    values = out["value"].to_numpy(np.float64)
    out["standardised"] = standard
    out["local_moran"], out["moran_p"] = local_moran(standard, among, rule)
    out["gi_star"], out["gi_p"] = getis_ord_star(values, among, rule)
    is_island = among.numbers == 0
    for name in ("moran", "gi"):
        p = out[f"{name}_p"].to_numpy(np.float64)
        adjusted = np.ones_like(p)
        adjusted[~is_island] = false_discovery_control(p[~is_island])
        out[f"{name}_p_adjusted"] = adjusted
    deciding = "_p_adjusted" if rule.correction == "false_discovery" else "_p"
    is_high = standard > standard.mean()
    lag = np.bincount(among.focal, weights=(standard - standard.mean())[among.neighbour], minlength=len(out))
    kinds = np.select(
        [is_high & (lag > 0), ~is_high & (lag <= 0), is_high], ["high_high", "low_low", "high_low"], "low_high"
    )
    moran_says = (out[f"moran{deciding}"] <= rule.significance).to_numpy()
    gi_says = (out[f"gi{deciding}"] <= rule.significance).to_numpy()
    out["moran_class"] = np.select([is_island, moran_says], [ISLAND, kinds], NOT_SIGNIFICANT)
    spots = np.where(out["gi_star"] > 0, "hot", "cold")
    out["spot"] = np.select([is_island, gi_says], [ISLAND, spots], NOT_SIGNIFICANT)
    return out


def _obstacle(used: pd.DataFrame, among: Neighbourhood) -> str | None:
    if not len(used):
        return "nothing_published"
    if len(used) < QUARTERS_MIN:
        return "too_few_quarters"
    values = used["value"].to_numpy(np.float64)
    if not values.any():
        return "group_empty"
    if np.ptp(values) <= 1e-12 * np.abs(values).max():
        return "all_equal"
    return "no_neighbours" if not len(among.focal) else None


def _varied(values: npt.ArrayLike, neighbourhood: Neighbourhood) -> Numbers:
    numbers = np.asarray(values, dtype=np.float64)
    if numbers.shape != (len(neighbourhood.quarter_ids),) or not np.isfinite(numbers).all():
        raise ContractError(f"values {numbers.shape} are not one number for each of the neighbourhood's quarters")
    if not len(neighbourhood.focal):
        raise ContractError("the neighbourhood has no pair of neighbours; choose another kind or a larger distance")
    if np.ptp(numbers) == 0:
        raise ContractError("values are all equal: there is no spatial pattern to speak of")
    return numbers


def _judged(observed: Any, drawn: Any, neighbourhood: Neighbourhood) -> tuple[Numbers, Numbers]:
    """Return the statistic and its two-sided p-value; an island has statistic 0 and p 1.

    ``observed`` has one value per quarter, ``drawn`` quarters × permutations.
    """
    value, draws = np.asarray(observed, dtype=np.float64), np.asarray(drawn, dtype=np.float64)
    is_island = neighbourhood.numbers == 0
    p = two_sided(_smaller_tails(value, draws))
    return np.where(is_island, 0.0, value), np.where(is_island, 1.0, p)


def _smaller_tails(observed: Numbers, drawn: Numbers) -> Numbers:
    """Return ``(k + 1) / (M + 1)`` per row, where k of M draws are as extreme as observed, in the rarer direction.

    Draws equal to the observed value count in both directions. esda's own ``p_sim`` counts them upwards only, which
    makes quarters look significant where few different sums are possible.
    """
    near = 1e-10 * np.maximum(np.abs(observed), 1e-300)
    fewer = np.empty(len(observed))
    done = 0
    for size in portions(len(observed), drawn.shape[1]):
        part = slice(done, done + size)
        low = (drawn[part] <= (observed + near)[part, None]).sum(axis=1)
        high = (drawn[part] >= (observed - near)[part, None]).sum(axis=1)
        fewer[part] = np.minimum(low, high)
        done += size
    return np.asarray((fewer + 1) / (drawn.shape[1] + 1), dtype=np.float64)


@contextmanager
def _esda(seed: int) -> Iterator[None]:
    """Let esda draw from numpy's global generator with this seed, one caller at a time, and put its state back.

    Its warnings are about islands and a change of defaults to come; both are dealt with here.
    """
    with _ONE_AT_A_TIME, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = np.random.get_state()  # noqa: NPY002 - esda draws from it
        np.random.seed(seed)  # noqa: NPY002
        try:
            yield
        finally:
            np.random.set_state(before)  # noqa: NPY002
