"""A recipe whose boundaries are a region package: new dates beside those the package holds."""

from __future__ import annotations

from pathlib import Path

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.package import DESCRIPTOR, load_region
from geo.region.recipes import BuildResult, Recipe, build_region, role_of


def build_recipe(recipe: Recipe, files: Path, *, work: Path, limits: ReadLimits | None = None) -> BuildResult:
    """Build a region from files; of a package among them the dates stay as they are disclosed in it.

    Parameters
    ----------
    work
        Folder for what is unpacked or converted; the region reads streets, timetable and minutes there.

    Returns
    -------
    BuildResult
        As :func:`geo.region.recipes.build_region`.
    """
    path, limits = files / recipe.boundaries.file, limits or ReadLimits()
    if not _is_package(path, limits):
        return build_region(recipe, files, limits=limits, work=work)
    try:
        unpacked = work / "package"
        unpacked.mkdir()
        earlier = load_region(path, limits=limits, folder=unpacked)
    except DataError as fault:
        return BuildResult(None, tuple(finding.within(path.name) for finding in fault.findings), ())
    return build_region(recipe, files, earlier=earlier, limits=limits, work=work)


def _is_package(path: Path, limits: ReadLimits) -> bool:
    if path.is_dir():
        return (path / DESCRIPTOR).is_file()
    is_small = path.is_file() and path.stat().st_size <= limits.file_bytes
    return is_small and role_of(path.name, path.read_bytes()) == "package"
