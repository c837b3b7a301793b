"""Numbers that nobody would believe are said before anything is shown, and put right by one line."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from geo.output.values.data_tables import corrected_lines, counts_table
from geo.region.recipes.build import BuildResult, build_region
from geo.region.recipes.recipe import CellCorrection, Recipe
from geo.region.recipes.toml_text import parse_recipe, read_recipe, recipe_text
from geo.text import texts

DATE = "2024-12-31"
HEADINGS = {"residents": "Einwohner", "recipients": "Leistungsberechtigte", "quote": "Quote"}


def write(folder: Path, rows: Sequence[Sequence[object]], *measures: str) -> Recipe:
    """Write nine squares and a table with the measures named, and return the recipe for them."""
    features = []
    for number in range(9):
        x, y = 7.0 + number % 3 * 0.02, 51.4 + number // 3 * 0.013
        ring = [[x, y], [x + 0.02, y], [x + 0.02, y + 0.013], [x, y + 0.013], [x, y]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"nr": f"{number + 1:02d}"}, "geometry": shape})
    (folder / "g.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    lines = [";".join(["nr", *(HEADINGS[measure] for measure in measures)])]
    lines += [";".join(str(cell).replace(".", ",") for cell in row) for row in rows]
    (folder / "z.csv").write_text("\n".join(lines))
    columns = "".join(f'[[tables.columns]]\ncolumn = "{HEADINGS[one]}"\nmeasure = "{one}"\n' for one in measures)
    own = '[[measures]]\nkey = "quote"\nunit = "percent"\n' if "quote" in measures else ""
    return parse_recipe(
        'id = "probe"\nname = "Probe"\n[boundaries]\nfile = "g.geojson"\nkey = "nr"\nname = "nr"\n'
        f'[[tables]]\nfile = "z.csv"\nkey = "nr"\ndate = "{DATE}"\n{columns}{own}[[sources]]\ntitle = "erfunden"\n'
    )


def usual(n: int) -> list[object]:
    return [f"{n:02d}", 1000 + 10 * n, 80 + 12 * n]


def warned(result: BuildResult) -> dict[str, set[str | None]]:
    """Return the quarters warned of by code."""
    assert result.region is not None, result.findings
    out: dict[str, set[str | None]] = {}
    for finding in result.findings:
        if finding.level == "warning" and not finding.code.startswith("disclosure"):
            out.setdefault(finding.code, set()).add(finding.quarter)
    return out


def test_a_quarter_with_two_million_residents_is_warned_of_with_its_cell(fault: Callable[[str], Path]) -> None:
    folder = fault("implausible_residents")
    result = build_region(read_recipe(folder / "recipe.toml"), folder)
    assert warned(result) == {"count_dominates": {"05"}, "density_implausible": {"05"}}
    first = result.findings[0]
    assert (first.file, first.row, first.column) == ("zahlen.csv", 6, "Einwohner")


@pytest.mark.parametrize(
    ("measures", "changed", "code"),
    [
        (("residents", "recipients"), (1040, 940), "share_out_of_line"),
        (("residents", "recipients"), (14000, 128), "count_dominates"),
        (("residents",), (10401040,), "count_dominates"),
        (("recipients",), (12800,), "count_dominates"),
        (("residents", "recipients"), (104_000, 128), "density_implausible"),
    ],
)
def test_one_wrong_cell_is_warned_of(
    tmp_path: Path, measures: tuple[str, ...], changed: tuple[int, ...], code: str
) -> None:
    places = [("residents", "recipients").index(measure) + 1 for measure in measures]
    rows = [[usual(n)[0], *(usual(n)[place] for place in places)] for n in range(1, 10)]
    assert warned(build_region(write(tmp_path, rows, *measures), tmp_path)) == {}
    rows[3][1:] = changed
    assert warned(build_region(write(tmp_path, rows, *measures), tmp_path))[code] == {"04"}


def test_many_quarters_hide_no_wrong_cell(tmp_path: Path) -> None:
    """A hundred times too many residents in one of many quarters, so few that it is not half of all."""
    rows = [[f"{n:02d}", 40_000, 4000 + n] for n in range(1, 10)]
    rows[6] = ["07", 40_000, 120]
    assert warned(build_region(write(tmp_path, rows, "residents", "recipients"), tmp_path)) == {
        "share_out_of_line": {"07"}
    }


def test_a_published_rate_that_its_counts_contradict_is_warned_of(tmp_path: Path) -> None:
    rows = [[*usual(n), round(100 * (80 + 12 * n) / (1000 + 10 * n), 1)] for n in range(1, 10)]
    recipe = write(tmp_path, rows, "residents", "recipients", "quote")
    assert warned(build_region(recipe, tmp_path)) == {}
    rows[4][1] = 1500
    recipe = write(tmp_path, rows, "residents", "recipients", "quote")
    assert warned(build_region(recipe, tmp_path)) == {"rate_contradicts": {"05"}}


def test_a_rate_of_something_else_is_no_contradiction(tmp_path: Path) -> None:
    rows = [[*usual(n), 3 + n % 4] for n in range(1, 10)]
    recipe = write(tmp_path, rows, "residents", "recipients", "quote")
    assert warned(build_region(recipe, tmp_path)) == {}


def test_a_town_and_its_villages_are_no_fault_by_their_recipients(tmp_path: Path) -> None:
    """Recipients live in the middle of a district: more than half of them, though not of the residents."""
    rows = [[*usual(n)[:2], 15 + n] for n in range(1, 10)]
    rows[0] = ["01", 4000, 600]
    assert warned(build_region(write(tmp_path, rows, "residents", "recipients"), tmp_path)) == {}


def test_nothing_is_said_of_a_withheld_number(tmp_path: Path) -> None:
    rows = [usual(n) for n in range(1, 10)]
    rows[2][1:] = [4000, 2]
    result = build_region(write(tmp_path, rows, "residents", "recipients"), tmp_path)
    hidden = result.region.values_of("recipients", DATE)["state"] == "suppressed"
    assert hidden["03"]
    assert not any(finding.code == "share_out_of_line" for finding in result.findings)


CORRECTION = CellCorrection("04", DATE, "residents", 1_040_104, 1040, "laut Einwohnermelderegister")


def wrong_cell(folder: Path) -> Recipe:
    rows = [usual(n) for n in range(1, 10)]
    rows[3][1] = 1_040_104
    return write(folder, rows, "residents", "recipients")


def test_a_correction_is_one_entry_and_is_shown_ever_after(tmp_path: Path) -> None:
    recipe = replace(wrong_cell(tmp_path), corrections=(CORRECTION,))
    recipe = parse_recipe(recipe_text(recipe))
    result = build_region(recipe, tmp_path)
    assert warned(result) == {}
    region = result.region
    assert region.values_of("residents", DATE).loc["04", "value"] == 1040
    told = corrected_lines(texts("de"), region, {"04"})
    assert len(told) == 1
    assert "laut Einwohnermelderegister" in told[0]
    assert corrected_lines(texts("de"), region, {"05"}) == ()
    table = counts_table(texts("de"), region)
    column = [field.name for field in table.fields].index("residents_state")
    assert [row[column] for row in table.rows] == ["value"] * 3 + ["corrected"] + ["value"] * 5
    assert told[0] in table.note


@pytest.mark.parametrize(
    "change", [{"was": 1_040_105}, {"key": "14"}, {"date": "2023-12-31"}, {"measure": "units"}, {"table": "y.csv"}]
)
def test_a_correction_that_no_longer_fits_changes_nothing_and_is_said(
    tmp_path: Path, change: dict[str, object]
) -> None:
    recipe = replace(wrong_cell(tmp_path), corrections=(replace(CORRECTION, **change),))
    result = build_region(recipe, tmp_path)
    assert result.region.values_of("residents", DATE).loc["04", "value"] == 1_040_104
    assert "correction_stale" in warned(result)


def test_a_correction_to_nonsense_is_an_error(tmp_path: Path) -> None:
    recipe = replace(wrong_cell(tmp_path), corrections=(replace(CORRECTION, value=-3),))
    result = build_region(recipe, tmp_path)
    assert result.region is None
    assert "count_negative" in {finding.code for finding in result.findings}


def test_every_file_that_cannot_be_read_is_told_at_once(tmp_path: Path) -> None:
    recipe = write(tmp_path, [usual(n) for n in range(1, 10)], "residents", "recipients")
    sites = "".join(
        f'[[sites]]\nfile = "{name}.csv"\nkey = "id"\nname = "id"\nx = "lon"\ny = "lat"\nkind = "host"\n'
        for name in "ab"
    )
    recipe = parse_recipe(recipe_text(recipe) + sites + '[[zones]]\nfile = "zonen.geojson"\n')
    (tmp_path / "a.csv").write_text("nr;lon;lat\n1;7.01;51.41\n")
    (tmp_path / "b.csv").write_text("id;breite\n1;51.41\n")
    (tmp_path / "zonen.geojson").write_text("{")
    result = build_region(recipe, tmp_path)
    assert {finding.file for finding in result.findings if finding.level == "error"} == {
        "a.csv",
        "b.csv",
        "zonen.geojson",
    }
