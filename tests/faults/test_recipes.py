"""What a recipe and its draft make of files as people have them: keys, filters, sums, names, long tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.recipes.build import BuildResult, build_region
from geo.region.recipes.draft import Columns, draft_boundaries, draft_table
from geo.region.recipes.file_view import view_file
from geo.region.recipes.recipe import Recipe
from geo.region.recipes.rules import ColumnRule, KeyRule
from geo.region.recipes.toml_text import parse_recipe, read_recipe, recipe_text
from geo.region.schema import Measure
from geo.region.tables import TableSpec

Fault = Callable[[str], Path]
COUNTS = """
[[tables.columns]]
column = "ew"
measure = "residents"
[[tables.columns]]
column = "lb"
measure = "recipients"
"""


def write(folder: Path, records: Sequence[Mapping[str, Any]], **tables: str) -> Path:
    """Write squares with the given attributes as ``q.geojson`` and tables as CSV; ``hole`` means no area."""
    features = []
    for place, record in enumerate(records):
        x, y = 7.0 + 0.01 * (place % 4), 51.4 + 0.01 * (place // 4)
        ring = [[x, y], [x + 0.01, y], [x + 0.01, y + 0.01], [x, y + 0.01], [x, y]]
        geometry = None if record.get("hole") else {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": dict(record), "geometry": geometry})
    (folder / "q.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def built(folder: Path, boundaries: str = "", table: str = "", *, columns: str = COUNTS, more: str = "") -> BuildResult:
    given = {line.split(" =")[0] for line in table.split("[", 1)[0].splitlines()} | {table.split(" =", maxsplit=1)[0]}
    usual = ('file = "t.csv"', 'key = "key"', 'date = "2024-12-31"')
    text = "\n".join(
        [
            'id = "probe"\nname = "Probe"',
            more,
            "[boundaries]",
            "" if boundaries.startswith("file = ") else 'file = "q.geojson"',
            'key = "key"' + ("" if "name = " in boundaries else '\nname = "name"'),
            boundaries,
            "[[tables]]",
            *(line for line in usual if line.split(" =")[0] not in given),
            table,
            columns,
        ]
    )
    return build_region(parse_recipe(text), folder)


def values(result: BuildResult, measure: str = "recipients", date: str = "2024-12-31") -> dict[str, float]:
    assert result.region is not None, result.findings
    return result.region.values_of(measure, date)["value"].to_dict()


def drafted(folder: Path, boundaries: str, table: str, date: str = "2024-12-31") -> Recipe:
    """Return the recipe of the guesses the form starts with; the date is asked where no file says it."""
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    drawn, read = (
        view_file(name, files, TableSpec(), "", ReadLimits()).columns or Columns(name, {})
        for name in (boundaries, table)
    )
    source = draft_boundaries(drawn, [read])
    rows, units = draft_table(read, drawn, source)
    own = tuple(Measure(f"own_{n}", unit) for n, unit in enumerate(units.values()))
    rates = tuple(ColumnRule(heading, measure.key) for heading, measure in zip(units, own, strict=True))
    is_dated = rows.date or rows.date_column or any(rule.date for rule in rows.columns)
    rows = replace(rows, columns=(*rows.columns, *rates), date=rows.date if is_dated else date)
    recipe = Recipe("probe", "Probe", source, (rows,), measures=own)
    return parse_recipe(recipe_text(recipe))


def built_draft(folder: Path, boundaries: str = "q.geojson", table: str = "t.csv") -> BuildResult:
    return build_region(drafted(folder, boundaries, table), folder)


def codes(result: BuildResult) -> set[str]:
    return {finding.code for finding in result.findings}


def quarters(*names: str) -> list[dict[str, Any]]:
    return [{"key": f"{place:02d}", "name": name} for place, name in enumerate(names, start=1)]


# names

BY_NAME = 'key = "ort"\n[tables.keys]\nfold = true'


def test_endings_that_tell_places_apart_are_never_folded_away(tmp_path: Path) -> None:
    places = quarters("Lichtenau (FG)", "Lichtenau (C)", "Ehrenberg")
    write(tmp_path, places, t="ort;ew;lb\nLichtenau (C);2000;200\nlichtenau (fg);1000;100\nEhrenberg;3000;300\n")
    assert values(built(tmp_path, table=BY_NAME)) == {"01": 100, "02": 200, "03": 300}


def test_a_name_without_its_ending_is_an_error_that_names_both(tmp_path: Path) -> None:
    write(tmp_path, quarters("Lichtenau (FG)", "Lichtenau (C)"), t="ort;ew;lb\nLichtenau;2000;200\n")
    result = built(tmp_path, table=BY_NAME)
    assert result.region is None
    (found,) = [one for one in result.findings if one.code == "name_ambiguous"]
    assert "Lichtenau (FG)" in str(found.parameters["keys"])
    assert "Lichtenau (C)" in str(found.parameters["keys"])


def test_another_ending_is_another_place(tmp_path: Path) -> None:
    write(tmp_path, quarters("Lichtenau (FG)", "Ring"), t="ort;ew;lb\nLichtenau (C);2000;200\nRing;1000;150\n")
    result = built(tmp_path, table=BY_NAME)
    assert result.joins[0].only_in_table == ("Lichtenau (C)",)
    assert values(result)["02"] == 150


def test_an_exact_key_comes_before_a_name(tmp_path: Path) -> None:
    places = [{"key": "A1", "name": "B2"}, {"key": "B2", "name": "A1"}, {"key": "Bezirk 1.1", "name": "Bezirk 11"}]
    write(tmp_path, places, t="ort;ew;lb\nA1;1000;100\nB2;2000;200\nBezirk 1.1;3000;300\n")
    assert values(built(tmp_path, table=BY_NAME)) == {"A1": 100, "B2": 200, "Bezirk 1.1": 300}


def test_two_names_for_one_quarter_are_an_error(tmp_path: Path) -> None:
    write(tmp_path, quarters("Lichtenau", "Ring"), t="ort;ew;lb\nLichtenau (C);2000;200\nLichtenau (FG);10;10\n")
    result = built(tmp_path, table=BY_NAME)
    assert result.region is None
    assert "table_key_twice" in codes(result)


# what belongs to the region


def test_faults_outside_keep_do_not_matter(fault: Fault) -> None:
    folder = fault("faults_outside_keep")
    result = build_region(read_recipe(folder / "k.toml"), folder)
    assert values(result)["03"] == 340
    assert len(values(result)) == 9
    assert not codes(result) & {"geometry_missing", "join_only_in_table"}


def test_what_is_wrong_outside_is_not_judged(tmp_path: Path) -> None:
    places = [*quarters("A", "B"), {"key": "91", "name": "X", "hole": True}, {"key": "", "name": "ohne Schlüssel"}]
    places += [{"key": "92", "name": "Y"}] * 2
    write(tmp_path, places, t="key;ew;lb\n01;1000;100\n02;2000;200\n91;unlesbar;-7\n92;1;2\n92;1;2\n93;x;y\n")
    result = built(tmp_path, 'keep = "0."')
    assert values(result) == {"01": 100, "02": 200}
    assert codes(result) <= {"rows_outside", "sources_missing", "totals_agree"} | {
        one.code for one in result.findings if one.level == "note"
    }
    (told,) = [one for one in result.findings if one.code == "rows_outside"]
    assert told.parameters["count"] == 4


def test_a_correction_may_bring_a_record_into_the_region(tmp_path: Path) -> None:
    places = [{"key": "O1", "name": "A"}, *quarters("", "B")[1:]]
    write(tmp_path, places, t="key;ew;lb\n01;1000;100\n02;2000;200\n")
    result = built(tmp_path, 'keep = "0."\n[[boundaries.corrections]]\nold = "O1"\nnew = "01"')
    assert values(result) == {"01": 100, "02": 200}


def test_land_is_told_from_water_by_an_attribute(fault: Fault) -> None:
    folder = fault("land_and_water")
    recipe = read_recipe(folder / "r.toml")
    recipe = replace(recipe, boundaries=replace(recipe.boundaries, keep_where={"GF": "4"}))
    result = build_region(parse_recipe(recipe_text(recipe)), folder)
    assert values(result)["03"] == 340
    assert result.region is not None
    assert result.region.quarters.geometry.area.max() < 1.5 * result.region.quarters.geometry.area.median()


def test_a_district_is_chosen_by_its_name_also_in_tables_that_name_quarters(tmp_path: Path) -> None:
    places = [{**one, "kreis": kreis} for one, kreis in zip(quarters("A", "B", "C"), "XXY", strict=True)]
    write(tmp_path, places, t="ort;ew;lb\nA;1000;100\nB;2000;200\nC;?;?\n")
    assert values(built(tmp_path, 'keep_where = {kreis = "X"}', BY_NAME)) == {"01": 100, "02": 200}


def test_rows_of_a_table_are_chosen_by_a_column(tmp_path: Path) -> None:
    rows = "".join(f"0{n};{sex};{n * m}000;{n * m}00\n" for n in (1, 2) for sex, m in (("m", 1), ("insgesamt", 2)))
    write(tmp_path, quarters("A", "B"), t="key;sex;ew;lb\n" + rows)
    assert "table_key_twice" in codes(built(tmp_path))
    assert values(built(tmp_path, table='keep_where = {sex = "insgesamt"}')) == {"01": 200, "02": 400}


def test_a_filter_on_a_column_that_is_not_there_says_so(tmp_path: Path) -> None:
    write(tmp_path, quarters("A"), t="key;ew;lb\n01;1000;100\n")
    assert "column_missing" in codes(built(tmp_path, 'keep_where = {GF = "4"}'))
    assert "table_column_missing" in codes(built(tmp_path, table='keep_where = {GF = "4"}'))
    assert "boundaries_nothing_kept" in codes(built(tmp_path, 'keep_where = {name = "B"}'))


# keys in several columns, sums of columns


def test_a_key_of_two_columns_is_put_together_and_ages_are_added(fault: Fault) -> None:
    folder = fault("key_of_two_columns")
    recipe = read_recipe(folder / "r.toml")
    ages = ColumnRule(("u3", "u6", "u15"), "residents_under_15")
    table = replace(recipe.tables[0], key=("Bezirk", "Stadtteil"), columns=(*recipe.tables[0].columns, ages))
    result = build_region(parse_recipe(recipe_text(replace(recipe, tables=(table,)))), folder)
    assert values(result)["203"] == 260
    assert values(result, "residents_under_15")["101"] == 70 + 84 + 175


def test_parts_of_a_key_keep_their_length(tmp_path: Path) -> None:
    places = [{"key": "01-002", "name": "A"}, {"key": "10-011", "name": "B"}]
    write(tmp_path, places, t="bez;teil;ew;lb\n1;2;1000;100\n10;11;2000;200\n")
    keys = 'key = ["bez", 2]\n[tables.keys]\npart_lengths = [2, 3]\njoint = "-"'
    assert values(built(tmp_path, table=keys)) == {"01-002": 100, "10-011": 200}


def test_a_sum_lacks_what_one_summand_lacks(tmp_path: Path) -> None:
    write(tmp_path, quarters("A", "B", "C"), t="key;m;w;ew\n01;40;60;1000\n02;.;90;2000\n03;50;*;2500\n")
    columns = COUNTS.replace('column = "lb"', 'column = ["m", "w"]')
    result = built(tmp_path, columns=columns)
    assert result.region is not None, result.findings
    cells = result.region.values_of("recipients", "2024-12-31")
    assert cells.loc["01", "value"] == 100
    assert not set(cells.loc[["02", "03"], "state"]) & {"value", "true_zero"}


# sums


@pytest.mark.parametrize(("total", "percent"), [("330", -9.1), ("290", 3.4), ("2999", -90.0)])
def test_how_far_off_a_sum_is_stands_in_the_finding(total: str, percent: float, tmp_path: Path) -> None:
    write(tmp_path, quarters("A", "B"), t=f"key;ew;lb\n01;1000;100\n02;2000;200\nStadt Probe;3000;{total}\n")
    result = built(tmp_path, table='[[tables.totals]]\nkey = "Stadt Probe"')
    (found,) = [one for one in result.findings if one.code == "total_differs"]
    assert found.parameters["percent"] == percent


# rates taken for counts


@pytest.mark.parametrize("cells", [("6,3", "7,6"), ("0,131", "0,076"), ("1210,5", "2310,25")])
def test_a_column_of_people_in_fractions_is_an_error_unless_they_are_averages(
    cells: tuple[str, str], tmp_path: Path
) -> None:
    write(tmp_path, quarters("A", "B"), t=f"key;ew;lb\n01;10000;{cells[0]}\n02;20000;{cells[1]}\n")
    result = built(tmp_path)
    (found,) = [one for one in result.findings if one.code == "people_in_fractions"]
    assert (result.region, found.column, found.parameters["count"]) == (None, "lb", 2)
    averaged = COUNTS.replace('"recipients"', '"recipients"\naveraged = true')
    assert built(tmp_path, columns=averaged).region is not None


def test_numbers_in_thousands_are_whole_people(tmp_path: Path) -> None:
    write(tmp_path, quarters("A", "B"), t="key;ew;lb\n01;10,125;100\n02;20,35;200\n")
    result = built(tmp_path, columns=COUNTS.replace('"residents"', '"residents"\nfactor = 1000'))
    assert values(result, "residents") == {"01": 10125, "02": 20350}


# the date in the file


def test_another_date_in_the_file_is_said(fault: Fault) -> None:
    folder = fault("next_years_file")
    (found,) = [
        one
        for one in build_region(read_recipe(folder / "recipe.toml"), folder).findings
        if one.code == "date_differs_from_file"
    ]
    assert (found.parameters["said"], found.parameters["given"]) == ("2025-12-31", "2024-12-31")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{table}Stichtag: 31.12.2025\n", "2025-12-31"),
        ("{table}\nQuelle: Amt für Statistik, Stand Dezember 2025\n", "2025-12-31"),
        ("Einwohner und Leistungsberechtigte am 30.06.2025\n\n{table}", "2025-06-30"),
        ("{table}Stand: 31.12.2024\nGebietsstand: 31.12.2025\nerstellt am 31.01.2026\nStand: 02.01.2026\n", ""),
        ("{table}Bis zum Stichtag 31.08.2013 sind falsche Zahlen entstanden.\nFür den Stichtag 31.12.2016:\n", ""),
        ("Stand: 31.12.2024, geändert am 31.03.2025\n\n{table}", ""),
    ],
)
def test_only_reference_dates_are_compared(text: str, said: str, tmp_path: Path) -> None:
    rows = "".join(f"{n:02d};{n}000;{n}00\n" for n in range(1, 7))
    write(tmp_path, quarters(*"ABCDEF"), t=text.format(table="key;ew;lb\n" + rows))
    result = built(tmp_path)
    assert len(values(result)) == 6
    assert [one.parameters["said"] for one in result.findings if one.code == "date_differs_from_file"] == (
        [said] if said else []
    )


def test_a_year_in_a_heading_is_compared(tmp_path: Path) -> None:
    write(tmp_path, quarters("A", "B"), t="key;EW 2025;lb (Basis Zensus 2022)\n01;1000;100\n02;2000;200\n")
    result = built(tmp_path, columns=COUNTS.replace('"ew"', "2").replace('"lb"', "3"))
    assert [one.parameters["said"] for one in result.findings if one.code == "date_differs_from_file"] == ["2025"]


# one file for boundaries and numbers; names


def test_boundaries_that_carry_numbers_serve_both(fault: Fault) -> None:
    folder = fault("numbers_in_geojson")
    text = """
