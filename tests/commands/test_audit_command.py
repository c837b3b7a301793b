"""The command ``audit``: bounds of withheld counts, exit status, totals, other packages, one page."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from geo.__main__ import main
from geo.region.package.bundle import load_region, write_region
from geo.region.recipes.recipe import BoundarySource, ColumnRule, Recipe, TableSource
from geo.region.recipes.toml_text import recipe_text
from geo.text import LANGUAGES
from tests.conftest import ROOT

COUNTS = {"01": 210, "02": 95, "03": 340, "04": 120, "05": 512, "06": 260, "07": 2, "08": 330, "09": 145}


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    """Return a recipe beside its files: nine quarters in two districts, one with two recipients."""
    west, south = 500_000, 5_700_000
    shapes = [box(west + 1000 * place, south, west + 1000 * place + 1000, south + 1000) for place in range(len(COUNTS))]
    drawn = gpd.GeoDataFrame(
        {"key": list(COUNTS), "part": ["west" if key < "05" else "east" for key in COUNTS]},
        geometry=shapes,
        crs="EPSG:25832",
    )
    drawn.to_file(tmp_path / "quarters.gpkg", driver="GPKG")
    table = pd.DataFrame({"key": list(COUNTS), "residents": 2000, "recipients": list(COUNTS.values())})
    table.to_csv(tmp_path / "numbers.csv", index=False)
    written = Recipe(
        id="probe",
        name="Probe",
        boundaries=BoundarySource("quarters.gpkg", "key", district="part"),
        tables=(
            TableSource(
                "numbers.csv",
                "key",
                (ColumnRule("residents", "residents"), ColumnRule("recipients", "recipients")),
                date="2024-12-31",
            ),
        ),
    )
    path = tmp_path / "probe.toml"
    path.write_text(recipe_text(written), encoding="utf-8")
    return path


@pytest.fixture
def package(recipe: Path, tmp_path: Path) -> Path:
    """Return the region of the recipe as a package."""
    place = tmp_path / "made" / "probe.zip"
    assert main(["build", str(recipe), "--out", str(place)]) == 0
    return place


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict]:
    capsys.readouterr()
    status = main(["audit", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_a_recipe_is_audited_with_the_totals_of_its_tables(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, found = told(capsys, str(recipe))
    assert status == 0
    assert found["holds"] is True
    assert found["withheld"] == 2
    assert found["totals"] == 6, "the region and two districts, two measures each"
    assert found["narrowest"] >= 3
    assert {one["quarter"] for one in found["intervals"]} == {"07", "05"}
    assert all({"groups", "region"} & set(one["used"]) for one in found["intervals"])
    assert found["price"]["people_expected"] == found["price"]["least"] > 0


def test_a_total_narrows_what_a_package_alone_leaves_open(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, alone = told(capsys, str(package))
    assert {one["high"] for one in alone["intervals"]} == {2000}
    totals = tmp_path / "totals.csv"
    totals.write_text("group,date,measure,value\neast,2024-12-31,recipients,1249\n", encoding="utf-8")
    status, found = told(capsys, str(package), "--totals", str(totals))
    assert status == 0
    assert {(one["low"], one["high"]) for one in found["intervals"]} == {(1, 513)}


def test_a_total_that_gives_a_count_away_ends_in_status_1(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    csv = tmp_path / "probe"
    write_region(load_region(package), csv)
    text = (csv / "statistics.csv").read_text(encoding="utf-8")
    assert "05,2024-12-31,recipients,,suppressed" in text
    shown = text.replace("05,2024-12-31,recipients,,suppressed", "05,2024-12-31,recipients,512,value")
    (csv / "statistics.csv").write_text(shown, encoding="utf-8")
    totals = tmp_path / "totals.csv"
    totals.write_text("group,date,measure,value\neast,2024-12-31,recipients,1249\n", encoding="utf-8")
    status, found = told(capsys, str(csv), "--totals", str(totals))
    assert status == 1
    assert found["holds"] is False
    assert found["intervals"][0] == {
        "quarter": "07", "date": "2024-12-31", "measure": "recipients", "low": 2.0, "high": 2.0, "used": ["groups"],
    }  # fmt: skip


def test_another_package_that_shows_what_this_withholds_ends_in_status_1(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    write_region(load_region(package), other)
    text = (other / "statistics.csv").read_text(encoding="utf-8")
    shown = text.replace("05,2024-12-31,recipients,,suppressed", "05,2024-12-31,recipients,512,value")
    (other / "statistics.csv").write_text(shown, encoding="utf-8")
    status, found = told(capsys, str(package), "--with", str(other))
    assert (status, found["shown_by_other_package"]) == (1, 1)


def test_an_update_remembers_what_stood_at_its_place(recipe: Path, tmp_path: Path) -> None:
    """Quarter 05 hid 07; now 06 would be the cheaper one, but 05 has to stay withheld and 06 shown."""
    place = tmp_path / "made" / "probe"
    assert main(["build", str(recipe), "--out", str(place)]) == 0
    table = recipe.parent / "numbers.csv"
    numbers = pd.read_csv(table, dtype={"key": str})
    numbers.loc[numbers["key"] == "06", "residents"] = 1500
    numbers.to_csv(table, index=False)

    def hidden() -> set[str]:
        shown = load_region(place).statistics
        return set(shown[shown["state"] == "suppressed"]["quarter_id"])

    assert hidden() == {"05", "07"}
    assert main(["build", str(recipe), "--out", str(place)]) == 0
    assert hidden() == {"05", "07"}
    assert main(["build", str(recipe), "--out", str(place), "--fresh"]) == 0
    assert hidden() == {"06", "07"}


@pytest.mark.parametrize("written", ["({})", "{}*", "{}¹"])
def test_no_finding_tells_the_small_count_from_its_partner(recipe: Path, tmp_path: Path, written: str) -> None:
    told = []
    for key in ("07", "05"):
        table = pd.read_csv(recipe.parent / "numbers.csv", dtype=str)
        table.to_csv(recipe.parent / "before.csv", index=False)
        table.loc[table["key"] == key, "recipients"] = table["recipients"].map(written.format)
        table.to_csv(recipe.parent / "numbers.csv", index=False)
        place = tmp_path / key / "probe"
        assert main(["build", str(recipe), "--out", str(place)]) == 0
        (recipe.parent / "before.csv").rename(recipe.parent / "numbers.csv")
        region = load_region(place)
        assert [finding.quarter for finding in region.findings] == [None] * len(region.findings)
        told.append([finding.as_dict() for finding in region.findings])
    assert told[0] == told[1]
    assert any(one["parameters"].get("count") == 1 for one in told[0])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("group,date,measure,value\nnorth,2024-12-31,recipients,9\n", "north"),
        ("group,date,measure,value\neast,2024-12-31,recipients,much\n", "totals.csv"),
        ("\x00\x01\x02", "totals.csv"),
    ],
)
def test_totals_nobody_can_use_are_a_sentence(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: str
) -> None:
    totals = tmp_path / "totals.csv"
    totals.write_text(text, encoding="utf-8")
    assert main(["audit", str(package), "--totals", str(totals)]) == 1
    assert code in capsys.readouterr().err


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_for_the_data_protection_officer_is_one_page(
    package: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str
) -> None:
    pdf = tmp_path / "audit.pdf"
    assert main(["audit", str(package), "--pdf", str(pdf), "--lang", language]) == 0
    data = pdf.read_bytes()
    assert data.startswith(b"%PDF")
    assert data.count(b"/Type /Page\n") + data.count(b"/Type/Page/") + data.count(b"/Type /Page ") <= 1
    assert "05" in capsys.readouterr().out


def test_the_demo_holds_with_every_total(capsys: pytest.CaptureFixture[str]) -> None:
    """The totals of the demo are not published; without them every gap is at least as wide as the rule."""
    for name in ("musterstadt", "musterkreis"):
        status, found = told(capsys, str(ROOT / "data" / name))
        assert (status, found["narrower"]) == (0, 0)
        assert found["withheld"] > 0


@pytest.mark.real
def test_two_cuts_of_one_city(real_data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """332 - 330 = 2: the second cut is built beside the first, and then both together say nothing."""
    folder = real_data / "faults" / "two_cuts_of_one_city"
    first, second = tmp_path / "first", tmp_path / "second"
    assert main(["build", str(folder / "m0704.toml"), "--out", str(first)]) == 0
    assert main(["build", str(folder / "m0708.toml"), "--out", str(second), "--with", str(first)]) == 0
    shown = load_region(second).statistics
    hidden = set(shown[(shown["state"] == "suppressed") & (shown["measure"] == "recipients")]["quarter_id"])
    assert {"04", "07_08"} <= hidden
    assert told(capsys, str(second), "--with", str(first))[0] == 0
