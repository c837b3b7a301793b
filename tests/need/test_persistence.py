"""Lasting need: the rule, courses, trends, hints; and the demo, whose plan nobody told."""

from __future__ import annotations

import json
import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ContractError
from geo.need.courses import COURSES, course_of, lasting, sudden_rises, trend_lines, upper_limit_held, volatility
from geo.need.indicators import indicator_named
from geo.need.persistence import STANDINGS, LastingRule, Persistence, as_records, find_persistence
from geo.region.model.region import Region
from tests.conftest import demo_region
from tests.need.grids import region_of, share
from tests.profiles import examples

NAN = math.nan
DATES = [f"{year}-12-31" for year in range(2019, 2024)]
flags = st.lists(st.sampled_from([-1, 0, 1]), min_size=1, max_size=8)


# The rule --------------------------------------------------


@pytest.mark.parametrize(
    ("met", "says", "course"),
    [
        ((1, 1, 1, 1, 1), "yes", "staying"),
        ((0, 1, 1, 1, 1), "yes", "staying"),
        ((1, 1, 0, 1, 1), "yes", "staying"),
        ((1, 1, 1, 1, 0), "yes", "leaving"),
        ((1, 1, 0, 0, 0), "no", "leaving"),
        ((0, 0, 0, 1, 1), "no", "entering"),
        ((0, 0, 0, 0, 1), "no", "entering"),
        ((0, 1, 0, 1, 0), "no", "changing"),
        ((1, 0, 1, 0, 1), "no", "changing"),
        ((0, 0, 0, 0, 0), "no", "never"),
        ((-1, 1, 1, 1, 1), "yes", "staying"),
        ((-1, 1, 1, 1, 0), "unknown", "unknown"),
        ((1, 1, 1, 1, -1), "yes", "unknown"),
        ((-1, -1, -1, -1, -1), "unknown", "unknown"),
        ((-1, 0, 0, 0, 0), "no", "never"),
    ],
)
def test_four_of_five(met: tuple[int, ...], says: str, course: str) -> None:
    assert lasting(met, 4) == says
    assert course_of(met, 4) == course


@given(flags, st.integers(1, 8))
def test_what_is_unknown_never_decides(met: list[int], needed: int) -> None:
    """Whatever the unknown dates are, a yes stays a yes and a no a no."""
    says = lasting(met, needed)
    filled = {lasting([value if one < 0 else one for one in met], needed) for value in (0, 1)}
    assert filled == {says} if says != "unknown" else filled == {"yes", "no"}
    assert course_of(tuple(met), needed) in COURSES


@given(flags, st.integers(1, 7))
def test_a_stricter_rule_has_no_more_quarters(met: list[int], needed: int) -> None:
    if lasting(met, needed + 1) == "yes":
        assert lasting(met, needed) == "yes"


