"""Concentration: by hand, by definition, for all numbers, and where nothing can be said."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ContractError
from geo.need.concentration import comparable, measure_concentration
from geo.need.evenness import (
    dissimilarity,
    dissimilarity_range,
    gini,
    gini_residents,
    holding,
    isolation,
    location_quotients,
    lorenz_points,
    top_share,
)
from geo.need.indicators import Indicator, indicator_named
from geo.region.model.region import Region
from tests.conftest import ROOT, demo_region
from tests.need.grids import region_of, share
from tests.profiles import examples

GROUP, WHOLE = np.array([10.0, 30.0, 60.0]), np.array([100.0, 100.0, 100.0])
DATE = "2024-12-31"
NAN = math.nan

STEADY = settings(max_examples=examples(60))

people = st.integers(1, 5_000)
quarters = st.lists(st.tuples(st.floats(0, 1), people), min_size=2, max_size=30).map(
    lambda rows: (
        np.array([round(part * total) for part, total in rows], dtype=float),
        np.array([total for _, total in rows], dtype=float),
    )
)
some = quarters.filter(lambda pair: 0 < pair[0].sum() < pair[1].sum())


def test_the_values_of_the_textbook_example() -> None:
    assert dissimilarity(GROUP, WHOLE) == pytest.approx(0.40)
    assert isolation(GROUP, WHOLE) == pytest.approx(0.46)
    assert gini(GROUP, WHOLE) == pytest.approx(0.50)
    assert location_quotients(GROUP, WHOLE) == pytest.approx([0.3, 0.9, 1.8])


def test_shares_of_nine_quarters_by_hand() -> None:
    """Nine quarters of 1000: 450 recipients, 250 of them in the two highest."""
    counts = np.array([10, 20, 30, 40, 30, 20, 50, 100, 150.0])
    totals = np.full(9, 1000.0)
    assert holding(counts, totals).quarters == 2
    assert holding(counts, totals).recipient_share == pytest.approx(250 / 450)
    assert holding(counts, totals).resident_share == pytest.approx(2 / 9)
    assert top_share(counts, totals, 1 / 9).recipient_share == pytest.approx(150 / 450)
    # A fifth of residents: all of the highest quarter and eight tenths of the next.
    assert top_share(counts, totals, 0.2).recipient_share == pytest.approx((150 + 0.8 * 100) / 450)
    assert top_share(counts, totals, 0.2).quarters == 2
    assert top_share(counts, totals, 1).recipient_share == pytest.approx(1)


@STEADY
@given(some)
def test_gini_is_its_double_sum(pair: tuple[np.ndarray, np.ndarray]) -> None:
    counts, totals = pair
    parts, overall = counts / totals, counts.sum() / totals.sum()
    double = (np.outer(totals, totals) * np.abs(parts[:, None] - parts[None, :])).sum()
    assert gini(counts, totals) == pytest.approx(double / (2 * totals.sum() ** 2 * overall * (1 - overall)), abs=1e-9)
    assert gini_residents(counts, totals) == pytest.approx(gini(counts, totals) * (1 - overall), abs=1e-9)


@STEADY
@given(some)
def test_dissimilarity_is_the_largest_gap_of_the_curves(pair: tuple[np.ndarray, np.ndarray]) -> None:
    counts, totals = pair
    order = np.argsort(counts / totals, kind="stable")
    rest = (totals - counts)[order]
    gap = np.cumsum(rest) / rest.sum() - np.cumsum(counts[order]) / counts.sum()
    assert dissimilarity(counts, totals) == pytest.approx(gap.max(), abs=1e-9)


@STEADY
@given(some)
def test_all_measures_stay_within_their_range(pair: tuple[np.ndarray, np.ndarray]) -> None:
    counts, totals = pair
    for value in (dissimilarity(counts, totals), gini(counts, totals), gini_residents(counts, totals)):
        assert 0 <= value <= 1
    assert dissimilarity(counts, totals) <= gini(counts, totals) + 1e-9
    assert counts.sum() / totals.sum() - 1e-9 <= isolation(counts, totals) <= 1 + 1e-9
    assert (location_quotients(counts, totals) * totals).sum() == pytest.approx(totals.sum())


@STEADY
@given(some, st.integers(2, 50))
def test_nothing_depends_on_the_scale_or_on_the_order(pair: tuple[np.ndarray, np.ndarray], factor: int) -> None:
    counts, totals = pair
    turned = np.arange(len(counts))[::-1]
    for measure in (dissimilarity, gini, gini_residents, isolation):
        assert measure(counts * factor, totals * factor) == pytest.approx(measure(counts, totals), abs=1e-9)
        assert measure(counts[turned], totals[turned]) == pytest.approx(measure(counts, totals), abs=1e-9)


@STEADY
@given(some)
def test_the_lorenz_curve_is_convex_below_the_diagonal(pair: tuple[np.ndarray, np.ndarray]) -> None:
    across, up = lorenz_points(*pair)
    assert (across[0], up[0], across[-1], up[-1]) == (0, 0, 1, 1)
    assert (up <= across + 1e-9).all()
    slopes = np.diff(up) / np.diff(across)
    assert (np.diff(slopes) >= -1e-6 * np.maximum(1, slopes[1:])).all()


@STEADY
@given(some, st.floats(0.05, 0.95))
def test_holding_is_the_fewest_quarters(pair: tuple[np.ndarray, np.ndarray], wanted: float) -> None:
    counts, totals = pair
    found = holding(counts, totals, wanted)
    order = np.lexsort((-totals, -(counts / totals)))
    reached = np.cumsum(counts[order]) / counts.sum()
    assert reached[found.quarters - 1] >= wanted - 1e-9
    assert found.quarters == 1 or reached[found.quarters - 2] < wanted + 1e-9


def test_even_shares_are_no_concentration() -> None:
    counts, totals = np.array([10.0, 20, 40]), np.array([100.0, 200, 400])
    assert dissimilarity(counts, totals) == pytest.approx(0)
    assert gini(counts, totals) == pytest.approx(0)
    assert top_share(counts, totals, 0.2).recipient_share == pytest.approx(0.2)


def test_complete_separation_is_one() -> None:
    assert dissimilarity([50, 0], [50, 80]) == pytest.approx(1)
    assert gini([50, 0], [50, 80]) == pytest.approx(1)
    assert isolation([50, 0], [50, 80]) == pytest.approx(1)


def test_the_correction_takes_away_what_chance_adds() -> None:
    """Shares drawn at random from one share: D is all chance, and the correction sees through most of it."""
    random = np.random.default_rng(5)
    totals = np.full(200, 60)
    counts = random.binomial(totals, 0.1)
    found = dissimilarity_range(counts, totals)
    assert found.value > 0.1
    assert found.corrected < found.value / 1.5
    assert found.expected_even == pytest.approx(found.value, rel=0.15)
    assert abs(found.beyond_chance) < 0.15


def test_the_range_holds_the_true_value_as_often_as_it_says() -> None:
    """Drawn anew 60 times from known shares, the range holds their D in about 95 of 100."""
    random = np.random.default_rng(11)
    totals = random.integers(1_000, 4_000, 40)
    shares = random.uniform(0.02, 0.3, 40)
    true = dissimilarity(shares * totals, totals)
    hits = 0
    for seed in range(60):
        found = dissimilarity_range(random.binomial(totals, shares), totals, draws=200, seed=seed)
        hits += found.low <= true <= found.high
    assert hits >= 52


def test_equal_seeds_give_equal_ranges() -> None:
    counts, totals = [10, 30, 60, 5], [100, 100, 100, 90]
    assert dissimilarity_range(counts, totals, seed=3) == dissimilarity_range(counts, totals, seed=3)
    assert dissimilarity_range(counts, totals, seed=3) != dissimilarity_range(counts, totals, seed=4)


def test_the_library_agrees_where_it_is_installed() -> None:
    singlegroup = pytest.importorskip("segregation.singlegroup", reason="segregation is not installed here")
    import pandas as pd

    frame = pd.DataFrame({"b": GROUP, "t": WHOLE})
    for name, measure in (("Dissim", dissimilarity), ("Gini", gini), ("Isolation", isolation)):
        theirs = getattr(singlegroup, name)(frame, "b", "t").statistic
        assert measure(GROUP, WHOLE) == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("counts", "totals"),
    [
        ([1, 2], [10]),
        ([], []),
        ([1, NAN], [10, 10]),
        ([-1, 2], [10, 10]),
        ([11, 2], [10, 10]),
        ([0, 0], [10, 10]),
        ([1, 2], [10, 0]),
    ],
)
def test_numbers_that_cannot_be_are_refused(counts: list[float], totals: list[float]) -> None:
    with pytest.raises(ContractError):
        gini(counts, totals)


def test_a_group_of_everybody_has_nobody_to_compare_with() -> None:
    with pytest.raises(ContractError, match="nobody else"):
        dissimilarity([10, 20], [10, 20])


# A region --------------------------------------------------


def nine(counts: list[float], totals: list[float] | None = None) -> Region:
    return region_of({DATE: counts}, {DATE: totals or [1000.0] * len(counts)})


def test_a_region_says_what_its_numbers_say() -> None:
    counts = [10, 20, 30, 40, 30, 20, 50, 100, 150.0]
    region = nine(counts)
    found = measure_concentration(region, share(region), DATE)
    assert found.reason is None
    assert found.half is not None
    assert found.half.quarters == 2
    assert found.gini == pytest.approx(gini(counts, [1000] * 9))
    assert found.rate == pytest.approx(450 / 9000)
    assert found.unit_size is not None
    assert found.unit_size.mean_residents == 1000
    assert found.quotients is not None
    assert found.quotients["009"] == pytest.approx(0.15 / 0.05)


def test_withheld_and_missing_quarters_are_left_out_and_named_never_zero() -> None:
    region = nine([10, NAN, 30, 40, -1, 20, 50, 100, 150.0])
    found = measure_concentration(region, share(region), DATE)
    assert {one.quarter_id: one.state for one in found.left_out} == {"002": "suppressed", "005": "missing"}
    assert found.half is not None
    assert found.half.quarters_counted == 7
    assert found.gini == pytest.approx(gini([10, 30, 40, 20, 50, 100, 150], [1000] * 7))
    assert found.quotients is not None
    assert not {"002", "005"} & set(found.quotients.index)


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ([NAN] * 9, "nothing_published"),
        ([-1.0] * 9, "nothing_published"),
        ([10.0] + [NAN] * 8, "too_few_quarters"),
        ([0.0] * 9, "group_empty"),
        ([1000.0] * 9, "group_everybody"),
    ],
)
def test_where_nothing_can_be_said_a_code_says_why(counts: list[float], code: str) -> None:
    region = nine(counts)
    found = measure_concentration(region, share(region), DATE)
    assert found.reason is not None
    assert found.reason.code == code
    assert found.gini is None
    assert found.half is None


def test_two_quarters_and_equal_shares_can_be_said() -> None:
    region = region_of({DATE: [100.0, 100.0]}, {DATE: [1000.0, 1000.0]})
    found = measure_concentration(region, share(region), DATE)
    assert found.reason is None
    assert (found.gini, found.dissimilarity and found.dissimilarity.value) == (0, 0)


def test_quarters_without_population_are_named() -> None:
    region = nine([10, 20, 30, 40, 30, 20, 50, 100, 0.0], [1000.0] * 8 + [0.0])
    found = measure_concentration(region, share(region), DATE)
    assert [one.quarter_id for one in found.left_out] == ["009"]


def test_a_count_or_a_ready_made_rate_needs_a_reference() -> None:
    region = nine([10.0] * 9)
    found = measure_concentration(region, indicator_named(region, "recipients"), DATE)
    assert found.reason is not None
    assert found.reason.code == "reference_needed"


def test_a_date_the_region_lacks_has_nothing_published() -> None:
    region = nine([10.0] * 9)
    found = measure_concentration(region, share(region), "1999-12-31")
    assert found.reason is not None
    assert found.reason.code == "nothing_published"


def test_regions_of_other_unit_size_are_not_compared() -> None:
    small = nine([10, 20, 30, 40, 30, 20, 50, 100, 150.0])
    large = nine([100, 200, 300, 400, 300, 200, 500, 1000, 1500.0], [10_000.0] * 9)
    one, other = measure_concentration(small, share(small), DATE), measure_concentration(large, share(large), DATE)
    assert comparable(one, one) is None
    refused = comparable(one, other)
    assert refused is not None
    assert refused.code == "unit_size_differs"
    assert refused.parameters["one_size"] == 1000
    differs = comparable(one, replace(other, indicator_key="child_rate"))
    assert differs is not None
    assert differs.code == "indicator_differs"
    nothing = comparable(one, replace(one, rate=None))
    assert nothing is not None
    assert nothing.code == "cannot_be_said"


def test_larger_units_give_lower_values_for_the_same_town() -> None:
    """Why regions of different units are not compared: two quarters made one lower D, Gini and isolation."""
    counts, totals = np.array([10, 90, 20, 60, 5, 45.0]), np.full(6, 500.0)
    merged = counts.reshape(3, 2).sum(axis=1), totals.reshape(3, 2).sum(axis=1)
    for measure in (dissimilarity, gini, isolation):
        assert measure(*merged) < measure(counts, totals)


@pytest.mark.parametrize("indicator", ["share_of_residents", "child_rate", "single_parent_share"])
def test_the_demo_says_no_withheld_number_and_no_nan(indicator: str) -> None:
    region = demo_region("musterstadt")
    found = measure_concentration(region, indicator_named(region, indicator), region.dates[-1])
    assert found.reason is None
    assert found.quotients is not None
    hidden = {one.quarter_id for one in found.left_out}
    assert hidden
    assert not hidden & set(found.quotients.index)
    json.dumps([found.gini, found.isolation, found.lorenz, list(found.quotients)], allow_nan=False)


@settings(max_examples=examples(25))
@given(st.lists(st.sampled_from([NAN, -1.0, 0.0, 3.0, 40.0, 1000.0]), min_size=1, max_size=9))
def test_any_region_gives_a_number_or_a_reason(counts: list[float]) -> None:
    region = nine(counts)
    found = measure_concentration(region, share(region), DATE, draws=5)
    if found.reason is None:
        assert found.gini is not None
        assert math.isfinite(found.gini)
    else:
        assert found.gini is None


@pytest.mark.real
def test_flensburg_over_the_years(real_data: Path) -> None:
    from geo.region.recipes.build import build_region
    from geo.region.recipes.toml_text import read_recipe

    region = build_region(read_recipe(ROOT / "data" / "recipes" / "flensburg_2018_2022.toml"), real_data).region
    assert region is not None
    indicator: Indicator = share(region)
    years = [measure_concentration(region, indicator, date) for date in region.dates]
    assert all(comparable(years[0], one) is None for one in years)
    for one in years:
        assert one.half is not None
        assert one.half.quarters_counted == 13
        assert one.dissimilarity is not None
        assert one.dissimilarity.low <= one.dissimilarity.corrected <= one.dissimilarity.high
        assert one.dissimilarity.corrected <= one.dissimilarity.value
