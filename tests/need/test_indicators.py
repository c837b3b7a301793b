"""Indicators of nine quarters, against numbers worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from geo.errors import ContractError
from geo.need.indicators import (
    CATALOGUE,
    change_values,
    group_values,
    indicator_named,
    indicator_values,
    indicators_of,
    region_value,
    trend,
)
from geo.need.stability import wilson_interval
from geo.region.model.region import Region
from geo.region.schema import STANDARD_MEASURES, STATES_WITH_NUMBER

BEFORE, NOW = "2024-12-31", "2025-12-31"


def test_catalogue_uses_standard_measures_only() -> None:
    known = {measure.key for measure in STANDARD_MEASURES}
    assert {indicator.numerator for indicator in CATALOGUE} <= known
    assert {indicator.denominator for indicator in CATALOGUE} - {None} <= known
    assert len({indicator.key for indicator in CATALOGUE}) == len(CATALOGUE)


def test_share_of_residents_and_rate_differ_in_denominator_only(nine: Region) -> None:
    share, rate = indicator_named(nine, "share_of_residents"), indicator_named(nine, "sgb2_rate")
    assert share.numerator == rate.numerator == "recipients"
    assert (share.denominator, rate.denominator) == ("residents", "residents_under_pension_age")
    low, high = indicator_values(nine, share, NOW)["value"], indicator_values(nine, rate, NOW)["value"]
    assert (low[high.notna()] <= high[high.notna()]).all()


def test_indicators_are_those_that_can_be_computed(nine: Region) -> None:
    keys = [indicator.key for indicator in indicators_of(nine)]
    assert keys == ["share_of_residents", "sgb2_rate", "single_parent_share", "recipients", "health_rate"]
    own = indicator_named(nine, "health_rate")
    assert (own.unit, own.denominator, dict(own.label)) == ("per_1000", None, {"de": "Kranke", "en": "Ill people"})
    with pytest.raises(ContractError, match="child_rate"):
        indicator_named(nine, "child_rate")


def test_values_by_hand(nine: Region) -> None:
    found = indicator_values(nine, indicator_named(nine, "share_of_residents"), NOW)
    np.testing.assert_allclose(found["value"], [2, 4, 8, 12, np.nan, 16, 24, 32, 0])
    assert found["state"].tolist() == ["value"] * 4 + ["suppressed"] + ["value"] * 3 + ["true_zero"]
    low, high = wilson_interval(240, 1000)
    assert found.loc["031", ["low", "high"]].tolist() == pytest.approx([100 * float(low), 100 * float(high)])
    assert round(found.loc["031", "low"], 1) == 21.5
    assert found.index.equals(nine.quarters.index)


def test_withheld_numerator_withholds_the_rate(nine: Region) -> None:
    for key in ("share_of_residents", "sgb2_rate", "single_parent_share", "recipients"):
        row = indicator_values(nine, indicator_named(nine, key), NOW).loc["022"]
        assert row["state"] == "suppressed"
        assert row[["numerator", "value", "low", "high"]].isna().all()
        assert row["is_uncertain"] is False or not row["is_uncertain"]


def test_missing_denominator_is_missing_and_empty_one_not_applicable(nine: Region) -> None:
    found = indicator_values(nine, indicator_named(nine, "sgb2_rate"), NOW)
    assert found.loc["013", "state"] == "missing"
    assert found.loc["033", "state"] == "not_applicable"
    assert found.loc[["013", "033"], ["value", "low", "high"]].isna().all(axis=None)


def test_nothing_missing_becomes_zero(nine: Region) -> None:
    for indicator in indicators_of(nine):
        for date in (*nine.dates, "1999-12-31"):
            found = indicator_values(nine, indicator, date)
            has_number = found["state"].isin(STATES_WITH_NUMBER)
            assert (found["value"].notna() == has_number).all()


def test_uncertain_is_a_wide_range(nine: Region) -> None:
    found = indicator_values(nine, indicator_named(nine, "share_of_residents"), NOW)
    assert found["is_uncertain"].tolist() == [True, True, False, False, False, False, False, False, True]


def test_ready_made_rate_has_no_counts(nine: Region) -> None:
    found = indicator_values(nine, indicator_named(nine, "health_rate"), NOW)
    assert found["value"].tolist() == list(range(10, 19))
    assert found[["numerator", "denominator", "low", "high"]].isna().all(axis=None)


def test_region_counts_disclosed_quarters_only(nine: Region) -> None:
    whole = region_value(nine, indicator_named(nine, "share_of_residents"), NOW)
    assert (whole.numerator, whole.denominator) == (980, 8000)
    assert whole.value == pytest.approx(12.25)
    assert (whole.quarters_counted, whole.quarters_withheld, whole.quarters_missing) == (8, 1, 0)
    rate = region_value(nine, indicator_named(nine, "sgb2_rate"), NOW)
    assert (rate.numerator, rate.denominator) == (900, 4800)
    assert rate.value == pytest.approx(18.75)
    assert (rate.quarters_counted, rate.quarters_withheld, rate.quarters_missing) == (6, 1, 2)


def test_region_of_counts_rates_and_nothing(nine: Region) -> None:
    assert region_value(nine, indicator_named(nine, "recipients"), NOW).value == 980
    assert math.isnan(region_value(nine, indicator_named(nine, "health_rate"), NOW).value)
    nothing = region_value(nine, indicator_named(nine, "recipients"), "1999-12-31")
    assert math.isnan(nothing.value)
    assert nothing.quarters_missing == 9


def test_change_in_points(nine: Region) -> None:
    found = change_values(nine, indicator_named(nine, "share_of_residents"), BEFORE, NOW)
    np.testing.assert_allclose(found["value"], [-1, 0, 2, 0, np.nan, np.nan, 4, 2, -2])
    assert found.loc[["022", "023"], "state"].tolist() == ["suppressed", "suppressed"]
    known = found["value"].notna()
    assert (found["low"] <= found["value"])[known].all()
    assert (found["value"] <= found["high"])[known].all()
    assert found.loc["031", "low"] > 0, "200 to 240 of 1,000 is a rise"
    assert not found.loc["031", "is_uncertain"]
    assert found.loc["012", "is_uncertain"]
    assert found.loc["033", "high"] < 0


def test_change_there_and_back_is_none(nine: Region) -> None:
    for indicator in indicators_of(nine):
        there, back = change_values(nine, indicator, BEFORE, NOW), change_values(nine, indicator, NOW, BEFORE)
        np.testing.assert_allclose(there["value"], -back["value"])
        np.testing.assert_allclose(there["low"], -back["high"])
        assert (there["state"] == back["state"]).all()


def test_group_is_the_sum_of_its_quarters(nine: Region) -> None:
    share = indicator_named(nine, "share_of_residents")
    found = group_values(nine, share, ["011", "012", "013", "012"], NOW)
    assert (found["numerator"], found["denominator"], found["state"]) == (140, 3000, "value")
    assert found["value"] == pytest.approx(14 / 3)
    assert found["low"] < found["value"] < found["high"]
    alone = group_values(nine, share, ["031"], NOW)
    assert alone["value"] == indicator_values(nine, share, NOW).loc["031", "value"]


def test_group_with_a_withheld_quarter_is_withheld(nine: Region) -> None:
    found = group_values(nine, indicator_named(nine, "share_of_residents"), ["011", "022", "031"], NOW)
    assert found["state"] == "suppressed"
    assert found[["numerator", "denominator", "value", "low", "high"]].isna().all()


@pytest.mark.parametrize(("key", "quarters"), [("recipients", []), ("recipients", ["999"]), ("health_rate", ["011"])])
def test_group_that_makes_no_sense_is_refused(nine: Region, key: str, quarters: list[str]) -> None:
    with pytest.raises(ContractError):
        group_values(nine, indicator_named(nine, key), quarters, NOW)


def test_trend_has_every_date_and_the_region_beside(nine: Region) -> None:
    share = indicator_named(nine, "share_of_residents")
    found = trend(nine, share, "022")
    assert found.index.tolist() == [BEFORE, NOW]
    assert found["state"].tolist() == ["value", "suppressed"]
    assert found.loc[BEFORE, "value"] == 5
    assert math.isnan(found.loc[NOW, "value"])
    assert found["region_value"].tolist() == pytest.approx([820 / 80, 12.25])
    with pytest.raises(ContractError, match="999"):
        trend(nine, share, "999")


def test_rounded_cells_stay_marked(nine: Region) -> None:
    statistics = nine.statistics.copy()
    is_one = (statistics["quarter_id"] == "011") & (statistics["measure"] == "recipients")
    statistics.loc[is_one, "state"] = "perturbed"
    region = replace(nine, statistics=statistics)
    share = indicator_named(region, "share_of_residents")
    assert indicator_values(region, share, NOW).loc["011", "state"] == "perturbed"
    assert group_values(region, share, ["011", "012"], NOW)["state"] == "perturbed"
    assert change_values(region, share, BEFORE, NOW).loc["011", "state"] == "perturbed"
