"""Geographic files opened with care: GeoJSON, GeoPackage, Shapefile (alone, in a folder, in a zip), GeoParquet.

The content decides what a file is. The library behind reads many more formats, some of which point to
other files or hosts; so nothing reaches it that was not recognised here.
"""

from __future__ import annotations

import codecs
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataSourceError

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, megabytes, warning
from geo.region.archive import extract_zip, is_zip
from geo.region.shapes.closed_formats import check_geopackage, check_parquet
from geo.region.shapes.dbf_text import proven_encoding

_SHAPEFILE, _SQLITE, _PARQUET = b"\x00\x00\x27\x0a", b"SQLite format 3\x00", b"PAR1"
_ENDINGS = (".shp", ".gpkg", ".geojson", ".json", ".parquet", ".geoparquet")
_BYTES_PER_VERTEX = 16


@dataclass(frozen=True)
class OpenLayer:
    """One layer that may be read: path, kind (``geojson``, ``gpkg``, ``shp``, ``parquet``), layer name within.

    ``encoding`` is that of its texts where the file does not say so itself; it ``is_encoding_proven`` by these texts.
    """

    path: Path
    kind: str
    layer: str | None
    encoding: str | None = None
    is_encoding_proven: bool = False

    @property
    def label(self) -> str:
        """Return the name a person knows the layer by."""
        return self.layer or self.path.stem


@contextmanager
def opened(source: Path, *, limits: ReadLimits, encoding: str | None = None) -> Iterator[tuple[OpenLayer, ...]]:
    """Give the layers of a file, folder or zip for the time of the context; zips are unpacked and removed after.

    Parameters
    ----------
    encoding
        Of the tables of shapefiles; found where left out.

    Raises
    ------
    DataError
        ``file_missing``, ``file_empty``, ``file_too_large``, ``format_unknown``, ``format_topojson``, ``json_broken``,
        ``json_encoding``, ``json_not_geo``, ``shapefile_incomplete``, ``layer_missing``, ``too_many_vertices`` and
        the codes of :func:`geo.region.extract_zip`.
    """
    name = source.name
    if not source.exists():
        raise DataError((error("file_missing", file=name),))
    if source.is_dir():
        yield _encoded(_layers_in(sorted(source.rglob("*")), name, limits), encoding)
        return
    check_size([source], name, limits)
    with source.open("rb") as stream:
        head = stream.read(16)
    if is_zip(head):
        with tempfile.TemporaryDirectory(prefix="nahbar-") as folder:
            files = extract_zip(source, Path(folder), name=name, limits=limits)
            yield _encoded(_layers_in(list(files), name, limits), encoding)
    else:
        yield _encoded(_layers_of(source, name, limits), encoding)


def _encoded(layers: tuple[OpenLayer, ...], encoding: str | None) -> tuple[OpenLayer, ...]:
    """Return the layers with the encoding of their texts: as given, else proven by the texts, else as the file says."""
    try:
        codecs.lookup(encoding or "utf-8")
    except (LookupError, ValueError):
        raise DataError((error("encoding_unknown", file=layers[0].path.name, encoding=str(encoding)[:40]),)) from None
    out = []
    for layer in layers:
        proven = None
        if layer.kind == "shp" and encoding is None:
            table = next(
                path for path in layer.path.parent.glob(f"{layer.path.stem}.*") if path.suffix.lower() == ".dbf"
            )
            proven = proven_encoding(table)
        own = encoding if layer.kind == "shp" else None
        out.append(replace(layer, encoding=own or proven, is_encoding_proven=proven is not None))
    return tuple(out)


def choose_layer(layers: tuple[OpenLayer, ...], wanted: str | None, *, file: str) -> OpenLayer:
    """Return the one layer, or the one that is asked for by name.

    Raises
    ------
    DataError
        ``layer_missing`` or ``layer_ambiguous``, with the names there are.
    """
    names = ", ".join(layer.label for layer in layers)[:300]
    if wanted is None:
        if len(layers) > 1:
            raise DataError((error("layer_ambiguous", file=file, layers=names),))
        return layers[0]
    for layer in layers:
        if wanted in (layer.label, layer.path.stem, layer.path.name):
            return layer
    raise DataError((error("layer_missing", file=file, layer=wanted, layers=names or "-"),))


