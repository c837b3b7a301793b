"""From uploaded bytes to a region and back: files live in a folder of their own for as long as they are read."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TypeVar

from geo.bounded import call_bounded
from geo.defaults import ReadLimits
from geo.errors import DataError, GeoError
from geo.findings import Finding, error, has_errors
from geo.region.model import Region
from geo.region.package import load_region, write_region
from geo.region.recipes import JoinReport, Recipe, check_recipe, companions, paths_of
from geo.region.renewal import build_recipe
from geo.temporary import new_folder, own_folder

T = TypeVar("T")
_WORK = ".work"  # no file of a user is called so


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


def build_from(
    recipe: Recipe, files: Mapping[str, bytes], stamp: str, limits: ReadLimits, published: Sequence[Path] = ()
) -> Outcome:
    """Build a region from uploaded files; nothing of them stays on disk but streets, timetable and table of minutes.

    ``published`` are packages of the region that this server has shown already.
    """
    findings = tuple(check_recipe(recipe))
    if has_errors(findings):
        return Outcome(stamp, None, findings, recipe=recipe)
    folder = new_folder("import")
    _write(recipe, files, folder)
    named = ", ".join(files)[:80]
    (folder / _WORK).mkdir()
    build = partial(build_recipe, recipe, folder, limits=limits, work=folder / _WORK, releases=tuple(published))
    result, findings = _read(folder, lambda: call_bounded(build, folders=[folder], reads=published, file=named))
    region = _kept_in(folder, result.region if result else None)
    if result is None:
        return Outcome(stamp, None, findings, recipe=recipe)
    return Outcome(stamp, region, result.findings, result.joins, recipe)


def load_from(name: str, content: bytes, stamp: str, limits: ReadLimits) -> Outcome:
    """Read an uploaded region package and check it."""
    folder = new_folder("import")
    (folder / "package.zip").write_bytes(content)
    (folder / "unpacked").mkdir()
    load = partial(load_region, folder / "package.zip", limits=limits, folder=folder / "unpacked")
    region, findings = _read(folder, lambda: call_bounded(load, folders=[folder], file=name))
    region = _kept_in(folder, region)
    return Outcome(stamp, region, region.findings if region else tuple(one.within(name) for one in findings))


def _read(folder: Path, call: Callable[[], T]) -> tuple[T | None, tuple[Finding, ...]]:
    """Return what a call returns, or what kept it from that; then the folder is gone."""
    try:
        return call(), ()
    except DataError as fault:
        findings = fault.findings
    except GeoError as fault:
        findings = (error("import_contract", text=str(fault)),)
    shutil.rmtree(folder, ignore_errors=True)
    return None, findings


def _kept_in(folder: Path, region: Region | None) -> Region | None:
    """Keep of a folder what its region still reads, for as long as the region lives.

    A region that names a file elsewhere comes from a reader in a stranger's hands.
    """
    parts = (region.streets, region.timetable, region.travel_table) if region is not None else ()
    read_later = [part.resolve() for part in parts if part is not None]
    if any(not part.is_relative_to(folder.resolve()) for part in read_later):
        shutil.rmtree(folder, ignore_errors=True)
        raise DataError((error("reading_died"),))
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if not any(path.resolve().is_relative_to(part) for part in read_later):
            path.unlink()
    if region is not None and read_later:
        weakref.finalize(region, shutil.rmtree, folder, ignore_errors=True)
    else:
        shutil.rmtree(folder, ignore_errors=True)
    return region


def package_bytes(region: Region) -> bytes:
    """Return a region as a zip file."""
    with own_folder("package") as folder:
        path = folder / f"{region.id}.zip"
        write_region(region, path)
        return path.read_bytes()


def files_of(recipe: Recipe) -> tuple[str, ...]:
    """Return the paths a recipe names."""
    return tuple(dict.fromkeys(path for _, path in paths_of(recipe)))


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
