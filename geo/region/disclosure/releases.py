"""What was published before: earlier packages of a region, or of one that overlaps it, as knowledge of an attacker.

What an earlier package shows stays shown, and what it withholds stays withheld. Another measure of it joins the system
as it stands there. Where it cuts the city otherwise, the finest common parts of both cuts are unknowns: a quarter of
either cut is the sum of its parts, so that differences between the two are seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.region.disclosure.arrays import BoolArray, FloatArray
from geo.region.disclosure.attack import Knowledge
from geo.region.disclosure.count_table import CountTable
from geo.region.disclosure.relations import relations_between
from geo.region.disclosure.rule import DisclosureRule
from geo.region.schema import GROUPING_COLUMNS, STATES_WITH_NUMBER, Measure, ValueState

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

SLIVER = 0.01
"""Overlaps below this share of both areas come from drawing, not from another cut."""

WITHHELD_BEFORE = "withheld_before"
"""Label of equations about earlier packages."""


@dataclass(frozen=True, eq=False)
class Release:
    """An earlier package, as far as it tells something about counts: tidy statistics, measures, quarters."""

    statistics: pd.DataFrame
    measures: tuple[Measure, ...]
    quarters: gpd.GeoDataFrame


@dataclass(frozen=True, eq=False)
class Overlap:
    """How an earlier cut meets today's.

    Parameters
    ----------
    same
        Quarters that both cuts have, by the earlier key.
    pairs
        For each group of quarters that only together are the same area: the parts as ``(today's key, earlier key)``;
        an empty key is area outside the other cut.
    """

    same: dict[str, str]
    pairs: tuple[tuple[tuple[str, str], ...], ...]


@dataclass(frozen=True)
class Sum:
    """A number that is not to be told: counts of an earlier package, or of a common part, as unknowns to be added."""

    unknowns: tuple[int, ...]
    component: tuple[tuple[int, int], ...]
    is_part: bool


def overlap_of(quarters: gpd.GeoDataFrame, earlier: gpd.GeoDataFrame) -> Overlap:
    """Return which quarters are the same area, and which only together are."""
    earlier = earlier.to_crs(quarters.crs)
    today, before = quarters.geometry.to_numpy(), earlier.geometry.to_numpy()
    ours, theirs = earlier.sindex.query(quarters.geometry, predicate="intersects")
    shared = np.array([today[i].intersection(before[j]).area for i, j in zip(ours, theirs, strict=True)])
    own, other = quarters.geometry.area.to_numpy(), earlier.geometry.area.to_numpy()
    kept = (shared > SLIVER * own[ours]) | (shared > SLIVER * other[theirs])
    ours, theirs, shared = ours[kept], theirs[kept], shared[kept]
    graph = coo_array((np.ones(len(ours)), (ours, theirs + len(today))), shape=(len(today) + len(before),) * 2)
    group = connected_components(graph, directed=False)[1]
    left = own - np.bincount(ours, shared, len(own)), other - np.bincount(theirs, shared, len(other))
    same: dict[str, str] = {}
    pairs: dict[int, list[tuple[str, str]]] = {}
    for i, j in zip(ours.tolist(), theirs.tolist(), strict=True):
        key, key_before = str(quarters.index[i]), str(earlier.index[j])
        is_alone = (ours == i).sum() == 1 and (theirs == j).sum() == 1
        if is_alone and left[0][i] <= SLIVER * own[i] and left[1][j] <= SLIVER * other[j]:
            same[key_before] = key
        else:
            pairs.setdefault(int(group[i]), []).append((key, key_before))
    for number, members in pairs.items():
        members += [
            (str(quarters.index[i]), "")
            for i in np.flatnonzero((group[: len(own)] == number) & (left[0] > SLIVER * own))
        ]
        members += [
            ("", str(earlier.index[j]))
            for j in np.flatnonzero((group[len(own) :] == number) & (left[1] > SLIVER * other))
        ]
    return Overlap(same, tuple(tuple(sorted(set(members))) for _, members in sorted(pairs.items())))


def with_earlier_measures(
    statistics: pd.DataFrame, measures: tuple[Measure, ...], releases: Sequence[tuple[Release, Overlap]]
) -> tuple[pd.DataFrame, tuple[Measure, ...], tuple[str, ...]]:
    """Return statistics with the lines of measures that only earlier packages have, all measures, and absent ones.

    Only measures that relations tie to those of today matter. Where all their numbers are shown they join the system.
    Where some are withheld, nobody can say here what stands in the gaps, and so not what the two together tell: such a
    measure is absent, and has to be part of the tables.
    """
    import pandas as pd

    held = {measure.key for measure in measures}
    dates = set(statistics["date"])
    frames, more, absent = [statistics], list(measures), []
    for release, overlap in releases:
        tied = _tied_to(tuple(more), release.measures)
        lines = release.statistics
        lines = lines[~lines["measure"].isin(held) & lines["measure"].isin(tied) & lines["date"].isin(dates)]
        lines = lines.assign(quarter_id=lines["quarter_id"].map(overlap.same)).dropna(subset=["quarter_id"])
        has_gaps = set(lines["measure"][lines["state"] == ValueState.SUPPRESSED.value])
        absent += sorted(has_gaps)
        lines = lines[~lines["measure"].isin(has_gaps)]
        told = set(lines["measure"])
        if told:
            frames.append(lines[list(statistics.columns)])
            more += [measure for measure in release.measures if measure.key in told]
            held |= told
    whole = pd.concat(frames, ignore_index=True) if len(frames) > 1 else statistics
    return whole, tuple(more), tuple(dict.fromkeys(absent))


def _tied_to(ours: tuple[Measure, ...], theirs: tuple[Measure, ...]) -> set[str]:
    """Return the keys of protected measures of theirs that some relation ties to one of ours."""
    own = {measure.key for measure in ours if measure.is_protected}
    every = (*ours, *(measure for measure in theirs if measure.key not in {one.key for one in ours}))
    tied: set[str] = set()
    for relation in relations_between(every):
        keys = {every[column].key for column in (*relation.parts, relation.whole) if every[column].is_protected}
        if keys & own:
            tied |= keys - own
    return tied


def published_before(
    table: CountTable, releases: Sequence[tuple[Release, Overlap]]
) -> tuple[BoolArray, BoolArray, int]:
    """Return which cells an earlier package shows with the number of today, which it withholds, and how many differ."""
    shown, withheld = np.zeros_like(table.is_shown), np.zeros_like(table.is_shown)
    revised = 0
    for release, overlap in releases:
        _mark_sums(table, release, overlap, shown)
        for row, column, value, state in _cells(table, release, overlap):
            if state == ValueState.SUPPRESSED.value:
                withheld[row, column] = True
            elif state in STATES_WITH_NUMBER:
                today = _told(table, row, column)
                is_same = abs(today - value) < 1e-9
                shown[row, column] |= is_same
                revised += int(not is_same and not np.isnan(today))
    return shown & ~withheld, withheld, revised


def told_before(table: CountTable, releases: Sequence[tuple[Release, Overlap]]) -> Iterator[tuple[int, int, float]]:
    """Yield ``(row, column, count)`` of each cell that an earlier package shows."""
    for release, overlap in releases:
        for row, column, value, state in _cells(table, release, overlap):
            if state in STATES_WITH_NUMBER and not table.is_rate[column]:
                yield row, column, value


def _mark_sums(table: CountTable, release: Release, overlap: Overlap, shown: BoolArray) -> None:
    """Mark the counts of quarters that are sums of earlier ones which are all shown, in place."""
    quarter_of = {name: number for number, name in enumerate(table.quarter_names)}
    date_of = {name: number for number, name in enumerate(table.date_names)}
    wide = release.statistics.pivot(index=["measure", "date"], columns="quarter_id", values="value")
    for pairs in overlap.pairs:
        ours, theirs = {key for key, _ in pairs}, sorted({key for _, key in pairs})
        if len(ours) > 1 or "" in ours or "" in theirs or not set(theirs) <= set(wide.columns):
            continue
        totals = wide[theirs].sum(axis=1, skipna=False)
        for (measure, date), total in zip(wide.index.to_list(), totals.to_list(), strict=True):
            if date in date_of and _counts(table, measure):
                row = date_of[date] * len(quarter_of) + quarter_of[next(iter(ours))]
                column = table.column_of[measure]
                shown[row, column] |= bool(table.counts[row, column] == total)


def groups_before(releases: Sequence[tuple[Release, Overlap]]) -> pd.DataFrame:
    """Return the groups of today's quarters whose totals earlier packages tell (``grouping, group, quarter_id``).

    A group is told if any count of its earlier quarters is complete; it is then taken as told for all.
    """
    import pandas as pd

    lines = []
    for number, (release, overlap) in enumerate(releases):
        is_shown = release.statistics["state"].isin(STATES_WITH_NUMBER)
        protected = {measure.key for measure in release.measures if measure.is_protected}
        told = release.statistics[release.statistics["measure"].isin(protected)].assign(told=is_shown)
        complete = told.pivot_table(index=["measure", "date"], columns="quarter_id", values="told", aggfunc="all")
        for pairs in overlap.pairs:
            ours, theirs = sorted({key for key, _ in pairs}), sorted({key for _, key in pairs})
            is_whole = "" not in ours and "" not in theirs and set(theirs) <= set(complete.columns)
            if len(ours) > 1 and is_whole and complete[theirs].fillna(value=False).all(axis=1).any():
                lines += [(f"release {number}", ours[0], key) for key in ours]
    return pd.DataFrame(lines, columns=list(GROUPING_COLUMNS))


def _told(table: CountTable, row: int, column: int) -> float:
    """Return a count, or a rate as it is written."""
    count = float(table.counts[row, column])
    measure = table.measures[column]
    population = table.population_of(column) if measure.is_rate else None
    if population is None:
        return count
    return count / float(table.counts[row, population]) * (100.0 if measure.unit == "percent" else 1000.0)


def _cells(table: CountTable, release: Release, overlap: Overlap) -> Iterator[tuple[int, int, float, str]]:
    quarter_of = {name: number for number, name in enumerate(table.quarter_names)}
    date_of = {name: number for number, name in enumerate(table.date_names)}
    lines = release.statistics
    lines = lines[lines["date"].isin(date_of) & lines["measure"].isin(table.column_of)]
    for quarter, date, measure, value, state in lines[["quarter_id", "date", "measure", "value", "state"]].itertuples(
        index=False
    ):
        key = overlap.same.get(str(quarter))
        column = table.column_of[measure]
        if key in quarter_of and table.is_protected[column]:
            yield date_of[date] * len(quarter_of) + quarter_of[key], column, float(value), str(state)


def knowledge_of(table: CountTable, releases: Sequence[tuple[Release, Overlap]]) -> tuple[Knowledge, list[Sum]]:
    """Return the equations between today's cut and earlier ones, and the sums of parts that are not to be told."""
    knowledge, sums = Knowledge(), []
    unknowns = 0
    quarter_of = {name: number for number, name in enumerate(table.quarter_names)}
    date_of = {name: number for number, name in enumerate(table.date_names)}
    for release, overlap in releases:
        told = release.statistics.set_index(["quarter_id", "date", "measure"])
        value, state = told["value"].to_dict(), told["state"].to_dict()
        shared = [key for key in sorted(set(release.statistics["measure"])) if _counts(table, key)]
        for pairs in overlap.pairs:
            ours = sorted({key for key, _ in pairs if key in quarter_of})
            for date in sorted(set(release.statistics["date"]) & date_of.keys()):
                for measure in shared:
                    column = table.column_of[measure]
                    number = {pair: unknowns + place for place, pair in enumerate(pairs)}
                    unknowns += len(pairs)
                    row_of = {key: date_of[date] * len(quarter_of) + quarter_of[key] for key in ours}
                    cells = tuple((row_of[key], column) for key in ours)
                    for key in ours:
                        parts = [(number[pair], -1, 1.0) for pair in pairs if pair[0] == key]
                        if not np.isnan(table.counts[row_of[key], column]) or table.is_at_source[row_of[key], column]:
                            knowledge.add([*parts, (row_of[key], column, -1.0)], 0.0, 0.0, WITHHELD_BEFORE)
                    for key in sorted({key for _, key in pairs if key}):
                        pieces = [number[pair] for pair in pairs if pair[1] == key]
                        how = state.get((key, date, measure))
                        if how in STATES_WITH_NUMBER:
                            number_told = float(value[key, date, measure])
                            knowledge.add(
                                [(piece, -1, 1.0) for piece in pieces], number_told, number_told, WITHHELD_BEFORE
                            )
                        elif how == ValueState.SUPPRESSED.value:
                            sums.append(Sum(tuple(pieces), cells, is_part=False))
                    sums += [
                        Sum((number[pair],), cells, is_part=True)
                        for pair in pairs
                        if sum(one[0] == pair[0] for one in pairs) > 1 or not pair[0]
                        if sum(one[1] == pair[1] for one in pairs) > 1 or not pair[1]
                    ]
    return Knowledge(knowledge.terms, knowledge.low, knowledge.high, knowledge.labels, unknowns), sums


def _counts(table: CountTable, key: str) -> bool:
    column = table.column_of.get(key)
    return column is not None and column in table.columns_with_sums and not table.is_rate[column]


def is_told(low: float, high: float, rule: DisclosureRule, *, is_part: bool) -> bool:
    """Tell whether an interval says too much: of a withheld count, or of a common part that may be small."""
    is_narrow = high - low < rule.interval_min - 1e-6
    return is_narrow and (not is_part or (low < rule.numerator_min and high > 0))


def cheapest(cells: tuple[tuple[int, int], ...], free: BoolArray, price: FloatArray) -> tuple[int, int] | None:
    """Return the cheapest of some cells that may still be withheld."""
    able = [cell for cell in cells if free[cell]]
    return min(able, key=lambda cell: (float(price[cell]), cell)) if able else None
