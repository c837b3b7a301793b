"""Real official files become regions: joins, totals, withheld cells, exactly as the files have them."""

from __future__ import annotations

import time
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from geo.findings import Level
from geo.region.model.region import Region
from geo.region.package.bundle import load_region, write_region
from geo.region.recipes.build import BuildResult, build_region
from geo.region.recipes.toml_text import read_recipe
from tests.conftest import ROOT

pytestmark = pytest.mark.real
RECIPES = ROOT / "data" / "recipes"
NAMES = sorted(path.stem for path in RECIPES.glob("*.toml"))
SECONDS_ALLOWED = 5.0


@cache
def timed(name: str, files: Path) -> tuple[BuildResult, float]:
    recipe = read_recipe(RECIPES / f"{name}.toml")
    start = time.process_time()
    return build_region(recipe, files), time.process_time() - start


def built(name: str, files: Path) -> Region:
    result, _ = timed(name, files)
    assert result.region is not None, result.findings
    return result.region


def total(region: Region, measure: str, date: str) -> float:
    return float(region.values_of(measure, date)["value"].sum())


def found(name: str, files: Path, code: str) -> list[object]:
    return [finding for finding in timed(name, files)[0].findings if finding.code == code]


@pytest.mark.parametrize("name", NAMES)
def test_every_recipe_builds_and_survives_the_disk(name: str, real_data: Path, tmp_path: Path) -> None:
    region = built(name, real_data)
    write_region(region, tmp_path / name)
    assert load_region(tmp_path / name).fingerprint == region.fingerprint


@pytest.mark.parametrize("name", NAMES)
def test_joins_are_complete_or_explained(name: str, real_data: Path) -> None:
    result, _ = timed(name, real_data)
    explained = {"hamburg_2013": ("0121",), "berlin_mss_2006_2020": ("09041403",)}
    for join in result.joins:
        assert join.only_in_table == ()
        assert join.only_in_boundaries == explained.get(name, ())
    assert not [finding for finding in result.findings if finding.level is Level.ERROR]
    assert not [
        finding
        for finding in result.findings
        if finding.code.startswith("join_only_in") and finding.level is Level.WARNING
    ]


@pytest.mark.parametrize("name", NAMES)
def test_building_takes_less_than_five_seconds(name: str, real_data: Path) -> None:
    assert timed(name, real_data)[1] < SECONDS_ALLOWED


def test_nrw_has_396_municipalities_in_53_districts(real_data: Path) -> None:
    region = built("nrw_2024", real_data)
    assert len(region.quarters) == 396
    assert region.quarters["district"].nunique() == 53
    assert region.values_of("residents", "2024-12-31").loc["05111000", "value"] == 618685
    assert region.values_of("recipients", "2024-12-31").loc["05113000", "value"] == 85382


def test_nrw_residents_add_up_to_the_state(real_data: Path) -> None:
    assert total(built("nrw_2024", real_data), "residents", "2024-12-31") == 18034454


def test_nrw_withholds_exactly_the_four(real_data: Path) -> None:
    region = built("nrw_2024", real_data)
    cells = region.values_of("recipients", "2024-12-31")
    withheld = cells.index[cells["state"] == "suppressed"]
    names = set(region.quarters.loc[withheld, "name"])
    assert names == {"Kranenburg", "Rheurdt", "Hallenberg", "Medebach"}
    assert cells.loc[withheld, "value"].isna().all()


def test_nrw_never_says_the_sum_of_the_four(real_data: Path, tmp_path: Path) -> None:
    """What the rows of the state and of the two districts give away together is in no file and no finding."""
    region = built("nrw_2024", real_data)
    raw = pd.read_csv(
        real_data / "nrw" / "itnrw_2024_22811-05i.csv",
        sep=";",
        encoding="cp1252",
        skiprows=9,
        header=None,
        dtype=str,
        on_bad_lines="skip",
    )
    numbers = raw.set_index(1)[3]
    shown = region.values_of("recipients", "2024-12-31")["value"]
    secrets = {int(numbers["05"]) - int(shown.sum())}
    for district in ("05154", "05958"):
        secrets.add(int(numbers[district]) - int(shown[shown.index.str.startswith(district)].sum()))
    write_region(region, tmp_path / "nrw")
    told = (tmp_path / "nrw" / "datapackage.json").read_text()
    findings = [value for finding in region.findings for value in finding.parameters.values()]
    assert not secrets & {value for value in findings if isinstance(value, int)}
    for total_row in (numbers["05"], numbers["05154"], numbers["05958"]):
        assert total_row not in told
        assert f",{total_row}," not in (tmp_path / "nrw" / "statistics.csv").read_text()


def test_nrw_totals_are_compared_where_nothing_is_withheld(real_data: Path) -> None:
    counts = {finding.file: finding.parameters["count"] for finding in found("nrw_2024", real_data, "totals_agree")}
    assert counts == {"itnrw_2024_22811-05i.csv": 32, "itnrw_2024_12411-15i.csv": 37}
    unchecked = {finding.parameters["name"] for finding in found("nrw_2024", real_data, "total_not_checked")}
    assert unchecked == {
        "Nordrhein-Westfalen",
        "Düsseldorf, Regierungsbezirk",
        "Kleve, Kreis",
        "Arnsberg, Regierungsbezirk",
        "Hochsauerlandkreis",
    }
    assert not found("nrw_2024", real_data, "total_differs")


