"""A recipe: how a set of files becomes a region, written down so that it can be repeated.

Its text form is in :mod:`geo.region.recipes.toml_text`. Paths in it are relative to a folder the caller names and never
lead out of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from geo.region.disclosure import DisclosureRule
from geo.region.recipes.rules import ColumnName, ColumnNames, ColumnRule, KeyRule, RowRule, TotalRule, ValidityRule
from geo.region.reforms import Change
from geo.region.schema import STANDARD_MEASURES, Measure, Source


@dataclass(frozen=True)
class MergedUnit:
    """Quarters that the tables count as one: drawn together under one key and name."""

    key: str
    name: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class PublicTotals:
    """Groups of quarters, beside districts, whose totals are published: somebody can subtract from them.

    Parameters
    ----------
    name
        What the grouping is called, e.g. ``Stadtteile``.
    column
        Column of the boundaries that says the group of each quarter.
    groups
        Or the quarters of each group; a quarter may be in several.
    """

    name: str
    column: str = ""
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class PolygonCorrection:
    """A wrong key of a polygon; ``row`` (from 1) or a place in it (degrees) says which, where several share it."""

    old: str
    new: str
    row: int = 0
    lon: float = 0.0
    lat: float = 0.0


@dataclass(frozen=True)
class BoundarySource:
    """Where the polygons are.

    Parameters
    ----------
    file
        Polygons; or a region package, whose quarters, sites and earlier dates are then part of the region as they are.
    more_files
        Further files of the same columns, e.g. one for each district.
    key, name, district
        Columns. Without ``name`` the first table with a ``name`` names the quarters. Without ``district``,
        ``district_from_key`` takes that many characters of the key.
    crs
        Reference system, if the file names none; ``target_crs`` is the one of the region (found where left out).
    keep, keep_where
        What belongs to the region; nothing else is judged, here and in the tables. ``keep`` is a regular expression for
        the whole key, e.g. ``05566.*`` for one district; ``keep_where`` has one for the whole cell by column, e.g.
        ``GF = "4"`` for land without water.
    encoding
        Of the texts of a shapefile, e.g. ``cp850``; found where left out.
    dissolve
        Join several records of one key to one polygon; otherwise that is an error.
    ignore_absent
        Quarters that no table names, with the reason: named in a note, not in a warning.
    """

    file: str
    key: str
    name: str = ""
    more_files: tuple[str, ...] = ()
    district: str = ""
    district_from_key: int = 0
    district_names: Mapping[str, str] = field(default_factory=dict)
    layer: str = ""
    crs: str = ""
    target_crs: str = ""
    keep: str = ""
    keep_where: Mapping[str, str] = field(default_factory=dict)
    encoding: str = ""
    dissolve: bool = False
    keys: KeyRule = field(default_factory=KeyRule)
    corrections: tuple[PolygonCorrection, ...] = ()
    merged: tuple[MergedUnit, ...] = ()
    ignore_absent: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TableSource:
    """One table and what its columns mean.

    Parameters
    ----------
    file
        CSV or workbook, or a file of boundaries that carries numbers; ``sheet`` is then its layer.
    key
        Column of keys, or the columns whose cells make the key together.
    sheet, encoding, delimiter, header_rows, skip_rows, footer, headings
        How the table lies in its file, as :class:`geo.region.tables.TableSpec`; found where left out.
    date, date_column, dates
        One date (ISO) for the table, or a column with dates; ``dates`` says what its texts mean.
    keep_where
        Only rows whose cells match: regular expression by column, e.g. ``Geschlecht = "insgesamt"``.
    markers, extra_markers
        Named marker set, and further signs with the state they stand for.
    decimal
        ``,``, ``.`` or ``auto``.
    ignore_unmatched
        Keys without polygon, with the reason: named in a note, not in a warning.
    """

    file: str
    key: ColumnNames
    columns: tuple[ColumnRule, ...]
    name: ColumnName = ""
    sheet: str | int = ""
    encoding: str = ""
    delimiter: str = ""
    header_rows: int | None = None
    skip_rows: int | None = None
    footer: str = ""
    headings: tuple[str, ...] = ()
    date: str = ""
    date_column: ColumnName = ""
    dates: Mapping[str, str] = field(default_factory=dict)
    measure_column: ColumnName = ""
    markers: str = "default"
    extra_markers: Mapping[str, str] = field(default_factory=dict)
    decimal: str = "auto"
    keys: KeyRule = field(default_factory=KeyRule)
    keep_where: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[RowRule, ...] = ()
    totals: tuple[TotalRule, ...] = ()
    validity: ValidityRule | None = None
    ignore_unmatched: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class SiteSource:
    """A table of offices or host places; ``x`` and ``y`` are in ``crs`` (longitude and latitude by default).

    Parameters
    ----------
    carrier, services
        The same for all of them, where no column says it; ``services`` are keys parted by blanks.
    factor
        What ``x`` and ``y`` are multiplied by to be degrees or metres, e.g. 0.001.
    columns
        Further columns of :data:`geo.region.SITE_COLUMNS` and their headings in the table.
    """

    file: str
    key: ColumnName
    name: ColumnName
    x: ColumnName
    y: ColumnName
    kind: str = ""
    kind_column: ColumnName = ""
    crs: str = "EPSG:4326"
    factor: float = 1.0
    carrier: str = ""
    services: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    address: tuple[str, ...] = ()
    outside: str = "warn"


@dataclass(frozen=True)
class CellSource:
    """A table of residents on a grid; ``x`` and ``y`` are centres in ``crs``.

    Parameters
    ----------
    date
        When they were counted; needed where a region has no table, so that its residents are the sums of these.
    """

    file: str
    x: ColumnName
    y: ColumnName
    residents: ColumnName
    crs: str = "EPSG:3035"
    date: str = ""


@dataclass(frozen=True)
class LandscapeSource:
    """A layer to draw under the quarters."""

    file: str
    kind: str
    layer: str = ""
    name: str = ""


@dataclass(frozen=True)
class ZoneSource:
    """Areas where no new office may go.

    Parameters
    ----------
    name
        Column with the name of each area; numbered where left out.
    reason, reason_column
        Why: one of :data:`geo.region.ZONE_REASONS` or a text; for all areas, or from a column.
    crs
        Reference system, if the file names none.
    """

    file: str
    name: str = ""
    reason: str = "other"
    reason_column: str = ""
    layer: str = ""
    crs: str = ""


@dataclass(frozen=True)
class CellCorrection:
    """One wrong number and the right one.

    Parameters
    ----------
    key, date, measure
        Which cell: key of the quarter, date (ISO), measure.
    was, value
        The number as it is read from the file, and the right one. Nothing is put right where the file has another.
    reason
        Why, e.g. who confirmed the number; kept with the region.
    table
        File of the table, where only a number from there is meant.
    """

    key: str
    date: str
    measure: str
    was: float
    value: float
    reason: str
    table: str = ""


@dataclass(frozen=True)
class Break:
    """A date at which numbers are not comparable with those before, and the key of what changed."""

    date: str
    key: str


@dataclass(frozen=True)
class Recipe:
    """How a set of files becomes a region.

    Parameters
    ----------
    measures
        Measures that are not standard, or differ from it. A ready-made rate has the unit ``percent`` or
        ``per_1000``; ``part_of`` names the denominator of a count.
    streets
        Street extract (``.osm.pbf``).
    timetable
        GTFS feed, folder or zip.
    travel_table, travel_mode
        Table of minutes (from, to, minutes) between quarters and sites, and what the minutes are for.
    earlier_packages
        Packages of this region, or of another cut of the same place, that were published before: what they show stays
        shown, what they withhold stays withheld.
    public_totals
        Groups of quarters, beside districts, whose totals are published.
    changes
        Boundary reforms: numbers of dates before them are carried over to today's quarters.
    """

    id: str
    name: str
    boundaries: BoundarySource
    tables: tuple[TableSource, ...] = ()
    kind: str = "city"
    is_fictional: bool = False
    streets: str = ""
    timetable: str = ""
    travel_table: str = ""
    travel_mode: str = "car"
    measures: tuple[Measure, ...] = ()
    sites: tuple[SiteSource, ...] = ()
    cells: CellSource | None = None
    landscape: tuple[LandscapeSource, ...] = ()
    zones: tuple[ZoneSource, ...] = ()
    breaks: tuple[Break, ...] = ()
    public_totals: tuple[PublicTotals, ...] = ()
    earlier_packages: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    corrections: tuple[CellCorrection, ...] = ()
    disclosure: DisclosureRule = field(default_factory=DisclosureRule)
    sources: tuple[Source, ...] = ()

    @property
    def all_measures(self) -> tuple[Measure, ...]:
        """Standard measures, replaced and extended by the recipe's own.

        One that stands for a standard measure of the same whole keeps its partition.
        """
        standard_by_key = {measure.key: measure for measure in STANDARD_MEASURES}
        own = {measure.key: _in_partition(measure, standard_by_key.get(measure.key)) for measure in self.measures}
        standard = tuple(own.pop(measure.key, measure) for measure in STANDARD_MEASURES)
        return standard + tuple(own.values())


def _in_partition(measure: Measure, standard: Measure | None) -> Measure:
    if standard is None or measure.partition or measure.part_of != standard.part_of:
        return measure
    return replace(measure, partition=standard.partition, is_complete=standard.is_complete)
