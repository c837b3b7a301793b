"""No cheaper pattern holds: exhaustive search on tiny blocks, and the demo against the bound of its programmes."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
import pandas as pd
import pytest

from geo.region.disclosure.costs import cell_costs
from geo.region.disclosure.count_table import count_table
from geo.region.disclosure.rule import DisclosureRule
from geo.region.disclosure.suppression import disclose
from geo.region.model import assemble
from tests.conftest import ROOT
from tests.profiles import seeds
from tests.region.disclosure.attacker import Region, narrow
from tests.region.disclosure.random_regions import quarters_of
from tests.region.disclosure.test_disclosure import measures_of, tidy

RULE = DisclosureRule()
KEYS = ("recipients", "children", "residents")
DATE = "2025-12-31"


def tiny(seed: int) -> Region:
    """Return five quarters of one district with small counts of recipients and of children among them."""
    rng = np.random.default_rng(seed)
    recipients = rng.choice([1, 2, 4, 7, 12, 30], 5)
    children = rng.binomial(recipients, 0.5)
    residents = rng.choice([350, 500, 800, 1300], 5) + rng.permutation(5)
    wide = {"recipients": recipients, "children": children, "residents": residents}
    lines = tidy({key: dict(zip("abcde", column.tolist(), strict=True)) for key, column in wide.items()})
    return Region(lines, None, measures_of(*KEYS))


def patterns_below(cells: list[int], price: np.ndarray, limit: float) -> Iterator[tuple[int, ...]]:
    for size in range(len(cells) + 1):
        for chosen in combinations(cells, size):
            if price[list(chosen)].sum() < limit - 1e-6:
                yield chosen


@pytest.mark.parametrize("seed", seeds(120, 14))
def test_no_cheaper_pattern_holds(seed: int) -> None:
    region = tiny(seed)
    done = disclose(region.statistics, quarters_of(region), region.measures, RULE)
    table = count_table(region.statistics, region.measures)
    price = cell_costs(table)[table.rows, table.columns]
    value = region.statistics["value"].to_numpy()
    is_gone = (done.statistics["state"] == "suppressed").to_numpy()
    is_count = region.statistics["measure"].isin(("recipients", "children")).to_numpy()
    is_small = is_gone & ((value < RULE.numerator_min) | _stands_for_everybody(region))
    partners = is_gone & ~is_small
    assert done.cost == pytest.approx(price[partners].sum())
    assert done.bound == pytest.approx(done.cost), "solved as a whole"
    able = np.flatnonzero(is_count & ~is_small & (value > 0)).tolist()
    for chosen in patterns_below(able, price, float(price[partners].sum())):
        gone = is_small.copy()
        gone[list(chosen)] = True
        other = region.statistics.assign(state=np.where(gone, "suppressed", region.statistics["state"]))
        other["value"] = other["value"].mask(gone)
        assert narrow(region, other, RULE, integers=True), f"{chosen} is cheaper and holds as well"


def _stands_for_everybody(region: Region) -> np.ndarray:
    """Tell which lines count children who are all recipients of their quarter, or all but one or two."""
    numbers = region.statistics.pivot(index="quarter_id", columns="measure", values="value")
    rest = region.statistics["quarter_id"].map(numbers["recipients"] - numbers["children"])
    lines = region.statistics
    return ((lines["measure"] == "children") & (lines["value"] > 0) & (rest < RULE.numerator_min)).to_numpy()


@pytest.mark.nightly
@pytest.mark.parametrize("name", ["musterstadt", "musterkreis"])
def test_nothing_of_the_demo_is_narrower_than_the_rule(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The true counts are those of the generator, which nobody publishes."""
    from data.generator.__main__ import MAKERS, SEED

    kept = {}

    def spy(statistics: pd.DataFrame, quarters, measures, rule, **more):
        done = disclose(statistics, quarters, measures, rule, **more)
        kept["region"] = Region(statistics.copy(), quarters["district"], measures)
        kept["done"] = done
        return done

    monkeypatch.setattr(assemble, "disclose", spy)
    MAKERS[name](SEED, tmp_path_factory.mktemp(name))
    region, done = kept["region"], kept["done"]
    shipped = pd.read_csv(ROOT / "data" / name / "statistics.csv", dtype={"quarter_id": str})
    assert (shipped["state"] == "suppressed").sum() == (done.statistics["state"] == "suppressed").sum() > 0
    assert narrow(region, done.statistics, RULE) == []
    assert done.cost <= 1.0001 * done.bound, "every block is solved to its minimum"
