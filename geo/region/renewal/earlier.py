"""A recipe whose boundaries are a region package: new dates beside those the package holds."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.region.model import Region
from geo.region.package import DESCRIPTOR, load_region
from geo.region.recipes import BuildResult, Recipe, build_region, role_of

PROGRESS = "progress"
"""Name of the file in the work folder that tells the share of disclosure control that is done."""


def build_recipe(
    recipe: Recipe,
    files: Path,
    *,
    work: Path,
    releases: Sequence[Path] = (),
    for_audit: bool = False,
    limits: ReadLimits | None = None,
) -> BuildResult:
    """Build a region from files; of a package among them the dates stay as they are disclosed in it.

    Parameters
    ----------
    work
        Folder for what is unpacked or converted; the region reads streets, timetable and minutes there.
    releases
        Packages published before, besides those the recipe names.
    for_audit
        Whether the result holds what an audit has to know.

    Returns
    -------
    BuildResult
        As :func:`geo.region.recipes.build_region`.
    """
    path, limits = files / recipe.boundaries.file, limits or ReadLimits()
    earlier = None
    before: list[Region] = []
    try:
        if _is_package(path, limits):
            earlier = _unpacked(path, work / "package", limits)
        named = [files / one for one in recipe.earlier_packages]
        for number, place in enumerate((*named, *releases)):
            before.append(_unpacked(place, work / f"release{number}", limits))
    except DataError as fault:
        return BuildResult(None, fault.findings, ())
    return build_region(
        recipe,
        files,
        earlier=earlier,
        releases=before,
        for_audit=for_audit,
        limits=limits,
        work=work,
        progress=partial(_write_progress, work / PROGRESS),
    )


def _write_progress(path: Path, share: float) -> None:
    """Write how far disclosure control has come where the waiting process can read it."""
    path.write_text(f"{share:.3f}", encoding="ascii", newline="\n")


def _unpacked(path: Path, folder: Path, limits: ReadLimits) -> Region:
    folder.mkdir()
    try:
        return load_region(path, limits=limits, folder=folder)
    except DataError as fault:
        raise DataError(tuple(finding.within(path.name) for finding in fault.findings)) from None


def _is_package(path: Path, limits: ReadLimits) -> bool:
    if path.is_dir():
        return (path / DESCRIPTOR).is_file()
    is_small = path.is_file() and path.stat().st_size <= limits.file_bytes
    return is_small and role_of(path.name, path.read_bytes()) == "package"
