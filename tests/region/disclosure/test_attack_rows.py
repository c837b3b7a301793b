"""One row or sum after another by which a number could be worked out, each with its figures."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.region.disclosure.rule import DisclosureRule
from geo.region.disclosure.suppression import apply_disclosure
from geo.region.schema import STANDARD_MEASURES, Measure
from tests.region.disclosure.attacker import NO_TOTALS, REGION_TOTAL, Region, interval_of, narrow, with_numbers_shown
from tests.region.disclosure.random_regions import quarters_of

RULE = DisclosureRule()
DATE = "2025-12-31"
STANDARD = {measure.key: measure for measure in STANDARD_MEASURES}
LARGE = [2000, 2100, 2200, 2300, 2400, 2500]
Numbers = dict[str, list[float]]


def region_of(numbers: Numbers, *custom: Measure, districts: str = "", date: str = DATE, **known) -> Region:
    """Return a region of quarters a, b, c ...; ``districts`` has a letter for each, or is empty."""
    count = len(next(iter(numbers.values())))
    names = list("abcdefgh"[:count])
    by_key = STANDARD | {measure.key: measure for measure in custom}
    lines = pd.DataFrame(
        [(q, date, key, float(v)) for key, column in numbers.items() for q, v in zip(names, column, strict=True)],
        columns=["quarter_id", "date", "measure", "value"],
    )
    lines["state"] = np.where(lines["value"] == 0, "true_zero", "value")
    district = pd.Series(list(districts), index=names) if districts else None
    return Region(lines, district, tuple(by_key[key] for key in numbers), **known)


def published(region: Region, rule: DisclosureRule = RULE) -> pd.DataFrame:
    out, _ = apply_disclosure(region.statistics, quarters_of(region), region.measures, rule, groupings=region.groupings)
    return out


def withheld(out: pd.DataFrame) -> set[str]:
    """Return ``measure quarter`` of each cell that is not shown."""
    gone = out[out["state"] == "suppressed"]
    return set(gone["measure"] + " " + gone["quarter_id"])


def groupings_of(**groups: str) -> pd.DataFrame:
    """Return ``name=letters``: for each quarter the letter of its group, a dot for none."""
    lines = [
        (grouping, letter, quarter)
        for grouping, letters in groups.items()
        for quarter, letter in zip("abcdefgh", letters, strict=False)
        if letter != "."
    ]
    return pd.DataFrame(lines, columns=["grouping", "group", "quarter_id"])


# Parts and wholes of one quarter

KINDS = tuple(Measure(key, part_of="recipients", partition="kind", is_complete=True) for key in ("one", "two", "three"))
THREE_PARTS = {
    "recipients": [60, 90, 100, 110],
    "one": [30, 40, 40, 50],
    "two": [28, 20, 30, 30],
    "three": [2, 30, 30, 30],
    "residents": LARGE[:4],
}


def test_third_part_is_not_what_two_parts_leave_of_the_whole() -> None:
    region = region_of(THREE_PARTS, *KINDS)
    out = published(region)
    assert "three a" in withheld(out)
    assert narrow(region, out, RULE) == []
    opened = with_numbers_shown(region, out, *((q, key) for q in "abcd" for key in ("one", "two", "recipients")))
    assert interval_of(region, opened, RULE, "a", "three") == (2, 2), "60 - 30 - 28"


@pytest.mark.parametrize("rest", [1, 2])
def test_three_parts_that_leave_a_few_do_not_tell_how_many(rest: int) -> None:
    parts = [Measure(key, part_of="recipients", partition="kind") for key in ("one", "two", "three")]
    numbers = THREE_PARTS | {"three": [5, 30, 30, 30], "recipients": [63 + rest, 95, 105, 115]}
    region = region_of(numbers, *parts)
    out = published(region)
    assert narrow(region, out, RULE) == []
    low, high = interval_of(region, out, RULE, "a", "recipients", "one", "two", "three")
    assert high - low >= 3, f"63 + {rest} - 30 - 28 - 5"


@pytest.mark.parametrize("rest", [1, 2])
def test_few_recipients_who_are_neither_employable_nor_children(rest: int) -> None:
    region = region_of(
        {
            "recipients": [60 + rest, 95, 105, 115],
            "employable": [40, 60, 70, 80],
            "children": [20, 30, 30, 30],
            "residents": LARGE[:4],
        }
    )
    out = published(region)
    assert narrow(region, out, RULE) == []
    low, high = interval_of(region, out, RULE, "a", "recipients", "employable", "children")
    assert high - low >= 3, f"60 + {rest} - 40 - 20"


def test_everybody_is_a_single_parent() -> None:
    """5 of 5 benefit units are those of single parents: whoever knows one knows of the others."""
    region = region_of({"units": [5, 60, 70, 80], "single_parent_units": [5, 12, 14, 16], "residents": LARGE[:4]})
    out = published(region)
    assert withheld(out) & {"single_parent_units a", "units a"}
    assert narrow(region, out, RULE) == []
    low, high = interval_of(region, out, RULE, "a", "units", "single_parent_units")
    assert high - low >= 1, "that nobody is left is not told"


def test_women_and_men_add_up_although_nobody_said_so() -> None:
    sexes = [Measure(key, part_of="recipients") for key in ("women", "men")]
    numbers = {"recipients": [40, 90, 100, 110], "women": [38, 40, 60, 50], "men": [2, 50, 40, 60]}
    region = region_of(numbers | {"residents": LARGE[:4]}, *sexes, sums=((("women", "men"), "recipients"),))
    out = published(region)
    assert {"men a", "women a"} <= withheld(out) or {"men a", "recipients a"} <= withheld(out)
    assert narrow(region, out, RULE) == []


def test_women_and_men_add_up_although_hardly_any_quarter_has_men() -> None:
    """90 recipients and no man in the second quarter are 90 women."""
    sexes = [Measure(key, part_of="recipients") for key in ("women", "men")]
    numbers = {"recipients": [40, 90, 100, 110], "women": [38, 90, 100, 50], "men": [2, 0, 0, 60]}
    region = region_of(numbers | {"residents": LARGE[:4]}, *sexes, sums=((("women", "men"), "recipients"),))
    assert narrow(region, published(region), RULE) == []


# Rates

SHARE = Measure("single_parent_share", unit="percent", part_of="units")
TRANSFER = Measure("transfer_rate", unit="percent", part_of="residents")


@pytest.mark.parametrize(("units", "rate"), [(40, 5.0), (100, 2.0)])
def test_rate_of_units_is_the_count_it_amounts_to(units: int, rate: float) -> None:
    numbers = {"units": [units, 120, 140, 160], "single_parent_share": [rate, 20, 30, 25], "residents": LARGE[:4]}
    region = region_of(numbers, SHARE)
    out = published(region)
    assert "single_parent_share a" in withheld(out), "5.0 % of 40 are 2, as are 2.0 % of 100"
    assert narrow(region, out, RULE) == []


def test_rate_of_withheld_units_is_not_shown() -> None:
    """Units are withheld for their few, and for the company: a rate beside them would be a line through both."""
    numbers = {"units": [2, 120, 140, 160], "single_parent_share": [50, 5, 30, 25], "residents": LARGE[:4]}
    region = region_of(numbers, SHARE)
    out = published(region)
    assert {"units a", "units b", "single_parent_share a", "single_parent_share b"} <= withheld(out)
    assert "single_parent_share d" not in withheld(out)
    assert narrow(region, out, RULE) == []


def test_rate_and_count_that_are_shown_do_not_tell_the_withheld_whole() -> None:
    """30 single parents are 25.0 %: so there are 120 units here, and 122 - 120 in the quarter beside."""
    region = region_of(
        {
            "units": [2, 120, 141, 160],
            "single_parent_units": [0, 30, 42, 40],
            "single_parent_share": [0, 25.0, 29.8, 25.0],
            "residents": LARGE[:4],
        },
        SHARE,
        counts_of={"single_parent_share": "single_parent_units"},
    )
    out = published(region)
    assert {"units a", "units b"} <= withheld(out)
    assert narrow(region, out, RULE) == []


def test_rate_does_not_return_a_count_that_was_rounded() -> None:
    """13 of 2000 are 0.65 %, rounded to 15 they are 0.75 %."""
    region = region_of(
        {"recipients": [13, 118, 104, 91], "transfer_rate": [0.65, 5.619, 4.7273, 3.9565], "residents": LARGE[:4]},
        TRANSFER,
        counts_of={"transfer_rate": "recipients"},
    )
    wide = published(region, DisclosureRule(round_to=5)).set_index(["measure", "quarter_id"])["value"].unstack()
    assert wide.loc["recipients"].tolist() == [15, 120, 105, 90]
    people = wide.loc["transfer_rate"] * wide.loc["residents"] / 100
    np.testing.assert_allclose(people, wide.loc["recipients"], atol=1e-6)


def test_rate_alone_does_not_return_the_exact_count_under_rounding() -> None:
    region = region_of({"transfer_rate": [0.65, 5.62, 4.73, 3.96], "residents": LARGE[:4]}, TRANSFER)
    wide = published(region, DisclosureRule(round_to=5)).set_index(["measure", "quarter_id"])["value"].unstack()
    people = wide.loc["transfer_rate"] * wide.loc["residents"] / 100
    np.testing.assert_allclose(people, np.round(people / 5) * 5, atol=1e-6)


# Totals

SIX = {"recipients": [2, 120, 90, 80, 70, 60], "residents": LARGE}


def test_totals_finer_than_the_district_are_held() -> None:
    region = region_of(SIX, districts="nnnsss", groupings=groupings_of(block="xyyzzz"))
    out = published(region)
    assert narrow(region, out, RULE, totals=REGION_TOTAL) == []
    assert narrow(region, out, RULE) == []
    finer = region_of(SIX, districts="nnnsss", groupings=groupings_of(block="xxyzzz"))
    out = published(finer)
    assert withheld(out) == {"recipients a", "recipients b"}, "only b shares the block"
    assert narrow(finer, out, RULE) == []


def test_totals_finer_than_the_district_win_if_nobody_tells_of_them() -> None:
    numbers = SIX | {"residents": [2000, 2500, 2050, 2300, 2400, 2100]}
    known = region_of(numbers, districts="nnnsss", groupings=groupings_of(block="xxyzzz"))
    out = published(region_of(numbers, districts="nnnsss"))
    assert withheld(out) == {"recipients a", "recipients c"}
    assert {(one.quarter, one.low, one.high) for one in narrow(known, out, RULE)} == {("a", 2, 2)}, (
        "c is alone in its block"
    )


def test_district_totals_given_as_a_grouping_of_a_region_without_districts() -> None:
    region = region_of(SIX, groupings=groupings_of(district="nnnsss"))
    out = published(region)
    assert withheld(out) == {"recipients a", "recipients b"}
    assert narrow(region, out, RULE) == []
    numbers = SIX | {"residents": [2000, 2500, 2450, 2050, 2400, 2100]}
    alone = region_of(numbers, groupings=groupings_of(district="nnnsss"))
    assert withheld(published(alone)) == {"recipients a", "recipients c"}
    assert withheld(published(region_of(numbers))) == {"recipients a", "recipients d"}, "the cheapest anywhere"


def test_grouping_that_leaves_quarters_out_tells_their_total_as_well() -> None:
    region = region_of(SIX, groupings=groupings_of(part="..yyyy"))
    out = published(region)
    assert withheld(out) == {"recipients a", "recipients b"}, "a and b are what is left of the region"
    assert narrow(region, out, RULE) == []


def test_crossing_groupings_need_a_circle_of_partners() -> None:
    region = region_of(SIX, districts="nnnsss", groupings=groupings_of(crossing="xyyxyy"))
    out = published(region)
    assert len(withheld(out)) >= 4, "two in each district and two in each group"
    assert narrow(region, out, RULE) == []
    opened = with_numbers_shown(region, out, ("d", "recipients"))
    assert interval_of(region, opened, RULE, "a", "recipients") == (2, 2)


def test_rest_that_its_district_gives_away_is_still_hidden_in_the_region() -> None:
    """Alone in its district: 7 - 6 units follow from the district's totals, but not from those of the region."""
    region = region_of(
        {"units": [7, 60, 70, 80], "single_parent_units": [6, 12, 14, 16], "residents": LARGE[:4]}, districts="nsss"
    )
    out = published(region)
    assert narrow(region, out, RULE) == []
    assert narrow(region, out, RULE, totals=REGION_TOTAL) == []
    assert narrow(region, out, RULE, totals=NO_TOTALS) == []


