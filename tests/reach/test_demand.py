"""Demand: people on points, totals kept exactly, nothing withheld told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import MultiPolygon, Polygon, box

from geo.errors import ContractError, DataError
from geo.reach.demand import deal_out, lattice, place_demand, weigh
from tests.siting.small_region import COUNTS, make_region

DATE = "2025-12-31"


def totals(demand) -> dict[str, float]:
    return {key: demand.people[demand.quarter_ids == key].sum() for key in dict.fromkeys(demand.quarter_ids)}


@pytest.mark.parametrize("with_cells", [True, False])
def test_each_quarter_keeps_its_count_exactly(with_cells: bool) -> None:
    demand = place_demand(make_region(with_cells=with_cells), "recipients", DATE)
    assert totals(demand) == {key: count for key, count in COUNTS.items() if isinstance(count, int) and count}
    assert demand.people.sum() == demand.total == 645
    assert (demand.people > 0).all()


def test_people_stand_on_cells_in_proportion_to_residents(region) -> None:
    demand = place_demand(region, "recipients", DATE)
    cells = region.cells[(region.cells["quarter_id"] == "q1") & (region.cells["residents"] > 0)]
    expected = dict(
        zip(zip(cells["x"], cells["y"], strict=True), 120 * cells["residents"] / cells["residents"].sum(), strict=True)
    )
    mine = demand.quarter_ids == "q1"
    for (x, y), people in zip(demand.xy[mine].tolist(), demand.people[mine], strict=True):
        assert people == pytest.approx(expected[x, y], abs=1 / 1024)


def test_a_quarter_without_cells_is_spread_over_its_area(region) -> None:
    demand = place_demand(region, "recipients", DATE)
    xy = demand.xy[demand.quarter_ids == "q5"]
    assert len(xy) >= 9
    assert np.ptp(xy[:, 0]) > 600
    assert np.ptp(xy[:, 1]) > 600
    assert demand.source == "cells_and_lattice"
    assert demand.spacing_metres == 150


def test_withheld_and_unknown_quarters_are_counted_and_left_out(region) -> None:
    demand = place_demand(region, "recipients", DATE)
    assert (demand.withheld_quarters, demand.missing_quarters) == (1, 1)
    assert not {"q7", "q8", "q9"} & set(demand.quarter_ids)


def test_cells_where_nobody_lives_do_not_swallow_a_quarter() -> None:
    region = make_region()
    region.cells.loc[region.cells["quarter_id"] == "q1", "residents"] = 0
    assert totals(place_demand(region, "recipients", DATE))["q1"] == 120


def test_a_region_in_which_all_is_withheld_has_no_demand() -> None:
    demand = place_demand(make_region(dict.fromkeys(COUNTS)), "recipients", DATE)
    assert (len(demand), demand.total, demand.withheld_quarters, demand.source) == (0, 0, 9, "none")
    assert demand.xy.shape == (0, 2)


@pytest.mark.parametrize(
    ("measure", "date", "said"), [("fame", DATE, "fame"), ("share", DATE, "rate"), ("recipients", "1999-01-01", "1999")]
)
def test_what_cannot_be_placed_is_refused_by_name(region, measure: str, date: str, said: str) -> None:
    with pytest.raises(ContractError, match=said):
        place_demand(region, measure, date)


@given(
    st.integers(0, 100_000),
    st.lists(st.floats(0, 1e6, allow_nan=False), min_size=1, max_size=60).filter(lambda shares: sum(shares) > 1e-3),
)
def test_dealing_out_keeps_the_count_and_the_proportions(count: int, shares: list[float]) -> None:
    people = deal_out(float(count), np.array(shares))
    assert people.sum() == count
    assert (people >= 0).all()
    assert np.abs(people - count * np.array(shares) / sum(shares)).max() <= 1 / 1024 + 1e-9


SHAPES = {
    "square": box(0, 0, 1000, 1000),
    "strip": box(0, 0, 5000, 20),
    "ell": Polygon([(0, 0), (900, 0), (900, 60), (60, 60), (60, 900), (0, 900)]),
    "parts": MultiPolygon([box(0, 0, 100, 100), box(5000, 5000, 5200, 5200)]),
    "district": box(0, 0, 20_000, 30_000),
    "tiny": box(0, 0, 3, 3),
}


@pytest.mark.parametrize("name", SHAPES)
def test_lattice_points_lie_inside_and_are_the_same_each_time(name: str) -> None:
    xy, spacing = lattice(SHAPES[name])
    again, _ = lattice(SHAPES[name])
    assert 9 <= len(xy) <= 500
    assert all(SHAPES[name].contains(point) for point in _points(xy))
    assert (xy == again).all()
    nearest = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)) + np.diag(np.full(len(xy), np.inf))
    assert nearest.min() >= spacing - 1e-6


def _points(xy: np.ndarray) -> list:
    from shapely.geometry import Point

    return [Point(*row) for row in xy]


def test_factors_change_what_counts_and_never_who_is_there(region) -> None:
    demand = place_demand(region, "recipients", DATE)
    weighted = weigh(demand, pd.Series({"q1": 2.0, "q2": 0.0, "q5": 0.5}))
    assert weighted.is_weighted
    assert not demand.is_weighted
    assert weighted.people is demand.people
    assert (weighted.total, len(weighted)) == (demand.total, len(demand))
    assert totals(weighted) == totals(demand)
    by_quarter = {key: float(weighted.weights[weighted.quarter_ids == key].sum()) for key in totals(demand)}
    factors = {"q1": 2.0, "q2": 0.0, "q5": 0.5}
    assert by_quarter == pytest.approx({key: count * factors.get(key, 1.0) for key, count in totals(demand).items()})
    assert weighted.weighted_total == pytest.approx(sum(by_quarter.values()))


def test_without_factors_weights_are_people(region) -> None:
    demand = place_demand(region, "recipients", DATE)
    assert demand.weights is demand.people
    assert demand.weighted_total == demand.total
    plain = weigh(demand, pd.Series(dict.fromkeys(region.quarters.index, 1.0)))
    assert not plain.is_weighted
    assert weigh(weigh(demand, pd.Series({"q1": 3.0})), pd.Series(dtype=float)).weighted_total == demand.total


def test_factors_may_name_quarters_without_people(region) -> None:
    demand = place_demand(region, "recipients", DATE)
    assert not weigh(demand, pd.Series({"nowhere": 7.0})).is_weighted


@pytest.mark.parametrize("factor", [-0.1, float("nan"), float("inf")])
def test_a_factor_that_is_no_number_from_zero_is_refused(region, factor: float) -> None:
    with pytest.raises(ContractError, match="'q1'"):
        weigh(place_demand(region, "recipients", DATE), pd.Series({"q2": 1.0, "q1": factor}))


def test_two_factors_for_a_quarter_are_refused(region) -> None:
    with pytest.raises(ContractError, match="several factors"):
        weigh(place_demand(region, "recipients", DATE), pd.Series([1.0, 2.0], index=["q1", "q1"]))


def test_nobody_left_that_counts_is_a_finding(region) -> None:
    nobody = pd.Series(dict.fromkeys(region.quarters.index, 0.0))
    with pytest.raises(DataError, match="weights_none"):
        weigh(place_demand(region, "recipients", DATE), nobody)
