"""A first recipe for files nobody has described yet: guesses a person looks through and mends.

Everything here looks at names and texts; only coordinates are read as numbers. Nothing is decided for good. A guess
that cannot be made is left empty rather than made at random.
"""

from __future__ import annotations

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import permutations, product

import pandas as pd

from geo.region.recipes.heading_words import (
    DATE_HEADING,
    DISTRICT_HEADING,
    KEY_HEADING,
    KIND_HEADING,
    NAME_HEADING,
    SITE_HEADINGS,
    coordinate_columns,
    date_of,
    is_total,
    names_whole,
    site_kind,
    without_total,
)
from geo.region.recipes.key_match import Drawn, KeyMatch, best_match, distinct, some
from geo.region.recipes.keys import compose_keys, fold_name, map_key, map_keys
from geo.region.recipes.measure_columns import meaning_of
from geo.region.recipes.recipe import BoundarySource, SiteSource, TableSource
from geo.region.recipes.rules import ColumnNames, KeyRule, TotalRule, parts_of
from geo.region.recipes.templates import by_template
from geo.region.recipes.totals import sums_below
from geo.region.schema import SiteKind
from geo.region.shapes import Reading, guess_reading
from geo.region.tables import MARKER_SETS, parse_date, parse_numbers

_YEAR = re.compile(r"(?:19|20)\d\d")
_MOST_COLUMNS = 40
_MOST_PARTS, _MOST_VALUES = 6, 20
_JOINTS = ("", "-", "_", ".", "/", " ")
_PART_LENGTHS = ((), (2,), (0, 2), (2, 2), (0, 3), (2, 3))


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
    rows
        Number of each row as a spreadsheet counts them; none for boundaries.
    """

    file: str
    texts: Mapping[str, Sequence[str]]
    about: str = ""
    rows: Sequence[int] = ()

    @property
    def headings(self) -> tuple[str, ...]:
        """Headings in the order of the file."""
        return tuple(self.texts)


def guess_date_column(columns: Columns, *, besides: Sequence[str] = ()) -> str:
    """Return the heading of the column that holds dates, or nothing; ``besides`` are the columns of the key."""
    for heading, cells in columns.texts.items():
        filled = [cell for cell in cells if cell][:200]
        named = DATE_HEADING.search(fold_name(heading))
        if heading not in besides and named and filled and all(parse_date(cell) for cell in filled):
            return heading
    # Editions stand under any heading: years that repeat as the keys do.
    rows = list(zip(*(columns.texts.get(heading, ()) for heading in besides), strict=True))
    for heading, cells in columns.texts.items() if len(set(rows)) < len(rows) else ():
        if heading not in besides and 5 * len(set(cells)) <= len(cells) and all(map(_YEAR.fullmatch, set(cells))):
            return heading
    return ""


def guess_totals(*columns: Sequence[str], known: Container[str] | None = None) -> tuple[str, ...]:
    """Return the texts in key or name columns that announce a sum.

    Parameters
    ----------
    known
        What quarters are called, folded: with it, ``Stadt X`` is a sum too where no quarter is called so.
    """
    words = tuple(dict.fromkeys(cell for cells in columns for cell in cells if cell))
    sums = [word for word in words if is_total(word)]
    others = [word for word in words if not word[0].isdigit() and word not in sums]
    strange = [word for word in others if known is not None and fold_name(word) not in known]
    wholes = [word for word in strange if names_whole(word)] if 10 * len(strange) <= len(others) + 9 else []
    return tuple(word for word in words if word in sums or [word] == wholes)


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
    # Several sums that name something are about parts of the region; one without a name is about all of it.
    named = [text for text in texts if without_total(text)]
    parts = set(named) if len(named) > 1 else set()
    rules = []
    for sums, chosen in (("all", [one for one in texts if one not in parts]), ("district", sorted(parts))):
        in_keys = "|".join(re.escape(text) for text in chosen if text in there)
        in_names = "|".join(re.escape(text) for text in chosen if text not in there)
        rules += [TotalRule(key=in_keys, sums=sums)] if in_keys else []
        rules += [TotalRule(name=in_names, sums=sums)] if in_names else []
    return tuple(rules)


def is_site_table(columns: Columns) -> bool:
    """Tell whether a table has coordinates in two columns: then it holds places, not statistics."""
    return coordinate_columns(columns.headings) is not None


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
    most = max((found for found, _, _ in met), default=0)
    for heading in _candidates(columns) if most < 0.8 * len(next(iter(columns.texts.values()), ())) else ():
        drawn = Drawn(distinct(columns.texts[heading]), None)
        pairs = [match for table in tables for match in _composed(table, drawn, most).values()]
        met += [(match.matched, heading, KeyRule()) for match in pairs]
    # A key that stands twice meets one row less than the names do, and is the key all the same.
    most = max((found for found, _, _ in met), default=0)
    keyed = [one for one in met if one[0] >= 0.8 * most and KEY_HEADING.search(fold_name(one[1]))]
    _, key, rule = max(keyed or met or [(0, _key_column(columns, name), KeyRule())], key=lambda one: one[0])
    if key == name:
        # Two places may share a name; a column of keys tells them apart, and tables are still joined by name.
        key = next((one for one in _candidates(columns) if KEY_HEADING.search(fold_name(one)) and one != name), key)
    where = _one_record_each(columns, key)
    district = next((one for one in _texts(columns) if one != name and DISTRICT_HEADING.search(fold_name(one))), "")
    if not name and not any(map(_name_column, tables)):
        name = key
    return BoundarySource(columns.file, key, name, district=district, layer=layer, keep_where=where, keys=rule)


def draft_table(columns: Columns, boundaries: Columns, source: BoundarySource) -> tuple[TableSource, dict[str, str]]:
    """Return what the columns of a table probably mean, and the units of its ready-made rates by heading.

    Rates are left aside where there are the counts they come from.
    """
    key, match = _table_key(columns, boundaries, source)
    parts = [str(part) for part in parts_of(key)]
    date_column = guess_date_column(columns, besides=parts)
    cells = compose_keys([columns.texts.get(part, ()) for part in parts], match.rule)
    meaning = meaning_of(columns.texts, cells, date_column, {*parts, date_column})
    has_dates = bool(date_column) or any(rule.date for rule in meaning.columns)
    # A name belongs to its key; what changes from row to row of a key says something else.
    names = {
        heading: texts
        for heading, texts in columns.texts.items()
        if heading not in (*parts, date_column)
        and len({pair for pair in zip(cells, texts, strict=True) if pair[0]}) <= len(set(cells) - {""})
    }
    name = _name_column(Columns(columns.file, names))
    known = set(map_keys(boundaries.texts.get(source.key, ()), source.keys))
    called = {fold_name(text) for heading in (source.key, source.name) for text in boundaries.texts.get(heading, ())}
    lost = {cell for cell in cells if map_key(cell, match.rule) not in known and fold_name(cell) not in called}
    districts = {text for texts in boundaries.texts.values() for text in texts}
    source_of_table = TableSource(
        columns.file,
        key,
        meaning.columns,
        name=name,
        date="" if has_dates else date_of(columns.about, columns.file),
        date_column=date_column,
        measure_column=meaning.measure_column,
        keys=match.rule,
        keep_where=meaning.keep_where,
        left_out=sums_below(cells, columns.rows, lost, districts),
        totals=total_rules(guess_totals(cells, columns.texts.get(name, ()), known=called), cells),
    )
    return by_template(source_of_table, columns.texts, columns.about, meaning.units, columns.rows), dict(meaning.units)


def carries_numbers(columns: Columns) -> bool:
    """Tell whether attributes of boundaries hold measures: their file is a table too."""
    meaning = meaning_of(columns.texts, range(len(next(iter(columns.texts.values()), ()))), "", ())
    return bool(meaning.columns or meaning.units)


def draft_sites(columns: Columns) -> SiteSource:
    """Return how a table of places is probably laid out."""
    headings = columns.headings
    folded = {fold_name(heading): heading for heading in reversed(headings)}
    x, y = coordinate_columns(headings) or ("", "")
    reading = Reading(SiteSource.crs)
    if x:
        texts = [pd.Series(columns.texts[heading]) for heading in (x, y)]
        for thousands in ("", "auto"):  # 9.913 is a degree before it is nine thousand
            east, north = (
                parse_numbers(one, markers=MARKER_SETS["default"], thousands=thousands).values for one in texts
            )
            if guess := guess_reading(east, north):
                reading = guess
                break
        x, y = (y, x) if reading.is_swapped else (x, y)
    name = _name_column(columns)
    key = _key_column(columns, name)
    kinds = (folded[one] for one in folded if one in KIND_HEADING)
    kind = next((heading for heading in kinds if any(map(site_kind, columns.texts[heading]))), "")
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
        crs=reading.crs,
        factor=reading.factor,
        columns=further,
    )


def slug(text: str, otherwise: str = "region") -> str:
    """Return a text as a key: lower case, words joined by underscores."""
    plain = "_".join(part for word in re.split(r"[\W_]+", text) if (part := fold_name(word)))
    return plain[:60].strip("_") or otherwise


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


def _one_record_each(columns: Columns, key: str) -> dict[str, str]:
    """Return the attribute and its value that leaves one record of each key, where keys stand several times."""
    keys = columns.texts.get(key, ())
    if len(set(keys)) == len(keys):
        return {}
    found = []
    for heading, cells in columns.texts.items():
        for value in set(cells) if heading != key and len(set(cells)) <= _MOST_VALUES else ():
            kept = [one for one, cell in zip(keys, cells, strict=True) if cell == value]
            if value and len(kept) == len(set(kept)) == len(set(keys)):
                found.append({heading: re.escape(value)})
    return found[0] if len(found) == 1 else {}


def _texts(columns: Columns) -> dict[str, int]:
    """Return how many texts a column of words has, by heading; not one word in all rows."""
    return {
        heading: len(set(filled))
        for heading in columns.headings[:_MOST_COLUMNS]
        if (filled := [cell for cell in columns.texts[heading] if cell])
        and sum(any(c.isalpha() for c in cell) for cell in filled) > 0.8 * len(filled)
        and (len(set(filled)) > 1 or len(filled) == 1)
    }


def _name_column(columns: Columns) -> str:
    """Return the column of names: one that tells rows apart, by its heading where several do."""
    distinct_texts = _texts(columns)
    most = max(distinct_texts.values(), default=0)
    texts = [heading for heading, count in distinct_texts.items() if count >= 0.8 * most]
    named = [heading for heading in texts if NAME_HEADING.search(fold_name(heading))]
    wordy = [heading for heading in texts if not KEY_HEADING.search(fold_name(heading))]
    return next(iter([*named, *wordy]), "")


def _key_column(columns: Columns, name: str) -> str:
    unique = _candidates(columns)
    keyed = [heading for heading in unique if heading != name and KEY_HEADING.search(fold_name(heading))]
    others = [heading for heading in unique if heading != name]
    return next(iter([*keyed, *others, *unique, *columns.headings]), "")


def _table_key(columns: Columns, boundaries: Columns, source: BoundarySource) -> tuple[ColumnNames, KeyMatch]:
    mapped = map_keys(boundaries.texts.get(source.key, ()), source.keys)
    drawn = Drawn(distinct(mapped), tuple(boundaries.texts.get(source.name, ())))
    matches: dict[ColumnNames, KeyMatch] = {}
    for heading in _candidates(columns, few_repeats=False):
        sums = set(guess_totals(columns.texts[heading], known=drawn.folded))
        matches[heading] = best_match(some(cell for cell in columns.texts[heading] if cell not in sums), drawn)
    # A column of counts may meet short keys by chance; one whose every text has a partner does not. A key that meets
    # nearly all comes before names, which may be shared.
    most = max((match.matched for match in matches.values()), default=0)
    if most < 0.8 * len(drawn.keys):
        matches |= _composed(columns, drawn, most)
        most = max((match.matched for match in matches.values()), default=0)
    score = {}
    for names, match in matches.items():
        rule, share = match.rule, match.matched / max(match.table_keys, 1)
        is_key = not rule.fold and match.matched >= 0.8 * most and share >= 0.8
        effort = sum(
            (bool(rule.pad), bool(rule.complete), 2 * bool(rule.extract), 2 * bool(rule.prefix), 3 * rule.fold)
        )
        score[names] = (is_key, match.matched, share, -effort)
    if not most:
        return _key_column(columns, ""), best_match((), drawn)
    best = max(score, key=lambda columns: score[columns])
    return best, replace(matches[best], boundary_rule=KeyRule())


def _composed(columns: Columns, drawn: Drawn, most: int) -> dict[ColumnNames, KeyMatch]:
    """Return pairs of columns that make more keys together than each does alone."""
    found: dict[ColumnNames, KeyMatch] = {}
    for pair in permutations(_candidates(columns, few_repeats=False)[:_MOST_PARTS], 2):
        cells = [columns.texts[heading] for heading in pair]
        for joint, lengths in product(_JOINTS, _PART_LENGTHS):
            rule = KeyRule(part_lengths=lengths, joint=joint)
            raw = some(compose_keys(cells, rule))
            matched = len(drawn.known.intersection(raw))
            if matched > most and 2 * matched > len(raw):
                most, found = matched, {pair: KeyMatch(rule, KeyRule(), matched, len(raw), len(drawn.keys))}
    return found
