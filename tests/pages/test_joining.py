"""Keys that do not meet: pairs of columns are offered, and what is left is told, decided and kept in the recipe."""

from __future__ import annotations

import json

import pytest

from geo.region.recipes.toml_text import parse_recipe, recipe_text
from tests.pages.import_page import GOOD_DRAWN, Page, boundaries, csv, rows

DATE = "2024-12-31"


def left(page: Page, cell: str, choice: str) -> None:
    page.app.selectbox(key=f"widget.import.left.zahlen.csv.{cell}").set_value(choice)
    page.app.run()


def by_key(page: Page) -> None:
    page.app.selectbox(key="widget.import.key.zahlen.csv").set_value("Schlüssel")
    page.app.run()
    page.choose(page.t("import.compare"), "key")


def outcome(page: Page) -> object:
    return page.app.session_state["import.outcome"]


def test_keys_without_quarter_are_decided_one_by_one(page: Page) -> None:
    table = rows(q7="7a;Quartier Sieben;1007;107", q8="08+09;Quartier 08/09;2017;217", q9="AA;Umland;99;20")
    page.upload(GOOD_DRAWN, ("zahlen.csv", csv([*table, "Alles;Alles;8045;848"]), ""))
    box = page.app.selectbox(key="widget.import.left.zahlen.csv.7a")
    assert page.t("import.left_same", name="Quartier 07 (07)") in box.options
    left(page, "7a", "=07")
    left(page, "AA", "outside")
    left(page, "Alles", "sum")
    left(page, "08+09", "merge")
    page.app.multiselect[0].set_value(["08", "09"])
    page.app.run()
    assert page.t("import.join_told", found="9", all="9") in page.html
    page.press("import.check")
    region = outcome(page).region
    assert sorted(region.quarters.index) == ["01", "02", "03", "04", "05", "06", "07", "08+09"]
    assert region.values_of("residents", DATE).loc[["07", "08+09"], "value"].tolist() == [1007, 2017]
    assert {join.only_in_table for join in outcome(page).joins} == {("AA",)}
    assert "join_only_in_table" not in {finding.code for finding in outcome(page).findings}
    assert parse_recipe(recipe_text(outcome(page).recipe)) == outcome(page).recipe


def test_a_part_of_the_areas_is_chosen_by_a_column(page: Page) -> None:
    drawn = boundaries()
    for number, feature in enumerate(drawn["features"]):
        feature["properties"]["kreis"] = "Steinfurt" if number < 5 else "Borken"
    page.upload(("grenzen.geojson", json.dumps(drawn).encode(), ""), ("zahlen.csv", csv(), ""))
    page.choose(page.t("import.keep_column"), "kreis").choose(page.t("import.keep_value"), "Steinfurt")
    page.press("import.check")
    assert len(outcome(page).region.quarters) == 5
    assert not [finding for finding in outcome(page).findings if finding.level == "warning"]


def test_a_pair_of_columns_is_taken_with_one_click(page: Page) -> None:
    drawn = boundaries()
    for number, feature in enumerate(drawn["features"]):
        feature["properties"]["lang"] = f"DE{number + 1:02d}"
    table = [row.replace(";", "x;", 1) for row in rows()[:3]] + rows()[3:]
    page.upload(("grenzen.geojson", json.dumps(drawn).encode(), ""), ("zahlen.csv", csv(table), ""))
    by_key(page)
    assert page.t("import.join_told", found="6", all="9") in page.html
    label = page.t("import.pair_take", table="Name", boundaries="name")
    next(button for button in page.app.button if button.label == label).click()
    page.app.run()
    assert page.t("import.join_told", found="9", all="9") in page.html
    page.press("import.check")
    assert outcome(page).joins[0].is_complete


@pytest.mark.parametrize(("mark", "field"), [("strip", "extract"), ("prefix", "prefix")])
def test_beginnings_are_entered_both_ways(page: Page, mark: str, field: str) -> None:
    drawn, table = boundaries(), rows()
    if mark == "strip":
        table = [f"X{row}" if number % 2 else row for number, row in enumerate(table)]
    else:
        for feature in drawn["features"]:
            feature["properties"]["schluessel"] = "X-" + feature["properties"]["schluessel"]
    page.upload(("grenzen.geojson", json.dumps(drawn).encode(), ""), ("zahlen.csv", csv(table), ""))
    by_key(page)
    box = next(box for box in page.app.text_input if box.label == page.t(f"import.{mark}"))
    box.set_value("X" if mark == "strip" else "X-")
    page.app.run()
    page.press("import.check")
    assert outcome(page).joins[0].is_complete
    assert getattr(outcome(page).recipe.tables[0].keys, field)


def test_remedies_speak_of_the_fields_or_of_the_recipe(page: Page) -> None:
    import html

    table = ("zahlen.csv", csv(rows(q9="AA;Umland;99;20")), "")
    remedies = [html.escape(page.t(f"finding.join_only_in_table.{name}")) for name in ("remedy_form", "remedy")]
    page.upload(GOOD_DRAWN, table)
    assert [remedy in page.html for remedy in remedies] == [True, False]
    written = recipe_text(outcome(page).recipe).encode()
    other = Page(page.t.language).upload(GOOD_DRAWN, table, ("stadt.toml", written, ""))
    assert [remedy in other.html for remedy in remedies] == [False, True]


def test_sums_by_the_beginning_of_their_key_are_no_keys_without_quarter(page: Page) -> None:
    drawn = boundaries()
    for number, feature in enumerate(drawn["features"]):
        feature["properties"]["schluessel"] = f"0{5 + number // 5}{number:02d}"
    table = [f"0{5 + n // 5}{n:02d};Ort {n};{1000 + n};{100 + n}" for n in range(9)]
    table += ["0;Land;9036;936", "05;Kreis A;5010;510", "06;Kreis B;4026;426"]
    page.upload(("grenzen.geojson", json.dumps(drawn).encode(), ""), ("zahlen.csv", csv(table), ""))
    assert page.t("import.join_nested", n=3) in page.html
    assert {finding.code for finding in outcome(page).findings} == {"totals_agree"}


def test_named_parts_are_joined_and_a_quarter_without_row_is_confirmed(page: Page) -> None:
    drawn = boundaries()
    for number, name in ((2, "Neuland"), (3, "Gut Moor"), (8, "Insel")):
        drawn["features"][number]["properties"]["name"] = name
    table = rows(q3="", q4="Neuland und Gut Moor;Neuland und Gut Moor;2010;210", q9="")
    table = [row if row.startswith("Neu") else f"Quartier {row}" for row in table]
    page.upload(("grenzen.geojson", json.dumps(drawn).encode(), ""), ("zahlen.csv", csv(table), ""))
    assert page.t("import.join_told", found="7", all="7") in page.html
    assert len(outcome(page).region.quarters) == 8
    box = next(box for box in page.app.checkbox if box.label == page.t("import.left_absent", list="Insel (09)"))
    box.check()
    page.app.run()
    page.press("import.check")
    assert not [finding for finding in outcome(page).findings if finding.level == "warning"]
