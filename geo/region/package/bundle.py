"""A region on disk: one folder or zip that is a Frictionless Data Package.

Written beside its place and renamed into it, so that nothing is ever half-written; read as data only:
nothing in a package is executed, and no path in it is followed.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import weakref
import zipfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, has_errors, warning
from geo.region.model import (
    Region,
    check_feed,
    check_id,
    check_minutes,
    check_parts,
    check_quarters,
    file_digest,
    plain_minutes,
    region_fingerprint,
    tidy_landscape,
    tidy_quarters,
    tidy_zones,
    write_feed,
)
from geo.region.package.descriptor import (
    CELLS,
    DESCRIPTOR,
    LANDSCAPE,
    MINUTES,
    OPTIONAL_FILES,
    QUARTERS,
    QUARTERS_GEOMETRY,
    REQUIRED_FILES,
    SITES,
    STATISTICS,
    STREETS,
    TIMETABLE,
    ZONES,
    Description,
    FileFacts,
    descriptor_of,
    parse_descriptor,
)
from geo.region.model.files import (
    read_cells,
    read_quarter_list,
    read_sites,
    read_statistics,
    write_cells,
    write_quarter_list,
    write_sites,
    write_statistics,
)

_NO_DATE = "2000-01-01T00:00:00.000Z"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_SHAPE_COLUMNS = {QUARTERS_GEOMETRY: {"quarter_id", "name"}, LANDSCAPE: {"kind", "name"}, ZONES: {"name", "reason"}}
_GEOPACKAGE_MARK = b"SQLite format 3\x00", b"GPKG"


def write_region(region: Region, folder_or_zip: Path) -> None:
    """Write a region as a package; a path ending in ``.zip`` becomes one file, any other a folder.

    An earlier package at the place is replaced in one step. A folder that holds anything else is
    left alone.

    Raises
    ------
    DataError
        ``package_place_taken`` if the place holds something that is no package.
    """
    place = folder_or_zip
    _refuse_other_content(place)
    place.parent.mkdir(parents=True, exist_ok=True)
    with _scratch_beside(place) as scratch:
        folder = scratch / "package"
        folder.mkdir()
        _write_files(region, folder)
        if place.suffix.lower() == ".zip":
            _zip(folder, scratch / "package.zip")
            (scratch / "package.zip").replace(place)
            return
        _exchange(folder, place, scratch / "before")


def _exchange(folder: Path, place: Path, aside: Path) -> None:
    """Put a finished folder at its place; what stood there comes back if that fails."""
    if place.exists():
        place.rename(aside)
    try:
        folder.rename(place)
    except OSError:
        if aside.exists():
            aside.rename(place)
        raise


def load_region(path: Path | str, *, limits: ReadLimits | None = None) -> Region:
    """Read a package, a folder or a zip, and check that it meets the contract.

    A package that was edited since it was written is loaded with the warning ``package_edited`` if it
    still meets the contract. Streets, timetable and table of minutes from a zip are unpacked to temporary files that
    live as long as the region.

    Raises
    ------
    DataError
        With everything that keeps the files from being a region: not a package of this product, cut
        short, or showing a number that its own disclosure rule withholds.
    """
    path, limits = Path(path), limits or ReadLimits()
    if path.is_dir():
        return _load_folder(path, limits)
    if not path.is_file():
        raise DataError((error("package_absent", file=path.name),))
    from geo.region.archive import extract_zip

    unpacked = Path(tempfile.mkdtemp(prefix="nahbar-"))
    try:
        extract_zip(path, unpacked, name=path.name, limits=limits)
        region = _load_folder(_package_root(unpacked), limits)
    except BaseException:
        shutil.rmtree(unpacked, ignore_errors=True)
        raise
    if region.streets is None and region.timetable is None and region.travel_table is None:
        shutil.rmtree(unpacked, ignore_errors=True)
    else:
        weakref.finalize(region, shutil.rmtree, unpacked, ignore_errors=True)
    return region


def _load_folder(folder: Path, limits: ReadLimits) -> Region:
    described = parse_descriptor(_descriptor_text(folder, limits))
    edited, faults = _compare_files(folder, described, limits)
    if faults:
        raise DataError(tuple(faults))
    quarters = tidy_quarters(_read_shapes(folder / QUARTERS_GEOMETRY, limits).set_index("quarter_id"))
    faults = [*check_id(described.id), *check_quarters(quarters), *_compare_keys(quarters, folder)]
    statistics = read_statistics(folder / STATISTICS, limits)
    sites = read_sites(folder / SITES, quarters.crs, limits)
    cells = read_cells(folder / CELLS, limits) if (folder / CELLS).is_file() else None
    landscape = tidy_landscape(_read_shapes(folder / LANDSCAPE, limits)) if (folder / LANDSCAPE).is_file() else None
    zones = tidy_zones(_read_shapes(folder / ZONES, limits)) if (folder / ZONES).is_file() else None
    streets, timetable, minutes = (
        folder / name if (folder / name).is_file() else None for name in (STREETS, TIMETABLE, MINUTES)
    )
    checked = check_parts(
        quarters=quarters,
        statistics=statistics,
        measures=described.measures,
        sites=sites,
        cells=cells,
        landscape=landscape,
        streets=streets,
        zones=zones,
    )
    # What was not edited was checked when the package was written.
    changed = {finding.file for finding in edited}
    checked += check_feed(timetable) if timetable is not None and TIMETABLE in changed else []
    checked += check_minutes(minutes, quarters, sites) if minutes is not None and MINUTES in changed else []
    faults += [finding for finding in checked if finding not in described.findings]
    if not has_errors(faults):
        faults += _shown_against_the_rule(statistics, described)
    if has_errors(faults):
        raise DataError(tuple(faults))
    parts = {
        "id": described.id,
        "name": described.name,
        "is_fictional": described.is_fictional,
        "quarters": quarters,
        "statistics": statistics,
        "measures": described.measures,
        "sites": sites,
        "cells": cells,
        "landscape": landscape,
        "streets": streets,
        "zones": zones,
        "timetable": timetable,
        "travel_table": minutes,
        "travel_mode": described.travel_mode if minutes is not None else "",
        "sources": described.sources,
        "disclosure": described.disclosure,
        "breaks": described.breaks,
        "findings": described.findings,
    }
    fingerprint = region_fingerprint(parts)
    if fingerprint != described.fingerprint:
        edited = edited or [warning("package_edited", file=DESCRIPTOR)]
        parts["findings"] = (*described.findings, *edited, *faults)
        fingerprint = region_fingerprint(parts)
    return Region(**parts, fingerprint=fingerprint)


def _descriptor_text(folder: Path, limits: ReadLimits) -> str:
    path = folder / DESCRIPTOR
    if not path.is_file():
        raise DataError((error("package_descriptor_missing", file=DESCRIPTOR),))
    if path.stat().st_size > limits.file_bytes:
        raise DataError((error("package_file_too_large", file=DESCRIPTOR),))
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise DataError((error("package_descriptor_unreadable", file=DESCRIPTOR),)) from None


def _compare_files(folder: Path, described: Description, limits: ReadLimits) -> tuple[list[Finding], list[Finding]]:
    """Return warnings for edited files, and errors for absent, cut or oversized ones."""
    edited, faults = [], []
    for name in (*REQUIRED_FILES, *OPTIONAL_FILES):
        path, facts = folder / name, described.files.get(name)
        if not path.is_file():
            if name in REQUIRED_FILES or facts is not None:
                faults.append(error("package_file_missing", file=name))
            continue
        if path.stat().st_size > limits.file_bytes:
            faults.append(error("package_file_too_large", file=name))
            continue
        if facts is None or file_digest(path) != facts.digest:
            edited.append(warning("package_edited", file=name))
            faults += _cut_short(path, facts)
    return edited, faults


def _cut_short(path: Path, facts: FileFacts | None) -> list[Finding]:
    if facts is None or facts.rows is None:
        return []
    text = path.read_bytes()
    rows = text.count(b"\n") - 1
    if rows >= facts.rows and text.endswith(b"\n"):
        return []
    return [error("package_truncated", file=path.name, expected=facts.rows, found=max(rows, 0))]


def _compare_keys(quarters: gpd.GeoDataFrame, folder: Path) -> list[Finding]:
    listed = set(read_quarter_list(folder / QUARTERS))
    drawn = set(quarters.index)
    faults = [error("package_quarter_without_shape", file=QUARTERS, quarter=key) for key in sorted(listed - drawn)]
    return faults + [error("package_quarter_not_listed", file=QUARTERS, quarter=key) for key in sorted(drawn - listed)]


def _shown_against_the_rule(statistics: pd.DataFrame, described: Description) -> list[Finding]:
    from geo.region.disclosure import violates

    shown = statistics[violates(statistics, described.measures, described.disclosure)]
    return [
        error(
            "package_not_disclosed",
            file=STATISTICS,
            quarter=str(row.quarter_id),
            date=str(row.date),
            measure=str(row.measure),
        )
        for row in shown.itertuples()
    ]


def _read_shapes(path: Path, limits: ReadLimits) -> gpd.GeoDataFrame:
    with path.open("rb") as stream:
        head = stream.read(72)
    if not (head.startswith(_GEOPACKAGE_MARK[0]) and head[68:72] == _GEOPACKAGE_MARK[1]):
        raise DataError((error("package_not_a_geopackage", file=path.name),))
    try:
        frame = pyogrio.read_dataframe(path, use_arrow=True, max_features=limits.polygons + 1)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError):
        raise DataError((error("package_not_a_geopackage", file=path.name),)) from None
    wanted = _SHAPE_COLUMNS[path.name]
    if "geometry" not in frame or not wanted <= set(frame.columns):
        raise DataError((error("package_columns_missing", file=path.name, columns=", ".join(sorted(wanted))),))
    if len(frame) > limits.polygons:
        raise DataError((error("package_file_too_large", file=path.name),))
    return frame


def _write_files(region: Region, folder: Path) -> None:
    rows = {
        QUARTERS: write_quarter_list(region.quarters, folder / QUARTERS),
        STATISTICS: write_statistics(region.statistics, folder / STATISTICS),
        SITES: write_sites(region.sites, folder / SITES),
    }
    if region.cells is not None:
        rows[CELLS] = write_cells(region.cells, folder / CELLS)
    _write_shapes(region.quarters.reset_index(), folder / QUARTERS_GEOMETRY)
    if region.landscape is not None:
        _write_shapes(region.landscape, folder / LANDSCAPE)
    if region.streets is not None:
        shutil.copyfile(region.streets, folder / STREETS)
    if region.zones is not None:
        _write_shapes(region.zones, folder / ZONES)
    if region.timetable is not None:
        write_feed(region.timetable, folder / TIMETABLE)
    if region.travel_table is not None:
        content = plain_minutes(region.travel_table)
        (folder / MINUTES).write_bytes(content)
        rows[MINUTES] = content.count(b"\n") - 1
    present = [name for name in (*REQUIRED_FILES, *OPTIONAL_FILES) if (folder / name).is_file()]
    facts = {
        name: FileFacts((folder / name).stat().st_size, file_digest(folder / name), rows.get(name)) for name in present
    }
    (folder / DESCRIPTOR).write_text(descriptor_of(region, facts), encoding="utf-8", newline="\n")


def _write_shapes(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a GeoPackage without the time of writing, so that equal regions give equal files."""
    pyogrio.write_dataframe(frame, path, driver="GPKG", layer=path.stem)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE gpkg_contents SET last_change = ?", (_NO_DATE,))


@contextmanager
def _scratch_beside(place: Path) -> Iterator[Path]:
    scratch = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
    try:
        yield scratch
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _zip(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", compression=zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(folder.iterdir(), key=lambda path: (path.name != DESCRIPTOR, path.name)):
            member = zipfile.ZipInfo(path.name, _ZIP_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            archive.writestr(member, path.read_bytes())


def _package_root(folder: Path) -> Path:
    """Return the folder of the descriptor: the top, or the only folder in it."""
    inside = list(folder.iterdir())
    is_nested = len(inside) == 1 and inside[0].is_dir() and not (folder / DESCRIPTOR).is_file()
    return inside[0] if is_nested else folder


def _refuse_other_content(place: Path) -> None:
    is_zip = place.suffix.lower() == ".zip"
    if not place.exists() or (is_zip and zipfile.is_zipfile(place)):
        return
    if not is_zip and place.is_dir() and ((place / DESCRIPTOR).is_file() or not any(place.iterdir())):
        return
    raise DataError((error("package_place_taken", file=place.name),))
