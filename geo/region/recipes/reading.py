"""One table of a recipe, from file to tidy values: rows sorted out, keys mapped, numbers parsed."""

from __future__ import annotations

import math
from collections.abc import Container
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path

import numpy as np
import pandas as pd

from geo.defaults import ReadLimits
from geo.errors import DataError
from geo.findings import Finding, error, note, warning
from geo.patterns import pattern
from geo.region.recipes.file_view import role_of
from geo.region.recipes.heading_words import dates_said, year_said
from geo.region.recipes.keys import compose_keys, find_column, map_keys
from geo.region.recipes.quarters import Mask, Quarters
from geo.region.recipes.recipe import TableSource
from geo.region.recipes.rules import ColumnName, ColumnNames, ColumnRule, KeyRule, RowRule, TotalRule, parts_of
from geo.region.schema import STATES_WITH_NUMBER, ValueState
from geo.region.shapes import cell_text, choose_layer, opened, read_layer
from geo.region.tables import MARKER_SETS, MarkerSet, Table, TableSpec, parse_dates, parse_numbers, read_table

VALUE_COLUMNS = ("quarter_id", "date", "measure", "value", "state", "file", "row", "column")
_SUM_STATES = ("suppressed", "missing", "not_applicable", "perturbed", "value", "true_zero")
_NEARLY_WHOLE = 0.001
_FEW_FRACTIONS = 0.25
TOTAL_COLUMNS = (*VALUE_COLUMNS, "raw_key", "name", "sums")


@dataclass(frozen=True)
class TableValues:
    """What a table holds, tidy.

    Parameters
    ----------
    file
        File name.
    keys
        Raw key, name, mapped key and row of every row about a quarter: columns ``raw, name, quarter_id, row``.
    values
        Columns ``VALUE_COLUMNS``; ``quarter_id`` not yet compared with the quarters.
    totals
        Columns ``TOTAL_COLUMNS``: values of rows that are sums.
    findings
        What was odd.
    """

    file: str
    keys: pd.DataFrame
    values: pd.DataFrame
    totals: pd.DataFrame
    findings: tuple[Finding, ...]


def read_source(
    source: TableSource,
    files: Path,
    drawn: Quarters | None,
    limits: ReadLimits,
    *,
    counts: Container[str] = (),
    keep: str = "",
) -> TableValues:
    """Read one table of a recipe.

    Parameters
    ----------
    drawn
        The quarters, None where they could not be read.
    counts
        Measures that count people or units: a fraction of one is an error.
    keep
        What the keys of the region match: rows about other units are left out before anything in them is judged.

    Raises
    ------
    DataError
        If the table cannot be read at all, or lacks a column.
    """
    file = Path(source.file).name
    table = _read(source, files / source.file, limits)
    frame = table.frame
    columns = _columns(frame, source, file)
    findings = [finding.within(file) for finding in (*table.findings, *_check_date(source, table, columns))]
    for column, wanted in source.keep_where.items():
        cells = frame[columns[column]]
        frame = frame[_chosen(RowRule(column=column, matches=wanted), frame, cells, cells, columns)]
    raw = _raw_keys(frame, source, columns)
    name = frame[columns[source.name]] if source.name else raw
    is_left_out = np.zeros(len(frame), dtype=bool)
    for left_out in source.left_out:
        chosen = _chosen(left_out, frame, raw, name, columns)
        findings.append(note("rows_left_out", file=file, count=int(chosen.sum()), reason=left_out.reason or "–"))
        is_left_out |= chosen
    sums = np.full(len(frame), "", dtype=object)
    for total in source.totals:
        sums[_chosen(total, frame, raw, name, columns) & ~is_left_out] = total.sums
    is_total = sums != ""
    keyless = (raw == "").to_numpy() & ~is_left_out & ~is_total
    findings += [
        error("key_empty", file=file, row=int(row), column=_headings(source.key, columns))
        for row in frame.index[keyless]
    ]
    is_quarter = ~is_left_out & ~is_total & ~keyless
    quarters, told = _quarter_keys(raw[is_quarter], source.keys, drawn)
    is_outside = _is_outside(quarters, drawn, keep)
    findings += [finding.within(file) for finding in told if not is_outside[quarters.index.get_loc(finding.row)]]
    if is_outside.any():
        findings.append(note("rows_outside", file=file, count=int(is_outside.sum())))
        # A sum of more than the region cannot be compared with it.
        beyond = tuple(raw[is_quarter][is_outside])
        sums[sums == "all"] = "beyond"
        for place in np.flatnonzero(sums == "prefix"):
            is_total[place] = not any(key.startswith(raw.iloc[place]) for key in beyond)
        is_quarter[is_quarter] = ~is_outside
        quarters = quarters[~is_outside]
    kept = frame[is_quarter | is_total]
    values, told = _all_values(source, kept, columns, quarters.reindex(kept.index, fill_value=""), counts)
    findings += [finding.within(file) for finding in told]
    values["file"] = file
    about_totals = values["row"].isin(frame.index[is_total]).to_numpy()
    totals = values[about_totals].copy()
    for column, texts in (("raw_key", raw), ("name", name), ("sums", pd.Series(sums, index=frame.index))):
        totals[column] = texts.reindex(totals["row"]).to_numpy()
    keys = pd.DataFrame(
        {"raw": raw[is_quarter], "name": name[is_quarter], "quarter_id": quarters, "row": frame.index[is_quarter]}
    )
    return TableValues(
        file, keys, values[~about_totals][list(VALUE_COLUMNS)], totals[list(TOTAL_COLUMNS)], tuple(findings)
    )


