"""Last year's region and this year's file: columns found again, dates side by side, old figures untouched."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import pytest

from geo.defaults import ReadLimits
from geo.region.model import Region
from geo.region.package.bundle import load_region, write_region
from geo.region.recipes.build import BuildResult, build_region
from geo.region.recipes.draft import Columns
from geo.region.recipes.file_view import FileView, view_file
from geo.region.recipes.recipe import Recipe
from geo.region.recipes.toml_text import parse_recipe, recipe_text
from geo.region.renewal import dates, tables
from geo.region.renewal.earlier import build_recipe
from geo.region.tables import TableSpec

RECIPE = """
id = "probe"
name = "Probe"
[boundaries]
file = "grenzen.geojson"
key = "nr"
name = "name"
[[tables]]
file = "zahlen_2024.csv"
key = "Nr"
date = "2024-12-31"
[[tables.columns]]
column = "Einwohner 2024"
measure = "residents"
[[tables.columns]]
column = "Leistungsberechtigte (Dez 2024)"
measure = "recipients"
[[sources]]
title = "erfunden"
"""


def lines(year: int, heads: str, *, keys: str = "{:02d}", foot: str = "", few: int = 0) -> str:
    """Return nine rows: key, name, residents, recipients; of quarter 1 ``few`` recipients where given."""
    grown = year - 2024
    rows = [
        f"{keys.format(n)};Quartier {n};{1000 + 10 * n + grown};{few if few and n == 1 else 90 + 10 * n + 5 * grown}"
        for n in range(1, 10)
    ]
    return "\n".join([heads, *rows, *([foot] if foot else [])]) + "\n"


OLD = lines(2024, "Nr;Name;Einwohner 2024;Leistungsberechtigte (Dez 2024)")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    squares = []
    for n in range(9):
        x, y = 7.0 + n % 3 * 0.02, 51.4 + n // 3 * 0.013
        ring = [[x, y], [x + 0.02, y], [x + 0.02, y + 0.013], [x, y + 0.013], [x, y]]
        properties = {"nr": f"{n + 1:02d}", "name": f"Quartier {n + 1}"}
        geometry = {"type": "Polygon", "coordinates": [ring]}
        squares.append({"type": "Feature", "properties": properties, "geometry": geometry})
    (tmp_path / "grenzen.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": squares}))
    (tmp_path / "zahlen_2024.csv").write_text(OLD)
    return tmp_path


def view(folder: Path, name: str, text: str = "") -> FileView:
    if text:
        (folder / name).write_text(text)
    return view_file(name, {name: (folder / name).read_bytes()}, TableSpec(), "", ReadLimits())


def columns(folder: Path, name: str) -> Columns:
    found = view(folder, name).columns
    assert found is not None
    return found


def renewed(folder: Path, name: str, text: str, *, recipe: str = RECIPE, has_old: bool = True) -> tables.NewYear:
    parsed = parse_recipe(recipe)
    old = {"zahlen_2024.csv": columns(folder, "zahlen_2024.csv")} if has_old else {}
    new = view(folder, name, text)
    there = tables.dates_of(parsed, old)
    date, _ = dates.propose_date([new], there)
    drawn = columns(folder, "grenzen.geojson")
    return tables.new_year(parsed, [new], date=date, dates=there, like=parsed.tables, old=old, drawn=drawn)


@pytest.mark.parametrize(
    ("heads", "how"),
    [
        ("Nr;Name;Einwohner 2025;Leistungsberechtigte (Dez 2025)", {"same", "year"}),
        ("NR.;name;EINWOHNER 2025;leistungsberechtigte (Dez. 2025)", {"folded", "year"}),
        ("Gebiet;Bezeichnung;Personen am Ort;Beziehende", {"position"}),
        ("Nr;Stadtteil;Bevölkerung;Leistungsempfänger SGB II;", {"same", "meaning"}),
    ],
)
def test_columns_are_found_again_and_both_years_stand_side_by_side(folder: Path, heads: str, how: set[str]) -> None:
    text = lines(2025, heads, foot="Stand: 31.12.2025")
    if heads.endswith(";"):  # a further column, so that no place stands for another
        first, *rows = text.splitlines()
        text = "\n".join([f"{first}Notiz", *(row if row.startswith("Stand") else f"{row};x" for row in rows)])
    made = renewed(folder, "lieferung.csv", text)
    assert not made.findings
    assert {one.how for one in made.tables[0].columns} == how
    region = build(made.recipe, folder)
    assert region.dates == ("2024-12-31", "2025-12-31")
    assert region.values_of("residents", "2024-12-31").loc["09", "value"] == 1090
    assert region.values_of("residents", "2025-12-31").loc["09", "value"] == 1091
    assert region.values_of("recipients", "2025-12-31").loc["09", "value"] == 185


def built(recipe: Recipe, folder: Path) -> BuildResult:
    return build_recipe(recipe, folder, work=Path(mkdtemp(dir=folder)))


def build(recipe: Recipe, folder: Path) -> Region:
    result = built(recipe, folder)
    assert result.region is not None, [one.brief() for one in result.findings]
    return result.region


def test_written_recipe_builds_the_same_region(folder: Path) -> None:
    made = renewed(folder, "neu.csv", lines(2025, "Nr;Name;Einwohner 2025;Leistungsberechtigte (Dez 2025)"))
    again = parse_recipe(recipe_text(made.recipe))
    assert build(again, folder).fingerprint == build(made.recipe, folder).fingerprint


def test_of_two_columns_that_differ_in_the_year_the_new_one_is_taken(folder: Path) -> None:
    rows = [f"{n:02d};Quartier {n};{1000 + 10 * n};{2000 + n};{90 + 10 * n}" for n in range(1, 10)]
    head = "Nr;Name;Einwohner 2024;Einwohner 2025;Leistungsberechtigte (Dez 2025)"
    made = renewed(folder, "neu.csv", "\n".join([head, *rows]) + "\n")
    assert [rule.column for rule in made.tables[0].source.columns] == [
        "Einwohner 2025",
        "Leistungsberechtigte (Dez 2025)",
    ]
    assert build(made.recipe, folder).values_of("residents", "2025-12-31").loc["01", "value"] == 2001


def test_keys_written_differently_this_year_meet_the_boundaries(folder: Path) -> None:
    text = lines(2025, "Nr;Name;Einwohner 2025;Leistungsberechtigte (Dez 2025)", keys="{}")
    made = renewed(folder, "neu.csv", text)
    assert made.tables[0].source.keys.pad == 2
    assert (build(made.recipe, folder).values_of("residents", "2025-12-31")["state"] == "value").all()


def test_a_column_that_is_gone_is_told(folder: Path) -> None:
    rows = "\n".join(f"{n:02d};{1000 + n}" for n in range(1, 10))
    made = renewed(folder, "neu.csv", f"Nr;Einwohner 2025\n{rows}\n")
    assert [(one.code, one.parameters["last"]) for one in made.findings] == [
        ("new_year_column_missing", "zahlen_2024.csv")
    ]
    assert made.findings[0].column == "Leistungsberechtigte (Dez 2024)"


def test_a_file_about_something_else_is_told_and_left_aside(folder: Path) -> None:
    made = renewed(folder, "baeume.csv", "Art;Umfang;Höhe\nEiche;100;20\nLinde;80;15\n")
    assert {one.code for one in made.findings} == {"new_year_file_unused", "new_year_table_ended"}
    assert made.tables == ()


@pytest.mark.parametrize(
    ("name", "foot", "date", "says"),
    [
        ("neu.csv", "Stand: 30.06.2025", "2025-06-30", True),
        ("zahlen_202512.csv", "", "2025-12-31", True),
        ("zahlen_2026.csv", "", "2026-12-31", True),
        ("neu.csv", "", "2025-12-31", False),
        ("neu.csv", "Stand: 31.12.2024", "2024-12-31", True),
    ],
)
def test_date_is_proposed_from_the_file_or_a_year_on(folder: Path, name: str, foot: str, date: str, says: bool) -> None:
    new = view(folder, name, lines(2025, "Nr;Name;Einwohner;Leistungsberechtigte", foot=foot))
    assert dates.propose_date([new], ["2023-12-31", "2024-12-31"]) == (date, says)


def test_bare_year_in_a_file_name_means_the_day_of_last_year(folder: Path) -> None:
    new = view(folder, "zahlen_2025.csv", lines(2025, "Nr;Name;Einwohner;Leistungsberechtigte"))
    assert dates.propose_date([new], ["2024-06-30"]) == ("2025-06-30", True)
    assert dates.year_after("2024-02-29") == "2025-02-28"
    assert dates.year_after("2023-02-28") == "2024-02-29"


def test_last_years_file_once_more_is_refused(folder: Path) -> None:
    made = renewed(folder, "nochmal.csv", OLD + "Stand: 31.12.2024\n")
    assert [(one.code, one.parameters["date"]) for one in made.findings] == [("new_year_date_there", "2024-12-31")]


LONG = """
id = "probe"
name = "Probe"
[boundaries]
file = "grenzen.geojson"
key = "nr"
name = "name"
[[tables]]
file = "zahlen_2024.csv"
key = "nr"
date_column = "Jahr"
[[tables.columns]]
column = "Einwohner"
measure = "residents"
[[sources]]
title = "erfunden"
"""


def test_of_a_file_with_all_years_only_the_new_one_is_added(folder: Path) -> None:
    def table(years: range) -> str:
        rows = [f"{n:02d};{year};{year + n}" for year in years for n in range(1, 10)]
        return "\n".join(["nr;Jahr;Einwohner", *rows]) + "\n"

    (folder / "zahlen_2024.csv").write_text(table(range(2022, 2025)))
    made = renewed(folder, "alle.csv", table(range(2022, 2026)), recipe=LONG)
    assert not made.findings
    region = build(made.recipe, folder)
    assert region.dates == ("2022-12-31", "2023-12-31", "2024-12-31", "2025-12-31")
    again = renewed(folder, "alle.csv", table(range(2022, 2025)), recipe=LONG)
    assert [one.code for one in again.findings] == ["new_year_no_new_date"]


def packed(folder: Path, old: str = OLD) -> Region:
    """Write last year's region as a package, as ``vorjahr.zip``, and take its files away."""
    (folder / "zahlen_2024.csv").write_text(old)
    region = build_region(parse_recipe(RECIPE), folder).region
    assert region is not None
    write_region(region, folder / "vorjahr.zip")
    return region


