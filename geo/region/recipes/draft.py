"""A first recipe for files nobody has described yet: guesses a person looks through and mends.

Everything here looks at names and texts only; nothing is parsed as a number and nothing is decided for
good. A guess that cannot be made is left empty rather than made at random.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from geo.region.archive import is_zip
from geo.region.recipes.heading_words import (
    DATE_HEADINGS,
    KEY_HEADING,
    KIND_HEADING,
    NAME_HEADING,
    OWN_UNITS,
    SITE_HEADINGS,
    TOTALS,
    X_HEADING,
    Y_HEADING,
    guess_date,
    guess_measure,
)
from geo.region.recipes.key_match import Drawn, KeyMatch, best_match, distinct, some
from geo.region.recipes.keys import fold_name, map_keys
from geo.region.recipes.recipe import BoundarySource, SiteSource, TableSource
from geo.region.recipes.rules import ColumnRule, KeyRule, TotalRule
from geo.region.schema import SiteKind
from geo.region.tables import parse_date

ROLES = ("boundaries", "table", "sites", "minutes", "timetable", "recipe", "package", "part", "streets", "unknown")

_MOST_COLUMNS = 40
_LONGEST_TOTAL = 40

_BOUNDARY_ENDINGS = (".geojson", ".json", ".gpkg", ".shp", ".parquet", ".geoparquet")
_TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
_ENDINGS = {
    "recipe": (".toml",),
    "streets": (".pbf",),
    "part": (".dbf", ".shx", ".prj", ".cpg", ".qmd", ".sbn", ".sbx"),
    "boundaries": _BOUNDARY_ENDINGS,
    "table": _TABLE_ENDINGS,
}


@dataclass(frozen=True)
class Columns:
    """A file as columns of text.

    Parameters
    ----------
    file
        File name.
    texts
        Texts by heading, in the order of the file.
    about
        What else stands in the file: headings in full, notes; searched for a date.
    """

    file: str
    texts: Mapping[str, Sequence[str]]
    about: str = ""

    @property
    def headings(self) -> tuple[str, ...]:
        """Headings in the order of the file."""
        return tuple(self.texts)


def role_of(name: str, content: bytes) -> str:
    """Return what a file is for: one of ``ROLES``; its content outweighs its ending."""
    ending = PurePosixPath(name).suffix.lower()
    if is_zip(content[:4]):
        return _role_of_zip(content, ending)
    if content.startswith((b"PAR1", b"SQLite format 3")):
        return "boundaries"
    return next((role for role, endings in _ENDINGS.items() if ending in endings), "unknown")


def guess_date_column(columns: Columns, *, besides: str = "") -> str:
    """Return the heading of the column that holds dates, or nothing."""
    for heading, cells in columns.texts.items():
        filled = [cell for cell in cells if cell][:200]
        named = fold_name(heading) in DATE_HEADINGS
        if heading != besides and named and filled and all(parse_date(cell) for cell in filled):
            return heading
    return ""


def guess_totals(*columns: Sequence[str]) -> tuple[str, ...]:
    """Return the texts in key or name columns that announce a sum."""
    words = dict.fromkeys(cell for cells in columns for cell in cells if cell and not cell[0].isdigit())
    return tuple(cell for cell in words if len(cell) <= _LONGEST_TOTAL and fold_name(cell) in TOTALS)


def total_rules(texts: Sequence[str], keys: Sequence[str]) -> tuple[TotalRule, ...]:
    """Return rules for rows that are sums of all quarters.

    Parameters
    ----------
    texts
        What these rows are called, in the column of keys or that of names.
    keys
        Cells of the key column: a text that is not among them is looked for in the names.
    """
    there = set(keys)
    in_keys = [re.escape(text) for text in texts if text in there]
    in_names = [re.escape(text) for text in texts if text not in there]
    rules = [TotalRule(key="|".join(in_keys))] if in_keys else []
    return (*rules, *([TotalRule(name="|".join(in_names))] if in_names else []))


def is_site_table(columns: Columns) -> bool:
    """Tell whether a table has coordinates in two columns: then it holds places, not statistics."""
    folded = {fold_name(heading) for heading in columns.headings}
    return bool(folded & X_HEADING) and bool(folded & Y_HEADING)


def draft_boundaries(columns: Columns, tables: Sequence[Columns] = (), *, layer: str = "") -> BoundarySource:
    """Return how boundaries are probably keyed and named.

    Parameters
    ----------
    columns
        Attributes of all polygons.
    tables
        Tables to be joined: the column that meets one of their columns best is the key.
    """
    name = _name_column(columns)
    met: list[tuple[int, str, KeyRule]] = []
    asked = [some(table.texts[other]) for table in tables for other in _candidates(table, few_repeats=False)]
    for heading in _candidates(columns):
        drawn = Drawn(distinct(columns.texts[heading]), None)
        for raw in asked:
            match = best_match(raw, drawn)
            if match.matched:
                met.append((match.matched, heading, match.boundary_rule))
    # A key that stands twice meets one row less than the names do, and is the key all the same.
    most = max((found for found, _, _ in met), default=0)
    keyed = [one for one in met if one[0] >= 0.8 * most and KEY_HEADING.search(fold_name(one[1]))]
    _, key, rule = max(keyed or met or [(0, _key_column(columns, name), KeyRule())], key=lambda one: one[0])
    return BoundarySource(columns.file, key, name or key, layer=layer, target_crs="", keys=rule)


def draft_table(columns: Columns, boundaries: Columns, source: BoundarySource) -> tuple[TableSource, dict[str, str]]:
    """Return what the columns of a table probably mean, and the units of its ready-made rates by heading.

    Rates are left aside where there are the counts they come from.
    """
    key, match = _table_key(columns, boundaries, source)
    date_column = guess_date_column(columns, besides=key)
    found = {
        heading: measure
        for heading in columns.headings
        if heading not in (key, date_column) and (measure := guess_measure(heading))
    }
    has_counts = "recipients" in found.values()
    units = {} if has_counts else {heading: unit for heading, unit in found.items() if unit in OWN_UNITS}
    standard = {heading: measure for heading, measure in found.items() if measure not in OWN_UNITS}
    dates = {heading: guess_date(heading) for heading in standard}
    is_wide = len(set(standard.values())) < len(standard) and not date_column and len(set(dates.values()) - {""}) > 1
    if not is_wide:
        standard = _first_of_each(standard)
        dates = dict.fromkeys(standard, "")
    rules = tuple(ColumnRule(heading, measure, date=dates[heading]) for heading, measure in standard.items())
    date = "" if date_column or is_wide else guess_date(columns.about) or guess_date(columns.file)
    name = _name_column(columns)
    cells = columns.texts.get(key, ())
    source_of_table = TableSource(
        columns.file,
        key,
        rules,
        name=name if name != key else "",
        date=date,
        date_column=date_column,
        keys=match.rule,
        totals=total_rules(guess_totals(cells, columns.texts.get(name, ())), cells),
    )
    return source_of_table, units


def draft_sites(columns: Columns) -> SiteSource:
    """Return how a table of places is probably laid out."""
    headings = columns.headings
    folded = {fold_name(heading): heading for heading in reversed(headings)}
    x = next((folded[one] for one in folded if one in X_HEADING), "")
    y = next((folded[one] for one in folded if one in Y_HEADING), "")
    name = _name_column(columns)
    key = _key_column(columns, name)
    kinds = {kind.value for kind in SiteKind}
    kind = next((folded[one] for one in folded if one in KIND_HEADING and set(columns.texts[folded[one]]) <= kinds), "")
    further = {
        target: folded[one] for target, words in SITE_HEADINGS.items() for one in folded if one in words and one != kind
    }
    return SiteSource(
        columns.file,
        key,
        name or key,
        x,
        y,
        kind="" if kind else SiteKind.HOST.value,
        kind_column=kind,
        columns=further,
    )


def slug(text: str, otherwise: str = "region") -> str:
    """Return a text as a key: lower case, words joined by underscores."""
    plain = "_".join(part for word in re.split(r"[\W_]+", text) if (part := fold_name(word)))
    return plain[:60].strip("_") or otherwise


def _role_of_zip(content: bytes, ending: str) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = [info.filename for info in archive.infolist()[:5000]]
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        names = []
    if any(PurePosixPath(name).name == "datapackage.json" for name in names):
        return "package"
    if any(PurePosixPath(name).name == "stop_times.txt" for name in names):
        return "timetable"
    if ending in _TABLE_ENDINGS or "[Content_Types].xml" in names or "mimetype" in names:
        return "table"
    return "boundaries"


def _candidates(columns: Columns, *, few_repeats: bool = True) -> list[str]:
    """Return headings of columns that may hold keys: filled, and for boundaries with few repeats."""
    filled = {
        heading: [text for text in columns.texts[heading] if text] for heading in columns.headings[:_MOST_COLUMNS]
    }
    return [
        heading
        for heading, texts in filled.items()
        if texts and (not few_repeats or len(set(texts)) > 0.5 * len(texts))
    ]


def _name_column(columns: Columns) -> str:
    texts = [
        heading
        for heading in columns.headings[:_MOST_COLUMNS]
        if (filled := [cell for cell in columns.texts[heading] if cell])
        and sum(any(c.isalpha() for c in cell) for cell in filled) > 0.8 * len(filled)
    ]
    named = [heading for heading in texts if NAME_HEADING.search(fold_name(heading))]
    wordy = [heading for heading in texts if not KEY_HEADING.search(fold_name(heading))]
    return next(iter([*named, *wordy]), "")


def _key_column(columns: Columns, name: str) -> str:
    unique = _candidates(columns)
    keyed = [heading for heading in unique if heading != name and KEY_HEADING.search(fold_name(heading))]
    others = [heading for heading in unique if heading != name]
    return next(iter([*keyed, *others, *unique, *columns.headings]), "")


def _table_key(columns: Columns, boundaries: Columns, source: BoundarySource) -> tuple[str, KeyMatch]:
    mapped = map_keys(boundaries.texts.get(source.key, ()), source.keys)
    drawn = Drawn(distinct(mapped), tuple(boundaries.texts.get(source.name, ())))
    matches = {}
    for heading in _candidates(columns, few_repeats=False):
        sums = set(guess_totals(columns.texts[heading]))
        matches[heading] = best_match(some(cell for cell in columns.texts[heading] if cell not in sums), drawn)
    # A column of counts may meet short keys by chance; one whose every text has a partner does not.
    score = {}
    for heading, match in matches.items():
        rule = match.rule
        effort = sum(
            (bool(rule.pad), bool(rule.complete), 2 * bool(rule.extract), 2 * bool(rule.prefix), 3 * rule.fold)
        )
        score[heading] = (match.matched, match.matched / max(match.table_keys, 1), -effort)
    if not score or max(score.values())[0] == 0:
        return _key_column(columns, ""), best_match((), drawn)
    best = max(score, key=lambda heading: score[heading])
    return best, replace(matches[best], boundary_rule=KeyRule())


def _first_of_each(found: Mapping[str, str]) -> dict[str, str]:
    taken: dict[str, str] = {}
    for heading, measure in found.items():
        taken.setdefault(measure, heading)
    return {heading: measure for measure, heading in taken.items()}