id = "probe"
name = "Probe"
[boundaries]
file = "grenzen_mit_zahlen.geojson"
key = "nr"
name = "name"
[[tables]]
file = "grenzen_mit_zahlen.geojson"
key = "nr"
date = "2024-12-31"
[[tables.columns]]
column = "einwohner"
measure = "residents"
[[tables.columns]]
column = "sgb2_personen"
measure = "recipients"
"""
    result = build_region(parse_recipe(text), folder)
    assert values(result)["01"] == 90
    assert values(result, "residents")["09"] == 1008


def test_attributes_are_read_as_they_are(tmp_path: Path) -> None:
    places = [{"key": f"0{n}", "name": "A", "ew": n * 1000.0, "quote": 1.125, "lb": f"{n}10"} for n in (1, 2)]
    water = [{"key": "01", "name": "See", "ew": 0.0, "quote": 0.0, "lb": "-", "GF": "2"}]
    write(tmp_path, [{**one, "GF": "4"} for one in places] + water)
    rate = '[[tables.columns]]\ncolumn = "quote"\nmeasure = "rate"\n[[measures]]\nkey = "rate"\nunit = "percent"\n'
    columns = COUNTS + rate
    result = built(tmp_path, 'keep_where = {GF = "4"}', 'file = "q.geojson"', columns=columns)
    assert values(result, "residents") == {"01": 1000, "02": 2000}
    assert values(result, "rate") == {"01": 1.125, "02": 1.125}
    assert values(result) == {"01": 110, "02": 210}


def test_names_come_from_the_table_where_boundaries_have_none(tmp_path: Path) -> None:
    write(tmp_path, quarters("", "", ""), t="key;Ortsteil;ew;lb\n01;Süd;1000;100\n02;Nord;2000;200\n")
    result = built(tmp_path, 'name = ""', 'name = "Ortsteil"')
    assert result.region is not None, result.findings
    assert result.region.quarters["name"].to_dict() == {"01": "Süd", "02": "Nord", "03": "03"}


# what the form starts with


def test_headings_of_rates_are_no_counts(fault: Fault) -> None:
    folder = fault("pct_taken_for_count")
    recipe = drafted(folder, "grenzen.geojson", "zahlen.csv")
    assert [(rule.column, rule.measure) for rule in recipe.tables[0].columns] == [
        ("bevoelkerung", "residents"),
        ("sgb2_pct", "own_0"),
    ]
    result = build_region(recipe, folder)
    assert result.region is not None, result.findings
    assert result.region.values_of("own_0", "2024-12-31").loc["04", "value"] == 10.2


@pytest.mark.parametrize(
    "heading", ["SGB II Prozent", "Anteil SGB II", "sgb2_ant", "SGB-II-Quote", "SGB II v.H.", "SGB II"]
)
def test_rates_are_known_by_heading_or_by_their_numbers(heading: str, tmp_path: Path) -> None:
    rows = "".join(f"{n:02d};{n}000;{n + 5},{n}\n" for n in range(1, 7))
    write(tmp_path, quarters(*"ABCDEF"), t=f"key;Einwohner;{heading}\n" + rows)
    recipe = drafted(tmp_path, "q.geojson", "t.csv")
    assert [rule.measure for rule in recipe.tables[0].columns] == ["residents", "own_0"]
    assert [measure.unit for measure in recipe.measures] == ["percent"]


def test_a_long_table_is_found_and_read(fault: Fault) -> None:
    result = built_draft(fault("long_table"), "grenzen.geojson", "lang.csv")
    assert values(result, date="2023-12-31")["05"] == 95
    assert values(result, "residents", "2023-12-31")["09"] == 1009


def test_a_long_table_parted_by_sex_is_read_for_all(tmp_path: Path) -> None:
    rows = [
        f"{n:02d};31.12.{year};{what};{sex};{n * size * share}"
        for n in range(1, 7)
        for year in (2023, 2024)
        for what, size in (("Bevölkerung", 500), ("Leistungsberechtigte SGB II", 50), ("Haushalte", 9))
        for sex, share in (("männlich", 1), ("weiblich", 1), ("insgesamt", 2))
    ]
    write(tmp_path, quarters(*"ABCDEF"), t="Gebiet;Stichtag;Merkmal;Geschlecht;Anzahl\n" + "\n".join(rows) + "\n")
    result = built_draft(tmp_path)
    assert values(result, date="2023-12-31")["03"] == 300
    assert values(result, "residents")["06"] == 6000


def test_a_wide_table_parted_by_age_is_read_for_all(tmp_path: Path) -> None:
    rows = [
        f"{n:02d};{age};{n * size};{n * size // 10}"
        for n in range(1, 7)
        for age, size in (("u15", 100), ("Summe", 1000))
    ]
    write(tmp_path, quarters(*"ABCDEF"), t="key;Alter;Einwohner;SGB II\n" + "\n".join(rows) + "\n")
    assert values(built_draft(tmp_path)) == {f"0{n}": n * 100 for n in range(1, 7)}


def test_a_key_of_two_columns_is_found(fault: Fault) -> None:
    result = built_draft(fault("key_of_two_columns"), "q.gpkg", "t.csv")
    assert values(result)["303"] == 145


@pytest.mark.parametrize(
    ("form", "rule"), [("{}-{}", KeyRule(joint="-")), ("{:02d}{:02d}", KeyRule(part_lengths=(2, 2)))]
)
def test_parts_of_keys_meet_in_their_own_way(form: str, rule: KeyRule, tmp_path: Path) -> None:
    pairs = [(district, part) for district in (1, 2, 11) for part in (1, 2, 3)]
    write(
        tmp_path,
        [{"key": form.format(*pair), "name": f"Teil {number}"} for number, pair in enumerate(pairs)],
        t="Bezirk;Teil;Einwohner;SGB II\n" + "".join(f"{a};{b};{a + b}000;{a + b}00\n" for a, b in pairs),
    )
    recipe = drafted(tmp_path, "q.geojson", "t.csv")
    assert (recipe.tables[0].key, recipe.tables[0].keys) == (("Bezirk", "Teil"), rule)
    assert values(build_region(recipe, tmp_path))[form.format(11, 3)] == 1400


def test_men_and_women_are_added_where_there_is_no_total(tmp_path: Path) -> None:
    rows = "".join(f"{n:02d};{n}000;{n}100;{n}00;{n}10\n" for n in range(1, 5))
    heads = "key;Einwohner männlich;Einwohner weiblich;SGB II Personen 15 bis 25;SGB II Personen insgesamt\n"
    write(tmp_path, quarters(*"ABCD"), t=heads + rows)
    result = built_draft(tmp_path)
    assert values(result, "residents")["02"] == 4100
    assert values(result)["02"] == 210


@pytest.mark.parametrize(
    ("heads", "residents"),
    [
        ("Bevölkerung | Insgesamt;Bevölkerung | unter 1 Jahr", 1000),
        ("Bevölkerung | 14 bis unter 15 Jahre;Bevölkerung (in 1000)", 100_000),
        ("EW 65 und älter;EW", 100),
    ],
)
def test_one_age_is_never_taken_for_all(heads: str, residents: int, tmp_path: Path) -> None:
    rows = "".join(f"{n:02d};{n}000;{n}00;{n}0\n" for n in range(1, 5))
    write(tmp_path, quarters(*"ABCD"), t=f"key;{heads};SGB II\n{rows}")
    assert values(built_draft(tmp_path), "residents")["01"] == residents


@pytest.mark.parametrize(
    ("foot", "date"),
    [("Stand: 15.01.2026 / 13:58", "2024-12-31"), ("Stand: 30.06.2025", "2025-06-30"), ("", "2024-12-31")],
)
def test_the_day_a_file_was_made_is_no_reference_date(foot: str, date: str, tmp_path: Path) -> None:
    rows = "".join(f"{n:02d};{n}000;{n}00\n" for n in range(1, 7))
    write(tmp_path, quarters(*"ABCDEF"), zahlen_2024=f"key;Einwohner;SGB II\n{rows}{foot}\n")
    assert drafted(tmp_path, "q.geojson", "zahlen_2024.csv", "").tables[0].date == date


def test_land_is_guessed_where_keys_stand_twice(fault: Fault) -> None:
    folder = fault("land_and_water")
    assert drafted(folder, "q.gpkg", "t.csv").boundaries.keep_where == {"GF": "4"}
    assert values(built_draft(folder, "q.gpkg", "t.csv"))["03"] == 340


def test_no_filter_is_guessed_where_several_would_do(tmp_path: Path) -> None:
    places = [{**one, "art": art} for one in quarters("A", "B", "C") for art in ("x", "y")]
    write(tmp_path, places, t="key;Einwohner\n01;1000\n02;2000\n03;3000\n")
    assert drafted(tmp_path, "q.geojson", "t.csv").boundaries.keep_where == {}


def test_boundaries_with_numbers_are_guessed_as_table_too(fault: Fault) -> None:
    name = "grenzen_mit_zahlen.geojson"
    assert values(built_draft(fault("numbers_in_geojson"), name, name))["01"] == 90


def test_a_column_that_says_the_same_everywhere_names_nothing(fault: Fault) -> None:
    result = built_draft(fault("constant_name_column"), "grenzen.geojson", "zahlen.csv")
    assert result.region is not None, result.findings
    assert list(result.region.quarters["name"][:2]) == ["Ortsteil 1", "Ortsteil 2"]
    assert values(result)["Ortsteil 9"] == 99


@pytest.mark.parametrize(
    ("attributes", "name"),
    [
        ({"gemeinde": ["M", "M", "M"], "name": ["A", "B", "C"]}, "name"),
        ({"bezirk": ["West", "West", "Ost"], "label": ["A", "B", "C"]}, "label"),
        ({"land": ["X", "X", "X"]}, "key"),
    ],
)
def test_names_tell_quarters_apart(attributes: dict[str, list[str]], name: str) -> None:
    drawn = Columns("q.geojson", {"key": ["01", "02", "03"], **attributes})
    assert draft_boundaries(drawn, [Columns("t.csv", {"key": ["01", "02", "03"], "ew": ["1", "2", "3"]})]).name == name


def test_names_of_the_table_are_guessed_where_boundaries_have_keys_only(tmp_path: Path) -> None:
    places = [{"key": f"0{n}"} for n in range(1, 5)]
    rows = "".join(f"0{n};Ort {n};{n}000;{n}00\n" for n in range(1, 5))
    write(tmp_path, places, t="key;Ortsteil;Einwohner;SGB II\n" + rows)
    result = built_draft(tmp_path)
    assert result.region is not None, result.findings
    assert result.region.quarters["name"].to_dict()["03"] == "Ort 3"


@pytest.mark.parametrize(
    "total",
    ["Insgesamt", "Stadt Probe", "Summe Stadt", "Probe gesamt", "Stadt Probe insgesamt", "zusammen", "Alle Stadtteile"],
)
def test_rows_of_sums_are_known_by_their_words(total: str, tmp_path: Path) -> None:
    rows = "".join(f"Ort {n};{n}000;{n}00\n" for n in range(1, 5))
    write(tmp_path, quarters(*(f"Ort {n}" for n in range(1, 5))), t=f"Ort;Einwohner;SGB II\n{rows}{total};10000;1000\n")
    result = built_draft(tmp_path)
    assert [one.parameters["count"] for one in result.findings if one.code == "totals_agree"] == [2]
    assert result.joins[0].is_complete


def test_sums_of_districts_are_compared_with_their_district(tmp_path: Path) -> None:
    places = [{**one, "bezirk": "Nord" if n < 2 else "Süd"} for n, one in enumerate(quarters(*"ABCD"))]
    rows = ["A;1000;100", "B;2000;200", "Nord zusammen;3000;300", "C;3000;300", "D;4000;400", "Süd zusammen;7000;700"]
    write(tmp_path, places, t="Ort;Einwohner;SGB II\n" + "\n".join([*rows, "Insgesamt;10000;1001", ""]))
    recipe = drafted(tmp_path, "q.geojson", "t.csv")
    result = build_region(replace(recipe, boundaries=replace(recipe.boundaries, district="bezirk")), tmp_path)
    assert [one.parameters["count"] for one in result.findings if one.code == "totals_agree"] == [5]
    assert [one.parameters["name"] for one in result.findings if one.code == "total_differs"] == ["Insgesamt"]


def test_a_quarter_called_stadt_is_no_sum(tmp_path: Path) -> None:
    names = ["Stadt Mitte", "Dorf", "Hof", "Feld"]
    write(tmp_path, quarters(*names), t="Ort;Einwohner;SGB II\n" + "".join(f"{one};2000;200\n" for one in names))
    assert len(values(built_draft(tmp_path))) == 4


@pytest.mark.parametrize("table", ["nur_einwohner.csv", "nur_sgb2.csv"])
def test_a_region_may_hold_residents_or_recipients_only(table: str, fault: Fault) -> None:
    result = built_draft(fault("residents_only"), "grenzen.geojson", table)
    measure = "residents" if table == "nur_einwohner.csv" else "recipients"
    assert values(result, measure)["09"] == (1009 if measure == "residents" else 188)


# several files


def test_boundaries_come_from_several_files(tmp_path: Path) -> None:
    import geopandas as gpd

    write(tmp_path, quarters(*"ABCD"), t="key;ew;lb\n" + "".join(f"{n:02d};{n}000;{n}00\n" for n in range(1, 5)))
    whole = gpd.read_file(tmp_path / "q.geojson")
    whole[:2].to_file(tmp_path / "west.gpkg")
    whole[2:].to_crs(25832).to_file(tmp_path / "ost.gpkg")
    files = 'file = "west.gpkg"\nmore_files = ["ost.gpkg"]'
    result = built(tmp_path, files)
    assert values(result) == {"01": 100, "02": 200, "03": 300, "04": 400}
    assert result.region is not None
    areas = result.region.quarters.geometry.area
    assert areas.max() < 1.1 * areas.min()
    for name, part in (("west", whole[:2]), ("ost", whole[2:])):
        part.to_crs(25832).set_crs(None, allow_override=True).to_file(tmp_path / f"{name}.gpkg")
    assert "crs_missing" in codes(built(tmp_path, files))
    assert len(values(built(tmp_path, files + '\ncrs = "EPSG:25832"'))) == 4
    assert values(built(tmp_path, files + '\ncrs = "EPSG:25832"\nkeep = "0[34]"')) == {"03": 300, "04": 400}


def test_a_key_in_two_files_is_told_with_both(tmp_path: Path) -> None:
    write(tmp_path, quarters("A"), t="key;ew;lb\n01;1000;100\n")
    (tmp_path / "r.geojson").write_bytes((tmp_path / "q.geojson").read_bytes())
    result = built(tmp_path, 'more_files = ["r.geojson"]')
    (found,) = [one for one in result.findings if one.code == "key_duplicate"]
    assert (found.file, found.parameters["rows"]) == ("q.geojson, r.geojson", "1, 2")
    assert "file_missing" in codes(built(tmp_path, 'more_files = ["s.geojson"]'))


@pytest.mark.parametrize(
    ("table", "columns", "entry"),
    [
        ('key = ["key", ""]', COUNTS, "tables[1].key"),
        ('key = ["key", "ew"]\n[tables.keys]\npart_lengths = [1000000000, 2]', COUNTS, "tables[1].keys.part_lengths"),
        ('key = ["key", "ew"]\n[tables.keys]\npart_lengths = [-1]', COUNTS, "tables[1].keys.part_lengths"),
        ("", COUNTS.replace('"ew"', '["ew", ""]'), "tables[1].columns[1].column"),
        ("", COUNTS.replace('"residents"', '"residents"\nwhen = "x"'), "tables[1].measure_column"),
        ('keep_where = {ew = "(("}', COUNTS, "tables[1].keep_where.ew"),
    ],
)
def test_what_cannot_be_done_is_told_before_any_file_is_read(
    table: str, columns: str, entry: str, tmp_path: Path
) -> None:
    with pytest.raises(DataError) as caught:
        built(tmp_path, table=table, columns=columns)
    assert [finding.parameters["entry"] for finding in caught.value.findings] == [entry]
