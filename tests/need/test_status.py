"""Status and dynamics: Berlin's published classes from Berlin's indicators, and an index of one's own."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.errors import ContractError
from geo.need.status import (
    DYNAMICS_CLASSES,
    STATUS_CLASSES,
    Component,
    composite_index,
    dynamics_of,
    earlier_date,
    needs_attention,
    standardised,
    status_dynamics,
    status_of,
    summed_index,
)
from geo.region.model.region import Region
from tests.conftest import ROOT, demo_region
from tests.need.grids import region_of

EDITIONS = (2013, 2015, 2017, 2019, 2021)
VALID = {2013: 434, 2015: 435, 2017: 436, 2019: 436, 2021: 536}
SIGNS = {"+": 1, "+/-": 2, "-": 3}
NAN = math.nan


def edition(files: Path, year: int) -> pd.DataFrame:
    """Return indicators and published classes of the areas with a published status."""
    index = pd.read_csv(files / "berlin" / "berlin_mss_index_2013_2021_long.csv", dtype={"plr_id": str})
    index = index[(index["mss"] == year) & index["gueltig"]].set_index("plr_id")
    path = files / "berlin" / "mss_classes" / f"mss_{year}_published_classes.csv"
    published = pd.read_csv(path, dtype=str).set_index("id")
    both = index.join(published)
    return both[both["status_index"].isin(list("1234"))]


def columns(year: int, letter: str) -> list[str]:
    return [f"{letter}{number}" for number in ((1, 2, 3, 4) if year <= 2017 else (1, 3, 4))]


# Published classes --------------------------------------------------


@pytest.mark.real
@pytest.mark.parametrize("year", EDITIONS)
def test_published_status_is_reproduced_for_every_row(real_data: Path, year: int) -> None:
    rows = edition(real_data, year)
    assert len(rows) == VALID[year]
    status = status_of(summed_index(rows[columns(year, "s")]))
    assert (status == rows["status_index"].astype(int)).all()


@pytest.mark.real
@pytest.mark.parametrize("year", EDITIONS)
def test_published_dynamics_are_reproduced_for_every_row(real_data: Path, year: int) -> None:
    rows = edition(real_data, year)
    dynamics = dynamics_of(summed_index(rows[columns(year, "d")]))
    assert (dynamics == rows["dynamic_index"].map(SIGNS)).all()


@pytest.mark.real
def test_the_export_of_2021_has_the_same_classes(real_data: Path) -> None:
    folder = real_data / "berlin" / "mss_2021_wfs"
    parts = pd.read_csv(folder / "mss_2021_index_indikatoren.csv", dtype={"PLR_ID": str}).set_index("PLR_ID")
    classes = pd.read_csv(folder / "mss_2021_indizes.csv", dtype={"PLR_ID": str}).set_index("PLR_ID")
    valid = classes["KOM"] == "gültig"
    assert valid.sum() == 536
    numbers = parts.loc[classes.index[valid]]
    status = status_of(summed_index(numbers[["S1", "S3", "S4"]]))
    dynamics = dynamics_of(summed_index(numbers[["D1", "D3", "D4"]]))
    assert (status == classes.loc[valid, "SI_N"].astype(int)).all()
    assert (dynamics == classes.loc[valid, "DI_N"].astype(int).map({1: 1, 3: 2, 5: 3})).all()
    matrix = pd.crosstab(status, dynamics)
    assert matrix.to_numpy().sum() == 536


@pytest.mark.real
def test_areas_that_need_attention_in_all_four_editions(real_data: Path) -> None:
    flagged = {}
    for year in EDITIONS:
        rows = edition(real_data, year)
        status = status_of(summed_index(rows[columns(year, "s")]))
        dynamics = dynamics_of(summed_index(rows[columns(year, "d")]))
        flagged[year] = pd.Series(needs_attention(status, dynamics), index=rows.index)
    assert [int(flagged[year].sum()) for year in EDITIONS] == [51, 43, 44, 42, 56]
    together = pd.DataFrame({year: flagged[year] for year in EDITIONS[:4]}).dropna()
    assert len(together) == 434
    assert int(together.all(axis=1).sum()) == 28
    assert int(together.any(axis=1).sum()) == 69


@pytest.mark.real
def test_a_region_made_of_the_files_says_nearly_the_same(real_data: Path) -> None:
    """Region by region: the same but for areas Berlin leaves out, and two-year changes it computes anew."""
    from geo.region.recipes.build import build_region
    from geo.region.recipes.toml_text import read_recipe

    recipe = read_recipe(ROOT / "data" / "recipes" / "berlin_mss_2006_2020.toml")
    region = build_region(recipe, real_data).region
    assert region is not None
    keys = ["mss_unemployed", "mss_long_term_unemployed", "mss_other_recipients", "mss_children"]
    for date, year in zip(region.dates, EDITIONS, strict=False):
        parts = [Component(key) for key in keys if year <= 2017 or key != "mss_long_term_unemployed"]
        found = status_dynamics(region, parts, date)
        rows = edition(real_data, year).join(found.quarters[["status", "dynamics"]], how="inner")
        agree = rows["status"].map({name: str(at) for at, name in enumerate(STATUS_CLASSES, 1)}) == rows["status_index"]
        assert len(rows) >= VALID[year] - 3
        assert agree.mean() > 0.985
        if year == 2013:
            assert found.dynamics is None
            assert [one.code for one in found.findings] == ["dynamics_date_missing"]
        else:
            named = rows["dynamics"].map({name: at for at, name in enumerate(DYNAMICS_CLASSES, 1)})
            assert (named == rows["dynamic_index"].map(SIGNS)).mean() > 0.93


# The formula --------------------------------------------------


def test_an_index_by_hand() -> None:
    """1 2 3 and 30 20 40: z are ±1.2247 and (0, -1.2247, 1.2247); sums -1.2247, -1.2247, 2.4495; again: -0.7071 …"""
    found = summed_index([[1, 30], [2, 20], [3, 40]])
    assert found == pytest.approx([-0.70711, -0.70711, 1.41421], abs=1e-5)


def test_limits_belong_where_berlin_puts_them() -> None:
    assert list(status_of([-1.01, -1.0, 0, 1.0, 1.01, 1.5, 1.51, NAN])) == [1, 2, 2, 2, 3, 3, 4, 0]
    assert list(dynamics_of([-1.01, -1.0, 1.0, 1.01, NAN])) == [1, 2, 2, 3, 0]
    assert list(needs_attention([4, 3, 3, 2, 4], [1, 3, 2, 3, 0])) == [True, True, False, False, True]


tables = arrays(np.float64, st.tuples(st.integers(3, 20), st.integers(1, 4)), elements=st.integers(0, 60).map(float))


@given(tables, st.floats(0.5, 20), st.floats(-50, 50))
def test_an_index_does_not_depend_on_units(table: np.ndarray, factor: float, shift: float) -> None:
    assert summed_index(factor * table + shift) == pytest.approx(summed_index(table), abs=1e-5)


@given(tables)
def test_an_index_is_standardised_or_flat(table: np.ndarray) -> None:
    found = summed_index(table)
    assert np.isfinite(found).all()
    assert found.mean() == pytest.approx(0, abs=1e-9)
    assert found.std() == pytest.approx(1) or not found.any()


def test_a_row_with_a_gap_takes_no_part() -> None:
    full = summed_index([[1.0, 5], [2, 9], [4, 7]])
    gap = summed_index([[1.0, 5], [2, 9], [4, 7], [NAN, 900]])
    assert gap[:3] == pytest.approx(full)
    assert np.isnan(gap[3])


def test_a_column_without_spread_counts_nothing() -> None:
    assert list(standardised([7.3, 7.3, 7.3])) == [0, 0, 0]
    assert summed_index([[1.0, 0.1], [2, 0.1], [4, 0.1]]) == pytest.approx(summed_index([[1.0], [2], [4]]))


def test_weights_and_directions() -> None:
    table = np.array([[1.0, 5], [2, 9], [4, 7]])
    assert summed_index(table, directions=[1, -1]) == pytest.approx(summed_index(table * [1, -1]))
    assert summed_index(table, weights=[3, 1e-12]) == pytest.approx(summed_index(table[:, :1]))


def test_the_date_two_years_before() -> None:
    dates = ["2018-12-31", "2019-12-31", "2020-12-31", "2021-06-30"]
    assert earlier_date(dates, "2020-12-31") == "2018-12-31"
    assert earlier_date(dates, "2021-06-30") is None
    assert earlier_date(dates, "2018-12-31") is None
    assert earlier_date(["2019-01-15"], "2020-12-31") == "2019-01-15"


# A region --------------------------------------------------

PARTS = (Component("share_of_residents"), Component("child_rate"))


@pytest.fixture(scope="module")
def town() -> Region:
    return demo_region("musterstadt")


def test_the_demo_has_status_and_dynamics(town: Region) -> None:
    found = status_dynamics(town, PARTS, town.dates[-1])
    assert found.reason is None
    assert found.earlier == "2023-12-31"
    names = town.quarters["name"].reindex(found.quarters.index)
    worst = set(names[(found.quarters["status"] == "very_low").to_numpy()])
    assert {"Kranichsiedlung-West", "Heidehof-Süd", "Eisenbrink"} <= worst
    assert sum(map(sum, found.matrix)) == int(found.quarters["dynamics"].notna().sum())
    hidden = {one.quarter_id for one in found.status.left_out}
    assert hidden
    assert not hidden & set(found.quarters.index)


def test_no_quarter_withheld_before_has_dynamics(town: Region) -> None:
    date, before = town.dates[-1], "2023-12-31"
    cells = town.values_of("recipients", before)
    hidden = cells.index[cells["state"] == "suppressed"]
    found = status_dynamics(town, PARTS, date).quarters
    told = found.loc[found.index.intersection(hidden)]
    assert told["dynamics"].isna().all()
    assert told["dynamics_index"].isna().all()


def test_a_free_index_turns_with_its_direction(town: Region) -> None:
    date = town.dates[-1]
    one = composite_index(town, [Component("share_of_residents")], date)
    other = composite_index(town, [Component("share_of_residents", direction=-1)], date)
    assert one.quarters["index"].to_numpy() == pytest.approx(-other.quarters["index"].to_numpy())
    heavy = composite_index(town, [Component("share_of_residents", weight=1e6), Component("child_rate")], date)
    shared = heavy.quarters.index.intersection(one.quarters.index)
    order = one.quarters.loc[shared, "share_of_residents"].rank()
    assert heavy.quarters.loc[shared, "index"].rank().corr(order) > 0.999


def test_where_there_is_no_index_a_code_says_why() -> None:
    date = "2024-12-31"
    for counts, code in (
        ([NAN] * 9, "nothing_published"),
        ([10.0, 20.0] + [NAN] * 7, "too_few_quarters"),
        ([100.0] * 9, "all_equal"),
    ):
        region = region_of({date: counts}, {date: [1000.0] * 9})
        found = status_dynamics(region, [Component("share_of_residents")], date)
        assert found.reason is not None
        assert found.reason.code == code
        assert len(found.quarters) == 0
        assert sum(map(sum, found.matrix)) == 0


def test_one_date_only_has_status_and_says_that_dynamics_are_missing() -> None:
    date = "2024-12-31"
    region = region_of({date: [10.0 * at for at in range(1, 10)]}, {date: [1000.0] * 9})
    found = status_dynamics(region, [Component("share_of_residents")], date)
    assert found.reason is None
    assert [one.code for one in found.findings] == ["dynamics_date_missing"]
    assert found.quarters["dynamics"].isna().all()
    assert set(found.quarters["status"]) <= set(STATUS_CLASSES)


def test_changes_that_are_all_equal_give_no_dynamics() -> None:
    counts = [10.0 * at for at in range(1, 10)]
    region = region_of(
        {"2022-12-31": counts, "2024-12-31": counts}, dict.fromkeys(["2022-12-31", "2024-12-31"], [1e3] * 9)
    )
    found = status_dynamics(region, [Component("share_of_residents")], "2024-12-31")
    assert "dynamics_not_possible" in [one.code for one in found.findings]
    assert found.dynamics is None


def test_components_that_make_no_sense_are_refused(town: Region) -> None:
    with pytest.raises(ContractError):
        Component("share_of_residents", weight=0)
    with pytest.raises(ContractError):
        Component("share_of_residents", direction=2)
    with pytest.raises(ContractError):
        composite_index(town, [], town.dates[-1])
    with pytest.raises(ContractError):
        composite_index(town, [Component("child_rate"), Component("child_rate")], town.dates[-1])
    with pytest.raises(ContractError):
        composite_index(town, [Component("fame")], town.dates[-1])
