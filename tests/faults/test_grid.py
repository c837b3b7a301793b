"""Residents on the census grid: as published, alone or in a zip, of a whole country."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from pyproj import Transformer

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.recipes import build_region, check_recipe, parse_recipe, read_recipe, recipe_text, role_of, view_file
from geo.region.recipes.build import BuildResult
from geo.region.recipes.places import read_cells
from geo.region.recipes.recipe import CellSource
from geo.region.tables import TableSpec, read_grid
from tests.conftest import REAL_DATA
from tests.region import nine_quarters

HEAD = "GITTER_ID_100m;x_mp_100m;y_mp_100m;Einwohner"
SOURCE = CellSource("grid.csv", "x_mp_100m", "y_mp_100m", "Einwohner")


def grid(*, decimal: str = ",", withheld: str = "–", far: int = 500) -> str:
    """Return a grid with one inhabited square in each of nine quarters, one withheld, and many far away."""
    transform = Transformer.from_crs("EPSG:25832", "EPSG:3035", always_xy=True).transform
    lines = [HEAD]
    for number, square in enumerate(nine_quarters.squares()):
        x, y = transform(square.centroid.x, square.centroid.y)
        lines.append(f"CRS{number};{x:.1f};{y:.1f};{10 + number}".replace(".", decimal))
    x, y = transform(500_010, 5_600_010)
    lines.append(f"CRSw;{x:.1f};{y:.1f};{withheld}".replace(".", decimal))
    lines += [f"CRSf{number};{4_500_050 + 100 * number};3200050;7" for number in range(far)]
    return "\n".join(lines) + "\n"


def built(folder: Path, content: bytes, name: str = "grid.csv", **source: str) -> BuildResult:
    recipe = read_recipe(nine_quarters.write_files(folder))
    (folder / name).write_bytes(content)
    return build_region(replace(recipe, cells=replace(SOURCE, file=name, **source)), folder)


def packed(folder: Path, **members: str) -> bytes:
    with zipfile.ZipFile(folder / "pack.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.csv", text)
    return (folder / "pack.zip").read_bytes()


@pytest.mark.parametrize("decimal", [",", "."])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_a_grid_as_published(tmp_path: Path, decimal: str, encoding: str) -> None:
    result = built(tmp_path, grid(decimal=decimal).encode(encoding))
    assert result.region is not None, [one.brief() for one in result.findings]
    cells = result.region.cells
    assert cells is not None
    assert dict(zip(cells["quarter_id"], cells["residents"], strict=True)) == {
        key: 10 + number for number, key in enumerate(nine_quarters.KEYS)
    }
    told = {one.code: one.parameters.get("count") for one in result.findings if one.code.startswith("cells")}
    assert told == {"cells_outside": 500, "cells_withheld": 1}


def test_a_grid_in_a_zip_beside_a_description(tmp_path: Path) -> None:
    content = packed(tmp_path, Beschreibung="a;b\n", Zensus2022_100m=grid())
    result = built(tmp_path, content, "Zensus.zip")
    assert result.region is not None
    assert result.region.cells is not None
    assert len(result.region.cells) == 9


@pytest.mark.parametrize("head", ["GITTER_ID_1km;x_mp_1km;y_mp_1km;Einwohner", HEAD])
def test_uploads_of_grids_are_known_as_such(tmp_path: Path, head: str) -> None:
    text = grid().replace(HEAD, head).encode()
    assert role_of("Zensus.csv", text) == "cells"
    view = view_file("Zensus.csv", {"Zensus.csv": text}, TableSpec(), "", ReadLimits())
    assert view.facts == dict(zip(("x", "y", "residents"), head.split(";")[1:], strict=True))
    zipped = packed(tmp_path, Zensus2022_100m=grid().replace(HEAD, head))
    assert role_of("Zensus.zip", zipped) == "cells"
    assert role_of("zahlen.csv", b"nr;Einwohner\n1;2\n") == "table"


def test_more_rows_than_a_table_may_have(tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_text(grid(far=400_000), encoding="utf-8")
    rows = read_grid(
        path, HEAD.split(";")[1:], (4_000_000, 2_500_000, 4_400_000, 3_150_000), name="g", limits=ReadLimits()
    )
    assert rows is not None
    assert (len(rows.squares), rows.elsewhere, rows.unplaced) == (10, 400_000, 0)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (HEAD + "\n1;2\n", "grid_broken"),
        ("PK\x03\x04 no zip", "archive_broken"),
        ("a;b\n1;2\n", "table_column_missing"),
    ],
)
def test_a_broken_grid_is_a_finding(tmp_path: Path, content: str, code: str) -> None:
    result = built(tmp_path, content.encode("latin-1"))
    assert result.region is None
    assert code in [one.code for one in result.findings]


def test_a_grid_that_is_too_large_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "grid.csv"
    path.write_text(grid(), encoding="utf-8")
    with pytest.raises(DataError, match="file_too_large"):
        read_grid(path, HEAD.split(";")[1:], (0, 0, 1, 1), name="g", limits=ReadLimits(unpacked_bytes=100))


def counts(result: BuildResult) -> dict[str, object]:
    return {one.code: one.parameters.get("count") for one in result.findings if one.code.startswith("cells")}


def test_of_a_zip_with_several_grids_the_one_of_the_source_is_read(tmp_path: Path) -> None:
    wide = grid().replace("_100m", "_1km").replace(";10\n", ";900\n")
    content = packed(tmp_path, Zensus_100m=grid(), Zensus_1km=wide)
    result = built(tmp_path, content, "Zensus.zip", x="x_mp_1km", y="y_mp_1km")
    assert result.region is not None
    assert result.region.cells["residents"].max() == 900


def test_a_grid_saved_by_an_older_program(tmp_path: Path) -> None:
    result = built(tmp_path, grid().encode("cp1252"))
    assert counts(result) == {"cells_outside": 500, "cells_withheld": 1}


def test_a_word_in_place_of_people_is_told_with_its_row(tmp_path: Path) -> None:
    result = built(tmp_path, grid().replace(";12\n", ";zwölf\n").encode())
    assert [one.row for one in result.findings if one.code == "text_in_numbers"] == [4]


def test_places_that_are_no_numbers_are_counted(tmp_path: Path) -> None:
    assert counts(built(tmp_path, grid().replace(";3200050;", ";unbekannt;", 3).encode()))["cells_without_place"] == 3


@pytest.mark.parametrize("far", [50, 320_000])
def test_a_grid_of_another_system_is_told_with_the_likely_one(tmp_path: Path, far: int) -> None:
    text = grid(far=0) + "\n".join(grid(far=0).splitlines()[1:] * (far // 10)) + "\n"
    found = built(tmp_path, text.encode(), crs="EPSG:25832").findings
    assert [one.parameters["likely"] for one in found if one.code == "coordinates_other_system"] == ["EPSG:3035"]


def test_a_grid_without_a_square_in_the_region_is_warned_of(tmp_path: Path) -> None:
    lines = grid().splitlines()
    assert "cells_none" in counts(built(tmp_path, "\n".join([lines[0], *lines[11:]]).encode()))


def test_real_residents_of_berlin(tmp_path: Path) -> None:
    path = REAL_DATA / "zensus_1km" / "continuous_Einwohner.parquet"
    if not path.is_file():
        pytest.skip(f"the census grid is not part of the project and is not at {path}")
    pd.read_parquet(path).to_csv(tmp_path / "z.csv", sep=";", index=False)
    areas = gpd.read_file(REAL_DATA / "berlin" / "shp" / "lor_planungsraeume_2021.shp")
    city = gpd.GeoDataFrame(index=["11"], geometry=[shapely.union_all(areas.geometry)], crs=areas.crs)
    cells, _ = read_cells(CellSource("z.csv", "x", "y", "Einwohner"), tmp_path, city, ReadLimits())
    assert 3_250_000 < cells["residents"].sum() < 3_650_000


def test_a_region_of_cells_alone_has_their_sums_as_residents(tmp_path: Path) -> None:
    recipe = read_recipe(nine_quarters.write_files(tmp_path))
    (tmp_path / "grid.csv").write_text(grid(), encoding="utf-8")
    alone = replace(recipe, tables=(), cells=replace(SOURCE, date="2022-05-15"))
    assert check_recipe(alone) == []
    result = build_region(alone, tmp_path)
    assert result.region is not None, [one.brief() for one in result.findings]
    assert "residents_from_cells" in [one.code for one in result.findings]
    assert result.region.values_of("residents", "2022-05-15")["value"].to_dict() == {
        key: 10 + number for number, key in enumerate(nine_quarters.KEYS)
    }
    assert parse_recipe(recipe_text(alone)) == alone


def test_a_recipe_without_tables_needs_dated_cells(tmp_path: Path) -> None:
    recipe = read_recipe(nine_quarters.write_files(tmp_path))
    for cells in (None, SOURCE):
        assert "recipe_entry_empty" in [one.code for one in check_recipe(replace(recipe, tables=(), cells=cells))]
