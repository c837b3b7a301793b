"""Uploaded files as a person looks at them: columns, first rows, how they were read, what is wrong."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from geo.defaults import ReadLimits
from geo.errors import DataError, GeoError
from geo.findings import Finding, error
from geo.region.archive import is_zip
from geo.region.model import FEED_TABLES, STREET_ENDINGS, says_minutes
from geo.region.recipes.draft import Columns, is_site_table
from geo.region.shapes import describe_layers
from geo.region.tables import TableSpec, grid_columns, read_table, sheet_names
from geo.temporary import own_folder

PREVIEW_ROWS = 6
_GUESSED_FROM_ROWS = 20_000
ROLES = (
    *("boundaries", "table", "sites", "cells", "minutes", "timetable"),
    *("recipe", "package", "part", "streets", "unknown"),
)
_BOUNDARY_ENDINGS = (".geojson", ".json", ".gpkg", ".shp", ".parquet", ".geoparquet")
_TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_FEED_FILES = frozenset({*FEED_TABLES, "agency.txt", "routes.txt", "calendar.txt", "calendar_dates.txt"})
_ENDINGS = {
    "recipe": (".toml",),
    "part": (".dbf", ".shx", ".prj", ".cpg", ".qmd", ".sbn", ".sbx"),
    "boundaries": _BOUNDARY_ENDINGS,
    "table": _TABLE_ENDINGS,
}


@dataclass(frozen=True)
class FileView:
    """What is known of a file without any mapping.

    Parameters
    ----------
    role
        What the file probably is, one of :data:`ROLES`.
    columns
        Its columns as text, None if it could not be read or has none.
    rows
        Number of rows or polygons.
    facts
        How it was read: ``encoding``, ``delimiter``, ``sheet``, ``header_rows``, ``skip_rows``, ``footer_rows``,
        ``crs``.
    parts
        Names of sheets or layers, where there are several to choose from.
    findings
        What was odd; errors where it could not be read.
    """

    name: str
    role: str
    columns: Columns | None = None
    rows: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()

    def preview(self) -> list[list[str]]:
        """Return the first rows."""
        if self.columns is None:
            return []
        first = [list(cells[:PREVIEW_ROWS]) for cells in self.columns.texts.values()]
        return [list(row) for row in zip(*first, strict=False)]


def view_file(name: str, files: Mapping[str, bytes], spec: TableSpec, layer: str, limits: ReadLimits) -> FileView:
    """Return the view of one uploaded file.

    Parameters
    ----------
    files
        All files by name: a shapefile needs its companions.
    spec, layer
        What is known of how a table lies in its file, and which layer of boundaries is meant.
    """
    role = role_of(name, files[name])
    try:
        if role == "boundaries":
            return _view_boundaries(name, files, layer, limits)
        if role == "cells":
            x, y, residents = grid_columns(files[name]) or ("", "", "")
            return FileView(name, role, facts={"x": x, "y": y, "residents": residents})
        if role in ("table", "unknown"):
            return _view_table(name, files[name], spec, limits)
    except DataError as fault:
        return FileView(name, role, findings=tuple(finding.within(name) for finding in fault.findings))
    except GeoError as fault:
        return FileView(name, role, findings=(error("import_contract", file=name, text=str(fault)),))
    return FileView(name, role)


def companions(name: str, files: Mapping[str, bytes]) -> list[str]:
    """Return the names of a file and of those that belong to it: the parts of a shapefile."""
    stem = PurePosixPath(name).stem.casefold()
    if PurePosixPath(name).suffix.lower() != ".shp":
        return [name]
    return [other for other in files if PurePosixPath(other).stem.casefold() == stem]


def _view_table(name: str, content: bytes, spec: TableSpec, limits: ReadLimits) -> FileView:
    sheets = sheet_names(content, name, limits)
    table = read_table(content, name=name, spec=spec, limits=limits)
    head = table.frame.head(_GUESSED_FROM_ROWS)
    about = "\n".join([*table.above, *(" ".join(row) for row in table.header), *table.footer])
    columns = Columns(
        name, {str(heading): head[heading].tolist() for heading in head.columns}, about, head.index.tolist()
    )
    found = table.spec
    facts = {
        "sheet": str(found.sheet or ""),
        "encoding": found.encoding or "",
        "delimiter": found.delimiter or "",
        "header_rows": str(found.header_rows or 0),
        "skip_rows": str(found.skip_rows or 0),
        "footer_rows": str(len(table.footer)),
    }
    role = "sites" if is_site_table(columns) else "minutes" if says_minutes(columns.headings) else "table"
    return FileView(name, role, columns, len(table.frame), facts, sheets, table.findings)


def _view_boundaries(name: str, files: Mapping[str, bytes], layer: str, limits: ReadLimits) -> FileView:
    with own_folder("view") as folder:
        for other in companions(name, files):
            (folder / other).write_bytes(files[other])
        layers = describe_layers(folder / name, sample_rows=_GUESSED_FROM_ROWS, limits=limits)
    chosen = next((one for one in layers if one.name == layer), layers[0])
    cells = {heading: [record.get(heading, "") for record in chosen.sample] for heading in chosen.columns}
    parts = tuple(one.name for one in layers)
    facts = {"crs": chosen.crs or "", "layer": chosen.name if len(parts) > 1 else ""}
    return FileView(name, "boundaries", Columns(name, cells), chosen.count, facts, parts)


def role_of(name: str, content: bytes) -> str:
    """Return what a file is for: one of ``ROLES``; its content outweighs its ending."""
    ending = PurePosixPath(name).suffix.lower()
    if ending in (".csv", ".zip", ".txt") and grid_columns(content) is not None:
        return "cells"
    if name.lower().endswith(STREET_ENDINGS):
        return "streets"
    if is_zip(content[:4]):
        return _role_of_zip(content, ending)
    if content.startswith((b"PAR1", b"SQLite format 3")):
        return "boundaries"
    return next((role for role, endings in _ENDINGS.items() if ending in endings), "unknown")


def _role_of_zip(content: bytes, ending: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [info.filename for info in archive.infolist()[:5000]]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        names = []
    if any(PurePosixPath(name).name == "datapackage.json" for name in names):
        return "package"
    given = {PurePosixPath(name).name for name in names}
    if len(given & _FEED_FILES) > 1 or (given and all(name.lower().endswith(".zip") for name in given)):
        return "timetable"
    if ending in _TABLE_ENDINGS or "[Content_Types].xml" in names or "mimetype" in names:
        return "table"
    return "boundaries"
