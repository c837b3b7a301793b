"""From old quarters to new ones: weights, totals, rates, and nothing hidden that comes out."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ContractError, DataError
from geo.region.model.region import Region
from geo.region.recipes.build import build_region
from geo.region.recipes.toml_text import read_recipe
from geo.region.reforms.changes import Change, OldBoundaries
from geo.region.reforms.conversion import Converted, convert, largest_remainders
from geo.region.reforms.crosswalk import (
    CONVERTED,
    Crosswalk,
    crosswalk_by_area,
    crosswalk_from_cells,
    crosswalk_from_table,
)
from geo.region.schema import STANDARD_MEASURES, Measure
from tests.conftest import ROOT
from tests.profiles import examples

DATE = "2019-12-31"
NAN = math.nan
RATE = Measure("rate", unit="percent", part_of="residents")
MEASURES = (*STANDARD_MEASURES, RATE)
TWO_TO_THREE = pd.DataFrame(
    [("A", "X", "1"), ("B", "Y", "0,25"), ("B", "Z", "0.75")], columns=["old", "new", "weight"], index=[2, 3, 4]
)


def quarters(*boxes: tuple[float, float, float, float], keys: str = "") -> gpd.GeoDataFrame:
    names = list(keys or "ABCDEFGH"[: len(boxes)])
    shapes = [shapely.box(500_000 + a, 5_600_000 + b, 500_000 + c, 5_600_000 + d) for a, b, c, d in boxes]
    index = pd.Index(names, name="quarter_id")
    return gpd.GeoDataFrame({"name": names, "district": ""}, geometry=shapes, index=index, crs=25832)


def rows(*cells: tuple[str, str, float | str], date: str = DATE) -> pd.DataFrame:
    """Return statistics from quarter, measure, number or state."""
    made = [
        (key, date, measure, NAN, number) if isinstance(number, str) else (key, date, measure, number, "value")
        for key, measure, number in cells
    ]
    return pd.DataFrame(made, columns=["quarter_id", "date", "measure", "value", "state"])


def told(converted: Converted, measure: str) -> dict[str, float | str]:
    """Return by new quarter the number, or the state where there is none."""
    part = converted.statistics[converted.statistics["measure"] == measure]
    return {row.quarter_id: row.state if math.isnan(row.value) else row.value for row in part.itertuples()}


def three() -> Crosswalk:
    return crosswalk_from_table(TWO_TO_THREE, "AB", "XYZ")


# Making one -----------------------------------------------


def test_by_area_a_square_cut_in_quarters() -> None:
    old = quarters((0, 0, 100, 100), (100, 0, 200, 100))
    new = quarters((0, 0, 25, 100), (25, 0, 150, 100), (150, 0, 200, 100), keys="XYZ")
    found = crosswalk_by_area(old, new).as_frame()
    assert found.to_dict("split")["data"] == [
        ["A", "X", pytest.approx(0.25)],
        ["A", "Y", pytest.approx(0.75)],
        ["B", "Y", pytest.approx(0.5)],
        ["B", "Z", pytest.approx(0.5)],
    ]


def test_borders_drawn_twice_are_no_move() -> None:
    old = quarters((0, 0, 100, 100), (100, 0, 200, 100))
    new = quarters((0, 0, 100.4, 100), (100.4, 0, 200, 100), keys="XY")
    assert list(crosswalk_by_area(old, new).weight) == [1, 1]
    tiny = quarters((0, 0, 99.7, 100), (99.7, 0, 100, 100), (100, 0, 200, 100), keys="XYZ")
    assert len(crosswalk_by_area(old, tiny).old) == 3, "a small new quarter of its own is no sliver"


def test_by_cells_people_count_and_not_area() -> None:
    old = quarters((0, 0, 100, 100), (100, 0, 200, 100))
    new = quarters((0, 0, 25, 100), (25, 0, 200, 100), keys="XY")
    cells = pd.DataFrame({"x": [500_010.0, 500_060.0], "y": [5_600_050.0] * 2, "residents": [90.0, 10.0]})
    found = crosswalk_from_cells(old, new, cells)
    assert found.as_frame().iloc[:2]["weight"].tolist() == [0.9, 0.1]
    # B has no cells and goes by area.
    assert found.as_frame().iloc[2].tolist() == ["B", "Y", 1.0]
    assert [(one.code, one.parameters.get("count")) for one in found.findings] == [("crosswalk_area_used", 1)]


def test_quarters_outside_are_found() -> None:
    old = quarters((0, 0, 100, 100), (900, 900, 990, 990))
    new = quarters((0, 0, 100, 100), (300, 300, 400, 400), keys="XY")
    found = crosswalk_by_area(old, new)
    assert [(one.level, one.code, one.quarter) for one in found.findings] == [
        ("error", "crosswalk_old_without_new", "B"),
        ("warning", "crosswalk_new_without_old", "Y"),
    ]


def test_another_reference_system_is_projected_and_degrees_are_refused() -> None:
    old = quarters((0, 0, 100, 100))
    new = quarters((0, 0, 50, 100), (50, 0, 100, 100), keys="XY")
    assert crosswalk_by_area(old, new.to_crs(25833)).weight == pytest.approx([0.5, 0.5], abs=0.01)
    with pytest.raises(ContractError, match="metres"):
        crosswalk_by_area(old.to_crs(4326), new)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({(3, "weight"): "0.35"}, "crosswalk_weights_off"),
        ({(2, "old"): "Q"}, "crosswalk_old_unknown"),
        ({(2, "new"): "Q"}, "crosswalk_new_unknown"),
        ({(2, "weight"): "much"}, "crosswalk_weight_invalid"),
        ({(2, "weight"): "-1"}, "crosswalk_weight_invalid"),
        ({(4, "new"): "Y"}, "crosswalk_pair_twice"),
    ],
)
def test_a_supplied_table_with_one_fault(change: dict[tuple[int, str], str], code: str) -> None:
    broken = TWO_TO_THREE.copy()
    for (row, column), value in change.items():
        broken.loc[row, column] = value
    with pytest.raises(DataError) as fault:
        crosswalk_from_table(broken, "AB", "XYZ", file="table.csv")
    assert code in [one.code for one in fault.value.findings]
    assert all(one.file == "table.csv" for one in fault.value.findings)


def test_all_faults_of_a_table_come_at_once_and_with_their_row() -> None:
    broken = TWO_TO_THREE.assign(old=["Q", "B", "B"], weight=["1", "0.5", "x"])
    with pytest.raises(DataError) as fault:
        crosswalk_from_table(broken, "AB", "XYZ", file="table.csv")
    assert {(one.code, one.row) for one in fault.value.findings} >= {
        ("crosswalk_old_unknown", 2),
        ("crosswalk_weight_invalid", 4),
        ("crosswalk_weights_off", None),
    }


def test_weights_that_do_not_add_up_are_no_crosswalk() -> None:
    one = np.array([0, 0])
    with pytest.raises(ContractError, match="sum"):
        Crosswalk(("A",), ("X", "Y"), one, np.array([0, 1]), np.array([0.5, 0.6]), np.array([1.0, 1]), "table")
    with pytest.raises(ContractError, match="above 0"):
        Crosswalk(("A",), ("X", "Y"), one, np.array([0, 1]), np.array([0.0, 1.0]), np.array([1.0, 1]), "table")


# Carrying figures over ----------------------------------------------


def test_counts_are_divided_and_rates_averaged_by_people() -> None:
    numbers = rows(("A", "residents", 1000.0), ("B", "residents", 400.0), ("A", "rate", 10.0), ("B", "rate", 30.0))
    merged = pd.DataFrame([("A", "X", "0.5"), ("A", "Y", "0.5"), ("B", "Y", "1")], columns=["old", "new", "weight"])
    found = convert(numbers, crosswalk_from_table(merged, "AB", "XY"), MEASURES)
    assert told(found, "residents") == {"X": 500, "Y": 900}
    assert told(found, "rate") == {"X": pytest.approx(10), "Y": pytest.approx((500 * 10 + 400 * 30) / 900)}


def test_every_row_is_marked_and_every_date_named() -> None:
    numbers = pd.concat([rows(("A", "residents", 10.0)), rows(("A", "residents", 12.0), date="2020-12-31")])
    found = convert(numbers, three(), MEASURES)
    assert found.statistics["converted"].all()
    assert found.breaks == ((DATE, CONVERTED), ("2020-12-31", CONVERTED))


def test_withheld_and_missing_go_on_and_are_never_zero() -> None:
    numbers = rows(("A", "recipients", 20.0), ("B", "recipients", "suppressed"))
    assert told(convert(numbers, three(), MEASURES), "recipients") == {"X": 20, "Y": "suppressed", "Z": "suppressed"}
    gone = convert(rows(("A", "recipients", 20.0)), three(), MEASURES)
    assert told(gone, "recipients") == {"X": 20, "Y": "missing", "Z": "missing"}
    none = convert(rows(("A", "recipients", 20.0), ("B", "recipients", "not_applicable")), three(), MEASURES)
    assert told(none, "recipients")["Y"] == "not_applicable"


def test_withheld_outweighs_missing() -> None:
    table = pd.DataFrame([("A", "X", "1"), ("B", "X", "1"), ("C", "X", "1")], columns=["old", "new", "weight"])
    numbers = rows(("A", "recipients", "suppressed"), ("B", "recipients", "missing"), ("C", "recipients", 5.0))
    assert told(convert(numbers, crosswalk_from_table(table, "ABC", "X"), MEASURES), "recipients") == {
        "X": "suppressed"
    }


def test_no_hidden_number_comes_out_whatever_it_is() -> None:
    """The table after the conversion is the same for every value the withheld cell could have."""
    shown = convert(rows(("A", "recipients", 20.0), ("B", "recipients", "suppressed")), three(), MEASURES).statistics
    for secret in (1.0, 2.0, 500.0):
        hidden = rows(("A", "recipients", 20.0), ("B", "recipients", "suppressed"))
        hidden.loc[1, "value"] = secret  # such a row is no part of a region; even then nothing comes out
        assert convert(hidden, three(), MEASURES).statistics.equals(shown)


def test_a_small_withheld_part_may_be_left_out_but_adds_nothing() -> None:
    table = pd.DataFrame([("A", "X", "1"), ("B", "X", "0,005"), ("B", "Y", "0,995")], columns=["old", "new", "weight"])
    numbers = rows(("A", "recipients", 100.0), ("B", "recipients", "suppressed"))
    crosswalk = crosswalk_from_table(table, "AB", "XY")
    assert told(convert(numbers, crosswalk, MEASURES), "recipients") == {"X": 100, "Y": "suppressed"}
    strict = convert(numbers, crosswalk, MEASURES, small_share=0.0)
    assert told(strict, "recipients") == {"X": "suppressed", "Y": "suppressed"}


def test_a_rate_without_people_says_how_it_was_weighted() -> None:
    merged = pd.DataFrame([("A", "X", "1"), ("B", "X", "1")], columns=["old", "new", "weight"])
    found = convert(rows(("A", "rate", 10.0), ("B", "rate", 30.0)), crosswalk_from_table(merged, "AB", "X"), MEASURES)
    assert told(found, "rate") == {"X": pytest.approx(20)}
    assert [one.code for one in found.findings] == ["rate_weighted_by_size"]


def test_a_rate_of_a_quarter_of_unknown_population_is_not_known() -> None:
    merged = pd.DataFrame([("A", "X", "1"), ("B", "X", "1")], columns=["old", "new", "weight"])
    numbers = rows(
        ("A", "rate", 10.0), ("B", "rate", 30.0), ("A", "residents", 100.0), ("B", "residents", "suppressed")
    )
    found = convert(numbers, crosswalk_from_table(merged, "AB", "X"), MEASURES)
    assert told(found, "rate") == {"X": "missing"}


def test_a_quarter_the_crosswalk_does_not_know_is_an_error() -> None:
    found = convert(rows(("A", "residents", 10.0), ("Q", "residents", 20.0)), three(), MEASURES)
    assert [(one.code, one.quarter) for one in found.findings] == [("quarter_not_in_crosswalk", "Q")]


def test_true_zeros_and_perturbed_numbers_stay_what_they_are() -> None:
    numbers = rows(("A", "recipients", 0.0), ("B", "recipients", 12.0))
    numbers.loc[0, "state"], numbers.loc[1, "state"] = "true_zero", "perturbed"
    states = convert(numbers, three(), MEASURES).statistics.set_index("quarter_id")["state"].to_dict()
    assert states == {"X": "true_zero", "Y": "perturbed", "Z": "perturbed"}


crosswalks = st.integers(2, 8).flatmap(
    lambda old: st.lists(st.lists(st.integers(0, 20), min_size=5, max_size=5).filter(any), min_size=old, max_size=old)
)


@settings(max_examples=examples(60))
@given(crosswalks, st.data(), st.booleans())
def test_totals_are_kept_for_all_crosswalks(parts: list[list[int]], data: st.DataObject, whole: bool) -> None:
    olds, news = [f"o{place}" for place in range(len(parts))], [f"n{place}" for place in range(5)]
    share = np.array(parts) / np.array(parts).sum(axis=1, keepdims=True)
    old, new = np.nonzero(share)
    made = Crosswalk(tuple(olds), tuple(news), old, new, share[old, new], share[old, new], "table")
    people = data.draw(st.lists(st.integers(0, 9000), min_size=len(olds), max_size=len(olds)))
    some = [data.draw(st.integers(0, most)) for most in people]
    numbers = rows(
        *((key, "residents", float(one)) for key, one in zip(olds, people, strict=True)),
        *((key, "recipients", float(one)) for key, one in zip(olds, some, strict=True)),
    )
    found = convert(numbers, made, MEASURES, whole_numbers=whole).statistics
    for measure, total in (("residents", sum(people)), ("recipients", sum(some))):
        values = found.loc[found["measure"] == measure, "value"]
        assert values.sum() == (total if whole else pytest.approx(total))
        assert not whole or (values.dropna() % 1 == 0).all()
    wide = found.pivot_table(index="quarter_id", columns="measure", values="value")
    assert (wide["recipients"] <= wide["residents"] + 1e-6).all()


@given(st.lists(st.floats(0, 1000), min_size=1, max_size=40))
def test_largest_remainders_keep_the_sum_and_stay_near(values: list[float]) -> None:
    found = largest_remainders(np.array(values))
    assert found.sum() == pytest.approx(round(sum(values)), abs=1)
    assert (np.abs(found - values) < 1 + 1e-6).all()


# Berlin ----------------------------------------------


@cache
def berlin(name: str, files: Path) -> Region:
    region = build_region(read_recipe(ROOT / "data" / "recipes" / f"{name}.toml"), files).region
    assert region is not None
    return region


@cache
def berlins(files: Path) -> tuple[Region, Region, Crosswalk]:
    old, new = berlin("berlin_mss_2006_2020", files), berlin("berlin_mss_2021", files)
    return old, new, crosswalk_by_area(old.quarters, new.quarters)


@pytest.mark.real
def test_berlin_448_to_542(real_data: Path) -> None:
    old, new, crosswalk = berlins(real_data)
    assert (len(crosswalk.old_ids), len(crosswalk.new_ids)) == (448, 542)
    assert crosswalk.findings == ()
    assert "04030417" in crosswalk.old_ids, "the wrong key in the file is put right"
    sums = crosswalk.as_frame().groupby("old")["weight"].sum()
    assert len(sums) == 448
    assert sums.to_numpy() == pytest.approx(1)
    assert set(crosswalk.as_frame()["new"]) == set(new.quarters.index)
    assert not set(old.quarters.index) & set(new.quarters.index)


@pytest.mark.real
def test_the_residents_of_berlin_add_up(real_data: Path) -> None:
    old, _, crosswalk = berlins(real_data)
    found = convert(old.statistics, crosswalk, old.measures, whole_numbers=True)
    for date in old.dates:
        before = old.values_of("residents", date)["value"].sum()
        rows_of = found.statistics.query("date == @date and measure == 'residents'")
        assert rows_of["value"].sum() == before
        assert len(rows_of) == 542


@pytest.mark.real
def test_converted_residents_are_near_the_true_ones(real_data: Path) -> None:
    """End of 2020 is known in both: 95 of 100 residents land in the right quarter by area alone."""
    _, new, crosswalk = berlins(real_data)
    folder = real_data / "berlin" / "population"
    known = pd.read_csv(folder / "berlin-lor-population-2020-02-t1-planning-areas.csv", dtype={"id": str})
    numbers = rows(
        *((key, "residents", float(one)) for key, one in zip(known["id"], known["inhabitants"], strict=True)),
        date="2020-12-31",
    )
    found = convert(numbers, crosswalk, MEASURES).statistics.set_index("quarter_id")["value"]
    true = new.values_of("residents", "2020-12-31")["value"]
    assert found.sum() == pytest.approx(true.sum()) == pytest.approx(3_769_962)
    assert (found - true).abs().sum() / 2 / true.sum() < 0.06
    assert ((found - true).abs() / true < 0.05).mean() > 0.65


@pytest.mark.real
def test_unpublished_areas_stay_unpublished(real_data: Path) -> None:
    old, _, crosswalk = berlins(real_data)
    found = convert(old.statistics, crosswalk, old.measures).statistics
    cells = old.values_of("mss_children", "2018-12-31")
    lacking = set(cells.index[cells["value"].isna()])
    pairs = crosswalk.as_frame()
    pairs["mass"] = crosswalk.mass
    share = pairs["mass"] / pairs.groupby("new")["mass"].transform("sum")
    whole = set(pairs["new"][pairs["old"].isin(lacking) & (share > 0.99)])
    assert whole
    after = found.query("measure == 'mss_children' and date == '2018-12-31'").set_index("quarter_id")
    assert after.loc[sorted(whole), "value"].isna().all()
    values = cells["value"]
    assert after["value"].max() <= values.max() + 1e-9
    assert after["value"].min() >= values.min() - 1e-9


@pytest.mark.real
def test_both_berlins_become_one_region_over_five_dates(real_data: Path) -> None:
    old, new, _ = berlins(real_data)
    folder = ROOT / "data" / "recipes"
    before, today = (read_recipe(folder / f"berlin_mss_{name}.toml") for name in ("2006_2020", "2021"))
    was = OldBoundaries("berlin/berlin_plr_2006_2020_keyfixed.geojson", "id")
    change = Change("2020-12-31", boundaries=was)
    measures = tuple({one.key: one for one in (*before.measures, *today.measures)}.values())
    both = replace(today, tables=(*before.tables, *today.tables), measures=measures, changes=(change,))
    result = build_region(both, real_data)
    joined = result.region
    assert joined is not None, [one.brief() for one in result.findings if one.level == "error"]
    assert joined.dates == (*old.dates, *new.dates)
    assert len(joined.quarters) == 542
    assert {date for date, key in joined.breaks if key == CONVERTED} == set(old.dates)
    for date in old.dates:
        assert joined.values_of("residents", date)["value"].sum() == old.values_of("residents", date)["value"].sum()


@pytest.mark.real
def test_the_overlay_is_toblers_where_it_is_installed(real_data: Path) -> None:
    tobler = pytest.importorskip("tobler.area_weighted", reason="tobler is not installed here")
    old, new, _ = berlins(real_data)
    date = old.dates[-1]
    people = old.values_of("residents", date)["value"]
    source = old.quarters[["geometry"]].assign(residents=people.fillna(0))
    theirs = tobler.area_interpolate(source, new.quarters[["geometry"]], extensive_variables=["residents"])
    whole = crosswalk_by_area(old.quarters, new.quarters, sliver_share=0)
    numbers = old.statistics[(old.statistics["measure"] == "residents") & (old.statistics["date"] == date)]
    mine = convert(numbers, whole, old.measures).statistics["value"].to_numpy()
    known = np.isfinite(mine)
    assert known.sum() > 535
    assert mine[known] == pytest.approx(theirs["residents"].to_numpy()[known], abs=0.01)


@pytest.mark.real
def test_the_overlay_is_what_polygons_share(real_data: Path) -> None:
    """Twenty old areas by plain intersection, one by one."""
    old, new, crosswalk = berlins(real_data)
    pairs = crosswalk.as_frame().set_index(["old", "new"])["weight"]
    for key in old.quarters.index[::23]:
        shape = old.quarters.geometry[key]
        areas = {other: shape.intersection(target).area for other, target in new.quarters.geometry.items()}
        for other, area in areas.items():
            expected = area / shape.area
            assert pairs.get((key, other), 0.0) == pytest.approx(expected, abs=0.012)
