"""Recipes: read, written, and every mistake named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.decode import NUMBER_MOST
from geo.errors import DataError
from geo.region.disclosure.rule import DisclosureRule
from geo.region.recipes.keys import QuarterNames, fold_name, map_key
from geo.region.recipes.recipe import (
    BoundarySource,
    Break,
    CellSource,
    LandscapeSource,
    MergedUnit,
    PolygonCorrection,
    Recipe,
    SiteSource,
    TableSource,
)
from geo.region.recipes.rules import ColumnRule, KeyRule, RowRule, TotalRule, ValidityRule
from geo.region.recipes.toml_text import parse_recipe, read_recipe, recipe_text
from geo.region.schema import Measure, Source
from geo.text import finding_sentence, texts
from tests.conftest import ROOT
from tests.profiles import examples
from tests.region.nine_quarters import RECIPE

RECIPES = sorted((ROOT / "data" / "recipes").glob("*.toml"))

FULL = Recipe(
    id="alles",
    name='Ort "am\tBach" \\ See',
    kind="district",
    boundaries=BoundarySource(
        "a/b.gpkg",
        "key",
        "name",
        district_from_key=2,
        district_names={"01": "Süd", "a b": "x"},
        keep=r"05\d+",
        dissolve=True,
        keys=KeyRule(pad=8, corrections={"1": "2"}),
        corrections=(PolygonCorrection("1", "2", lon=13.5, lat=52.25),),
        merged=(MergedUnit("1+2", "Eins und Zwei", ("1", "2")),),
        ignore_absent={"9": "Insel"},
    ),
    tables=(
        TableSource(
            "t.xlsx",
            2,
            (ColumnRule("A\nB", "recipients", date="2024-12-31", when="x", factor=1000.0), ColumnRule(3, "quote")),
            measure_column="Merkmal",
            sheet=1,
            header_rows=3,
            date="2024-12-31",
            dates={"2013": "2012-12-31"},
            extra_markers={"geheim": "suppressed"},
            left_out=(RowRule(key=r"\d{2}", reason="it's left out"),),
            totals=(TotalRule(from_row=4, to_row=9, sums="district"),),
            validity=ValidityRule("ok", ("True", "1"), ("residents",)),
        ),
    ),
    streets="s.osm.pbf",
    measures=(Measure("quote", unit="percent", label={"de": "Quote", "en": "Rate"}),),
    sites=(SiteSource("s.csv", "id", "name", "lon", "lat", kind="host", columns={"rooms": "Räume"}),),
    cells=CellSource("c.csv", "x", "y", "n"),
    landscape=(LandscapeSource("l.gpkg", "water"),),
    breaks=(Break("2022-06-30", "ukraine_2022"),),
    disclosure=DisclosureRule(residents_min=0, source="Satzung"),
    sources=(Source("Titel", licence="dl-de/by-2-0"),),
)


def codes(text: str) -> list[str]:
    with pytest.raises(DataError) as caught:
        parse_recipe(text, name="r.toml")
    assert all(finding.file == "r.toml" for finding in caught.value.findings)
    return [finding.code for finding in caught.value.findings]


def test_a_written_recipe_reads_back_equal(tmp_path: Path) -> None:
    text = recipe_text(FULL, comment="Zeile eins\nZeile zwei")
    (tmp_path / "r.toml").write_text(text, encoding="utf-8", newline="\n")
    assert read_recipe(tmp_path / "r.toml") == FULL
    assert text.startswith("# Zeile eins\n# Zeile zwei\n")


@pytest.mark.parametrize("path", RECIPES, ids=lambda path: path.stem)
def test_shipped_recipes_are_clean_and_round_trip(path: Path) -> None:
    recipe = read_recipe(path)
    assert parse_recipe(recipe_text(recipe)) == recipe
    assert recipe.id == path.stem
    assert recipe.sources


@settings(max_examples=examples(200))
@given(
    text=st.text(st.characters(exclude_categories=["Cs"])),
    keys=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8), st.text(max_size=8), max_size=3
    ),
    factor=st.floats(-NUMBER_MOST, NUMBER_MOST),
)
def test_any_text_and_number_survives(text: str, keys: dict[str, str], factor: float) -> None:
    table = replace(FULL.tables[0], columns=(ColumnRule(text or "x", "recipients", when=text, factor=factor),))
    table = replace(table, keys=KeyRule(corrections=keys))
    recipe = replace(FULL, name=text or "x", tables=(table,))
    assert parse_recipe(recipe_text(recipe)) == recipe


def test_defaults_are_not_written() -> None:
    text = recipe_text(parse_recipe(RECIPE))
    assert "disclosure" not in text
    assert "streets" not in text


def test_every_mistake_is_reported_at_once_with_the_nearest_name() -> None:
    text = RECIPE.replace("date_column", "date_colum").replace('district = "district"', "district = 3\nlayr = 1")
    with pytest.raises(DataError) as caught:
        parse_recipe(text)
    found = {finding.code: finding.parameters for finding in caught.value.findings}
    assert found["recipe_expects_text"]["entry"] == "boundaries.district"
    unknown = [f.parameters for f in caught.value.findings if f.code == "recipe_key_unknown"]
    assert {"entry": "boundaries.layr", "nearest": "layer"} in unknown
    assert {"entry": "tables[1].date_colum", "nearest": "date_column"} in unknown


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ('"quarters.geojson"', '"../quarters.geojson"', "recipe_path_outside"),
        ('"quarters.geojson"', '"/etc/passwd"', "recipe_path_outside"),
        ('"quarters.geojson"', "'C:\\quarters.geojson'", "recipe_path_outside"),
        ('"quarters.geojson"', '""', "recipe_path_outside"),
        ('"numbers.csv"', '"a/../../numbers.csv"', "recipe_path_outside"),
        ('measure = "residents"', 'measure = "residnts"', "recipe_measure_unknown"),
        ('date_column = "Jahr"', "", "recipe_date_missing"),
        ('date_column = "Jahr"', 'date = "31.12.2024"', "recipe_date_invalid"),
        ('sums = "all"', 'sums = "al"', "recipe_choice"),
        ('key = "99"', "key = '(9'", "recipe_pattern_invalid"),
        ('sums = "all"', f"from_row = {10**20}", "recipe_expects_whole_number"),
        ('measure = "residents"', 'measure = "residents"\nfactor = 1e999', "recipe_expects_number"),
        ('measure = "residents"', f'measure = "residents"\nfactor = {10**400}', "recipe_expects_number"),
        ('name = "Neun Felder"', "", "recipe_key_missing"),
        ("is_fictional = true", 'is_fictional = "ja"', "recipe_expects_yes_no"),
        ("[boundaries]", "[boundaries", "recipe_syntax"),
        ('sums = "all"', f"from_row = {'9' * 5000}", "recipe_syntax"),
        ("[[sources]]", "[sources]", "recipe_expects_list"),
        ("[[sources]]", "[disclosure]\nresidents_min = 'x'\n[[sources]]", "recipe_expects_whole_number"),
        ("[[sources]]", "[disclosure]\nround_to = 0\n[[sources]]", "recipe_limit_invalid"),
        ('"EPSG:25832"', '"EPSG:1"', "recipe_crs_unknown"),
        ('decimal = ","', 'markers = "amt"', "recipe_choice"),
        ('decimal = ","', f"keys = {{ pad = {10**12} }}", "recipe_choice"),
        ("[[sources]]", "[[breaks]]\ndate = '2022'\nkey = 'x'\n[[sources]]", "recipe_date_invalid"),
    ],
)
def test_one_mistake_one_finding(old: str, new: str, code: str) -> None:
    assert old in RECIPE
    assert codes(RECIPE.replace(old, new)) == [code]


EMPTY = {
    "tables": replace(FULL, tables=()),
    "name": replace(FULL, name=""),
    "boundaries.key": replace(FULL, boundaries=replace(FULL.boundaries, key="")),
    "boundaries.merged[1].parts": replace(
        FULL, boundaries=replace(FULL.boundaries, merged=(MergedUnit("m", "Mitte", ()),))
    ),
    "tables[1].key": replace(FULL, tables=(replace(FULL.tables[0], key=""),)),
    "tables[1].columns": replace(FULL, tables=(replace(FULL.tables[0], columns=()),)),
    "tables[1].columns[1].column": replace(
        FULL, tables=(replace(FULL.tables[0], columns=(ColumnRule("", "recipients"),)),)
    ),
    "tables[1].validity.values": replace(FULL, tables=(replace(FULL.tables[0], validity=ValidityRule("ok", ())),)),
    "sites[1].x": replace(FULL, sites=(replace(FULL.sites[0], x=""),)),
}


@pytest.mark.parametrize("entry", EMPTY)
def test_an_entry_with_nothing_in_it_is_told_with_its_place_and_a_remedy(entry: str) -> None:
    with pytest.raises(DataError) as caught:
        parse_recipe(recipe_text(EMPTY[entry]))
    (finding,) = caught.value.findings
    assert (finding.code, finding.parameters["entry"]) == ("recipe_entry_empty", entry)
    _, sentence, remedy = finding_sentence(texts("de"), finding)
    assert entry in sentence
    assert remedy


def test_an_unquoted_date_is_understood() -> None:
    recipe = parse_recipe(RECIPE.replace('date_column = "Jahr"', "date = 2024-12-31"))
    assert recipe.tables[0].date == "2024-12-31"


def test_an_absent_recipe_is_a_finding(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="recipe_unreadable"):
        read_recipe(tmp_path / "none.toml")


@pytest.mark.parametrize(
    ("raw", "rule", "key"),
    [
        ("1", KeyRule(pad=2, prefix="STGT"), "STGT01"),
        ("05111", KeyRule(complete=8), "05111000"),
        ("05154004", KeyRule(complete=8), "05154004"),
        ("  Kreis 05566 (ST)", KeyRule(extract=r"(\d{5})"), "05566"),
        ("1010101", KeyRule(pad=8), "01010101"),
        ("06010102", KeyRule(corrections={"06010102": "04030417"}), "04030417"),
        ("7", KeyRule(suffix="00"), "700"),
        ("", KeyRule(pad=8, prefix="x"), ""),
    ],
)
def test_keys_are_mapped(raw: str, rule: KeyRule, key: str) -> None:
    assert map_key(raw, rule) == key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Allermöhe", "Allermoehe"),
        ("Groß Flottbek", "GROSS-FLOTTBEK"),
        ("  Aachen (ST)", "Aachen"),
        ("St. Pauli", "St.Pauli"),
        ("Neugraben-Fischbek", "Neugraben - Fischbek"),
    ],
)
def test_names_fold_together(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_shared_names_are_ambiguous() -> None:
    names = QuarterNames({"01": "Schloßstraße", "02": "Schlossstraße", "03": "Ring"})
    assert names.find("RING") == ("03",)
    assert names.find("Schloss-Straße") == ("01", "02")
    assert names.find("Schloßstraße") == ("01",), "what is spelled the same is meant"
