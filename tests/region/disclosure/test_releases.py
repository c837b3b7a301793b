"""What was published before: editions of years, measures, merged quarters and two cuts of one city taken together."""

from __future__ import annotations

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog
from shapely.geometry import box

from geo.region.disclosure.releases import Release, overlap_of
from geo.region.disclosure.rule import DisclosureRule
from geo.region.disclosure.suppression import apply_disclosure
from tests.profiles import seeds
from tests.region.disclosure.attack import as_counts, narrow_cells
from tests.region.disclosure.test_disclosure import made_up, measures_of, tidy

RULE = DisclosureRule()
KEYS = ("recipients", "employable", "children", "units", "single_parent_units", "residents")


def squares(names: list[str], district: dict[str, str] | None = None, width: int = 4) -> gpd.GeoDataFrame:
    """Return quarters as squares of a kilometre beside each other, in rows."""
    shapes = [
        box(*(1000 * np.array([place % width, place // width, place % width + 1, place // width + 1])))
        for place in range(len(names))
    ]
    return gpd.GeoDataFrame(
        {"name": names, "district": [(district or {}).get(name, "") for name in names]},
        geometry=shapes,
        index=pd.Index(names, name="quarter_id"),
        crs="EPSG:25832",
    )


def published(
    statistics: pd.DataFrame, quarters: gpd.GeoDataFrame, keys: tuple[str, ...], *earlier: Release
) -> Release:
    """Return what goes out, with everything that went out before taken into account."""
    lines = statistics[statistics["measure"].isin(keys)].reset_index(drop=True)
    out, findings = apply_disclosure(lines, quarters, measures_of(*keys), RULE, releases=earlier)
    if {"release_unprotectable", "release_measure_absent"} & {finding.code for finding in findings}:
        raise Refused
    return Release(out, measures_of(*keys), quarters)


class Refused(Exception):  # noqa: N818
    """What was published before leaves no way to publish this."""


def together(*releases: Release) -> pd.DataFrame:
    """Return what somebody has who keeps every package: a number wherever one of them shows it."""
    lines = pd.concat([release.statistics for release in releases])
    return lines.groupby(["quarter_id", "date", "measure"], as_index=False)["value"].first()


def found_together(
    statistics: pd.DataFrame, all_shown: pd.DataFrame, district: pd.Series | None
) -> list[tuple[str, str, float, float]]:
    found = []
    for date, shown in all_shown.groupby("date"):
        truth = statistics[(statistics["date"] == date) & statistics["measure"].isin(set(shown["measure"]))]
        found += narrow_cells(as_counts(truth), as_counts(shown), district, RULE.interval_min)
    return found


@pytest.mark.parametrize("seed", seeds(20, 2))
def test_twelve_yearly_editions_give_nothing_away_together(seed: int) -> None:
    statistics, district = made_up(seed, 10, 2, 12, is_tight=False)
    quarters = squares(list(district.index), district.to_dict())
    dates = sorted(statistics["date"].unique())
    releases: list[Release] = []
    for number in range(1, len(dates) + 1):
        lines = statistics[statistics["date"].isin(dates[:number])]
        releases.append(published(lines, quarters, KEYS, *releases[-1:]))
        if number > 1:
            before, now = (
                one.statistics.set_index(["quarter_id", "date", "measure"])["state"] for one in releases[-2:]
            )
            pd.testing.assert_series_equal(now.reindex(before.index), before)
    assert found_together(statistics, together(*releases), district) == []


def test_sets_of_measures_and_single_dates_give_nothing_away_together() -> None:
    refused = 0
    number = len(seeds(60, 8))
    for seed in range(number):
        statistics, district = made_up(seed + 50, 9, 2, 2, is_tight=bool(seed % 2))
        quarters = squares(list(district.index), district.to_dict())
        last_date = statistics[statistics["date"] == statistics["date"].max()]
        releases = [published(statistics, quarters, ("recipients", "employable", "residents"))]
        try:
            more = ("recipients", "employable", "children", "units", "residents")
            releases.append(published(last_date, quarters, more, *releases))
            releases.append(published(statistics, quarters, KEYS, *releases))
        except Refused:
            refused += 1
        assert found_together(statistics, together(*releases), district) == []
    assert refused < number, "otherwise nothing is published at all"


def test_a_measure_withheld_before_has_to_be_at_hand() -> None:
    statistics, district = made_up(51, 9, 2, 1, is_tight=True)
    quarters = squares(list(district.index), district.to_dict())
    first = published(statistics, quarters, ("recipients", "employable", "residents"))
    with pytest.raises(Refused):
        published(statistics, quarters, ("recipients", "children", "residents"), first)


def test_packages_that_do_not_know_each_other_do_give_numbers_away() -> None:
    found = []
    for seed in range(30):
        statistics, district = made_up(seed + 50, 9, 2, 1, is_tight=True)
        quarters = squares(list(district.index), district.to_dict())
        one = published(statistics, quarters, ("recipients", "employable", "residents"))
        other = published(statistics, quarters, ("recipients", "children", "residents"))
        found += found_together(statistics, together(one, other), district)
    assert found, "otherwise the tests above could not fail"


def merged(
    statistics: pd.DataFrame, quarters: gpd.GeoDataFrame, parts: dict[str, str]
) -> tuple[pd.DataFrame, gpd.GeoDataFrame]:
    """Return statistics and quarters with some of them drawn together: new key by old key."""
    lines = statistics.assign(quarter_id=statistics["quarter_id"].map(lambda key: parts.get(key, key)))
    lines = lines.groupby(["quarter_id", "date", "measure"], as_index=False)["value"].sum()
    lines["state"] = np.where(lines["value"] == 0, "true_zero", "value")
    key = quarters.index.to_series().map(lambda one: parts.get(one, one))
    drawn = quarters.dissolve(by=key.to_numpy()).rename_axis("quarter_id")
    drawn["name"] = list(drawn.index)
    return lines, drawn


def part_intervals(
    statistics: pd.DataFrame, releases: list[tuple[Release, dict[str, list[str]]]], names: list[str]
) -> dict[tuple[str, ...], tuple[float, float]]:
    """Return what all packages together say of recipients in small areas: bounds by linear programme.

    ``releases`` come with the small areas of each of their quarters. The region's total is known as well.
    """
    equations, values = [np.ones(len(names))], [statistics["value"].sum()]
    withheld = []
    for release, areas in releases:
        lines = release.statistics[release.statistics["measure"] == "recipients"]
        for quarter, value in zip(lines["quarter_id"], lines["value"], strict=True):
            row = np.isin(names, areas[quarter]).astype(float)
            if np.isnan(value):
                withheld.append(tuple(sorted(areas[quarter])))
            else:
                equations.append(row)
                values.append(value)
    asked = {*withheld, *((name,) for name in names)}
    found = {}
    for one in asked:
        aim = np.isin(names, one).astype(float)
        ends = [
            linprog(sign * aim, A_eq=np.array(equations), b_eq=values, bounds=[(0, None)] * len(names)).fun * sign
            for sign in (1, -1)
        ]
        found[one] = (ends[0], ends[1])
    return found


def unsafe(intervals: dict[tuple[str, ...], tuple[float, float]]) -> list[tuple[tuple[str, ...], tuple[float, float]]]:
    return [
        (one, ends)
        for one, ends in intervals.items()
        if ends[1] - ends[0] < 3 - 1e-6 and ends[0] < 3 and ends[1] > 1e-6
    ]


TWO_CUTS = {"01": 210, "02": 95, "03": 340, "04": 120, "05": 512, "06": 260, "07": 2, "08": 330, "09": 145}


@pytest.mark.parametrize(("first", "second"), [(("04", "07"), ("07", "08")), (("07", "08"), ("04", "07"))])
def test_two_cuts_of_one_city_do_not_tell_the_difference(first: tuple[str, str], second: tuple[str, str]) -> None:
    """332 - 330 = 2 recipients of quarter 07."""
    statistics = tidy({"recipients": dict(TWO_CUTS), "residents": dict.fromkeys(TWO_CUTS, 2000)})
    quarters = squares(sorted(TWO_CUTS), width=9)
    cuts = []
    for parts in (first, second):
        lines, drawn = merged(statistics, quarters, dict.fromkeys(parts, "_".join(parts)))
        areas = {key: key.split("_") for key in drawn.index}
        cuts.append((lines, drawn, areas))
    alone = [(published(lines, drawn, ("recipients", "residents")), areas) for lines, drawn, areas in cuts]
    recipients = statistics[statistics["measure"] == "recipients"]
    assert unsafe(part_intervals(recipients, alone, sorted(TWO_CUTS)))
    beside = published(cuts[1][0], cuts[1][1], ("recipients", "residents"), alone[0][0])
    assert not unsafe(part_intervals(recipients, [alone[0], (beside, cuts[1][2])], sorted(TWO_CUTS)))


@pytest.mark.parametrize("seed", seeds(60, 8))
def test_merged_quarters_give_nothing_away_either_way_round(seed: int) -> None:
    rng = np.random.default_rng(seed)
    names = [f"{number:02d}" for number in range(12)]
    counts = {name: float(rng.choice([0, 1, 2, 4, 30, 90, 200])) for name in names}
    statistics = tidy({"recipients": counts, "residents": dict.fromkeys(names, 2000)})
    quarters = squares(names)
    pairs = [pair for pair in combinations(names, 2) if int(pair[1]) - int(pair[0]) == 1 and int(pair[0]) % 4 != 3]
    chosen = rng.permutation(len(pairs))[:3]
    parts: dict[str, str] = {}
    for number in chosen.tolist():
        if not set(pairs[number]) & parts.keys():
            parts |= dict.fromkeys(pairs[number], "_".join(pairs[number]))
    coarse = merged(statistics, quarters, parts)
    fine = (statistics, quarters)
    for before, after in ((fine, coarse), (coarse, fine)):
        one = published(*before, ("recipients", "residents"))
        try:
            other = published(*after, ("recipients", "residents"), one)
        except Refused:
            refused = [counts[name] for name in names if name in parts]
            assert min(refused) < 3, "only where a few stand in a quarter of a sum that is published"
            continue
        areas = [{key: key.split("_") for key in cut[1].index} for cut in (before, after)]
        recipients = statistics[statistics["measure"] == "recipients"]
        found = part_intervals(recipients, [(one, areas[0]), (other, areas[1])], names)
        only_first = part_intervals(recipients, [(one, areas[0])], names)
        assert [one for one in unsafe(found) if one not in unsafe(only_first)] == []


def test_slivers_of_drawing_are_no_other_cut() -> None:
    quarters = squares(["a", "b", "c", "d"])
    moved = quarters.copy()
    moved["geometry"] = quarters.translate(3.0, -2.0)
    overlap = overlap_of(quarters, moved)
    assert overlap.same == {key: key for key in "abcd"}
    assert overlap.pairs == ()
