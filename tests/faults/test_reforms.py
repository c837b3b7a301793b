"""Boundary reforms: units that were merged, split or renamed keep their numbers, and the dates are marked."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from geo.errors import DataError
from geo.region.recipes.build import BuildResult, build_region
from geo.region.recipes.toml_text import parse_recipe, read_recipe, recipe_text
from geo.region.reforms import CONVERTED, Change, read_change_lines

MERGED = '[[changes]]\ndate = "2016-11-01"\nold = ["03152", "03156"]\nnew = ["03159"]\n'
OLD, LATE = "2015-12-31", "2020-12-31"


def build(folder: Path, quarters: str, rows: str, changes: str, further: str = "") -> BuildResult:
    """Build a region of squares (keys parted by blanks) and rows ``key jahr residents recipients``."""
    features = []
    for place, key in enumerate(quarters.split()):
        x = 7.0 + 0.02 * place
        ring = [[x, 51.4], [x + 0.02, 51.4], [x + 0.02, 51.42], [x, 51.42], [x, 51.4]]
        shape = {"type": "Polygon", "coordinates": [ring]}
        features.append({"type": "Feature", "properties": {"nr": key}, "geometry": shape})
    (folder / "g.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    lines = ["key;jahr;residents;recipients", *(";".join(line.split()) for line in rows.strip().splitlines())]
    (folder / "t.csv").write_text("\n".join(lines))
    recipe = parse_recipe(
        'id = "probe"\nname = "Probe"\n[boundaries]\nfile = "g.geojson"\nkey = "nr"\n' + further + "[[tables]]\n"
        'file = "t.csv"\nkey = "key"\ndate_column = "jahr"\n[[tables.columns]]\ncolumn = "residents"\n'
        'measure = "residents"\n[[tables.columns]]\ncolumn = "recipients"\nmeasure = "recipients"\n'
        '[[sources]]\ntitle = "erfunden"\n' + changes
    )
    assert parse_recipe(recipe_text(recipe)) == recipe
    return build_region(recipe, folder)


def numbers(result: BuildResult, measure: str, date: str) -> dict[str, float]:
    assert result.region is not None, result.findings
    shown = result.region.values_of(measure, date)["value"].dropna()
    return {str(key): float(value) for key, value in shown.items()}


def codes(result: BuildResult, level: str = "error") -> set[tuple[str, str | None]]:
    return {(one.code, one.quarter) for one in result.findings if one.level == level}


def test_two_districts_that_were_merged(fault: Callable[[str], Path]) -> None:
    folder = fault("boundary_reform")
    given = recipe_text(read_recipe(folder / "r.toml"))
    result = build_region(parse_recipe(given + MERGED), folder)
    assert numbers(result, "residents", OLD)["03159"] == 100_000
    assert numbers(result, "recipients", OLD)["03159"] == 9_000
    assert numbers(result, "residents", "2017-12-31")["03159"] == 99_000
    assert result.region is not None
    assert (OLD, CONVERTED) in result.region.breaks
    assert all(join.is_complete for join in result.joins)
    assert {one.code for one in result.findings if one.level == "note"} == {"figures_converted"}


def test_a_unit_that_was_taken_in_and_one_that_was_renamed(tmp_path: Path) -> None:
    rows = "A 2015 1000 100\nB 2015 2000 200\nC 2015 3000 300\nB 2020 3100 310\nD 2020 3000 300"
    changes = (
        '[[changes]]\ndate = "2018-01-01"\nold = ["A", "B"]\nnew = ["B"]\n'
        '[[changes]]\ndate = "2018-01-01"\nold = ["C"]\nnew = ["D"]\n'
    )
    result = build(tmp_path, "B D", rows, changes)
    assert numbers(result, "residents", OLD) == {"B": 3000, "D": 3000}
    assert numbers(result, "residents", LATE) == {"B": 3100, "D": 3000}


@pytest.mark.parametrize("shares", ["0.25, 0.75", "25, 75", "2500, 7500"])
def test_a_split_with_shares_keeps_the_total(tmp_path: Path, shares: str) -> None:
    changes = f'[[changes]]\ndate = "2018-01-01"\nold = ["A"]\nnew = ["X", "Y"]\nshares = [{shares}]\n'
    rows = "A 2015 10001 4001\nZ 2015 5000 500\nX 2020 3000 300\nY 2020 8000 800\nZ 2020 5000 500"
    result = build(tmp_path, "X Y Z", rows, changes)
    assert numbers(result, "residents", OLD) == {"X": 2500, "Y": 7501, "Z": 5000}
    assert numbers(result, "recipients", OLD) == {"X": 1000, "Y": 3001, "Z": 500}


def test_a_split_without_shares_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="change_without_shares"):
        build(tmp_path, "X Y", "A 2015 10 1", '[[changes]]\ndate = "2018-01-01"\nold = ["A"]\nnew = ["X", "Y"]\n')
    with pytest.raises(DataError, match="recipe_change_unclear"):
        build(tmp_path, "X Y", "A 2015 10 1", '[[changes]]\ndate = "2018-01-01"\nold = ["A"]\n')


def test_one_reform_after_the_other(tmp_path: Path) -> None:
    rows = "A 2010 100 10\nB 2010 200 20\nC 2010 300 30\nM 2015 310 31\nC 2015 290 29\nN 2020 700 70"
    changes = (
        '[[changes]]\ndate = "2018-01-01"\nold = ["M", "C"]\nnew = ["N"]\n'
        '[[changes]]\ndate = "2012-01-01"\nold = ["A", "B"]\nnew = ["M"]\n'
    )
    result = build(tmp_path, "N", rows, changes)
    found = [numbers(result, "residents", f"{year}-12-31") for year in (2010, 2015, 2020)]
    assert found == [{"N": 600}, {"N": 600}, {"N": 700}]
    assert result.region is not None
    assert {date for date, key in result.region.breaks} == {"2010-12-31", OLD}


@pytest.mark.parametrize(
    ("rows", "change", "told"),
    [
        ("A 2015 10 1\nB 2015 20 2\nA 2020 10 1\nN 2020 30 3", 'old = ["A", "B"]', {("change_old_after", "A")}),
        ("A 2015 10 1\nB 2015 20 2\nN 2015 30 3\nN 2020 30 3", 'old = ["A", "B"]', {("change_new_before", "N")}),
        ("A 2015 10 1\nN 2020 30 3", 'old = ["A", "Q"]', {("crosswalk_old_unknown", None)}),
    ],
)
def test_what_contradicts_the_table_is_an_error(
    tmp_path: Path, rows: str, change: str, told: set[tuple[str, str | None]]
) -> None:
    result = build(tmp_path, "N", rows, f'[[changes]]\ndate = "2018-01-01"\n{change}\nnew = ["N"]\n')
    assert result.region is None
    assert codes(result) >= told


def test_a_new_key_that_no_quarter_has_is_an_error(tmp_path: Path) -> None:
    result = build(tmp_path, "N", "A 2015 10 1\nN 2015 30 3", '[[changes]]\ndate = "2018-01-01"\nold=["A"]\nnew=["M"]')
    assert codes(result) == {("crosswalk_new_unknown", None)}


TABLE = '[[changes]]\ndate = "2018-01-01"\nfile = "u.csv"\nold_column = "AGS alt"\nnew_column = "AGS neu"\n'


def test_a_published_table_with_units_of_elsewhere(tmp_path: Path) -> None:
    pairs = "AGS alt;AGS neu;Anteil\n01;01;100,0\n02;05;33,3\n02;06;66,7\n99;98;100,0\n97;98;100,0\n"
    (tmp_path / "u.csv").write_text(pairs)
    rows = "01 2015 1000 100\n02 2015 3000 300\n01 2020 1000 100\n05 2020 1000 100\n06 2020 2000 200"
    result = build(tmp_path, "01 05 06", rows, TABLE + 'share_column = "Anteil"\n')
    assert numbers(result, "residents", OLD) == {"01": 1000, "05": 999, "06": 2001}
    (tmp_path / "u.csv").write_text(pairs.replace("66,7", "50,0"))
    result = build(tmp_path, "01 05 06", rows, TABLE + 'share_column = "Anteil"\n')
    assert ("crosswalk_weights_off", None) in codes(result)
    assert ("column_missing", None) in codes(build(tmp_path, "01 05 06", rows, TABLE + 'share_column = "Teil"\n'))


def test_what_is_withheld_or_missing_before_stays_so(tmp_path: Path) -> None:
    olds = [f"A{number:03d}" for number in range(150)]
    rows = "\n".join(f"{key} 2015 1000 {'.' if key == 'A007' else 100}" for key in olds)
    change = f'[[changes]]\ndate = "2018-01-01"\nold = {json.dumps(olds)}\nnew = ["N"]\n'
    result = build(tmp_path, "N", rows + "\nN 2020 150000 15000", change)
    assert numbers(result, "residents", OLD) == {"N": 150_000}
    assert numbers(result, "recipients", OLD) == {}, "one of 150 parts is withheld"


def test_disclosure_control_runs_over_what_was_converted(tmp_path: Path) -> None:
    change = '[[changes]]\ndate = "2018-01-01"\nold = ["A"]\nnew = ["X", "Y"]\nshares = [0.01, 0.99]\n'
    rows = "A 2015 10000 200\nZ 2015 5000 500\nW 2015 5000 400\n" + "\n".join(
        f"{key} 2020 4000 400" for key in ("X", "Y", "Z", "W")
    )
    shown = numbers(build(tmp_path, "X Y Z W", rows, change), "recipients", OLD)
    assert "X" not in shown, "two recipients"
    assert len(shown) < 3, "nor can they be had from the sum"


def test_by_former_boundaries(tmp_path: Path) -> None:
    ring = [[7.0, 51.4], [7.04, 51.4], [7.04, 51.42], [7.0, 51.42], [7.0, 51.4]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    old = {"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"nr": "A"}, "geometry": shape}]}
    (tmp_path / "alt.geojson").write_text(json.dumps(old))
    change = '[[changes]]\ndate = "2018-01-01"\nboundaries = { file = "alt.geojson", key = "nr" }\n'
    rows = "A 2015 1000 100\nZ 2015 500 50\nX 2020 300 30\nY 2020 800 80\nZ 2020 500 50"
    result = build(tmp_path, "X Y Z", rows, change)
    assert ("crosswalk_old_without_new", "Z") not in codes(result)
    assert numbers(result, "residents", OLD) == {"X": 500, "Y": 500, "Z": 500}


def test_reforms_as_a_person_writes_them() -> None:
    text = "1.11.2016: 03152 + 03156 = 03159\n\n2023-01-01: A 1 = B (60) + C (40 %)\n1.1.2020: X = Y\n"
    changes, findings = read_change_lines(text)
    assert findings == []
    assert changes == (
        Change("2016-11-01", ("03152", "03156"), ("03159",)),
        Change("2023-01-01", ("A 1",), ("B", "C"), (60.0, 40.0)),
        Change("2020-01-01", ("X",), ("Y",)),
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("irgendwas", "change_line_unclear"), ("1.1.2020: A", "change_line_unclear"),
        ("gestern: A = B", "change_line_unclear"),
        ("1.1.2020: A = B = C", "change_line_unclear"), ("1.1.2020: = B", "change_line_unclear"),
        ("1.1.2020: A = B + C", "change_line_shares"), ("1.1.2020: A + B = C (1) + D (2)", "change_line_shares"),
    ],
)  # fmt: skip
def test_a_line_that_says_no_reform_is_told(line: str, code: str) -> None:
    changes, findings = read_change_lines(f"1.1.2019: A = B\n{line}")
    assert len(changes) == 1
    assert [(one.code, one.parameters["line"]) for one in findings] == [(code, 2)]
