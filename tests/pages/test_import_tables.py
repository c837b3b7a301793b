"""Tables and boundaries that are laid out in other ways, brought in by the form without touching a recipe."""

from __future__ import annotations

import json
from typing import Any

from geo.region.recipes.toml_text import parse_recipe, recipe_text
from tests.pages.import_page import GOOD_DRAWN, Page, boundaries, csv

DATE = "2024-12-31"


def region_of(page: Page) -> Any:
    page.press("import.check")
    outcome = page.app.session_state["import.outcome"]
    assert outcome.region is not None, outcome.findings
    assert parse_recipe(recipe_text(outcome.recipe)) == outcome.recipe
    return outcome.region


def drawn(**properties: Any) -> tuple[str, bytes, str]:
    """Return the squares with other properties, made from the number of each."""
    areas = boundaries()
    for number, feature in enumerate(areas["features"], start=1):
        feature["properties"] = {name: make(number) for name, make in properties.items()}
    return "grenzen.geojson", json.dumps(areas).encode(), ""


def total(region: Any, measure: str, date: str = DATE) -> float:
    return float(region.values_of(measure, date)["value"].sum())


def test_a_long_table_becomes_a_region(page: Page) -> None:
    lines = [
        f"{n:02d};{year};{what};{number + n}"
        for n in range(1, 10)
        for year in (2023, 2024)
        for what, number in (("Einwohner", 1000), ("SGB-II-Personen", 100), ("Hunde", 7))
    ]
    page.upload(GOOD_DRAWN, ("lang.csv", csv(lines, "raum;jahr;zeile;zahl", ""), ""))
    region = region_of(page)
    assert region.dates == ("2023-12-31", DATE)
    assert (total(region, "residents"), total(region, "recipients")) == (9045, 945)


def test_a_key_of_two_columns_meets(page: Page) -> None:
    areas = drawn(KEY=lambda n: f"{(n + 2) // 3}{(n - 1) % 3 + 1:02d}", NAME=lambda n: f"Ort {n}")
    lines = [f"{(n + 2) // 3};{(n - 1) % 3 + 1:02d};{1000 + n};{100 + n}" for n in range(1, 10)]
    page.upload(areas, ("zahlen.csv", csv(lines, "Bezirk;Stadtteil;Einwohner;SGB II"), ""))
    assert page.t("import.join_told", found="9", all="9") in page.html
    assert total(region_of(page), "residents") == 9045


def test_boundaries_that_carry_numbers_need_no_table(page: Page) -> None:
    areas = drawn(nr=lambda n: f"{n:02d}", einwohner=lambda n: 1000 + n, sgb2_personen=lambda n: 100 + n)
    page.upload(areas)
    box = next(box for box in page.app.text_input if box.label == page.t("import.date_day"))
    box.set_value("31.12.2024")
    page.app.run()
    assert total(region_of(page), "recipients") == 945


def test_quarters_are_named_by_the_table(page: Page) -> None:
    lines = [f"{n:02d};Ort {n};{1000 + n};{100 + n}" for n in range(1, 10)]
    page.upload(drawn(nr=lambda n: f"{n:02d}"), ("zahlen.csv", csv(lines, "nr;Ortsteil;Einwohner;SGB II"), ""))
    assert region_of(page).quarters.loc["03", "name"] == "Ort 3"


def test_columns_of_one_measure_are_added_when_asked(page: Page) -> None:
    lines = [f"{n:02d};{500 + n};{500};{100 + n}" for n in range(1, 10)]
    table = ("zahlen.csv", csv(lines, "Schlüssel;Einwohner männlich;Einwohner weiblich;SGB II"), "")
    page.upload(GOOD_DRAWN, table)
    assert total(region_of(page), "residents") == 9045
    box = next(box for box in page.app.checkbox if "Einwohner männlich" in box.label)
    box.uncheck()
    page.app.run()
    assert page.t("finding.import_measure_twice", file="zahlen.csv") in page.html


def test_land_is_taken_and_water_left(page: Page) -> None:
    areas = json.loads(drawn(nr=lambda n: f"{max(n - 3, 1):02d}", GF=lambda n: 2 if n < 4 else 4)[1])
    lines = [f"{n:02d};{1000 + n};{100 + n}" for n in range(1, 7)]
    table = ("zahlen.csv", csv(lines, "nr;Einwohner;SGB II"), "")
    page.upload(("grenzen.geojson", json.dumps(areas).encode(), ""), table)
    assert len(region_of(page).quarters) == 6


def test_boundaries_in_two_files_are_taken_together(page: Page) -> None:
    files = []
    for name, numbers in (("west", range(4)), ("ost", range(4, 9))):
        areas = boundaries()
        areas["features"] = [areas["features"][number] for number in numbers]
        files.append((f"{name}.geojson", json.dumps(areas).encode(), ""))
    page.upload(*files, ("zahlen.csv", csv(), ""))
    assert len(region_of(page).quarters) == 9
