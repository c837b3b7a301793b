"""The attacker on many small made-up regions: nothing exact, nothing narrower than the rule says."""

from __future__ import annotations

from functools import cache

import pandas as pd
import pytest

from benchmarks.disclosure import KEYS, made_up
from geo.region.disclosure.rule import DisclosureRule
from geo.region.disclosure.suppression import apply_disclosure
from geo.region.schema import STANDARD_MEASURES
from tests.profiles import seeds
from tests.region.disclosure.attacker import NO_TOTALS, REGION_TOTAL, Narrow, Region, narrow, system_of
from tests.region.disclosure.random_regions import Kind, quarters_of, random_region

SEEDS = seeds(2000, 40)
PART = 20
PARTS = [SEEDS[first : first + PART] for first in range(0, len(SEEDS), PART)]
EVERY_KIND = range(200)

Found = list[tuple[int, Narrow]]


@cache
def disclosed(seed: int) -> tuple[Region, pd.DataFrame, DisclosureRule, Kind]:
    region, rule, kind = random_region(seed)
    out, _ = apply_disclosure(region.statistics, quarters_of(region), region.measures, rule, groupings=region.groupings)
    return region, out, rule, kind


@pytest.mark.parametrize("part", PARTS, ids=lambda part: str(part[0]))
def test_no_number_is_known_exactly_or_within_less_than_the_rule(part: range) -> None:
    exact: Found = []
    close: Found = []
    for seed in part:
        region, out, rule, _ = disclosed(seed)
        found = narrow(region, out, rule)
        exact += [(seed, one) for one in found if one.high - one.low < 1e-6]
        close += [(seed, one) for one in found]
    assert exact == []
    assert close == []


@pytest.mark.parametrize("part", PARTS, ids=lambda part: str(part[0]))
def test_whole_numbers_tell_no_more_in_small_regions(part: range) -> None:
    found: Found = []
    for seed in part:
        region, out, rule, kind = disclosed(seed)
        if kind.is_small:
            found += [(seed, one) for one in narrow(region, out, rule, integers=True)]
    assert found == []


@pytest.mark.parametrize("totals", [REGION_TOTAL, NO_TOTALS])
@pytest.mark.parametrize("part", PARTS, ids=lambda part: str(part[0]))
def test_cells_that_a_district_gives_away_are_hidden_from_who_knows_less(part: range, totals: str) -> None:
    found: Found = []
    for seed in part:
        region, out, rule, kind = disclosed(seed)
        if kind.districts > 1 or kind.has_crossing:
            found += [(seed, one) for one in narrow(region, out, rule, totals=totals) if not one.part]
    assert found == []


def test_regions_are_of_every_kind() -> None:
    """Otherwise the tests above would say less than they seem to."""
    kinds = [random_region(seed)[2] for seed in EVERY_KIND]
    assert {kind.dates for kind in kinds} == {1, 2}
    assert {kind.districts for kind in kinds} == {0, 1, 2, 3}
    assert {kind.parts for kind in kinds} == {0, 3, 4, 5}
    assert {rate for kind in kinds for rate in kind.rates} == {
        "transfer_rate",
        "recipient_quota",
        "single_parent_share",
    }
    assert {(kind.round_to, kind.has_crossing, kind.has_sexes) for kind in kinds} >= {
        (5, True, True),
        (1, False, False),
    }
    assert any(kind.parts and kind.is_complete for kind in kinds)
    assert any(kind.has_gap_in_residents for kind in kinds)
    assert min(kind.quarters for kind in kinds) == 3
    assert max(kind.quarters for kind in kinds) == 14


def test_numbers_are_withheld_in_most_regions_but_not_all_of_them() -> None:
    withheld = []
    for seed in SEEDS[:PART]:
        region, out, _, _ = disclosed(seed)
        protected = {measure.key for measure in region.measures if measure.is_protected}
        withheld.append((out[out["measure"].isin(protected)]["state"] == "suppressed").mean())
    assert sum(share > 0 for share in withheld) > 0.9 * len(withheld)
    assert sum(share < 0.8 for share in withheld) > 0.4 * len(withheld), "otherwise there is nothing to work from"


def test_attacker_wins_where_all_partners_are_shown_after_all() -> None:
    """Only counts of 1 and 2 are withheld then, which most regions give away."""
    won = tried = 0
    for seed in SEEDS[:PART]:
        region, out, rule, _ = disclosed(seed)
        gone = out.index[(out["state"] == "suppressed") & (region.statistics["value"] >= rule.numerator_min)]
        if not len(gone):
            continue
        opened = out.copy()
        opened.loc[gone, "value"] = region.statistics.loc[gone, "value"]
        opened.loc[gone, "state"] = "value"
        tried += 1
        won += bool(narrow(region, opened, rule))
    assert won > 0.5 * tried > 5


def test_he_believes_only_what_is_true() -> None:
    for seed in SEEDS[:PART]:
        region, out, rule, _ = disclosed(seed)
        for date in sorted(out["date"].unique()):
            assert system_of(region, out, date, rule).is_consistent


@pytest.mark.nightly
def test_crossing_totals_of_a_large_region_hold() -> None:
    """A hundred quarters in districts of ten, and groups of every ninth quarter: one block of five hundred counts."""
    statistics, places = made_up(100, 1, 10)
    measures = tuple(measure for measure in STANDARD_MEASURES if measure.key in KEYS)
    lines = [("every ninth", f"g{place % 9}", quarter) for place, quarter in enumerate(places.index)]
    groupings = pd.DataFrame(lines, columns=["grouping", "group", "quarter_id"])
    region = Region(statistics, places["district"], measures, groupings)
    out, findings = apply_disclosure(statistics, places, measures, DisclosureRule(), groupings=groupings)
    assert [finding.code for finding in findings] == ["disclosure_applied"]
    assert narrow(region, out, DisclosureRule()) == []
