"""Guesses about uploaded files: right where something speaks for them, empty where nothing does."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from geo.region.recipes import draft
from geo.region.recipes import heading_words as draft_words
from geo.region.recipes.draft import Columns
from geo.region.recipes.file_view import ROLES, role_of
from geo.region.recipes.key_match import match_keys
from geo.region.recipes.key_pairs import key_pairs, nearest
from geo.region.recipes.keys import map_keys, stripped_by
from geo.region.recipes.rules import KeyRule
from geo.region.schema import STANDARD_MEASURES

KEYS = [f"{number:02d}" for number in range(1, 10)]
NAMES = [f"Quartier {key}" for key in KEYS]
BOUNDARIES = Columns("grenzen.geojson", {"flaeche": ["1.5"] * 9, "schluessel": KEYS, "name": NAMES})


def table(**cells: list[str]) -> Columns:
    return Columns("zahlen.csv", {heading.replace("_", " "): texts for heading, texts in cells.items()})


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, b"x")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "role"),
    [
        ("a.geojson", b"{}", "boundaries"),
        ("a.GPKG", b"SQLite format 3\x00", "boundaries"),
        ("a.bin", b"PAR1", "boundaries"),
        ("a.zip", zipped("x/a.shp", "x/a.dbf"), "boundaries"),
        ("a.zip", zipped("datapackage.json", "quarters.csv"), "package"),
        ("a.zip", zipped("stadt/datapackage.json"), "package"),
        ("a.xlsx", zipped("[Content_Types].xml"), "table"),
        ("a.ods", zipped("mimetype"), "table"),
        ("a.zip", b"PK\x03\x04 broken", "boundaries"),
        ("a.csv", b"a;b", "table"),
        ("a.toml", b"id = 'a'", "recipe"),
        ("a.dbf", b"\x03", "part"),
        ("a.osm.pbf", b"\x00", "streets"),
        ("a.docx", b"abc", "unknown"),
    ],
)
def test_role_is_told_by_content_and_ending(name: str, content: bytes, role: str) -> None:
    assert role_of(name, content) == role
    assert role in ROLES


@pytest.mark.parametrize(
    ("heading", "measure"),
    [
        ("Einwohner", "residents"),
        ("Bevölkerung insgesamt", "residents"),
        ("EW", "residents"),
        ("Einwohner unter 15 Jahren", "residents_under_15"),
        ("Einwohner unter 65 Jahre", "residents_under_pension_age"),
        ("Einwohner 15 bis unter 65", "residents_15_to_pension_age"),
        ("Leistungsberechtigte (SGB II)", "recipients"),
        ("Leistungsempfänger/-innen nach SGB II (Dez 2013)", "recipients"),
        ("sgb2_personen", "recipients"),
        ("Erwerbsfähige Leistungsberechtigte", "employable"),
        ("ELB", "employable"),
        ("Nicht erwerbsfähige Leistungsberechtigte", "children"),
        ("Bedarfsgemeinschaften", "units"),
        ("Alleinerziehenden-BG", "single_parent_units"),
        ("Haushalte, in denen Alleinerziehende leben", ""),  # no benefit units
        ("SGB-II-Quote", "percent"),
        ("Anteil der Leistungsberechtigten in %", "percent"),
        ("Leistungsberechtigte je 1000 Einwohner", "per_1000"),
        ("Einwohnerdichte", ""),
        ("Fläche in km²", ""),
        ("Anteil der Grünflächen in %", ""),
        ("PLR_NAME", ""),
        ("Bevölkerung | 14 bis unter 15 Jahre", "residents"),  # one year of age, left out as a part
        ("Bevölkerung 0 bis unter 15 Jahre", "residents_under_15"),
        ("Einwohner u15", "residents_under_15"),
        ("Gemeinsame Wohnformen für Mütter und Kinder (SGB VIII)", ""),
        ("Arbeitslose SGB III", ""),
        ("SGB-XII-Quote", ""),
    ],
)
def test_headings_tell_measures(heading: str, measure: str) -> None:
    assert draft_words.guess_measure(heading) == measure


def test_standard_keys_as_headings_mean_themselves() -> None:
    for measure in STANDARD_MEASURES:
        assert draft_words.guess_measure(measure.key) == measure.key


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("Stand: 31.12.2024", "2024-12-31"),
        ("eckwerte-202412-xlsx", "2024-12-31"),
        ("Bevölkerung (Dez 2013)", "2013-12-31"),
        ("einwohner_2024.csv", "2024-12-31"),
        ("sgb2_2018_2022.csv", ""),
        ("EPSG 25832", ""),
        ("nichts", ""),
        ("am 30.06.2022, abgerufen 2024", "2022-06-30"),
    ],
)
def test_one_date_in_a_text_is_found(text: str, date: str) -> None:
    assert draft_words.guess_date(text) == date


def test_date_column_is_known_by_heading_and_contents() -> None:
    assert draft.guess_date_column(table(Jahr=["2023", "2024"])) == "Jahr"
    assert draft.guess_date_column(table(Jahr=["2023", "viele"])) == ""
    assert draft.guess_date_column(table(Zahl=["2023", "2024"])) == ""


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        (KEYS, KeyRule()),
        ([str(number) for number in range(1, 10)], KeyRule(pad=2)),
        (NAMES, KeyRule(fold=True)),
        ([name.upper().replace(" ", "-") for name in NAMES], KeyRule(fold=True)),
    ],
)
def test_keys_meet_in_the_simplest_way(raw: list[str], rule: KeyRule) -> None:
    match = match_keys(raw, KEYS, NAMES)
    assert match.rule == rule
    assert (match.matched, match.table_keys, match.boundary_keys) == (9, 9, 9)


def test_prefix_and_trailing_zeros_are_found() -> None:
    drawn = [f"STGT{key}" for key in KEYS]
    match = match_keys([str(number) for number in range(1, 10)], drawn)
    assert match.rule == KeyRule(pad=2, prefix="STGT")
    assert map_keys(["7"], match.rule) == ["STGT07"]
    towns = ["05111000", "05113000", "05314000", "05154004"]
    assert match_keys(["05111", "05113", "05314", "05154004"], towns).rule == KeyRule(complete=8)


def test_lost_zeros_of_the_boundaries_are_found() -> None:
    match = match_keys(KEYS, [str(number) for number in range(1, 10)])
    assert match.boundary_rule == KeyRule(pad=2)
    assert match.matched == 9


def test_nothing_in_common_gives_no_rule() -> None:
    match = match_keys(["x", "y"], KEYS, NAMES)
    assert match.matched == 0
    assert match.rule == KeyRule()


def test_boundaries_are_keyed_by_what_the_table_names() -> None:
    source = draft.draft_boundaries(BOUNDARIES, [table(Nr=KEYS, Einwohner=["100"] * 9)])
    assert (source.key, source.name, source.target_crs) == ("schluessel", "name", "")
    alone = draft.draft_boundaries(BOUNDARIES)
    assert (alone.key, alone.name) == ("schluessel", "name")


def test_table_is_drafted_whole() -> None:
    columns = table(
        Nr=[*(str(number) for number in range(1, 10)), "Summe"],
        Bezeichnung=[*NAMES, ""],
        Einwohner=["1000"] * 10,
        Leistungsberechtigte=["120"] * 10,
        SGB_II_Quote=["12,0"] * 10,
    )
    boundaries = draft.draft_boundaries(BOUNDARIES, [columns])
    source, units = draft.draft_table(Columns(columns.file, columns.texts, "Stand 31.12.2024"), BOUNDARIES, boundaries)
    assert source.key == "Nr"
    assert source.keys == KeyRule(pad=2)
    assert source.date == "2024-12-31"
    assert {(rule.column, rule.measure) for rule in source.columns} == {
        ("Einwohner", "residents"),
        ("Leistungsberechtigte", "recipients"),
    }
    assert units == {}  # the counts are there
    assert [rule.key for rule in source.totals] == ["Summe"]


def test_ready_made_rate_is_taken_where_there_are_no_counts() -> None:
    columns = table(Nr=KEYS, SGB_II_Quote=["12,0"] * 9)
    source, units = draft.draft_table(columns, BOUNDARIES, draft.draft_boundaries(BOUNDARIES, [columns]))
    assert units == {"SGB II Quote": "percent"}
    assert source.columns == ()


def test_columns_of_several_years_keep_their_dates() -> None:
    columns = table(Nr=KEYS, Einwohner_2023=["1"] * 9, Einwohner_2024=["1"] * 9)
    source, _ = draft.draft_table(columns, BOUNDARIES, draft.draft_boundaries(BOUNDARIES, [columns]))
    assert [(rule.measure, rule.date) for rule in source.columns] == [
        ("residents", "2023-12-31"),
        ("residents", "2024-12-31"),
    ]
    assert source.date == ""


def test_totals_named_beside_an_empty_key() -> None:
    rules = draft.total_rules(["Insgesamt (1+2)"], ["01", "02", ""])
    assert [(rule.key, rule.name) for rule in rules] == [("", r"Insgesamt\ \(1\+2\)")]
    assert draft.total_rules([], ["01"]) == ()


def test_places_are_told_from_statistics() -> None:
    places = Columns(
        "orte.csv",
        {
            "id": ["a", "b"],
            "Name": ["Haus A", "Haus B"],
            "Art": ["host", "main"],
            "lon": ["7", "7"],
            "lat": ["51", "51"],
        },
    )
    assert draft.is_site_table(places)
    assert not draft.is_site_table(table(Nr=KEYS, Einwohner=KEYS))
    source = draft.draft_sites(places)
    assert (source.key, source.name, source.x, source.y, source.kind_column) == ("id", "Name", "lon", "lat", "Art")
    assert source.columns == {}


def test_what_else_a_table_says_of_sites_is_recognised() -> None:
    further = {"Träger": "carrier", "Leistungen": "services", "Öffnungsstunden pro Woche": "opening_hours_per_week"}
    further |= {"Stellen": "staff_full_time", "Einmalige Kosten": "one_off_cost_eur", "Barrierefrei": "is_accessible"}
    cells = {"id": ["a", "b"], "Name": ["Haus", "Hof"], "lon": ["7", "7"], "lat": ["51", "51"]}
    source = draft.draft_sites(Columns("orte.csv", cells | {heading: ["", ""] for heading in further}))
    assert source.columns == {target: heading for heading, target in further.items()}


@pytest.mark.parametrize(
    ("text", "key"), [("Köln-Süd (2024)", "koeln_sued_2024"), ("  ", "region"), ("Ä", "ae"), ("../x", "x")]
)
def test_slug_is_a_plain_key(text: str, key: str) -> None:
    assert draft.slug(text) == key


@pytest.mark.real
def test_real_files_are_guessed_without_help(real_data: Path) -> None:
    from geo.region.shapes.boundaries import describe_layers
    from geo.region.tables.table import read_table

    layer = describe_layers(real_data / "flensburg/flensburg_stadtteile.zip", sample_rows=100)[0]
    drawn = Columns("f.zip", {name: [record[name] for record in layer.sample] for name in layer.columns})
    read = read_table(real_data / "flensburg/flensburg_sgb2_2018_2022.csv", name="f.csv")
    columns = Columns("f.csv", {str(name): read.frame[name].tolist() for name in read.frame})
    boundaries = draft.draft_boundaries(drawn, [columns])
    source, _ = draft.draft_table(columns, drawn, boundaries)
    assert (boundaries.key, boundaries.name) == ("AREA_ID", "AREA_NAME")
    assert (source.key, source.keys, source.date_column) == ("district_id", KeyRule(pad=2, prefix="STGT"), "year")
    assert {rule.measure for rule in source.columns} == {"recipients", "residents"}


def test_beginnings_are_taken_off_and_put_in_front() -> None:
    keys = [f"{number:02d}" for number in range(1, 10)]
    marked = match_keys([f"DE{key}" for key in keys], keys)
    assert (marked.matched, stripped_by(marked.rule.extract)) == (9, "DE")
    assert match_keys(keys, [f"DE{key}" for key in keys]).rule.prefix == "DE"
    assert match_keys([f"05566{key}" for key in keys], keys).matched == 9
    assert stripped_by(r"(\d+)") == ""


def test_pairs_of_columns_are_told_with_shares_and_samples() -> None:
    drawn = Columns("g", {"nr": KEYS, "name": NAMES, "art": ["x"] * 9})
    met = Columns(
        "t", {"Name": [*NAMES[:6], "Nirgendwo"], "Nummer": [str(n) for n in range(1, 8)], "Zahl": ["500"] * 7}
    )
    pairs = key_pairs(met, drawn)
    assert [(pair.heading, pair.boundary_heading) for pair in pairs] == [("Nummer", "nr"), ("Name", "name")]
    assert [round(share, 2) for share in pairs[1].shares] == [0.86, 0.67]
    assert pairs[0].samples == (("1", "01"), ("2", "02"), ("3", "03"))


def test_the_nearest_names_come_first() -> None:
    names = {"1": "Altstadt", "2": "Neustadt", "3": "Groß Flottbek"}
    assert nearest("Gross-Flotbek", names)[0] == "3"
    assert nearest("Alt-Stadt (ST)", names)[0] == "1"
    assert nearest("xyz", names) == ()


def test_sums_below_are_left_out_also_where_one_is_called_like_a_quarter() -> None:
    drawn = Columns(
        "g.geojson",
        {"id": list("abcd"), "name": ["Nord", "Heide", "Süd", "Moor"], "bezirk": ["Ost", "Ost", "Süd", "Süd"]},
    )
    cells = ["Nord", "Heide", "Süd", "Moor", "Insel", "Ost", "Süd", "Stadt"]
    columns = Columns("t.csv", {"Gebiet": cells, "Einwohner": ["1"] * 8}, "", range(2, 10))
    boundaries = draft.draft_boundaries(drawn, [columns])
    assert (boundaries.key, boundaries.name) == ("id", "name")
    source, _ = draft.draft_table(columns, drawn, boundaries)
    assert source.keys.fold
    assert [(rule.from_row, rule.to_row) for rule in source.left_out] == [(7, 9)]
    plain = Columns("t.csv", {"Gebiet": [*cells[:4], "Insel"], "Einwohner": ["1"] * 5}, "", range(2, 7))
    assert draft.draft_table(plain, drawn, boundaries)[0].left_out == ()


def test_years_under_any_heading_are_dates_where_keys_repeat() -> None:
    editions = Columns("t.csv", {"Nr": KEYS * 2, "mss": ["2019"] * 9 + ["2021"] * 9, "Einwohner": ["2019"] * 18})
    assert draft.guess_date_column(editions, besides=["Nr"]) == "mss"
    assert draft.guess_date_column(Columns("t.csv", {"Nr": KEYS, "mss": ["2019"] * 9}), besides=["Nr"]) == ""
