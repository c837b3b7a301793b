"""Residents on the census grid: as published, alone or in a zip, of a whole country."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyproj import Transformer

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.recipes import build_region, read_recipe, role_of, view_file
from geo.region.recipes.build import BuildResult
from geo.region.recipes.recipe import CellSource
from geo.region.tables import TableSpec, read_grid
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
    assert rows.outside + len(rows.x) + rows.withheld == 400_010
    assert np.isfinite(rows.residents).all()


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