def _read(source: TableSource, path: Path, limits: ReadLimits) -> Table:
    """Return the table of a file; the attributes of boundaries are one too, its rows counted from 1."""
    name = path.name
    is_small = path.is_file() and path.stat().st_size <= limits.file_bytes
    if is_small and role_of(name, path.read_bytes()) == "boundaries":
        with opened(path, limits=limits) as layers:
            layer = choose_layer(layers, str(source.sheet) or None, file=name)
            records, findings = read_layer(layer, file=name, limits=limits)
        attributes = records.drop(columns=records.geometry.name)
        frame = pd.DataFrame({str(heading): attributes[heading].map(_attribute) for heading in attributes})
        frame.index = pd.RangeIndex(1, len(frame) + 1, name="row")
        return Table(name, frame, TableSpec(), (), (), (), tuple(findings))
    spec = TableSpec(
        sheet=source.sheet if source.sheet != "" else None,
        encoding=source.encoding or None,
        delimiter=source.delimiter or None,
        header_rows=source.header_rows,
        skip_rows=source.skip_rows,
        columns=source.headings or None,
        footer=source.footer or None,
    )
    return read_table(path, name=name, spec=spec, limits=limits)


def _attribute(value: object) -> str:
    # With six decimals the point of a fraction is never taken for one that parts thousands.
    is_fraction = isinstance(value, float) and math.isfinite(value) and not value.is_integer()
    return f"{value:.6f}" if is_fraction else cell_text(value)


def _check_date(source: TableSource, table: Table, columns: dict[ColumnName, str]) -> list[Finding]:
    """Warn where a file speaks of other reference dates than the recipe gives."""
    given = {source.date, *(rule.date for rule in source.columns)} - {""}
    if not given or source.date_column:
        return []
    said = dates_said("\n".join(table.above), is_title=True) | dates_said("\n".join(table.footer))
    for rule in source.columns:
        heading = _headings(rule.column, columns)
        said |= dates_said(heading, is_title=True)
        year = year_said(heading)
        said |= {year} - {"", (rule.date or source.date)[:4]}
    if not said or said & given:
        return []
    return [warning("date_differs_from_file", said=", ".join(sorted(said)), given=", ".join(sorted(given)))]