def test_rest_that_two_quarters_of_a_district_share_is_still_hidden_in_the_region() -> None:
    """One of 2 + 5 units in the north is not a single parent's: 2 - 1, or 5 - 5, but with the south it may be any."""
    region = region_of(
        {"units": [2, 5, 70, 80], "single_parent_units": [1, 5, 9, 16], "residents": LARGE[:4]}, districts="nnss"
    )
    out = published(region)
    assert narrow(region, out, RULE) == []
    assert narrow(region, out, RULE, totals=REGION_TOTAL) == []


# Residents that are missing once


def test_small_quarter_stays_small_when_its_residents_are_missing_once() -> None:
    """21 recipients of 57 residents."""
    before = region_of({"recipients": [20, 90, 100, 110], "residents": [57, 2100, 2200, 2300]}, date="2024-12-31")
    now = region_of({"recipients": [21, 95, 105, 115], "residents": [57, 2100, 2200, 2300]})
    lines = pd.concat([before.statistics, now.statistics], ignore_index=True)
    gone = (lines["measure"] == "residents") & (lines["date"] == DATE) & (lines["quarter_id"] == "a")
    lines.loc[gone, ["value", "state"]] = [np.nan, "missing"]
    region = Region(lines, None, now.measures)
    out = published(region)
    assert withheld(out[out["date"] == DATE]) == withheld(out[out["date"] != DATE])
    assert "recipients a" in withheld(out[out["date"] == DATE])
    assert narrow(region, out, RULE) == []