@pytest.mark.parametrize(
    "wrong",
    [
        {"dates_needed": 0},
        {"dates_needed": 6},
        {"upper_share": 0},
        {"confidence": 1},
        {"least_trend": -1},
        {"least_jump": 0},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ContractError):
        LastingRule(**wrong)  # type: ignore[arg-type]


def test_the_rule_says_that_it_is_our_own() -> None:
    assert LastingRule().is_own_definition
    assert (LastingRule().dates_needed, LastingRule().dates_looked_at) == (4, 5)


def test_the_upper_limit_is_one_for_all_dates() -> None:
    values = np.arange(1.0, 101).reshape(20, 5)
    limit = upper_limit_held(values, 0.2)
    assert limit is not None
    assert (values > limit).mean() == pytest.approx(0.2)
    assert upper_limit_held([1.0, 2, 3, 4, NAN], 0.3) == pytest.approx(3.1)
    assert upper_limit_held([5.0] * 9, 0.2) is None
    assert upper_limit_held([NAN], 0.2) is None
    assert upper_limit_held([1.0, 2.0], 1e-320) is None


# Trends --------------------------------------------------


def test_a_straight_line_by_hand() -> None:
    found = trend_lines([[1.0, 3.0, 5.0], [2.0, 2.0, NAN], [1.0, NAN, NAN]], [0, 1, 2])
    assert found.slope[0] == pytest.approx(2)
    assert (found.low[0], found.high[0]) == (pytest.approx(2), pytest.approx(2))
    assert np.isnan(found.slope[1:]).all()


def test_a_line_through_points_that_scatter_by_hand() -> None:
    """y = 1, 2, 2, 3 at 0..3: slope 0.6, residual 0.2 on two degrees, t = 4.303, half = 4.303 * sqrt(0.1 / 5)."""
    found = trend_lines([[1.0, 2, 2, 3]], [0, 1, 2, 3])
    assert found.slope[0] == pytest.approx(0.6)
    assert found.high[0] - found.slope[0] == pytest.approx(4.3026527 * np.sqrt(0.1 / 5))


def test_weights_count_as_often_as_they_say() -> None:
    twice = trend_lines([[1.0, 2, 2, 5]], [0, 1, 2, 3], weights=[[1, 1, 1, 2]])
    by_hand = np.polyfit([0, 1, 2, 3], [1, 2, 2, 5], 1, w=np.sqrt([1, 1, 1, 2]))[0]
    assert twice.slope[0] == pytest.approx(by_hand)


def test_points_on_a_line_by_chance_are_not_certain() -> None:
    sure = trend_lines([[10.0, 10.1, 10.2]], [0, 1, 2])
    careful = trend_lines([[10.0, 10.1, 10.2]], [0, 1, 2], weights=[[500.0] * 3], least_variance=[900.0])
    assert sure.low[0] > 0
    assert careful.low[0] < 0 < careful.high[0]


@given(st.lists(st.floats(-50, 50), min_size=3, max_size=12), st.floats(-3, 3))
def test_a_slope_added_is_a_slope_found(values: list[float], slope: float) -> None:
    years = np.arange(len(values), dtype=float)
    plain = trend_lines([values], years).slope[0]
    tilted = trend_lines([np.array(values) + slope * years], years).slope[0]
    assert tilted - plain == pytest.approx(slope, abs=1e-8)


def test_the_interval_covers_as_often_as_it_says() -> None:
    random = np.random.default_rng(8)
    years = np.arange(8.0)
    found = trend_lines(0.5 * years + random.normal(0, 2, (4000, 8)), years)
    assert ((found.low <= 0.5) & (found.high >= 0.5)).mean() == pytest.approx(0.95, abs=0.015)


def test_volatility_is_the_root_mean_square_change() -> None:
    found = volatility([[0, 3, -1], [5, 5, 5], [1, NAN, 2]])
    assert found[:2] == pytest.approx([np.sqrt((9 + 16) / 2), 0])
    assert np.isnan(found[2])


def test_a_house_shows_in_both_counts_at_once() -> None:
    recipients = np.array([[10.0, 10, 170, 175], [10, 10, 170, 175], [100, 140, 180, 220], [10, NAN, NAN, 12]])
    residents = np.array([[400.0, 400, 580, 585], [800, 800, 800, 800], [1000, 1000, 1000, 1000], [400, 400, 400, 400]])
    assert list(sudden_rises(recipients, residents, np.full(3, 0.05))) == [2, -1, -1, -1]


# A region --------------------------------------------------


def region_with(rows: list[list[float]], dates: list[str] | None = None) -> Region:
    """Return a region of 1000 residents a quarter; rows are quarters, columns dates."""
    named = dates or DATES
    columns = np.array(rows, dtype=float).T
    return region_of(dict(zip(named, columns, strict=True)), {date: [1000.0] * len(rows) for date in named})


def others(number: int = 8) -> list[list[float]]:
    return [[50.0 + 5 * at] * 5 for at in range(number)]


def judged(region: Region, **rule: object) -> Persistence:
    return find_persistence(region, share(region), rule=LastingRule(**rule))  # type: ignore[arg-type]


def test_a_region_is_judged_by_limit_and_lower_bound() -> None:
    rows = [[300.0] * 5, [300, 300, 60, 300, 300], [60, 60, 60, 300, 300], *others(6)]
    found = judged(region_with(rows), upper_limit=20.0)
    assert found.reason is None
    assert list(found.quarters["course"][:3]) == ["staying", "staying", "entering"]
    assert list(found.quarters["dates_met"][:3]) == [5, 4, 2]
    assert list(found.quarters["lasting"][:4]) == ["yes", "yes", "no", "no"]
    assert found.window == tuple(DATES)


def test_the_lower_bound_keeps_small_quarters_out() -> None:
    """18 of 100 is above the limit of 15 %, but its range reaches below the region's 13 %."""
    counts = {date: [18.0, *[130.0] * 8] for date in DATES}
    region = region_of(counts, {date: [100.0, *[1000.0] * 8] for date in DATES})
    with_bound = judged(region, upper_limit=15.0)
    without = judged(region, upper_limit=15.0, needs_lower_bound=False)
    assert with_bound.quarters.loc["001", "lasting"] == "no"
    assert without.quarters.loc["001", "lasting"] == "yes"


def test_withheld_dates_are_not_known_and_never_below() -> None:
    rows = [[300, 300, NAN, 300, 300.0], [300, NAN, NAN, 300, 300.0], [300, 300, 300, 300, NAN], *others(6)]
    found = judged(region_with(rows), upper_limit=20.0)
    assert list(found.quarters["lasting"][:3]) == ["yes", "unknown", "yes"]
    assert list(found.quarters["course"][:3]) == ["staying", "unknown", "unknown"]
    assert list(found.met.loc["002"]) == [1, -1, -1, 1, 1]
    assert found.quarters.loc["003", "value"] is pd.NA


def test_one_date_only_cannot_be_said() -> None:
    region = region_of({DATES[0]: [10.0 * at for at in range(1, 10)]}, {DATES[0]: [1000.0] * 9})
    found = find_persistence(region, share(region))
    assert found.reason is not None
    assert found.reason.code == "too_few_dates"
    assert set(found.quarters["lasting"]) == {"unknown"}
    assert set(found.quarters["course"]) == {"unknown"}
    assert set(found.quarters["direction"]) == {"unknown"}


def test_all_equal_all_withheld_and_nobody_have_a_code() -> None:
    for rows, code in (
        ([[100.0] * 5] * 9, "all_equal"),
        ([[NAN] * 5] * 9, "nothing_published"),
        ([[-1.0] * 5] * 9, "nothing_published"),
        ([[0.0] * 5] * 9, "all_equal"),
    ):
        region = region_with(rows)
        found = find_persistence(region, share(region))
        assert found.reason is not None
        assert found.reason.code == code
        json.dumps(as_records(found.quarters), allow_nan=False)


def test_a_date_missing_for_more_than_half_does_not_count() -> None:
    rows = [[300.0] * 5, *others(8)]
    for row in rows[3:]:
        row[2] = -1
    found = judged(region_with(rows), upper_limit=20.0)
    assert DATES[2] not in found.dates
    assert [one.code for one in found.findings] == ["date_left_out", "window_shortened"]
    assert found.findings[0].parameters == {"date": DATES[2], "count": 3, "quarters": 9}
    assert found.quarters.loc["001", "dates_met"] == 4


def test_an_indicator_that_stops_says_when() -> None:
    rows = [[*row[:4], -1.0] for row in [[300.0] * 5, *others(8)]]
    region = region_with(rows)
    found = find_persistence(region, share(region), rule=LastingRule(dates_needed=3, dates_looked_at=4))
    assert "indicator_stops" in [one.code for one in found.findings]
    assert found.dates[-1] == DATES[3]
    assert found.quarters.loc["001", "lasting"] == "yes"


def test_a_ready_made_rate_goes_by_the_limit_alone() -> None:
    from geo.region.model.assemble import assemble_region
    from geo.region.schema import Measure
    from tests.need.grids import SHOWS_ALL, squares

    rows = [
        (f"00{place}", date, "rate", 40.0 if place == 1 else 5.0 + place, "value")
        for place in range(1, 10)
        for date in DATES
    ]
    region = assemble_region(
        id="quoten",
        name="Quoten",
        is_fictional=True,
        quarters=squares(3, 3),
        statistics=pd.DataFrame(rows, columns=["quarter_id", "date", "measure", "value", "state"]),
        measures=[Measure("rate", unit="percent", is_protected=False)],
        disclosure=SHOWS_ALL,
    )
    found = find_persistence(region, indicator_named(region, "rate"))
    assert found.reference_kind == "mean_of_quarters"
    assert "lower_bound_not_possible" in [one.code for one in found.findings]
    assert found.quarters.loc["001", "standing"] == "lasting"
    assert found.quarters.loc["001", "hint"] is None


@settings(max_examples=examples(25))
@given(
    st.integers(1, 9).flatmap(
        lambda quarters: st.lists(
            st.lists(st.sampled_from([NAN, -1.0, 0.0, 60.0, 90.0, 300.0, 1000.0]), min_size=5, max_size=5),
            min_size=quarters,
            max_size=quarters,
        )
    )
)
def test_any_table_gives_a_course_or_a_reason_and_never_nan(rows: list[list[float]]) -> None:
    region = region_with(rows)
    found = find_persistence(region, share(region))
    records = as_records(found.quarters)
    json.dumps(records, allow_nan=False)
    json.dumps(dict(found.reference), allow_nan=False)
    assert len(records) == len(rows)
    if found.reason is not None:
        assert {one["standing"] for one in records} == {"unknown"}
    for place, row in enumerate(rows):
        shown = sum(1 for one in row if one >= 0)
        assert records[place]["dates_in_upper"] <= shown
        assert records[place]["dates_known"] <= shown


def test_unknown_causes_and_quarters_are_refused() -> None:
    region = region_with(others(9))
    with pytest.raises(ContractError):
        find_persistence(region, share(region), causes={"001": "bad weather"})
    with pytest.raises(ContractError):
        find_persistence(region, share(region), causes={"nobody": "shelter"})


# The demo --------------------------------------------------


@pytest.fixture(scope="module")
def town() -> Region:
    return demo_region("musterstadt")


def keys(region: Region, *names: str) -> list[str]:
    by_name = region.quarters.reset_index().set_index("name")["quarter_id"]
    return [str(by_name[name]) for name in names]


LASTING = ("Kranichsiedlung-West", "Kranichsiedlung-Ost", "Heidehof-Süd", "Heidehof-Nord", "Eisenbrink")


def test_the_lasting_quarters_come_out(town: Region) -> None:
    found = find_persistence(town, share(town)).quarters
    assert set(found.loc[keys(town, *LASTING), "standing"]) == {"lasting"}
    assert set(found.loc[keys(town, *LASTING), "course"]) == {"staying"}
    assert set(found.loc[keys(town, *LASTING), "direction"]) == {"no_clear_trend"}
    assert (found.loc[keys(town, *LASTING), "dates_in_upper"] == len(town.dates)).all()


def test_the_rising_and_the_falling_come_out(town: Region) -> None:
    found = find_persistence(town, share(town)).quarters
    rising, falling = keys(town, "Tannenkamp", "Gerbervorstadt")
    assert found.loc[rising, "direction"] == "rising"
    assert found.loc[rising, "course"] == "entering"
    assert found.loc[falling, "direction"] == "falling"
    assert found.loc[falling, "course"] == "leaving"
    steepest = found["relative_slope"][found["hint"].isna()].astype(float)
    assert (steepest.idxmax(), steepest.idxmin()) == (rising, falling)


def test_the_shelter_comes_out_as_one_house_without_being_told(town: Region) -> None:
    found = find_persistence(town, share(town)).quarters
    (shelter,) = keys(town, "Schleusenwiese")
    assert list(found.index[found["hint"].notna()]) == [shelter]
    assert found.loc[shelter, "hint_date"] == "2022-12-31"
    assert found.loc[shelter, "standing"] == "lasting_to_check"


def test_a_marked_shelter_is_shown_with_and_without(town: Region) -> None:
    (shelter,) = keys(town, "Schleusenwiese")
    marked = {shelter: "shelter"}
    with_it, without = (
        find_persistence(town, share(town), causes=marked, without_marked=apart) for apart in (False, True)
    )
    for one in (with_it, without):
        assert one.quarters.loc[shelter, "standing"] == "lasting_single_cause"
        assert one.quarters.loc[shelter, "cause"] == "shelter"
    assert without.reference["2025-12-31"] < with_it.reference["2025-12-31"]
    assert with_it.reference["2025-12-31"] == pytest.approx(10.903, abs=1e-3)
    checked = find_persistence(town, share(town), causes={shelter: "none"})
    assert checked.quarters.loc[shelter, "standing"] == "lasting"


@pytest.mark.parametrize("upper_share", [0.1, 0.15, 0.2, 0.25, 0.3])
@pytest.mark.parametrize(("needed", "looked_at"), [(3, 5), (4, 5), (5, 5), (6, 8), (10, 12)])
def test_the_demo_is_not_tuned_to_one_threshold(town: Region, upper_share: float, needed: int, looked_at: int) -> None:
    rule = LastingRule(dates_needed=needed, dates_looked_at=looked_at, upper_share=upper_share)
    found = find_persistence(town, share(town), rule=rule).quarters
    top = keys(town, *LASTING) if upper_share > 0.1 else keys(town, *LASTING[:3], "Eisenbrink")
    assert set(found.loc[top, "standing"]) == {"lasting"}
    rising, falling, shelter = keys(town, "Tannenkamp", "Gerbervorstadt", "Schleusenwiese")
    assert (found.loc[rising, "direction"], found.loc[falling, "direction"]) == ("rising", "falling")
    assert found.loc[shelter, "hint"] == "single_cause_possible"
    assert found.loc[shelter, "standing"] != "lasting"


@pytest.mark.parametrize("confidence", [0.9, 0.99])
@pytest.mark.parametrize("least_trend", [0.01, 0.03])
@pytest.mark.parametrize("least_jump", [0.25, 1.0, 2.0])
def test_trend_and_hint_hold_for_other_thresholds(
    town: Region, confidence: float, least_trend: float, least_jump: float
) -> None:
    rule = LastingRule(confidence=confidence, least_trend=least_trend, least_jump=least_jump)
    found = find_persistence(town, share(town), rule=rule).quarters
    rising, falling, shelter = keys(town, "Tannenkamp", "Gerbervorstadt", "Schleusenwiese")
    assert (found.loc[rising, "direction"], found.loc[falling, "direction"]) == ("rising", "falling")
    assert list(found.index[found["hint"].notna()]) == [shelter]


@pytest.mark.parametrize("name", ["musterstadt", "musterkreis"])
@pytest.mark.parametrize("indicator", ["share_of_residents", "child_rate", "recipients"])
def test_withheld_numbers_are_nowhere_and_nothing_is_nan(name: str, indicator: str) -> None:
    region = demo_region(name)
    chosen = indicator_named(region, indicator)
    found = find_persistence(region, chosen)
    json.dumps(as_records(found.quarters), allow_nan=False)
    assert set(found.quarters["standing"]) <= set(STANDINGS)
    for date in found.dates:
        cells = region.values_of(chosen.numerator, date)
        hidden = cells.index[cells["state"] == "suppressed"]
        assert (found.met.loc[hidden, date] == -1).all()
        if date == found.dates[-1]:
            assert found.quarters.loc[hidden, "value"].isna().all()


def test_the_district_rises_and_falls_as_planned() -> None:
    region = demo_region("musterkreis")
    found = find_persistence(region, share(region)).quarters
    falling, rising, highest = keys(region, "Tannroda", "Osterwehr", "Brückstedt")
    assert found.loc[falling, "direction"] == "falling"
    assert found.loc[rising, "direction"] == "rising"
    assert found.loc[highest, "standing"] == "lasting"
    assert found["value"].astype(float).idxmax() == highest