def read_layer(layer: OpenLayer, *, file: str, limits: ReadLimits) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Read all records of a layer; columns keep their types.

    Raises
    ------
    DataError
        ``layer_unreadable``, ``too_many_polygons``, ``too_many_vertices``.
    """
    findings: list[Finding] = []
    if layer.is_encoding_proven:
        findings.append(warning("dbf_encoding", file=file, encoding=str(layer.encoding)))
    with _readable(file):
        if layer.kind == "parquet":
            frame = gpd.read_parquet(layer.path)
        else:
            frame = pyogrio.read_dataframe(
                _gdal_path(layer), layer=layer.layer, encoding=layer.encoding, datetime_as_string=True
            )
    if not isinstance(frame, gpd.GeoDataFrame):
        raise DataError((error("layer_without_geometry", file=file),))
    if len(frame) > limits.polygons:
        raise DataError((error("too_many_polygons", file=file, count=len(frame), limit=limits.polygons),))
    vertices = int(shapely.get_num_coordinates(frame.geometry.to_numpy()).sum())
    if vertices > limits.vertices:
        raise DataError((error("too_many_vertices", file=file, limit=limits.vertices),))
    return frame, findings


def layer_info(layer: OpenLayer) -> dict[str, Any]:
    """Return ``count``, ``crs`` (text or None) and ``columns`` of a layer without reading its geometry.

    Raises
    ------
    DataError
        ``layer_unreadable``.
    """
    with _readable(layer.path.name):
        if layer.kind == "parquet":
            frame = gpd.read_parquet(layer.path)
            crs = frame.crs.to_string() if frame.crs else None
            return {
                "count": len(frame),
                "crs": crs,
                "columns": tuple(map(str, frame.columns.drop(frame.geometry.name))),
            }
        info = pyogrio.read_info(
            _gdal_path(layer), layer=layer.layer, encoding=layer.encoding, force_feature_count=True
        )
    return {"count": int(info["features"]), "crs": info["crs"], "columns": tuple(map(str, info["fields"]))}


def read_sample(layer: OpenLayer, rows: int) -> tuple[dict[str, str], ...]:
    """Return the first records of a layer as text, without geometry.

    Raises
    ------
    DataError
        ``layer_unreadable``.
    """
    with _readable(layer.path.name):
        if layer.kind == "parquet":
            frame = pd.DataFrame(gpd.read_parquet(layer.path).drop(columns="geometry", errors="ignore")).head(rows)
        else:
            frame = pyogrio.read_dataframe(
                _gdal_path(layer), layer=layer.layer, encoding=layer.encoding, max_features=rows, read_geometry=False
            )
        records = frame.astype(object).where(frame.notna(), "").to_dict("records")
    return tuple({str(key): str(value) for key, value in record.items()} for record in records)


@contextmanager
def _readable(file: str) -> Iterator[None]:
    """Turn whatever the libraries behind raise on a damaged file into ``layer_unreadable``."""
    try:
        yield
    except (DataError, MemoryError):
        raise
    except Exception as fault:  # damaged files bring up errors of many kinds in them, faults of their own among them
        raise DataError((error("layer_unreadable", file=file),)) from fault


def check_size(files: list[Path], name: str, limits: ReadLimits) -> None:
    """Refuse files that are too large together, before any is read."""
    size = sum(file.stat().st_size for file in files)
    if size == 0:
        raise DataError((error("file_empty", file=name),))
    if size > limits.file_bytes:
        raise DataError((error("file_too_large", file=name, **megabytes(size, limits.file_bytes)),))


def declares_crs(layer: OpenLayer) -> bool:
    """Tell whether a GeoJSON names a system itself; RFC 7946 means EPSG:4326 where it does not."""
    if layer.kind != "geojson":
        return True
    with layer.path.open("rb") as stream:
        head = stream.read(64 * 1024)
        stream.seek(max(0, layer.path.stat().st_size - 64 * 1024))
        return b'"crs"' in head or b'"crs"' in stream.read()


def _layers_in(paths: list[Path], name: str, limits: ReadLimits) -> tuple[OpenLayer, ...]:
    wanted = [path for path in paths if path.suffix.lower() in _ENDINGS and not path.is_symlink() and path.is_file()]
    if not wanted:
        raise DataError((error("layer_missing", file=name, layer="-", layers="-"),))
    return tuple(layer for path in wanted for layer in _layers_of(path, name, limits))


def _layers_of(path: Path, name: str, limits: ReadLimits) -> tuple[OpenLayer, ...]:
    check_size([path], name, limits)
    with path.open("rb") as stream:
        head = stream.read(4096)
    if head.startswith(_SHAPEFILE) and path.suffix.lower() == ".shp":
        return (_shapefile(path, name, limits),)
    if head.startswith(_SQLITE) and path.suffix.lower() == ".gpkg":
        check_geopackage(path, name)
        return _geopackage(path, name)
    if head.startswith(_PARQUET):
        check_parquet(path, name, limits)
        return (OpenLayer(path, "parquet", None),)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        _check_json(path, name, limits)
        return (OpenLayer(path, "geojson", None),)
    if path.suffix.lower() in (".json", ".geojson"):
        raise DataError((error("json_broken", file=name, row=1),))
    raise DataError((error("format_unknown", file=name),))


def _shapefile(path: Path, name: str, limits: ReadLimits) -> OpenLayer:
    siblings = {file.suffix.lower() for file in path.parent.glob(f"{path.stem}.*")}
    missing = [ending for ending in (".dbf", ".shx") if ending not in siblings]
    if missing:
        raise DataError((error("shapefile_incomplete", file=name, missing=", ".join(missing)),))
    if path.stat().st_size / _BYTES_PER_VERTEX > 1.5 * limits.vertices:
        raise DataError((error("too_many_vertices", file=name, limit=limits.vertices),))
    check_size([file for file in path.parent.glob(f"{path.stem}.*") if file.is_file()], name, limits)
    return OpenLayer(path, "shp", None)


def _geopackage(path: Path, name: str) -> tuple[OpenLayer, ...]:
    try:
        listed = pyogrio.list_layers(path)
    except (DataSourceError, OSError) as fault:
        raise DataError((error("layer_unreadable", file=name),)) from fault
    layers = tuple(OpenLayer(path, "gpkg", str(title)) for title, kind in listed if kind is not None)
    if not layers:
        raise DataError((error("layer_missing", file=name, layer="-", layers="-"),))
    return layers


def _check_json(path: Path, name: str, limits: ReadLimits) -> None:
    """Refuse what is no GeoJSON, with the line of the fault.

    The reader behind stops at a fault without a word and gives the records before it; it also takes
    other kinds of JSON that tell it to open further files.
    """
    content = path.read_bytes()
    if content.count(b"[") > 1.5 * limits.vertices:
        raise DataError((error("too_many_vertices", file=name, limit=limits.vertices),))
    try:
        whole = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as fault:
        row = content.count(b"\n", 0, fault.start) + 1
        raise DataError((error("json_encoding", file=name, row=row),)) from fault
    except json.JSONDecodeError as fault:
        raise DataError((error("json_broken", file=name, row=fault.lineno),)) from fault
    except (ValueError, RecursionError) as fault:  # a number of more digits than Python reads, or too deep
        raise DataError((error("json_broken", file=name, row=1),)) from fault
    _check_collection(whole if isinstance(whole, dict) else {}, name, limits)


def _check_collection(whole: dict[str, Any], name: str, limits: ReadLimits) -> None:
    """Refuse what is no collection of features, too large, or one page of more."""
    kind = whole.get("type")
    if kind == "Topology":
        raise DataError((error("format_topojson", file=name),))
    features = whole.get("features")
    if kind != "FeatureCollection" or not isinstance(features, list):
        raise DataError((error("json_not_geo", file=name),))
    if not features:
        raise DataError((error("layer_empty", file=name),))
    if len(features) > limits.polygons:
        raise DataError((error("too_many_polygons", file=name, count=len(features), limit=limits.polygons),))
    total = _total_of_service(whole)
    if total is not None and (total == 0 or total > len(features)):
        raise DataError((error("one_page_only", file=name, count=len(features), total=total or "?"),))
    given = (one.get("properties") for one in features if isinstance(one, dict))
    columns = len({key for properties in given if isinstance(properties, dict) for key in properties})
    if columns > limits.table_columns:
        raise DataError((error("table_too_many_columns", file=name, columns=columns, limit=limits.table_columns),))


def _total_of_service(whole: dict[str, Any]) -> int | None:
    """Return how many records a web service says there are: 0 where it says there are more but not how many."""
    beside, links = whole.get("properties"), whole.get("links")
    is_cut = isinstance(beside, dict) and beside.get("exceededTransferLimit") is True
    if is_cut or whole.get("exceededTransferLimit") is True:
        return 0
    if isinstance(links, list) and any(isinstance(link, dict) and link.get("rel") == "next" for link in links):
        return 0
    said = [whole.get(name) for name in ("numberMatched", "totalFeatures", "totalCount")]
    numbers = [int(one) for one in said if isinstance(one, int) or (isinstance(one, str) and one.isdecimal())]
    return max(numbers) if numbers and max(numbers) > 0 else None


def _gdal_path(layer: OpenLayer) -> str:
    return f"GeoJSON:{layer.path}" if layer.kind == "geojson" else str(layer.path)
