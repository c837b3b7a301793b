"""From uploaded bytes to a region and back: files live in a folder of their own for as long as they are read."""

from __future__ import annotations

import tempfile
import weakref
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from geo.defaults import ReadLimits
from geo.errors import DataError, GeoError
from geo.findings import Finding, error, has_errors
from geo.region.model import Region
from geo.region.package import load_region, write_region
from geo.region.recipes import JoinReport, Recipe, build_region, check_recipe
from pages.shared.importing.file_view import companions


@dataclass(frozen=True)
class Outcome:
    """What came of a check.

    Parameters
    ----------
    stamp
        Digest of what was checked: an outcome with another stamp is out of date.
    """

    stamp: str
    region: Region | None
    findings: tuple[Finding, ...]
    joins: tuple[JoinReport, ...] = ()
    recipe: Recipe | None = None


def build_from(recipe: Recipe, files: Mapping[str, bytes], stamp: str, limits: ReadLimits) -> Outcome:
    """Build a region from uploaded files; nothing of them stays on disk but streets, timetable and table of minutes."""
    findings = tuple(check_recipe(recipe))
    if has_errors(findings):
        return Outcome(stamp, None, findings, recipe=recipe)
    folder = tempfile.TemporaryDirectory(prefix="nahbar-")
    try:
        _write(recipe, files, Path(folder.name))
        result = build_region(recipe, Path(folder.name), limits=limits)
    except DataError as fault:
        result = None
        findings = fault.findings
    except GeoError as fault:
        result = None
        findings = (error("import_contract", text=str(fault)),)
    finally:
        keeps_files = bool(recipe.streets or recipe.timetable or recipe.travel_table)
        if not keeps_files:
            folder.cleanup()
    if result is None or result.region is None:
        folder.cleanup()
    elif keeps_files:
        weakref.finalize(result.region, folder.cleanup)
    if result is None:
        return Outcome(stamp, None, findings, recipe=recipe)
    return Outcome(stamp, result.region, result.findings, result.joins, recipe)


def load_from(name: str, content: bytes, stamp: str, limits: ReadLimits) -> Outcome:
    """Read an uploaded region package and check it."""
    with tempfile.TemporaryDirectory(prefix="nahbar-") as folder:
        path = Path(folder) / "package.zip"
        path.write_bytes(content)
        try:
            region = load_region(path, limits=limits)
        except DataError as fault:
            return Outcome(stamp, None, tuple(finding.within(name) for finding in fault.findings))
        except GeoError as fault:
            return Outcome(stamp, None, (error("import_contract", file=name, text=str(fault)),))
    return Outcome(stamp, region, region.findings)


def package_bytes(region: Region) -> bytes:
    """Return a region as a zip file."""
    with tempfile.TemporaryDirectory(prefix="nahbar-") as folder:
        path = Path(folder) / f"{region.id}.zip"
        write_region(region, path)
        return path.read_bytes()


def files_of(recipe: Recipe) -> tuple[str, ...]:
    """Return the paths a recipe names."""
    return tuple(dict.fromkeys(_paths(recipe)))


def _paths(recipe: Recipe) -> Iterator[str]:
    yield recipe.boundaries.file
    yield from (table.file for table in recipe.tables)
    yield from (site.file for site in recipe.sites)
    yield from (layer.file for layer in recipe.landscape)
    if recipe.cells is not None:
        yield recipe.cells.file
    yield from (zone.file for zone in recipe.zones)
    yield from (path for path in (recipe.streets, recipe.timetable, recipe.travel_table) if path)


def _write(recipe: Recipe, files: Mapping[str, bytes], folder: Path) -> None:
    """Put each file where the recipe looks for it; the recipe was checked to stay inside."""
    for path in files_of(recipe):
        name = PurePosixPath(path).name
        if name not in files:
            continue
        place = (folder / path).parent
        place.mkdir(parents=True, exist_ok=True)
        for other in companions(name, files):
            (place / other).write_bytes(files[other])