def _columns(frame: pd.DataFrame, source: TableSource, file: str) -> dict[ColumnName, str]:
    """Return the heading of each column that a recipe names; ``DataError`` with every one that is absent."""
    wanted = [*parts_of(source.key), source.name, source.date_column, source.measure_column, *source.keep_where]
    wanted += [part for column in source.columns for part in parts_of(column.column)]
    wanted += [rule.column for rule in (*source.left_out, *source.totals)]
    wanted += [source.validity.column] if source.validity else []
    found = {name: find_column(frame, name) for name in wanted if name != ""}
    headings = [str(heading) for heading in frame.columns]
    missing = {name: get_close_matches(str(name), headings, n=1, cutoff=0.3) for name in found if found[name] is None}
    if missing:
        raise DataError(
            tuple(
                error("table_column_missing", file=file, column=str(name), nearest=near[0] if near else "–")
                for name, near in missing.items()
            )
        )
    return {name: heading or "" for name, heading in found.items()}


def _chosen(
    rule: RowRule | TotalRule,
    frame: pd.DataFrame,
    raw: pd.Series[str],
    name: pd.Series[str],
    columns: dict[ColumnName, str],
) -> Mask:
    chosen = np.ones(len(frame), dtype=bool)
    tested = [(rule.key, raw), (rule.name, name)]
    if rule.column != "":
        tested.append((rule.matches, frame[columns[rule.column]]))
    for wanted, texts in tested:
        if wanted:
            fits = pattern(wanted).fits
            chosen &= np.array([fits(text) for text in texts], dtype=bool)
    rows = frame.index.to_numpy()
    return chosen & (rows >= rule.from_row) & ((rows <= rule.to_row) if rule.to_row else True)


def _headings(names: ColumnNames, columns: dict[ColumnName, str]) -> str:
    return " + ".join(columns[name] for name in parts_of(names))


def _raw_keys(frame: pd.DataFrame, source: TableSource, columns: dict[ColumnName, str]) -> pd.Series[str]:
    """Return the key of each row as the table writes it; parts in several columns are put together."""
    cells = [frame[columns[part]] for part in parts_of(source.key)]
    return pd.Series(compose_keys(cells, source.keys), index=frame.index, dtype="str")


def _quarter_keys(raw: pd.Series[str], rule: KeyRule, drawn: Quarters | None) -> tuple[pd.Series[str], list[Finding]]:
    mapped = pd.Series(map_keys(raw, rule), index=raw.index, dtype="str")
    if not rule.fold or drawn is None:
        return mapped, []
    meant = {text: drawn.find(text) for text in mapped.unique()}
    findings = [
        error("name_ambiguous", row=int(row), name=text, keys=drawn.names.told(meant[text]))
        for row, text in zip(mapped.index, mapped, strict=True)
        if len(meant[text]) > 1
    ]
    return mapped.map({text: keys[0] if len(keys) == 1 else text for text, keys in meant.items()}), findings


def _is_outside(quarters: pd.Series[str], drawn: Quarters | None, keep: str) -> Mask:
    """Tell which rows are about units that do not belong to the region."""
    if drawn is None:
        return np.zeros(len(quarters), dtype=bool)
    outside = quarters.map(drawn.is_outside).to_numpy(dtype=bool)
    if keep and (fits := quarters.map(pattern(keep).fits).to_numpy(dtype=bool)).any():
        outside = outside | (~fits & ~quarters.isin(drawn.frame.index).to_numpy())
    return outside


