"""Neighbourhoods and clusters: nine quarters by hand, published values, esda's own results, islands, chance."""

from __future__ import annotations

import warnings
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely
from esda.smoothing import assuncao_rate

from geo.errors import ContractError
from geo.need.clusters import (
    ISLAND,
    MORAN_CLASSES,
    NOT_SIGNIFICANT,
    SPOT_CLASSES,
    ClusterRule,
    find_clusters,
    getis_ord_star,
    global_moran,
    local_moran,
    moran_value,
    two_sided,
)
from geo.need.indicators import indicator_named
from geo.need.neighbourhood import Neighbourhood, distance_neighbours, nearest_neighbours, queen_neighbours
from tests.conftest import demo_region
from tests.need.grids import region_of, share, squares

DATE = "2024-12-31"
NAN = float("nan")
RULE = ClusterRule(seed=7)
ONE_TO_NINE = np.arange(1.0, 10.0)


def from_weights(weights: Any) -> Neighbourhood:
    """Return libpysal's weights as a neighbourhood."""
    place = {key: number for number, key in enumerate(weights.id_order)}
    pairs = sorted((place[one], place[other]) for one in weights.id_order for other in weights[one])
    focal, neighbour = np.array(pairs, dtype=np.intp).T
    return Neighbourhood("queen", 0.0, tuple(str(key) for key in weights.id_order), focal, neighbour)


def example(name: str) -> Any:
    import libpysal

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = libpysal.io.open(libpysal.examples.get_path(name))
        return opened.read() if name.endswith("gal") else opened


# Neighbourhoods --------------------------------------------------


def test_nine_squares_touch_at_borders_and_corners() -> None:
    around = queen_neighbours(squares(3, 3))
    assert list(around.numbers) == [3, 5, 3, 5, 8, 5, 3, 5, 3]
    assert around.neighbours_of("001") == ("002", "004", "005")
    assert around.islands == ()


def test_borders_that_do_not_quite_coincide_are_borders() -> None:
    apart = squares(3, 3, gap=0.6)
    assert list(queen_neighbours(apart).numbers) == [3, 5, 3, 5, 8, 5, 3, 5, 3]
    assert queen_neighbours(apart, 0.0).islands == tuple(apart.index)
    assert queen_neighbours(squares(3, 3, gap=5.0)).islands == tuple(apart.index)


def test_nearest_and_distance_by_hand() -> None:
    row = squares(4, 1)
    assert nearest_neighbours(row, 1).neighbours_of("004") == ("003",)
    assert list(nearest_neighbours(row, 2).numbers) == [2, 2, 2, 2]
    assert list(nearest_neighbours(row, 99).numbers) == [3, 3, 3, 3]
    assert list(distance_neighbours(row, 500).numbers) == [1, 2, 2, 1]
    assert distance_neighbours(row, 499).islands == tuple(row.index)
    assert nearest_neighbours(row.iloc[:1]).islands == ("001",)


def test_a_quarter_is_never_its_own_neighbour_even_on_the_same_spot() -> None:
    same = squares(3, 1)
    same["geometry"] = [same.geometry.iloc[0]] * 3
    around = nearest_neighbours(same, 1)
    assert list(around.numbers) == [1, 1, 1]
    assert (around.focal != around.neighbour).all()


def test_leaving_quarters_out_can_make_islands() -> None:
    kept = queen_neighbours(squares(3, 1)).among(["001", "003"])
    assert kept.quarter_ids == ("001", "003")
    assert kept.islands == ("001", "003")


def test_degrees_and_senseless_parameters_are_refused() -> None:
    with pytest.raises(ContractError, match="degrees"):
        queen_neighbours(squares(3, 3).to_crs(4326))
    with pytest.raises(ContractError):
        nearest_neighbours(squares(3, 3), 0)
    with pytest.raises(ContractError):
        distance_neighbours(squares(3, 3), 0)
    with pytest.raises(ContractError):
        queen_neighbours(squares(3, 3)).neighbours_of("nobody")


@pytest.mark.parametrize("name", ["columbus.shp", "sids2.shp"])
def test_queen_is_libpysals_on_its_own_examples(name: str) -> None:
    import libpysal

    frame = gpd.read_file(libpysal.examples.get_path(name))
    frame = frame.set_crs(32617, allow_override=True)
    ours = queen_neighbours(frame, 0.0)
    theirs = libpysal.graph.Graph.build_contiguity(frame.reset_index(drop=True), rook=False)
    pairs = theirs.adjacency[theirs.adjacency > 0].reset_index()
    wanted = set(zip(pairs["focal"], pairs["neighbor"], strict=True))
    assert set(zip(ours.focal.tolist(), ours.neighbour.tolist(), strict=True)) == wanted


