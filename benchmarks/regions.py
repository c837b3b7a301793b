"""Reading, building and loading regions; beside each figure what plain pandas and GeoPandas take for the same files."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.synthetic import synthetic_region

ROOT = Path(__file__).resolve().parents[1]
REAL_DATA = ROOT.parent / "shared" / "data"
RECIPES = ROOT / "data" / "recipes"
Row = tuple[str, str, str]


def measure() -> list[Row]:
    """Return rows of what, figure, wanted."""
    return [*_building(), *_loading(), *_importing(), *_cells()]


def _building() -> list[Row]:
    from geo.bounded import call_bounded
    from geo.region.recipes import build_region, read_recipe

    rows: list[Row] = []
    for name in ("berlin_mss_2021", "berlin_mss_2006_2020", "kreise_2023", "nrw_2024", "hamburg_2013"):
        path = RECIPES / f"{name}.toml"
        if not REAL_DATA.is_dir():
            rows.append((f"build {name}", "files not at hand", "≤ 5 s"))
            continue
        recipe = read_recipe(path)
        rows.append((f"build {name}", _seconds(lambda recipe=recipe: build_region(recipe, REAL_DATA)), "≤ 5 s"))
        bounded = _seconds(lambda recipe=recipe: call_bounded(build_region, recipe, REAL_DATA, reads=[REAL_DATA]))
        rows.append((f"the same in a bounded child process, {name}", bounded, "≤ 1.2 ×"))
    if REAL_DATA.is_dir():
        import geopandas as gpd

        polygons = REAL_DATA / "berlin" / "shp" / "lor_planungsraeume_2021.shp"
        rows.append(("peer: GeoPandas reads Berlin's polygons only", _seconds(lambda: gpd.read_file(polygons)), ""))
    return rows


def _loading() -> list[Row]:
    import geopandas as gpd
    import pandas as pd

    from geo.region.package import load_region, write_region

    with tempfile.TemporaryDirectory() as folder:
        package = Path(folder) / "package"
        write_region(synthetic_region(600, 12), package)
        return [
            ("load 600 quarters × 12 dates", _seconds(lambda: load_region(package)), "< 0.3 s"),
            (
                "peer: pandas and GeoPandas read the same files",
                _seconds(lambda: (gpd.read_file(package / "quarters.gpkg"), pd.read_csv(package / "statistics.csv"))),
                "",
            ),
        ]


def _importing() -> list[Row]:
    def run() -> None:
        subprocess.run(
            [sys.executable, "-c", "import geo, geo.region.package.bundle, geo.need.indicators"], cwd=ROOT, check=True
        )

    return [("import geo with regions and indicators, new process", _seconds(run), "≤ 1 s")]


def _cells() -> list[Row]:
    """Cut a city from a census grid of 100 m of the whole country, made up: 3.1 million rows."""
    import zipfile
    from functools import partial

    import geopandas as gpd
    import numpy as np
    import pandas as pd
    import shapely

    from geo.bounded import call_bounded
    from geo.defaults import ReadBounds, ReadLimits
    from geo.region.recipes import CellSource
    from geo.region.recipes.places import read_cells

    city = gpd.GeoDataFrame(index=["11"], geometry=[shapely.box(370_000, 5_800_000, 415_000, 5_838_000)], crs=25833)
    at = np.sort(np.random.default_rng(1).choice(6_410 * 8_670, 3_100_000, replace=False))
    east, north = 4_031_050 + 100 * (at // 8_670), 2_684_050 + 100 * (at % 8_670)
    names = pd.Series(north - 50).astype(str) + "E" + pd.Series(east - 50).astype(str)
    grid = pd.DataFrame({"GITTER_ID_100m": "CRS3035RES100mN" + names, "x_mp_100m": east, "y_mp_100m": north})
    with tempfile.TemporaryDirectory() as folder:
        grid.assign(Einwohner=7).to_csv(Path(folder) / "grid.csv", sep=";", index=False)
        with zipfile.ZipFile(Path(folder) / "grid.zip", "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(Path(folder) / "grid.csv", "grid.csv")
        rows, bounds = [], ReadBounds(megabytes=1000)
        for name in ("grid.csv", "grid.zip"):
            source = CellSource(name, "x_mp_100m", "y_mp_100m", "Einwohner")
            cut = partial(read_cells, source, Path(folder), city, ReadLimits())
            took = _seconds(partial(call_bounded, cut, reads=[Path(folder)], bounds=bounds), times=3)
            rows.append(
                (f"a city from a census grid of 3.1 million rows within 1 GB, {name[-3:].upper()}", took, "≤ 20 s")
            )
    return rows


def _seconds(work: Callable[[], object], times: int = 5) -> str:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    taken.sort()
    return f"{taken[len(taken) // 2]:.2f} s ({taken[0]:.2f}–{taken[-1]:.2f}, {times} runs)"
