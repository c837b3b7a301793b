"""The parts of a region that lie in files of their own, listed once.

Assembling, the fingerprint and packages go through this table; a new part is a field of :class:`Region` and a row here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from geo.findings import Finding, error, has_errors
from geo.region.model.contract import (
    check_cells,
    check_landscape,
    check_quarters,
    check_sites,
    check_statistics,
    tidy_cells,
    tidy_landscape,
    tidy_quarters,
    tidy_sites,
    tidy_statistics,
)
from geo.region.model.feed import check_feed, feed_digest, write_feed
from geo.region.model.files import (
    copy_file,
    file_digest,
    read_cells,
    read_groupings,
    read_quarters,
    read_shapes,
    read_sites,
    read_statistics,
    write_cells,
    write_groupings,
    write_quarters,
    write_shapes,
    write_sites,
    write_statistics,
)
from geo.region.model.groupings import check_groupings, tidy_groupings
from geo.region.model.minutes import check_minutes, minutes_digest, write_minutes
from geo.region.model.plausibility import check_values
from geo.region.model.zones import check_zones, tidy_zones

Parts = Mapping[str, Any]
"""Values of the fields of a :class:`Region` by name."""


@dataclass(frozen=True)
class Part:
    """One part of a region.

    Parameters
    ----------
    name
        Field of :class:`Region`.
    files
        Its files in a package; the first is the table whose rows are counted.
    check
        Takes the part and all parts, returns findings; not asked where the part is None.
    write
        Takes the part and the paths of its files, returns the number of rows, or None where it is no table.
    read
        Takes the paths of its files, the system of the quarters and limits; None where the path itself is the part.
    tidy
        Takes a table (or None) and the tidy quarters, returns it in its one form.
    digest
        Takes the path and all parts, returns what a file counts for in the fingerprint. None for tables, which
        are digested column by column.
    is_required
        Whether every package has its files.
    is_later
        Whether it counts in the fingerprint only where a region has it, so that regions from before keep theirs.
    """

    name: str
    files: tuple[str, ...]
    check: Callable[[Any, Parts], list[Finding]]
    write: Callable[..., int | None]
    read: Callable[..., Any] | None = None
    tidy: Callable[[Any, Any], Any] = lambda part, _: part
    digest: Callable[[Path, Parts], Any] | None = None
    is_required: bool = False
    is_later: bool = False


def _check_statistics(statistics: Any, parts: Parts) -> list[Finding]:
    found = check_statistics(statistics, parts["quarters"], parts["measures"])
    return found if has_errors(found) else found + check_values(statistics, parts["measures"])


def _check_streets(path: Path, _: Parts) -> list[Finding]:
    return [] if path.is_file() else [error("streets_missing", file=path.name)]


PARTS: tuple[Part, ...] = (
    Part(
        "quarters",
        ("quarters.csv", "quarters.gpkg"),
        check=lambda quarters, _: check_quarters(quarters),
        write=write_quarters,
        read=lambda paths, _, limits: read_quarters(paths[1], limits),
        tidy=lambda quarters, _: tidy_quarters(quarters),
        is_required=True,
    ),
    Part(
        "statistics",
        ("statistics.csv",),
        check=_check_statistics,
        write=write_statistics,
        read=lambda paths, _, limits: read_statistics(paths[0], limits),
        tidy=lambda statistics, _: tidy_statistics(statistics),
        is_required=True,
    ),
    Part(
        "sites",
        ("sites.csv",),
        check=lambda sites, parts: check_sites(sites, parts["quarters"]),
        write=write_sites,
        read=lambda paths, crs, limits: read_sites(paths[0], crs, limits),
        tidy=lambda sites, quarters: tidy_sites(sites, quarters.crs),
        is_required=True,
    ),
    Part(
        "groupings",
        ("groupings.csv",),
        check=lambda groupings, parts: check_groupings(groupings, parts["quarters"]),
        write=write_groupings,
        read=lambda paths, _, limits: read_groupings(paths[0], limits),
        tidy=lambda groupings, _: tidy_groupings(groupings),
        is_later=True,
    ),
    Part(
        "cells",
        ("cells.csv",),
        check=lambda cells, parts: check_cells(cells, parts["quarters"]),
        write=write_cells,
        read=lambda paths, _, limits: read_cells(paths[0], limits),
        tidy=lambda cells, _: tidy_cells(cells),
    ),
    Part(
        "landscape",
        ("landscape.gpkg",),
        check=lambda landscape, parts: check_landscape(landscape, parts["quarters"]),
        write=write_shapes,
        read=lambda paths, _, limits: read_shapes(paths[0], {"kind", "name"}, limits),
        tidy=lambda landscape, _: tidy_landscape(landscape),
    ),
    Part(
        "streets", ("streets.osm.pbf",), check=_check_streets, write=copy_file, digest=lambda path, _: file_digest(path)
    ),
    Part(
        "zones",
        ("zones.gpkg",),
        check=lambda zones, parts: check_zones(zones, parts["quarters"]),
        write=write_shapes,
        read=lambda paths, _, limits: read_shapes(paths[0], {"name", "reason"}, limits),
        tidy=lambda zones, _: tidy_zones(zones),
        is_later=True,
    ),
    Part(
        "timetable",
        ("timetable.zip",),
        check=lambda path, _: check_feed(path),
        write=write_feed,
        digest=lambda path, _: feed_digest(path),
        is_later=True,
    ),
    Part(
        "travel_table",
        ("minutes.csv",),
        check=lambda path, parts: check_minutes(path, parts["quarters"], parts["sites"]),
        write=write_minutes,
        digest=lambda path, parts: [parts["travel_mode"], minutes_digest(path)],
        is_later=True,
    ),
)