# Measures by hand --------------------------------------------------


def test_moran_of_one_to_nine_is_sixteen_forty_fifths() -> None:
    """Mean 5, squares 60; lags -4/3 -6/5 -2/3 -2/5 0 and mirrored: I = (64/3) / 60."""
    around = queen_neighbours(squares(3, 3))
    assert global_moran(ONE_TO_NINE, around, RULE).value == pytest.approx(16 / 45)
    assert global_moran(ONE_TO_NINE, around, RULE).expected == pytest.approx(-1 / 8)
    local, _ = local_moran(ONE_TO_NINE, around, RULE)
    assert local[:5] == pytest.approx([8 / 60 * 16 / 3, 8 / 60 * 18 / 5, 8 / 60 * 4 / 3, 8 / 60 * 2 / 5, 0])


def test_gi_star_of_a_corner_by_hand() -> None:
    """Corner 1 + 2 + 4 + 5 = 12 of expected 20; S² = 60 / 9; root of (9 * 4 - 16) / 8."""
    values, p = getis_ord_star(ONE_TO_NINE, queen_neighbours(squares(3, 3)), RULE)
    assert values[0] == pytest.approx(-8 / (np.sqrt(60 / 9) * np.sqrt(20 / 8)))
    assert values[8] == pytest.approx(-values[0])
    # The middle has all others as neighbours: there is nothing to permute, and no p-value to be had from it.
    assert values[4] == 0
    assert p[4] == 1


def test_a_permutation_p_value_is_the_share_of_all_orders() -> None:
    """Corner of nine: of all 56 triples of the other eight, one (2, 3, 4) is as low as (2, 3, 4)."""
    values = np.array([1.0, 2, 5, 3, 4, 6, 7, 8, 9])
    _, p = local_moran(values, queen_neighbours(squares(3, 3)), ClusterRule(permutations=9999, seed=1))
    assert p[0] == pytest.approx(2 / 56, rel=0.15)


# Published values --------------------------------------------------


def test_moran_of_the_st_louis_example_is_the_published_value() -> None:
    homicides = np.array(example("stl_hom.txt").by_col("HR8893"))
    found = global_moran(homicides, from_weights(example("stl.gal")), RULE)
    assert found.value == pytest.approx(0.24365582621771659)
    assert found.expected == pytest.approx(-0.012987012987012988)
    assert found.is_significant


def test_rates_of_the_sids_example_are_the_published_values() -> None:
    table = example("sids2.dbf")
    deaths, births = np.array(table.by_col("SID79")), np.array(table.by_col("BIR79"))
    around = from_weights(example("sids2.gal"))
    standard = assuncao_rate(deaths, births)
    assert global_moran(standard, around, RULE).value == pytest.approx(0.1662, abs=5e-5)


def test_the_standardised_rates_of_assuncao_and_reis() -> None:
    e, b = [30, 25, 25, 15, 33, 21, 30, 20], [100, 100, 110, 90, 100, 90, 110, 90]
    region = region_of({DATE: e}, {DATE: b}, columns=4)
    found = find_clusters(region, share(region), DATE).quarters["standardised"]
    assert found.to_numpy()[:4] == pytest.approx([1.03843594, -0.04099089, -0.56250375, -1.73061861])


def test_gi_star_of_six_points_is_the_published_value() -> None:
    points = [(10, 10), (20, 10), (40, 10), (15, 20), (30, 20), (30, 30)]
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(*one) for one in points], crs=25832)
    found, _ = getis_ord_star([2, 3, 3.2, 5, 8, 7], distance_neighbours(frame, 15), RULE)
    wanted = [-1.39727626, -0.28917762, 0.65064964, -0.28917762, 1.23452088, 2.02424331]
    assert found == pytest.approx(wanted)


# The library --------------------------------------------------


