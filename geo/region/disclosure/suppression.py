"""Disclosure control: what is withheld so that nobody can be recognised in a number.

Applied once, when a region is built; afterwards a withheld number is nowhere. First cells that are too small themselves
are withheld (:mod:`geo.region.disclosure.primary`), then as few further people as are needed so that no sum, sub-group
or rate gives them away (:mod:`geo.region.disclosure.pattern`). Both end in the same state.
``docs/decisions/0001-disclosure.md`` says what an attacker is taken to know.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.findings import Finding, error, note, warning
from geo.region.disclosure.arrays import BoolArray, FloatArray, IntArray
from geo.region.disclosure.audit import totals_of_groups
from geo.region.disclosure.bounds import given_away
from geo.region.disclosure.count_table import CountTable, count_table
from geo.region.disclosure.pattern import Pattern, protect
from geo.region.disclosure.primary import has_few_residents, small_cells, small_rests
from geo.region.disclosure.relations import partitions_of
from geo.region.disclosure.releases import Release, groups_before, overlap_of, with_earlier_measures
from geo.region.disclosure.republished import Republished, protect_beside
from geo.region.disclosure.rounding import round_counts
from geo.region.disclosure.rule import DisclosureRule
from geo.region.schema import Measure, ValueState

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


@dataclass(frozen=True, eq=False)
class Disclosed:
    """Statistics as they may be shown, and what an audit has to know.

    Parameters
    ----------
    statistics, findings
        As :func:`apply_disclosure` returns them.
    totals
        The totals that are taken as public, as :func:`geo.region.disclosure.audit.totals_of_groups` returns them.
    cost, bound
        People expected in the counts withheld for others' sake, and the least that any pattern withholds.
    """

    statistics: pd.DataFrame
    findings: tuple[Finding, ...]
    totals: pd.DataFrame
    cost: float
    bound: float


def apply_disclosure(
    statistics: pd.DataFrame,
    quarters: gpd.GeoDataFrame,
    measures: tuple[Measure, ...],
    rule: DisclosureRule,
    *,
    groupings: pd.DataFrame | None = None,
    releases: Sequence[Release] = (),
    progress: Callable[[float], None] | None = None,
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    """Return statistics as they may be shown, and what is to be said of it; see :func:`disclose`."""
    disclosed = disclose(
        statistics, quarters, measures, rule, groupings=groupings, releases=releases, progress=progress
    )
    return disclosed.statistics, disclosed.findings


def disclose(
    statistics: pd.DataFrame,
    quarters: gpd.GeoDataFrame,
    measures: tuple[Measure, ...],
    rule: DisclosureRule,
    *,
    groupings: pd.DataFrame | None = None,
    releases: Sequence[Release] = (),
    progress: Callable[[float], None] | None = None,
) -> Disclosed:
    """Withhold what must not be shown and round what is to be rounded.

    Parameters
    ----------
    statistics
        Tidy table ``quarter_id, date, measure, value, state``.
    quarters
        Index ``quarter_id``, column ``district`` (empty text where there is none).
    rule
        What is too small, and how wide the interval about a withheld count has to be.
    groupings
        Columns ``grouping, group, quarter_id``: groups of quarters, beside districts, whose totals are public.
    releases
        What was published before of this region, or of one that overlaps it.
    progress
        Told the share of the work that is done.

    Returns
    -------
    Disclosed
        Its statistics are the same lines in the same order; withheld cells are NaN with state ``suppressed``, whether
        they were too small or protect others. Its findings say how many cells are withheld, but not how many were too
        small themselves: together with the map that would narrow single cells.
    """
    import pandas as pd

    met = [(release, overlap_of(quarters, release.quarters)) for release in releases]
    lines, known, absent = with_earlier_measures(statistics, measures, met)
    table = count_table(lines, known, quarters, pd.concat([groupings, groups_before(met)]) if met else groupings)
    hidden = small_cells(table, rule) | table.is_at_source & table.is_protected
    hidden = _with_what_narrows_the_source(table, hidden, rule)
    findings: list[Finding] = []
    if met:
        beside = protect_beside(table, hidden, rule, met, progress=progress)
        pattern = beside.pattern
        findings += [error("release_measure_absent", measure=key) for key in absent]
        findings += _about_releases(table, beside)
    else:
        pattern = protect(table, hidden, rule, progress=progress)
    own = slice(0, len(statistics))
    rows, columns = table.rows[own], table.columns[own]
    out = statistics.copy()
    is_withheld = pattern.hidden[rows, columns]
    is_withheld |= (statistics["state"] == ValueState.SUPPRESSED.value).to_numpy()
    value = out["value"].to_numpy(dtype=np.float64, na_value=np.nan, copy=True)
    state = out["state"].to_numpy(dtype=object, copy=True)
    rounded = np.where(is_withheld, value, _rounded(table, rows, columns, value, rule))
    is_changed = ~is_withheld & ~np.isnan(value) & (rounded != value)
    out["value"] = np.where(is_withheld, np.nan, rounded)
    state[is_changed] = ValueState.PERTURBED.value
    state[is_withheld] = ValueState.SUPPRESSED.value
    out["state"] = state
    findings = [*_findings(table, pattern, (rows, columns), int(is_changed.sum()), rule), *findings]
    given_away = table.quarters[(pattern.lost_to_groups & pattern.hidden).any(axis=1)]
    totals = totals_of_groups(statistics, quarters, groupings, {table.quarter_names[one] for one in given_away})
    return Disclosed(out, tuple(findings), totals, pattern.cost, pattern.bound)


def _about_releases(table: CountTable, beside: Republished) -> list[Finding]:
    """Say what earlier packages stand in the way of, with the first place of each."""
    found: list[Finding] = []
    for code, cells in (("release_unprotectable", beside.unprotected), ("release_showed_small", beside.shown_small)):
        if cells.any():
            row, column = np.argwhere(cells)[0]
            quarter, date = table.quarter_names[table.quarters[row]], table.date_names[table.dates[row]]
            found.append(
                error(code, quarter=quarter, date=date, measure=table.measures[column].key, cells=int(cells.sum()))
            )
    if beside.revised:
        found.append(note("release_revised", cells=beside.revised))
    return found


def _with_what_narrows_the_source(table: CountTable, hidden: BoolArray, rule: DisclosureRule) -> BoolArray:
    """Withhold the numbers of a quarter that would place a cell withheld by the source too closely."""
    is_ours: BoolArray = table.is_shown & table.is_protected
    for _ in range(len(table.measures)):
        narrow: BoolArray = np.asarray(given_away(table, hidden, rule) & table.is_at_source)
        if not narrow.any():
            break
        wider = hidden.copy()
        for relation in table.relations:
            members = [*relation.parts, relation.whole]
            beside = np.asarray(narrow[:, members].any(axis=1))
            wider[:, members] |= beside[:, None] & is_ours[:, members]
        if (wider == hidden).all():
            break
        hidden = wider
    return hidden


def _rounded(
    table: CountTable, rows_of: IntArray, columns: IntArray, value: FloatArray, rule: DisclosureRule
) -> FloatArray:
    """Return the lines with protected counts rounded, and rates made anew from the rounded counts.

    A rate left as it was would return the count that was rounded.
    """
    if rule.round_to <= 1:
        return value
    rounded = value.copy()
    for column, measure in enumerate(table.measures):
        lines = np.flatnonzero(columns == column)
        if not measure.is_protected or not len(lines):
            continue
        if not measure.is_rate:
            rounded[lines] = round_counts(value[lines], rule)
            continue
        population = table.population_of(column)
        if population is None:
            continue
        rows = rows_of[lines]
        people = table.counts[rows, population]
        if table.is_protected[population]:
            people = round_counts(people, rule)
        made_of = dict(table.twins).get(column, column)
        count = np.minimum(round_counts(table.counts[rows, made_of], rule), people)
        per = 100.0 if measure.unit == "percent" else 1000.0
        with np.errstate(divide="ignore", invalid="ignore"):
            anew = count / people * per
        rounded[lines] = np.where(people > 0, anew, value[lines])
    return rounded


def violates(statistics: pd.DataFrame, measures: tuple[Measure, ...], rule: DisclosureRule) -> BoolArray:
    """Tell for each line whether it breaks the rule: a number that is not to be shown, or a gap that others fill.

    Used when a region is read from disk, which may have been made elsewhere. Rounded cells are judged by their own size
    only, since what is left of a rounded whole is not known exactly. Totals are not known here: they are what
    :mod:`geo.region.disclosure.audit` takes into account.
    """
    table = count_table(statistics, measures)
    small = small_cells(table, rule)
    is_rounded = (statistics["state"] == ValueState.PERTURBED.value).to_numpy()
    value = statistics["value"].to_numpy(dtype=np.float64, na_value=np.nan)
    too_few = (value > 0) & (value < rule.numerator_min)
    broken = small[table.rows, table.columns] & (too_few | ~is_rounded)
    if is_rounded.any():
        return np.asarray(broken, dtype=np.bool_)
    away = given_away(table, table.is_at_source & table.is_protected, rule)
    away |= _shown_rests(table, rule)
    return np.asarray(broken | away[table.rows, table.columns], dtype=np.bool_)


def _shown_rests(table: CountTable, rule: DisclosureRule) -> BoolArray:
    """Tell which shown cells give a small rest away together."""
    away = np.zeros_like(table.is_shown)
    for number, relation in enumerate(table.relations):
        members = [*relation.parts, relation.whole]
        told = small_rests(table, rule)[:, number] & table.is_shown[:, members].all(axis=1)
        away[:, relation.whole] |= told
    return away


def is_publicly_small(residents: float | None, rule: DisclosureRule) -> bool:
    """Tell whether a quarter is withheld for its number of residents, which is public and may be said."""
    return residents is not None and not math.isnan(residents) and residents < rule.residents_min


def _findings(
    table: CountTable, pattern: Pattern, lines: tuple[IntArray, IntArray], changed: int, rule: DisclosureRule
) -> tuple[Finding, ...]:
    """Say how much is withheld, split only by what is public: the source's own gaps and few residents."""
    findings: list[Finding] = []
    protected_cells = np.zeros_like(pattern.hidden)
    protected_cells[lines] = True
    protected_cells &= pattern.hidden & table.is_protected
    if protected_cells.any():
        at_source = protected_cells & table.is_at_source
        few = protected_cells & ~at_source & has_few_residents(table, rule)[:, None]
        total, sourced, sparse = (int(part.sum()) for part in (protected_cells, at_source, few))
        findings.append(
            note(
                "disclosure_applied",
                cells=total,
                at_source=sourced,
                few_residents=sparse,
                other=total - sourced - sparse,
            )
        )
    if pattern.exposed:
        findings.append(warning("disclosure_exposed", cells=pattern.exposed))
    if changed:
        findings.append(note("disclosure_rounded", cells=changed, round_to=rule.round_to))
    findings += _about_sums(table)
    if table.filled:
        findings.append(note("disclosure_population_filled", cells=table.filled))
    if table.is_protected.any() and "residents" not in table.column_of:
        findings.append(warning("disclosure_without_residents", residents_min=rule.residents_min))
    return tuple(findings)


def _about_sums(table: CountTable) -> list[Finding]:
    """Say which sums nobody declared, and where declared ones do not hold."""
    keys = [measure.key for measure in table.measures]
    findings: list[Finding] = [
        note("disclosure_sum_found", whole=keys[whole], parts=", ".join(keys[part] for part in parts))
        for parts, whole in table.found_sums
    ]
    for parts, whole, is_complete in partitions_of(table.measures):
        rest = table.counts[:, whole] - table.counts[:, list(parts)].sum(axis=1)
        wrong = (rest != 0) if is_complete else (rest < 0)
        told = {"whole": keys[whole], "parts": ", ".join(keys[part] for part in parts)}
        places = np.flatnonzero(wrong & ~np.isnan(rest))
        if len(places):
            tell, code = (
                (error, "disclosure_parts_differ") if is_complete else (warning, "disclosure_parts_above_whole")
            )
            first = places[0]
            quarter, date = table.quarter_names[table.quarters[first]], table.date_names[table.dates[first]]
            findings.append(tell(code, quarter=quarter, date=date, rows=len(places), **told))
    return findings