def _all_values(
    source: TableSource,
    kept: pd.DataFrame,
    columns: dict[ColumnName, str],
    quarters: pd.Series[str],
    counts: Container[str],
) -> tuple[pd.DataFrame, list[Finding]]:
    dates, findings = _dates(source, kept, columns)
    markers = _markers(source)
    parts = []
    for rule in source.columns:
        part, told = _column_values(source, rule, kept, columns, markers)
        if rule.measure in counts:
            findings += _whole(part, rule)
        part["quarter_id"] = quarters.reindex(part["row"]).to_numpy()
        part["date"] = rule.date or dates.reindex(part["row"]).to_numpy()
        parts.append(part)
        findings += [replace(finding, quarter=_quarter_of(finding, quarters)) for finding in told]
    values = pd.concat(parts, ignore_index=True)
    undated = values[values["date"] == ""].drop_duplicates("row")
    unread = {finding.row for finding in findings if finding.code == "date_unreadable"}
    findings += [error("date_missing", row=int(row)) for row in undated["row"] if row not in unread]
    return values[values["date"] != ""], findings


def _column_values(
    source: TableSource, rule: ColumnRule, kept: pd.DataFrame, columns: dict[ColumnName, str], markers: MarkerSet
) -> tuple[pd.DataFrame, tuple[Finding, ...]]:
    rows = kept
    if rule.when:
        rows = kept[kept[columns[source.measure_column]] == rule.when]
    parsed = [
        parse_numbers(rows[columns[one]], markers=markers, decimal=source.decimal)  # type: ignore[arg-type]
        for one in parts_of(rule.column)
    ]
    # What one summand lacks, the sum lacks: the first of these states that occurs.
    told = [[one.states == state for one in parsed] for state in _SUM_STATES]
    states = np.select([np.any(hits, axis=0) for hits in told], _SUM_STATES, ValueState.MISSING.value)
    value = np.sum([one.values for one in parsed], axis=0) * rule.factor
    part = pd.DataFrame({"row": rows.index.to_numpy(), "value": value, "state": states})
    is_zero = (part["state"] == ValueState.VALUE.value) & (part["value"] == 0)
    part.loc[is_zero, "state"] = ValueState.TRUE_ZERO.value
    part["measure"], part["column"] = rule.measure, _headings(rule.column, columns)
    if source.validity and rule.measure not in source.validity.spares:
        usable = rows[columns[source.validity.column]].isin(source.validity.values).to_numpy()
        part.loc[~usable, "value"] = np.nan
        part.loc[~usable, "state"] = source.validity.state
    part.loc[~part["state"].isin(STATES_WITH_NUMBER), "value"] = np.nan
    return part, tuple(finding for one in parsed for finding in one.findings)


def _whole(part: pd.DataFrame, rule: ColumnRule) -> list[Finding]:
    """Round averages of people in place; elsewhere a column of fractions is an error.

    A few of them are told one by one when the region is looked at as a whole.
    """
    whole = part["value"].round()
    if rule.averaged:
        part["value"] = whole
        return []
    is_exact = part["state"] != ValueState.PERTURBED.value
    broken = part[is_exact & ((part["value"] - whole).abs() > _NEARLY_WHOLE)]
    if len(broken) <= _FEW_FRACTIONS * part["value"].notna().sum():
        return []
    first = broken.iloc[0]
    return [error("people_in_fractions", row=int(first["row"]), column=str(first["column"]), count=len(broken))]


def _dates(
    source: TableSource, kept: pd.DataFrame, columns: dict[ColumnName, str]
) -> tuple[pd.Series[str], list[Finding]]:
    if source.date or not source.date_column:
        return pd.Series(source.date, index=kept.index, dtype="str"), []
    texts = kept[columns[source.date_column]].map(lambda text: source.dates.get(text, text))
    parsed = parse_dates(texts)
    return pd.Series(parsed.values, index=kept.index, dtype="str"), list(parsed.findings)


def _markers(source: TableSource) -> MarkerSet:
    named = MARKER_SETS[source.markers]
    extra = {sign: ValueState(state) for sign, state in source.extra_markers.items()}
    return MarkerSet(f"{named.name}+", {**named.states, **extra}) if extra else named


def _quarter_of(finding: Finding, quarters: pd.Series[str]) -> str | None:
    if finding.quarter or finding.row is None or finding.row not in quarters.index:
        return finding.quarter
    return str(quarters.loc[finding.row])
