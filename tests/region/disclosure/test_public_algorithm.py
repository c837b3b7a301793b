"""Who runs the algorithm himself learns nothing: the choice of partners rests on public figures."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np
import pandas as pd
import pytest

from geo.region.disclosure import pattern
from geo.region.disclosure.rule import DisclosureRule
from geo.region.disclosure.suppression import apply_disclosure
from geo.region.schema import STANDARD_MEASURES
from tests.profiles import seeds
from tests.region.disclosure.attacker import Region
from tests.region.disclosure.random_regions import quarters_of

RULE = DisclosureRule()
STANDARD = {measure.key: measure for measure in STANDARD_MEASURES}
DATE = "2025-12-31"
ROOM = 60.0
"""A count that stays above this has as much room as is ever asked for."""


def region_of(values: dict[str, np.ndarray], district: list[str] | None = None) -> Region:
    names = [f"q{number:02d}" for number in range(len(values["residents"]))]
    lines = pd.DataFrame(
        [(q, DATE, key, float(v)) for key, column in values.items() for q, v in zip(names, column, strict=True)],
        columns=["quarter_id", "date", "measure", "value"],
    )
    lines["state"] = np.where(lines["value"] == 0, "true_zero", "value")
    places = pd.Series(district, index=names) if district else None
    return Region(lines, places, tuple(STANDARD[key] for key in values))


def published(region: Region) -> tuple[pd.DataFrame, bool]:
    """Return what is shown, and whether totals give something away in any case."""
    out, findings = apply_disclosure(region.statistics, quarters_of(region), region.measures, RULE)
    return out, any(finding.code == "disclosure_exposed" for finding in findings)


# Partners


def roomy(seed: int) -> Region:
    """Quarters with few residents among large ones, and large numbers everywhere but for some that are 1 or 2."""
    rng = np.random.default_rng(seed)
    number = int(rng.integers(6, 12))
    residents = rng.integers(2000, 4000, number)
    recipients, units = rng.integers(200, 300, number), rng.integers(200, 300, number)
    few = rng.permutation(number)[:3]
    residents[few[0]], recipients[few[0]], units[few[0]] = 299, 180, 150
    recipients[few[1]], units[few[2]] = rng.integers(1, 3), rng.integers(1, 3)
    measures = {"recipients": recipients, "residents": residents}
    if seed % 2:
        measures["single_parent_units"] = units
    return region_of(measures, ["n" if n % 2 else "s" for n in range(number)])


def changed(region: Region, out: pd.DataFrame, seed: int) -> Region:
    """Return other numbers behind what is shown: each total, each 1 or 2 and each large number stays one."""
    rng = np.random.default_rng(seed)
    lines = region.statistics.copy()
    gone = lines[(out["state"] == "suppressed").to_numpy()]
    for _, cells in gone.groupby([gone["quarter_id"].map(region.district), gone["measure"]]):
        large = rng.permutation(cells.index[cells["value"] > 2 * ROOM])
        if len(large):
            small = cells.index[cells["value"] < RULE.numerator_min]
            other = 3 - lines.loc[small, "value"]
            lines.loc[large[0], "value"] += (lines.loc[small, "value"] - other).sum()
            lines.loc[small, "value"] = other
        if len(large) > 1:
            takes = rng.integers(1, int(lines.loc[large[0], "value"] - ROOM))
            lines.loc[large[:2], "value"] += [-takes, takes]
    return Region(lines, region.district, region.measures)


@pytest.mark.parametrize("seed", seeds(200, 20))
def test_pattern_rests_on_public_figures(seed: int) -> None:
    region = roomy(seed)
    out, _ = published(region)
    for again in range(3):
        other = changed(region, out, again)
        assert not other.statistics["value"].equals(region.statistics["value"])
        pd.testing.assert_frame_equal(published(other)[0], out)


def test_prices_made_of_true_numbers_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pattern, "cell_costs", lambda table: np.nan_to_num(table.counts) + 1.0)
    told = 0
    for seed in range(10):
        region = roomy(seed)
        out, _ = published(region)
        told += sum(not published(changed(region, out, again))[0].equals(out) for again in range(3))
    assert told


# All tables behind one publication


def tiny(seed: int) -> Region:
    rng = np.random.default_rng(seed)
    number = int(rng.integers(4, 6))
    recipients = rng.choice([0, 1, 2, 3, 4, 5, 6, 8], number)
    residents = rng.choice([290, 400, 500, 700, 900], number) + rng.permutation(number)
    return region_of({"recipients": recipients, "residents": residents})


def tables_behind(region: Region, out: pd.DataFrame) -> Iterator[np.ndarray]:
    """Yield all numbers of recipients that agree with what is shown and with the total of the region."""
    is_count = (region.statistics["measure"] == "recipients").to_numpy()
    values = region.statistics["value"].to_numpy()[is_count]
    residents = region.statistics["value"].to_numpy()[~is_count]
    hidden = np.flatnonzero((out["state"] == "suppressed").to_numpy()[is_count])
    total = int(values[hidden].sum())
    least = [int(residents[cell] >= RULE.residents_min) for cell in hidden]
    for some in product(*(range(low, total + 1) for low in least[:-1])):
        last = total - sum(some)
        if last >= least[-1]:
            table = values.copy()
            table[hidden] = [*some, last]
            yield table


def values_left(region: Region, out: pd.DataFrame) -> list[set[float]]:
    """Return for each withheld cell the values that would have led to the same publication."""
    residents = region.statistics["value"].to_numpy()[(region.statistics["measure"] == "residents").to_numpy()]
    gone = np.flatnonzero((out["state"] == "suppressed").to_numpy())
    left: list[set[float]] = [set() for _ in gone]
    for table in tables_behind(region, out):
        other = region_of({"recipients": table, "residents": residents})
        if (published(other)[0]["state"].to_numpy() == "suppressed").nonzero()[0].tolist() == gone.tolist():
            for values, cell in zip(left, gone, strict=True):
                values.add(float(table[cell]))
    return left


def test_who_runs_it_on_every_table_is_left_with_more_than_one_value(record_property) -> None:
    alone, few, number = [], 0, 0
    for seed in seeds(200, 12):
        region = tiny(seed)
        out, is_exposed = published(region)
        if is_exposed or not (out["state"] == "suppressed").any() or len(list(tables_behind(region, out))) > 200:
            continue
        left = values_left(region, out)
        number += len(left)
        few += sum(len(values) < RULE.interval_min for values in left)
        alone += [(seed, values) for values in left if len(values) < 2]
    record_property("cells with fewer values left than the rule asks for", f"{few} of {number}")
    assert number > 10
    assert alone == []