@pytest.mark.parametrize("has_recipe", [True, False])
def test_a_package_takes_a_new_date_and_keeps_the_old_ones_as_disclosed(folder: Path, has_recipe: bool) -> None:
    old = lines(2024, OLD.split("\n")[0], few=1)
    last = packed(folder, old)
    both = renewed(folder, "neu.csv", lines(2025, "Nr;Name;Einwohner 2025;Leistungsberechtigte (Dez 2025)", few=2))
    from_files = build(both.recipe, folder)
    recipe = tables.recipe_of_region(last, "vorjahr.zip")
    drawn = Columns("vorjahr.zip", {"quarter_id": last.quarters.index.tolist(), "name": last.quarters["name"].tolist()})
    like = parse_recipe(RECIPE).tables if has_recipe else ()
    new = view(folder, "neu.csv")
    made = tables.new_year(recipe, [new], date="2025-12-31", dates=last.dates, like=like, drawn=drawn)
    assert not made.findings
    (folder / "grenzen.geojson").unlink()
    (folder / "zahlen_2024.csv").unlink()
    region = build(parse_recipe(recipe_text(made.recipe)), folder)
    assert region.dates == ("2024-12-31", "2025-12-31")
    assert region.statistics.equals(from_files.statistics)
    assert (region.statistics["state"] == "suppressed").any()
    assert "earlier_dates_kept" in {one.code for one in region.findings}
    write_region(region, folder / "neu.zip")
    assert load_region(folder / "neu.zip").fingerprint == region.fingerprint


def test_a_date_of_the_package_is_not_given_again(folder: Path) -> None:
    recipe = replace(tables.recipe_of_region(packed(folder), "vorjahr.zip"), tables=parse_recipe(RECIPE).tables)
    found = built(recipe, folder)
    assert found.region is None
    assert "earlier_date_again" in {one.code for one in found.findings}


def test_another_rule_than_that_of_the_package_is_refused(folder: Path) -> None:
    recipe = replace(tables.recipe_of_region(packed(folder), "vorjahr.zip"), tables=parse_recipe(RECIPE).tables)
    softer = replace(recipe, disclosure=replace(recipe.disclosure, numerator_min=recipe.disclosure.numerator_min + 1))
    assert "earlier_rule_differs" in {one.code for one in built(softer, folder).findings}
