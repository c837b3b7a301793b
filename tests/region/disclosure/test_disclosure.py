"""Disclosure control: what is too small, what gives it away, and an attacker who tries."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ContractError
from geo.region.disclosure import suppression as disclosure
from geo.region.disclosure.pattern import Pattern
from geo.region.disclosure.rounding import round_people
from geo.region.disclosure.rule import DisclosureRule
from geo.region.disclosure.suppression import apply_disclosure, is_publicly_small, violates
from geo.region.schema import STANDARD_MEASURES, Measure
from tests.profiles import examples
from tests.region.disclosure.attack import as_counts, intervals, narrow_cells

RULE = DisclosureRule()
NAN = float("nan")
DATE = "2025-12-31"
BY_KEY = {measure.key: measure for measure in STANDARD_MEASURES}
TRANSFER = Measure("transfer_rate", unit="percent", part_of="residents")


def measures_of(*keys: str) -> tuple[Measure, ...]:
    return tuple(TRANSFER if key == "transfer_rate" else BY_KEY[key] for key in keys)


def tidy(wide: dict[str, dict[str, float]], date: str = DATE) -> pd.DataFrame:
    """Statistics of one date from {measure: {quarter: value}}; None is withheld by the source."""
    lines = []
    for measure, cells in wide.items():
        for quarter, value in cells.items():
            state = "suppressed" if value is None else "true_zero" if value == 0 else "value"
            lines.append((quarter, date, measure, np.nan if value is None else float(value), state))
    return pd.DataFrame(lines, columns=["quarter_id", "date", "measure", "value", "state"])


def quarters_of(district: dict[str, str]) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(
        {"name": list(district), "district": list(district.values())}, index=pd.Index(district, name="quarter_id")
    )


def one_district(statistics: pd.DataFrame) -> gpd.GeoDataFrame:
    return quarters_of(dict.fromkeys(sorted(statistics["quarter_id"].unique()), ""))


def withheld(statistics: pd.DataFrame) -> set[tuple[str, str]]:
    lines = statistics[statistics["state"] == "suppressed"]
    return set(zip(lines["measure"], lines["quarter_id"], strict=True))


def applied(wide: dict[str, dict[str, float]], rule: DisclosureRule = RULE, district: dict[str, str] | None = None):
    statistics = tidy(wide)
    places = quarters_of(district) if district else one_district(statistics)
    return apply_disclosure(statistics, places, measures_of(*wide), rule)


LARGE = {"a": 2000, "b": 2100, "c": 2200, "d": 2300}


# What is too small


def test_nothing_is_withheld_where_nothing_is_small() -> None:
    out, findings = applied({"recipients": {"a": 100, "b": 120, "c": 90, "d": 80}, "residents": LARGE})
    assert not withheld(out)
    assert findings == ()


@pytest.mark.parametrize("count", [1, 2])
def test_small_count_takes_the_sibling_of_fewest_residents_with_it(count: int) -> None:
    out, _ = applied({"recipients": {"a": count, "b": 120, "c": 90, "d": 80}, "residents": LARGE})
    assert withheld(out) == {("recipients", "a"), ("recipients", "b")}


def test_primary_and_secondary_look_the_same() -> None:
    out, findings = applied({"recipients": {"a": 1, "b": 120, "c": 90, "d": 80}, "residents": LARGE})
    gone = out[(out["measure"] == "recipients") & out["quarter_id"].isin(["a", "b"])]
    assert gone["value"].isna().all()
    assert set(gone["state"]) == {"suppressed"}
    assert findings[0].parameters == {"cells": 2, "at_source": 0, "few_residents": 0, "other": 2}


def test_three_is_shown_and_so_is_zero() -> None:
    out, _ = applied({"recipients": {"a": 3, "b": 0, "c": 90, "d": 80}, "residents": LARGE})
    assert not withheld(out)


def test_few_residents_withhold_all_measures_and_zeros() -> None:
    out, findings = applied(
        {
            "recipients": {"a": 80, "b": 120, "c": 90, "d": 70},
            "units": {"a": 0, "b": 60, "c": 50, "d": 40},
            "residents": LARGE | {"a": 299},
        }
    )
    assert {("recipients", "a"), ("units", "a")} <= withheld(out)
    assert ("residents", "a") not in withheld(out)
    assert findings[0].parameters["few_residents"] == 2
    assert not withheld(applied({"recipients": {"a": 80, "b": 120, "c": 90}, "residents": LARGE | {"a": 300}})[0])


def test_small_reference_population_withholds_its_measure_only() -> None:
    out, _ = applied(
        {
            "recipients": {"a": 80, "b": 120, "c": 90, "d": 70},
            "children": {"a": 20, "b": 30, "c": 40, "d": 20},
            "residents": LARGE,
            "residents_under_15": {"a": 99, "b": 200, "c": 300, "d": 250},
        }
    )
    assert ("children", "a") in withheld(out)
    assert ("recipients", "a") not in withheld(out)


def test_rest_of_a_whole_is_protected() -> None:
    wide = {"recipients": {"a": 80, "b": 120, "c": 90}, "employable": {"a": 78, "b": 90, "c": 70}, "residents": LARGE}
    assert ("employable", "a") in withheld(applied(wide)[0])
    wide["employable"] = {"a": 77, "b": 90, "c": 70}
    assert not withheld(applied(wide)[0])


@pytest.mark.parametrize("rest", [0, 1, 2])
def test_where_nearly_everybody_receives_nobody_is_shown(rest: int) -> None:
    out, _ = applied({"recipients": {"a": 400 - rest, "b": 120, "c": 90}, "residents": LARGE | {"a": 400}})
    assert ("recipients", "a") in withheld(out)


def test_few_units_behind_many_persons() -> None:
    wide = {
        "recipients": {"a": 9, "b": 120, "c": 90, "d": 70},
        "units": {"a": 2, "b": 60, "c": 50, "d": 40},
        "residents": LARGE,
    }
    assert {("recipients", "a"), ("units", "a")} <= withheld(applied(wide)[0])


def test_ready_made_rate_is_judged_by_the_count_it_amounts_to() -> None:
    wide = {"transfer_rate": {"a": 0.1, "b": 5.0, "c": 4.0, "d": 3.0}, "residents": LARGE}
    assert ("transfer_rate", "a") in withheld(applied(wide)[0])
    wide["transfer_rate"]["a"] = 0.2
    assert not withheld(applied(wide)[0])


def test_rate_goes_with_its_count() -> None:
    wide = {
        "recipients": {"a": 2, "b": 120, "c": 90, "d": 80},
        "transfer_rate": {"a": 5.0, "b": 6.0, "c": 4.0, "d": 3.0},
        "residents": LARGE,
    }
    gone = withheld(applied(wide)[0])
    assert {quarter for measure, quarter in gone if measure == "recipients"} <= {
        quarter for measure, quarter in gone if measure == "transfer_rate"
    }


def test_rate_of_something_unknown_needs_no_partner() -> None:
    share = Measure("index_share", unit="percent")
    statistics = tidy({"index_share": {"a": 0.05, "b": 5, "c": 6}, "residents": LARGE})
    out, _ = apply_disclosure(statistics, one_district(statistics), (share, BY_KEY["residents"]), RULE)
    assert withheld(out) == {("index_share", "a")}


# What gives it away


def test_partner_is_sought_in_the_same_district() -> None:
    wide = {"recipients": {"a": 2, "b": 120, "c": 90, "d": 10}, "residents": LARGE}
    out, _ = applied(wide, district={"a": "north", "b": "north", "c": "south", "d": "south"})
    assert withheld(out) == {("recipients", "a"), ("recipients", "b")}


def test_two_small_counts_need_a_third_where_their_sum_is_small() -> None:
    out, _ = applied({"recipients": {"a": 1, "b": 1, "c": 90, "d": 80}, "residents": LARGE})
    assert withheld(out) == {("recipients", "a"), ("recipients", "b"), ("recipients", "c")}


def test_one_cell_withheld_by_the_source_gets_a_partner() -> None:
    out, _ = applied({"recipients": {"a": None, "b": 120, "c": 90, "d": 80}, "residents": LARGE})
    assert withheld(out) == {("recipients", "a"), ("recipients", "b")}


def test_two_cells_withheld_by_the_source_are_left_alone() -> None:
    out, findings = applied({"recipients": {"a": None, "b": None, "c": 90, "d": 80}, "residents": LARGE})
    assert withheld(out) == {("recipients", "a"), ("recipients", "b")}
    assert findings[0].parameters == {"cells": 2, "at_source": 2, "few_residents": 0, "other": 0}


def test_same_quarter_serves_all_years_and_all_measures() -> None:
    frames = []
    for year, shift in ((2023, 0), (2024, 15), (2025, 5)):
        frames.append(
            tidy(
                {
                    "recipients": {"a": 50, "b": 100 + shift, "c": 110 - shift, "d": 300},
                    "employable": {"a": 35, "b": 70 + shift, "c": 60 - shift, "d": 200},
                    "residents": LARGE | {"a": 200},
                },
                f"{year}-12-31",
            )
        )
    statistics = pd.concat(frames, ignore_index=True)
    measures = measures_of("recipients", "employable", "residents")
    out, _ = apply_disclosure(statistics, one_district(statistics), measures, RULE)
    gone = out[out["state"] == "suppressed"].groupby("date")["quarter_id"].agg(set)
    assert all(len(quarters) == 2 for quarters in gone)
    assert len({tuple(sorted(quarters)) for quarters in gone}) == 1


def test_district_of_one_quarter_is_hidden_in_the_total_of_the_region() -> None:
    wide = {"recipients": {"a": 2, "b": 120, "c": 90, "d": 80}, "residents": LARGE}
    district = {"a": "alone", "b": "north", "c": "north", "d": "north"}
    out, findings = applied(wide, district=district)
    assert withheld(out) == {("recipients", "a"), ("recipients", "b"), ("recipients", "c")}, (
        "c hides b in its own district"
    )
    assert all(finding.code != "disclosure_exposed" for finding in findings)


def test_region_of_one_quarter_says_that_its_total_gives_it_away() -> None:
    out, findings = applied({"recipients": {"a": 2}, "residents": {"a": 2000}})
    assert withheld(out) == {("recipients", "a")}
    assert "disclosure_exposed" in {finding.code for finding in findings}


@pytest.mark.parametrize("seed", range(6))
def test_intervals_may_be_asked_to_be_wide_beside_the_count(seed: int) -> None:
    statistics, district = made_up(seed, 10, 2, 1, is_tight=False)
    places = quarters_of(district.to_dict())
    keys = ("recipients", "employable", "residents")
    lines = statistics[statistics["measure"].isin(keys)].reset_index(drop=True)
    widths = {}
    for share in (0.0, 0.5):
        rule = DisclosureRule(interval_share=share)
        out, _ = apply_disclosure(lines, places, measures_of(*keys), rule)
        truth, shown = as_counts(lines), as_counts(out)
        nothing = shown.where(shown.eq(0) | (shown.columns == "residents")[None, :])
        found, ideal = intervals(truth, shown, district), intervals(truth, nothing, district)
        widths[share] = [
            min(high - low, 0.5 * truth.loc[cell])
            / max(min(ideal[cell][1] - ideal[cell][0], 0.5 * truth.loc[cell]), 1e-9)
            for cell, (low, high) in found.items()
            if truth.loc[cell] > 6
        ]
    assert all(width >= 1 - 1e-6 for width in widths[0.5])


# Form


def test_lines_and_input_stay_as_they_are() -> None:
    statistics = tidy({"recipients": {"a": 1, "b": 120, "c": 90}, "residents": LARGE}).sample(frac=1, random_state=1)
    before = statistics.copy()
    out, _ = apply_disclosure(statistics, one_district(statistics), measures_of("recipients", "residents"), RULE)
    pd.testing.assert_frame_equal(statistics, before)
    pd.testing.assert_frame_equal(out[["quarter_id", "date", "measure"]], before[["quarter_id", "date", "measure"]])


def test_missing_stays_missing() -> None:
    statistics = tidy({"recipients": {"a": 50, "b": 120, "c": 90}, "residents": LARGE})
    statistics.loc[0, ["value", "state"]] = [np.nan, "missing"]
    out, _ = apply_disclosure(statistics, one_district(statistics), measures_of("recipients", "residents"), RULE)
    assert out.loc[0, "state"] == "missing"
    assert not withheld(out)


def test_empty_statistics_pass() -> None:
    statistics = tidy({"recipients": {"a": 1}}).iloc[:0]
    out, findings = apply_disclosure(statistics, quarters_of({"a": ""}), measures_of("recipients"), RULE)
    assert out.empty
    assert [finding.code for finding in findings] == ["disclosure_without_residents"]


def test_undescribed_measure_is_refused() -> None:
    statistics = tidy({"recipients": {"a": 10}, "units": {"a": 5}})
    with pytest.raises(ContractError, match="units"):
        apply_disclosure(statistics, one_district(statistics), measures_of("recipients"), RULE)


def test_rounding_marks_what_it_changed_and_leaves_residents() -> None:
    rule = DisclosureRule(round_to=5)
    out, findings = applied({"recipients": {"a": 13, "b": 120, "c": 92.5}, "residents": LARGE}, rule)
    cells = out[out["measure"] == "recipients"].set_index("quarter_id")
    assert cells["value"].to_dict() == {"a": 15, "b": 120, "c": 95}
    assert cells["state"].to_dict() == {"a": "perturbed", "b": "value", "c": "perturbed"}
    assert out[out["measure"] == "residents"]["value"].tolist() == list(LARGE.values())
    assert findings[0].code == "disclosure_rounded"


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0, 0),
        (0.5, None),
        (9.9, None),
        (10, 10),
        (14.9, 10),
        (15, 20),
        (1234, 1230),
        (float("nan"), None),
        (None, None),
    ],
)
def test_people_reached_are_rounded_half_up(value: float | None, told: int | None) -> None:
    assert round_people(value, RULE) == told


def test_residents_below_the_limit_may_be_named_as_reason() -> None:
    assert is_publicly_small(299, RULE)
    assert not is_publicly_small(300, RULE)
    assert not is_publicly_small(None, RULE)
    assert not is_publicly_small(float("nan"), RULE)


def test_violation_is_seen_and_gone_after_protection() -> None:
    statistics = tidy({"recipients": {"a": 2, "b": 120, "c": 90}, "residents": LARGE})
    measures = measures_of("recipients", "residents")
    assert violates(statistics, measures, RULE).tolist() == [True] + [False] * (len(statistics) - 1)
    out, _ = apply_disclosure(statistics, one_district(statistics), measures, RULE)
    assert not violates(out, measures, RULE).any()


# The attacker

ALL = (
    "recipients",
    "employable",
    "children",
    "units",
    "single_parent_units",
    "transfer_rate",
    "residents",
    "residents_under_pension_age",
    "residents_15_to_pension_age",
    "residents_under_15",
)


def made_up(seed: int, quarters: int, districts: int, dates: int, is_tight: bool) -> tuple[pd.DataFrame, pd.Series]:
    """Consistent statistics with many small numbers; tight: nobody beside employable persons and children."""
    rng = np.random.default_rng(seed)
    names = [f"q{number:02d}" for number in range(quarters)]
    district = pd.Series([f"d{number}" for number in rng.integers(0, districts, quarters)], index=names)
    frames = []
    for year in range(dates):
        residents = rng.choice([60, 200, 290, 320, 500, 900, 2500], quarters) + rng.integers(0, 30, quarters)
        under_pension = (residents * rng.uniform(0.7, 0.95, quarters)).astype(int)
        under_15 = (under_pension * rng.uniform(0.05, 0.3, quarters)).astype(int)
        share = rng.choice([0.0, 0.003, 0.02, 0.1, 0.3, 1.0], quarters, p=[0.1, 0.2, 0.2, 0.2, 0.27, 0.03])
        children = rng.binomial(under_15, share)
        employable = rng.binomial(under_pension - under_15, share)
        others = np.zeros(quarters, dtype=int) if is_tight else rng.binomial(4, 0.3, quarters)
        recipients = np.minimum(employable + children + others, under_pension)
        units = np.minimum(employable, np.ceil(employable * rng.uniform(0.4, 1.0, quarters))).astype(int)
        values = {
            "recipients": recipients,
            "employable": employable,
            "children": children,
            "units": units,
            "single_parent_units": rng.binomial(units, 0.2),
            "transfer_rate": rng.binomial(residents, share) / residents * 100,
            "residents": residents,
            "residents_under_pension_age": under_pension,
            "residents_15_to_pension_age": under_pension - under_15,
            "residents_under_15": under_15,
        }
        wide = {key: dict(zip(names, column, strict=True)) for key, column in values.items()}
        frames.append(tidy(wide, f"{2020 + year}-12-31"))
    return pd.concat(frames, ignore_index=True), district


def found_out(
    statistics: pd.DataFrame, out: pd.DataFrame, district: pd.Series | None, rule: DisclosureRule
) -> list[tuple[str, str, float, float]]:
    found = []
    for date, shown in out.groupby("date"):
        truth = statistics[statistics["date"] == date]
        found += narrow_cells(as_counts(truth), as_counts(shown), district, rule.interval_min)
    return found


@settings(max_examples=examples(25))
@given(
    seed=st.integers(0, 10_000),
    quarters=st.integers(2, 12),
    districts=st.integers(1, 3),
    dates=st.integers(1, 2),
    is_tight=st.booleans(),
    interval_min=st.sampled_from([1, 3, 5]),
)
def test_attacker_finds_no_withheld_count(
    seed: int, quarters: int, districts: int, dates: int, is_tight: bool, interval_min: int
) -> None:
    statistics, district = made_up(seed, quarters, districts, dates, is_tight)
    rule = DisclosureRule(interval_min=interval_min)
    out, _ = apply_disclosure(statistics, quarters_of(district.to_dict()), measures_of(*ALL), rule)
    assert found_out(statistics, out, district, rule) == []
    assert not violates(out, measures_of(*ALL), rule).any()


def test_attacker_wins_without_complementary_suppression(monkeypatch: pytest.MonkeyPatch) -> None:
    statistics, district = made_up(1, 12, 2, 1, is_tight=False)
    monkeypatch.setattr(
        disclosure,
        "protect",
        lambda table, hidden, rule, **_: Pattern(hidden, hidden & False, hidden & False, 0.0, 0.0),
    )
    out, _ = apply_disclosure(statistics, quarters_of(district.to_dict()), measures_of(*ALL), RULE)
    assert found_out(statistics, out, district, RULE)


def test_attacker_wins_if_any_partner_is_shown_after_all() -> None:
    """No more is withheld than needed in the plainest case: each partner taken back gives the count away."""
    statistics = tidy({"recipients": {"a": 2, "b": 120, "c": 90, "d": 80}, "residents": LARGE})
    out, _ = apply_disclosure(statistics, one_district(statistics), measures_of("recipients", "residents"), RULE)
    is_partner = (out["quarter_id"] == "b") & (out["measure"] == "recipients")
    out.loc[is_partner, "value"] = 120.0
    assert [cell[0] for cell in found_out(statistics, out, None, RULE)] == ["a"]


@settings(max_examples=examples(15))
@given(seed=st.integers(0, 10_000), quarters=st.integers(3, 10), share=st.floats(0.02, 0.3))
def test_attacker_finds_nothing_beside_gaps_of_the_source(seed: int, quarters: int, share: float) -> None:
    statistics, district = made_up(seed, quarters, 2, 1, is_tight=False)
    keys = ("recipients", "employable", "residents")
    statistics = statistics[statistics["measure"].isin(keys)].reset_index(drop=True)
    sent = statistics.copy()
    is_drawn = np.random.default_rng(seed).random(len(sent)) < share
    gone = (sent["measure"] != "residents") & (sent["value"] > 0) & is_drawn
    sent.loc[gone, "value"] = np.nan
    sent.loc[gone, "state"] = "suppressed"
    out, _ = apply_disclosure(sent, quarters_of(district.to_dict()), measures_of(*keys), RULE)
    sums = [statistics["quarter_id"].map(district), statistics["measure"]]
    is_left_to_source = gone & (gone.groupby(sums).transform("sum") > 1)
    others = statistics["value"].where(~gone, 0).groupby(sums).transform("sum")
    has_nobody_beside = gone & (others < RULE.interval_min)
    excused = statistics[is_left_to_source | has_nobody_beside]
    excused_cells = set(zip(excused["quarter_id"], excused["measure"], strict=True))
    found = found_out(statistics, out, district, RULE)
    assert [cell for cell in found if (cell[0], cell[1]) not in excused_cells] == []


@settings(max_examples=examples(15))
@given(seed=st.integers(0, 10_000), quarters=st.integers(4, 10))
def test_districts_of_single_quarters_hold_against_the_total_of_the_region(seed: int, quarters: int) -> None:
    statistics, _ = made_up(seed, quarters, 1, 1, is_tight=False)
    keys = ("recipients", "employable", "children", "residents", "residents_under_pension_age")
    statistics = statistics[statistics["measure"].isin(keys)].reset_index(drop=True)
    alone = {quarter: quarter for quarter in statistics["quarter_id"].unique()}
    out, findings = apply_disclosure(statistics, quarters_of(alone), measures_of(*keys), RULE)
    exposed = sum(int(finding.parameters["cells"]) for finding in findings if finding.code == "disclosure_exposed")
    assert len(found_out(statistics, out, None, RULE)) <= exposed, "more than the findings admit"


# Real files


@pytest.mark.real
def test_north_rhine_westphalia_keeps_exactly_its_four(real_data: Path) -> None:
    def read(name: str, skip: int, columns: list[str]) -> pd.DataFrame:
        path = real_data / "nrw" / name
        lines = pd.read_csv(
            path, sep=";", encoding="cp1252", skiprows=skip, header=None, dtype=str, names=columns, engine="python"
        )
        key = lines["key"].astype(str)
        is_city = (key.str.len() == 5) & lines["name"].astype(str).str.contains("krfr")
        is_place = ((key.str.len() == 8) & (key != "05999998")) | is_city
        return lines[is_place].assign(key=key[is_place].str.ljust(8, "0")).set_index("key")

    sgb2 = read("itnrw_2024_22811-05i.csv", 8, ["year", "key", "name", "sgb2", *"abcdefg"])["sgb2"]
    people = read("itnrw_2024_12411-15i.csv", 5, ["date", "key", "name", "residents", "area", "density"])["residents"]
    assert len(sgb2) == 396
    wide = {
        "recipients": {key: None if value == "." else float(value) for key, value in sgb2.items()},
        "residents": {key: float(people[key]) for key in sgb2.index},
    }
    district = {key: key[:5] for key in sgb2.index}
    out, findings = applied(wide, district=district)
    gone = withheld(out)
    assert gone == {("recipients", key) for key in ("05154040", "05154048", "05958020", "05958028")}
    assert findings[0].parameters == {"cells": 4, "at_source": 4, "few_residents": 0, "other": 0}
    one_shown = dict(wide["recipients"]) | {"05154048": 57.0}
    out, _ = applied(wide | {"recipients": one_shown}, district=district)
    assert len([key for _, key in withheld(out) if key.startswith("05154")]) == 2