def test_local_moran_rate_is_esdas() -> None:
    from esda.moran import Moran_Local_Rate

    table = example("sids2.dbf")
    deaths, births = np.array(table.by_col("SID79")), np.array(table.by_col("BIR79"))
    around = from_weights(example("sids2.gal"))
    ours, p = local_moran(assuncao_rate(deaths, births), around, RULE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = Moran_Local_Rate(deaths, births, example("sids2.gal"), seed=RULE.seed, permutations=RULE.permutations)
    apart = around.numbers == 0
    assert ours[~apart] == pytest.approx(theirs.Is[~apart])
    assert p[~apart] == pytest.approx(np.minimum(1, 2 * theirs.p_sim[~apart]), abs=0.01)


def test_moran_by_definition_on_st_louis() -> None:
    y = np.array(example("stl_hom.txt").by_col("HR8893"))
    around = from_weights(example("stl.gal"))
    z = y - y.mean()
    lag = np.array([z[around.neighbour[around.focal == i]].mean() for i in range(len(z))])
    local, _ = local_moran(y, around, RULE)
    assert local == pytest.approx((len(z) - 1) * z * lag / (z @ z))
    assert global_moran(y, around, RULE).value == pytest.approx((z @ lag) / (z @ z))


def test_gi_star_by_definition_on_st_louis() -> None:
    y = np.array(example("stl_hom.txt").by_col("HR8893"))
    around = from_weights(example("stl.gal"))
    found, _ = getis_ord_star(y, around, RULE)
    n, s = len(y), y.std()
    for i in range(n):
        near = np.append(around.neighbour[around.focal == i], i)
        k = len(near)
        assert found[i] == pytest.approx((y[near].sum() - k * y.mean()) / (s * np.sqrt((n * k - k * k) / (n - 1))))


# Chance --------------------------------------------------


def test_p_values_are_two_sided() -> None:
    assert two_sided([0.001, 0.025, 0.4, 0.6]) == pytest.approx([0.002, 0.05, 0.8, 1])


def test_adjusted_p_values_are_those_of_benjamini_and_hochberg() -> None:
    """By definition: the least ``p n / i`` of all p-values from there up; an island is no test."""
    frame = squares(5, 5)
    frame.loc["013", "geometry"] = shapely.box(900_000, 5_900_000, 900_500, 5_900_500)
    counts = np.random.default_rng(5).integers(20, 300, 25).astype(float)
    region = region_of({DATE: counts}, {DATE: [1000.0] * 25}, quarters=frame)
    found = find_clusters(region, share(region), DATE).quarters.drop(index="013")
    for name in ("moran", "gi"):
        p = sorted(found[f"{name}_p"])
        scaled = [(one, min(1.0, one * 24 / rank)) for rank, one in enumerate(p, start=1)]
        wanted = [min(value for other, value in scaled if other >= one) for one in found[f"{name}_p"]]
        assert found[f"{name}_p_adjusted"].to_numpy() == pytest.approx(wanted)
        assert found[f"{name}_p"].nunique() > 5


def test_random_shares_have_few_clusters_and_none_after_control() -> None:
    random = np.random.default_rng(3)
    raw = controlled = 0
    for _ in range(10):
        counts = random.binomial(1000, 0.1, 100).astype(float)
        region = region_of({DATE: counts}, {DATE: [1000.0] * 100}, columns=10)
        alone = find_clusters(region, share(region), DATE, rule=ClusterRule(correction="none"))
        both = find_clusters(region, share(region), DATE)
        raw += (alone.quarters["moran_class"] != NOT_SIGNIFICANT).sum()
        controlled += (both.quarters["moran_class"] != NOT_SIGNIFICANT).sum()
    assert 20 <= raw <= 90  # about 5 in 100 of 1000
    assert controlled <= 3


def test_a_real_cluster_is_found_and_named() -> None:
    shares = np.full((10, 10), 60.0)
    shares[:4, :4] = 300
    counts = np.random.default_rng(1).normal(shares, 5).round().ravel()
    region = region_of({DATE: counts}, {DATE: [1000.0] * 100}, columns=10)
    found = find_clusters(region, share(region), DATE)
    assert found.moran is not None
    assert found.moran.is_significant
    inside = [f"{10 * row + column + 1:03d}" for row in range(3) for column in range(3)]
    assert set(found.quarters.loc[inside, "moran_class"]) == {"high_high"}
    assert set(found.quarters.loc[inside, "spot"]) == {"hot"}
    far = [f"{10 * row + column + 1:03d}" for row in range(6, 10) for column in range(6, 10)]
    assert not {"high_high", "high_low"} & set(found.quarters.loc[far, "moran_class"])
    assert set(found.quarters["moran_class"]) <= set(MORAN_CLASSES)
    assert set(found.quarters["spot"]) <= set(SPOT_CLASSES)


def test_equal_seeds_give_equal_clusters_and_leave_numpys_generator_alone() -> None:
    region = demo_region("musterstadt")
    np.random.seed(1)  # noqa: NPY002
    first = find_clusters(region, share(region), region.dates[-1])
    drawn = np.random.random()  # noqa: NPY002
    np.random.seed(1)  # noqa: NPY002
    assert np.random.random() == drawn  # noqa: NPY002
    again = find_clusters(region, share(region), region.dates[-1])
    assert first.quarters.equals(again.quarters)
    other = find_clusters(region, share(region), region.dates[-1], rule=ClusterRule(seed=99))
    assert not first.quarters["moran_p"].equals(other.quarters["moran_p"])


# A region --------------------------------------------------


def test_withheld_quarters_have_no_class_and_move_nobody_elses() -> None:
    counts = np.random.default_rng(4).integers(20, 300, 25).astype(float)
    hidden = counts.copy()
    hidden[[6, 12]] = NAN
    region = region_of({DATE: hidden}, {DATE: [1000.0] * 25}, columns=5)
    found = find_clusters(region, share(region), DATE)
    assert {one.quarter_id: one.state for one in found.left_out} == {"007": "suppressed", "013": "suppressed"}
    assert not {"007", "013"} & set(found.quarters.index)
    absent = counts.copy()
    absent[[6, 12]] = -1
    without = region_of({DATE: absent}, {DATE: [1000.0] * 25}, columns=5)
    assert find_clusters(without, share(without), DATE).quarters.equals(found.quarters)
    # By hand: quarter 001 has three neighbours, one of them withheld; its lag is the mean of the other two.
    standard = found.quarters["standardised"]
    z = standard - standard.mean()
    expected = (len(z) - 1) * z["001"] * (z["002"] + z["006"]) / 2 / (z @ z)
    assert found.quarters.loc["001", "local_moran"] == pytest.approx(expected)
    assert found.neighbourhood is not None
    assert "007" not in found.neighbourhood.quarter_ids


def test_islands_are_named_and_have_no_cluster() -> None:
    frame = squares(3, 4)
    frame.loc["012", "geometry"] = shapely.box(900_000, 5_900_000, 900_500, 5_900_500)
    counts = np.arange(10.0, 130.0, 10.0)
    region = region_of({DATE: counts}, {DATE: [1000.0] * 12}, quarters=frame)
    found = find_clusters(region, share(region), DATE)
    assert found.islands == ("012",)
    assert found.quarters.loc["012", "moran_class"] == ISLAND
    assert found.quarters.loc["012", "spot"] == ISLAND
    assert found.quarters.loc["012", "moran_p"] == 1
    assert np.isfinite(found.quarters.select_dtypes("number").to_numpy()).all()


@pytest.mark.parametrize(
    ("counts", "code"),
    [
        ([NAN] * 9, "nothing_published"),
        ([10.0, 20.0] + [NAN] * 7, "too_few_quarters"),
        ([100.0] * 9, "all_equal"),
        ([0.0] * 9, "group_empty"),
    ],
)
def test_where_nothing_can_be_said_a_code_says_why(counts: list[float], code: str) -> None:
    region = region_of({DATE: counts}, {DATE: [1000.0] * 9})
    found = find_clusters(region, share(region), DATE)
    assert found.reason is not None
    assert found.reason.code == code
    assert found.moran is None
    assert len(found.quarters) == 0
    assert np.isnan(moran_value(region, share(region), DATE, queen_neighbours(region.quarters)))


def test_quarters_without_any_neighbour_say_so() -> None:
    region = region_of({DATE: np.arange(10.0, 100, 10)}, {DATE: [1000.0] * 9}, quarters=squares(3, 3, gap=50))
    found = find_clusters(region, share(region), DATE)
    assert found.reason is not None
    assert found.reason.code == "no_neighbours"
    by_number = find_clusters(region, share(region), DATE, neighbourhood=nearest_neighbours(region.quarters, 4))
    assert by_number.reason is None


def test_one_neighbourhood_serves_all_dates_of_the_demo() -> None:
    region = demo_region("musterstadt")
    around = queen_neighbours(region.quarters)
    for date in region.dates[-2:]:
        one = find_clusters(region, share(region), date, neighbourhood=around)
        assert one.moran is not None
        assert moran_value(region, share(region), date, around) == one.moran.value
        assert one.moran.value > 0.2
        assert one.moran.is_significant
        assert one.variant == "eb_rate"
        assert np.isfinite(one.quarters.select_dtypes("number").to_numpy()).all()


def test_counts_are_compared_as_they_are() -> None:
    region = demo_region("musterstadt")
    found = find_clusters(region, indicator_named(region, "recipients"), region.dates[-1])
    assert found.reason is None
    assert found.variant == "value"


def test_values_that_do_not_fit_are_refused() -> None:
    around = queen_neighbours(squares(3, 3))
    with pytest.raises(ContractError):
        local_moran([1.0, 2.0], around, RULE)
    with pytest.raises(ContractError, match="equal"):
        global_moran([5.0] * 9, around, RULE)
    with pytest.raises(ContractError, match="neighbour"):
        getis_ord_star(ONE_TO_NINE, queen_neighbours(squares(3, 3, gap=9)), RULE)