@pytest.mark.parametrize(
    ("name", "quarters", "recipients", "residents"),
    [("kreis_steinfurt_2024", 24, 23148, 451712), ("kreis_dueren_2024", 15, 21302, 279285)],
)
def test_districts_alone_equal_their_row(
    name: str, quarters: int, recipients: int, residents: int, real_data: Path
) -> None:
    region = built(name, real_data)
    assert len(region.quarters) == quarters
    assert total(region, "recipients", "2024-12-31") == recipients
    assert total(region, "residents", "2024-12-31") == residents
    assert [finding.parameters["count"] for finding in found(name, real_data, "totals_agree")] == [1, 1]


def test_flensburg_over_five_years(real_data: Path) -> None:
    region = built("flensburg_2018_2022", real_data)
    assert len(region.quarters) == 13
    sums = {date[:4]: (total(region, "recipients", date), total(region, "residents", date)) for date in region.dates}
    assert sums == {
        "2018": (11656, 96187),
        "2019": (11389, 96920),
        "2020": (11109, 96731),
        "2021": (11152, 97877),
        "2022": (9931, 99341),
    }
    assert region.values_of("recipients", "2018-12-31").loc["STGT01", "value"] == 554


def test_hamburg_from_the_official_workbook(real_data: Path) -> None:
    region = built("hamburg_2013", real_data)
    cells = region.values_of("recipients", "2013-12-31")
    assert (cells["state"] != "missing").sum() == 99
    assert cells.loc["0117_0118", "value"] == 244
    assert cells.loc["0711_0712", "value"] == 49
    by_name = region.quarters.reset_index().set_index("name")["quarter_id"]
    assert cells.loc[by_name["Eimsbüttel"], "value"] == 3062, "the quarter, not the district of the same name"
    assert cells.loc[by_name["Allermöhe"], "value"] == 29


def test_hamburg_districts_equal_their_rows(real_data: Path) -> None:
    region = built("hamburg_2013", real_data)
    sums = region.values_of("recipients", "2013-12-31")["value"].groupby(region.quarters["district"]).sum()
    official = {"Altona": 23795, "Eimsbüttel": 15704, "Hamburg-Nord": 20194, "Wandsbek": 37378, "Bergedorf": 12547}
    assert {name: sums[name] for name in official} == official
    assert sums["Harburg"] == 19146
    assert [finding.parameters["count"] for finding in found("hamburg_2013", real_data, "totals_agree")] == [24]
    assert {finding.row for finding in found("hamburg_2013", real_data, "total_not_checked")} == {104, 111}


@pytest.mark.parametrize(("name", "count", "dates"), [("berlin_mss_2006_2020", 448, 4), ("berlin_mss_2021", 542, 1)])
def test_berlin_has_its_planning_areas(name: str, count: int, dates: int, real_data: Path) -> None:
    region = built(name, real_data)
    assert len(region.quarters) == count
    assert region.quarters["district"].nunique() == 12
    assert len(region.dates) == dates
    assert region.quarters.crs.to_epsg() == 25833


def test_the_wrong_key_of_berlin_is_put_right(real_data: Path) -> None:
    quarters = built("berlin_mss_2006_2020", real_data).quarters
    north, south = quarters.loc["04030417"], quarters.loc["06010102"]
    assert north["name"] == south["name"] == "Schloßstraße"
    assert north.geometry.centroid.y > south.geometry.centroid.y
    assert (north["district"], south["district"]) == ("Charlottenburg-Wilmersdorf", "Steglitz-Zehlendorf")


def test_areas_berlin_does_not_publish_are_missing_and_not_zero(real_data: Path) -> None:
    region = built("berlin_mss_2006_2020", real_data)
    counts = {}
    for date in region.dates:
        cells = region.values_of("mss_unemployed", date)
        counts[date] = int((cells["state"] == "missing").sum())
        assert cells.loc["01011102", "state"] == "missing"
    # 12, 11, 9 and 9 areas are not published; Allende II is in no edition.
    assert counts == {"2012-12-31": 13, "2014-12-31": 12, "2016-12-31": 10, "2018-12-31": 10}
    latest = built("berlin_mss_2021", real_data).values_of("mss_children", "2020-12-31")
    assert int((latest["state"] == "missing").sum()) == 6
    assert latest.loc["01100101", "value"] == pytest.approx(19.39799)


def test_berlin_residents_and_offices(real_data: Path) -> None:
    region = built("berlin_mss_2021", real_data)
    assert total(region, "residents", "2020-12-31") == 3769962
    assert len(region.offices) == 9


def test_no_key_is_shared_by_the_two_berlins(real_data: Path) -> None:
    old, new = built("berlin_mss_2006_2020", real_data), built("berlin_mss_2021", real_data)
    assert not set(old.quarters.index) & set(new.quarters.index)


def test_400_districts_with_ready_made_rates(real_data: Path) -> None:
    region = built("kreise_2023", real_data)
    assert len(region.quarters) == 400
    assert region.quarters["district"].nunique() == 16
    rates = region.values_of("sgb2_rate", "2023-12-31")
    assert rates["value"].notna().all()
    assert rates.loc["01001", "value"] == pytest.approx(12.93)
    assert region.measure("sgb2_rate").is_rate
