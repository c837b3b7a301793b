"""Last year's recipe or region and this year's file: one region of both, nothing entered again but the date."""

from __future__ import annotations

from pathlib import Path

import pytest

from geo.region.package.bundle import write_region
from geo.region.recipes.draft import Columns
from geo.region.recipes.new_year import found_again
from geo.region.recipes.recipe import TableSource
from geo.region.recipes.rules import ColumnRule
from geo.region.recipes.toml_text import recipe_text
from tests.pages.import_page import GOOD_DRAWN, GOOD_TABLE, Page, csv

SITES = ("orte.csv", b"id;name;lon;lat\na;Haus A;7.01;51.41\nb;Haus B;7.03;51.42\n", "")


def this_year(
    foot: str = "Stand: 31.12.2025", head: str = "SCHLUESSEL;Name;Einwohner;Leistungsberechtigte (SGB II)"
) -> bytes:
    return csv([f"{n:02d};Quartier {n:02d};{1010 + n};{110 + n}" for n in range(1, 10)], head=head, foot=foot)


def region_of(page: Page) -> object:
    return page.app.session_state["import.outcome"].region


def recipe_of_last_year(page: Page) -> bytes:
    return recipe_text(page.upload(GOOD_DRAWN, GOOD_TABLE).app.session_state["import.outcome"].recipe).encode()


def test_a_recipe_takes_the_new_file_in_place_of_the_old(page: Page) -> None:
    recipe = recipe_of_last_year(page)
    other = Page(page.t.language).upload(GOOD_DRAWN, ("r.toml", recipe, ""), ("statistik_neu.csv", this_year(), ""))
    assert other.states() == ["done", "done", "done", "done"]
    region = region_of(other)
    assert region.dates == ("2025-12-31",)
    assert region.values_of("recipients", "2025-12-31").loc["03", "value"] == 113


def test_a_recipe_takes_the_new_file_beside_the_old_and_compares(page: Page) -> None:
    recipe = recipe_of_last_year(page)
    new = ("neu.csv", this_year(), "")
    other = Page(page.t.language).upload(GOOD_DRAWN, GOOD_TABLE, ("r.toml", recipe, ""), new)
    assert region_of(other).dates == ("2024-12-31", "2025-12-31")
    assert other.t("import.change", percent=other.t.number(9.5, 1), date=other.t.date("2024-12-31")) in other.html


def test_the_date_of_a_new_file_is_asked_where_it_names_none(page: Page) -> None:
    recipe = recipe_of_last_year(page)
    new = ("neu.csv", this_year(foot=""), "")
    other = Page(page.t.language).upload(GOOD_DRAWN, ("r.toml", recipe, ""), new)
    assert other.states()[1] == "open"
    assert "import.outcome" not in other.app.session_state
    field = next(field for field in other.app.text_input if field.label == other.t("import.new_year_date"))
    field.set_value("31.12.2025")
    other.app.run()
    assert region_of(other).dates == ("2025-12-31",)


def test_a_region_takes_a_new_year_with_one_click(page: Page, tmp_path: Path) -> None:
    hidden = csv([f"{n:02d};Quartier {n:02d};{1000 + n};{2 if n == 4 else 100 + n}" for n in range(1, 10)])
    page.upload(GOOD_DRAWN, ("zahlen.csv", hidden, ""), SITES)
    last = region_of(page)
    write_region(last, tmp_path / "stadt.zip")
    package = ("stadt.zip", (tmp_path / "stadt.zip").read_bytes(), "")
    other = Page(page.t.language).upload(package, ("neu.csv", this_year(), ""))
    other.press("import.new_year_add")
    region = region_of(other)
    assert other.states() == ["done", "done", "done", "done"]
    assert (region.id, region.name, region.dates) == (last.id, last.name, ("2024-12-31", "2025-12-31"))
    assert len(region.hosts) == 2
    before, after = (one.values_of("recipients", "2024-12-31") for one in (last, region))
    assert after["state"].tolist() == before["state"].tolist()
    assert after["value"].dropna().tolist() == before["value"].dropna().tolist()


@pytest.mark.parametrize(
    ("headings", "absent"),
    [
        (["Schlüssel", "Einwohner 31.12.2025", "SGB II 2025"], ()),
        (["schluessel", "EINWOHNER (2025)", "SGB-II"], ()),
        (["Schlüssel", "Bevölkerung", "SGB II 2025"], ("Einwohner 31.12.2024",)),
        (["Schlüssel", "Einwohner 2025", "Einwohner 2026", "SGB II"], ("Einwohner 31.12.2024",)),
    ],
)
def test_columns_are_found_again_whatever_year_they_name(headings: list[str], absent: tuple[str, ...]) -> None:
    rules = (ColumnRule("Einwohner 31.12.2024", "residents"), ColumnRule("SGB II 2024", "recipients"))
    last = TableSource("alt.csv", "Schlüssel", rules, date="2024-12-31", encoding="cp1252")
    source, lost = found_again(last, Columns("neu_2025.csv", {heading: ["1"] for heading in headings}))
    assert lost == absent
    assert (source.file, source.date, source.encoding) == ("neu_2025.csv", "2025-12-31", "")
    assert {str(rule.column) for rule in source.columns} - set(absent) <= set(headings)
