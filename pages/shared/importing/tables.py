"""Step 2 of the import, tables: which column is the key, which ones are measures, for which date."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import compress
from typing import Any

import streamlit as st

from geo.findings import Finding, error
from geo.region import STANDARD_MEASURES, Measure
from geo.region.recipes import (
    OWN_UNITS,
    ColumnNames,
    ColumnRule,
    Columns,
    FileView,
    RowRule,
    TableSource,
    draft_table,
    guess_date,
    guess_factor,
    parts_of,
    slug,
)
from geo.region.shapes import SYSTEMS
from geo.region.tables import MARKER_SETS, parse_date
from geo.text import Texts
from pages.shared.importing.files import escaped, once
from pages.shared.importing.joining import Drawn, Joining, join_fields
from pages.shared.importing.parts import measure_name, pick, plain_table, section, tick, write
from pages.shared.shell import paragraph

STANDARD_KEYS = tuple(measure.key for measure in STANDARD_MEASURES)
CHOICES = ("", *STANDARD_KEYS, *OWN_UNITS)
DATE_MODES = ("one", "column", "each")
CRS_CHOICES = ("", *SYSTEMS)
ENCODINGS = ("", "utf-8", "cp1252", "utf-16")
DELIMITERS = ("", ";", ",", "\t", "|")
_ROWS = re.compile(r"([1-9]\d{0,6})(?:\s*[-–]\s*([1-9]\d{0,6}))?")
_MOST_COLUMNS = 90
_AT_ONCE = 9
_MOST_VALUES = 500


@dataclass(frozen=True)
class MappedTable:
    """A table with its own measures, how it meets the boundaries, and what is still wanting."""

    source: TableSource
    measures: tuple[Measure, ...]
    joining: Joining
    findings: tuple[Finding, ...]


def map_table(t: Texts, view: FileView, drawn: Drawn) -> MappedTable:
    """Show a table and the fields that say what it means; return what they say."""
    name = view.name
    with st.container(border=True):
        st.markdown(f"#### {t('import.table', file=escaped(name))}")
        columns, kept = _part_of_rows(t, view)
        given = (columns, drawn.columns, drawn.source)
        guess, units = once(f"table.{name}", given, lambda: draft_table(*given))
        asked = st.container()
        with section(t("import.reading"), f"reading.{name}", is_sure=True):
            show_preview(t, view)
            left_out, unclear = _reading(t, view, guess)
            markers, decimal = _signs(t, name)
        columns = once(f"used.{name}", (columns, left_out), lambda: _without(columns, left_out))
    with asked:
        joining = join_fields(t, columns, guess, drawn)
        keys = tuple(str(part) for part in parts_of(joining.key))
        mode, date, date_column, findings = _date(t, columns, guess, keys[0])
        long, value, offered = _long(t, columns, guess, (*keys, date_column))
        # In a long table with a column for each year, that column says the date.
        years = {rule.column: rule.date for rule in guess.columns if rule.when and rule.date and mode == "each"}
        each = mode == "each" and not (long and years)
        rules, measures, told = _columns(t, offered, guess, units, skip=(*keys, date_column), each=each)
        if long:
            spread = years or {value: ""}
            rules = tuple(
                replace(rule, column=column, when=str(rule.column), date=date)
                for rule in rules
                for column, date in spread.items()
            )
    sums = joining.sums(columns)
    source = TableSource(
        name,
        joining.key,
        rules,
        sheet=view.facts.get("sheet", view.facts.get("layer", "")) if len(view.parts) > 1 else "",
        encoding=view.facts.get("encoding", ""),
        delimiter=view.facts.get("delimiter", ""),
        header_rows=int(view.facts["header_rows"]) if "header_rows" in view.facts else None,
        skip_rows=int(view.facts["skip_rows"]) if "skip_rows" in view.facts else None,
        date=date,
        date_column=date_column,
        measure_column=long,
        markers=markers,
        decimal=decimal,
        keys=joining.rule,
        keep_where=kept | (dict(guess.keep_where) if joining.key == guess.key and long == guess.measure_column else {}),
        name=guess.name if any(one.name for one in sums) or not drawn.source.name else "",
        left_out=left_out,
        totals=sums,
        ignore_unmatched=joining.ignored,
    )
    return MappedTable(source, measures, joining, (*unclear, *findings, *told))


def _part_of_rows(t: Texts, view: FileView) -> tuple[Columns, dict[str, str]]:
    """Show the fields that choose rows by a column; return these rows, and the choice as a recipe has it."""
    columns, name = view.columns, view.name
    assert columns is not None
    with section(t("import.rows_part"), f"rows.{name}", is_sure=True):
        left, right = st.columns(2)
        column = pick(
            left, t("import.rows_column"), f"rows.column.{name}", ("", *columns.headings), "",
            told=lambda one: one or t("import.none"),
        )  # fmt: skip
        values = tuple(sorted({cell for cell in columns.texts.get(column, ()) if cell})[:_MOST_VALUES])
        wanted = pick(right, t("import.rows_value"), f"rows.value.{name}", values, values[0]) if values else ""
    if not wanted:
        return columns, {}

    def chosen() -> Columns:
        return _rows(columns, [cell == wanted for cell in columns.texts[column]])

    return once(f"rows.{name}", (columns, column, wanted), chosen), {column: re.escape(wanted)}


def _without(columns: Columns, left_out: Sequence[RowRule]) -> Columns:
    if not left_out or not columns.rows:
        return columns
    spans = [range(rule.from_row, rule.to_row + 1) for rule in left_out]
    return _rows(columns, [not any(row in span for span in spans) for row in columns.rows])


def _rows(columns: Columns, is_read: Sequence[bool]) -> Columns:
    texts = {heading: list(compress(cells, is_read)) for heading, cells in columns.texts.items()}
    return replace(columns, texts=texts, rows=list(compress(columns.rows, is_read)))


def _long(t: Texts, columns: Columns, guess: TableSource, skip: tuple[str, ...]) -> tuple[str, str, Columns]:
    """Show where measures stand in a long table; return their column, that of the numbers, and what to choose from."""
    headings = tuple(heading for heading in columns.headings if heading not in skip)
    value = str(guess.columns[0].column) if guess.measure_column else headings[-1] if headings else ""
    with section(t("import.long"), f"long.{columns.file}", is_sure=True):
        left, right = st.columns(2)
        long = pick(
            left, t("import.long_measure"), f"long.measure.{columns.file}", ("", *headings), str(guess.measure_column),
            told=lambda one: one or t("import.long_none"),
        )  # fmt: skip
        if long:
            value = pick(right, t("import.long_value"), f"long.value.{columns.file}", headings, value)
        for heading, wanted in guess.keep_where.items():
            said = next((cell for cell in columns.texts[heading] if re.escape(cell) == wanted), wanted)
            paragraph(t("import.rows_kept", column=heading, value=said))
    if not long:
        return "", "", columns
    texts = dict.fromkeys(cell for cell in columns.texts[long] if cell)
    return long, value, Columns(columns.file, dict.fromkeys(texts, ()))


def show_preview(t: Texts, view: FileView) -> None:
    """Show the first rows as they were read, and how that was."""
    columns = view.columns
    if columns is None or not columns.texts:
        return
    plain_table(columns.headings, view.preview(), caption=t("import.preview", file=view.name), is_data=True)
    paragraph(_read_as(t, view))


def _read_as(t: Texts, view: FileView) -> str:
    facts = view.facts
    if view.role == "boundaries":
        system = facts.get("crs") or t("import.crs_none")
        return t("import.read_boundaries", n=view.rows, crs=system)
    head = t("import.head_rows", n=int(facts.get("header_rows") or 0))
    foot = t("import.foot_rows", n=int(facts.get("footer_rows") or 0))
    if facts.get("sheet"):
        return t("import.read_sheet", sheet=facts["sheet"], head=head, foot=foot)
    sign = _delimiter(t, facts.get("delimiter", ""))
    return t("import.read_text", encoding=facts.get("encoding", "").upper(), delimiter=sign, head=head, foot=foot)


def _reading(t: Texts, view: FileView, guess: TableSource) -> tuple[tuple[RowRule, ...], list[Finding]]:
    """Show how the file is to be read, in case that it was taken wrongly; return the rows left out."""
    name = view.name

    def found(one: object) -> str:
        return str(one or t("import.as_found"))

    first, second, third = st.columns(3)
    pick(first, t("import.header_rows"), f"header.{name}", tuple(range(9)), 0, told=found)
    if view.facts.get("sheet"):
        pick(second, t("import.sheet"), f"sheet.{name}", ("", *view.parts), "", told=found)
    else:
        pick(second, t("import.encoding"), f"encoding.{name}", ENCODINGS, "", told=lambda one: found(one.upper()))
        told = {sign: _delimiter(t, sign) for sign in DELIMITERS}
        pick(third, t("import.delimiter"), f"delimiter.{name}", DELIMITERS, "", told=told.__getitem__)
    guessed = ", ".join(f"{rule.from_row}-{rule.to_row}" for rule in guess.left_out)
    label, about = t("import.left_out"), t("import.left_out_help")
    text = write(st, label, f"leftout.{name}", guessed, placeholder="12, 40-42", help=about)
    rules, unclear = [], []
    for part in filter(None, (part.strip() for part in text.split(","))):
        span = _ROWS.fullmatch(part)
        if span is None:
            unclear.append(error("import_rows_unclear", file=name, text=part[:40]))
        else:
            reason = t("import.left_out_reason")
            rules.append(RowRule(from_row=int(span[1]), to_row=int(span[2] or span[1]), reason=reason))
    return tuple(rules), unclear


def _date(t: Texts, columns: Columns, guess: TableSource, key: str) -> tuple[str, str, str, list[Finding]]:
    """Show the fields for the date, folded away where it was found; return how it is given, date, column, faults."""
    name = columns.file
    first = "column" if guess.date_column else "each" if any(rule.date for rule in guess.columns) else "one"
    told = st.empty()
    with section(t("import.part_date"), f"dates.{name}", is_sure=bool(guess.date) or first != "one"):
        left, right = st.columns(2)
        mode = pick(left, t("import.date"), f"date.{name}", DATE_MODES, first, told=lambda one: t(f"import.date_{one}"))
        date, column = "", ""
        findings: list[Finding] = []
        if mode == "column":
            headings = tuple(heading for heading in columns.headings if heading != key) or columns.headings
            guessed = str(guess.date_column) if guess.date_column in headings else headings[0]
            column = pick(right, t("import.date_column_pick"), f"datecolumn.{name}", headings, guessed)
        elif mode == "one":
            guessed = day_text(t, guess.date)
            text = write(right, t("import.date_day"), f"day.{name}", guessed, placeholder=t("import.date_hint"))
            date, findings = read_day(text, name)
    said = t.date(date) if date else t("import.in_column", column=column) if column else t(f"import.date_{mode}")
    with told:
        paragraph(t("import.date_told", date=said), "nb-join nb-join-open" if findings else "nb-join")
    return mode, date, column, findings


def _columns(
    t: Texts, columns: Columns, guess: TableSource, units: dict[str, str], *, skip: tuple[str, ...], each: bool
) -> tuple[tuple[ColumnRule, ...], tuple[Measure, ...], list[Finding]]:
    guessed = {rule.when or str(part): rule.measure for rule in guess.columns for part in parts_of(rule.column)} | units
    headings = [heading for heading in columns.headings if heading not in skip][:_MOST_COLUMNS]
    first = [heading for heading in headings if heading in guessed]
    rest = [heading for heading in headings if heading not in guessed]
    if len(first) + len(rest) <= _AT_ONCE:
        first, rest = headings, []
    told_in = st.empty()
    with section(t("import.columns"), f"columns.{columns.file}", is_sure=bool(guessed)):
        if len(columns.headings) > _MOST_COLUMNS:
            paragraph(t("import.columns_cut", n=t.number(_MOST_COLUMNS)))
        chosen = [
            _column(t, columns.file, heading, guessed.get(heading, ""), place, each=each)
            for heading, place in _grid(first)
        ]
    if rest:
        with section(t("import.columns_more", n=len(rest)), f"further.{columns.file}", is_sure=bool(guessed)):
            chosen += [_column(t, columns.file, heading, "", place, each=each) for heading, place in _grid(rest)]
    used = [one for one in chosen if one is not None]
    rules = tuple(rule for rule, _, _ in used)
    findings = [finding for _, _, told in used for finding in told]
    if not rules:
        findings.append(error("import_no_measure", file=columns.file))
    rules, told = _added(t, columns.file, rules, guess)
    findings += told
    own = {measure.key: measure.label for _, measure, _ in used if measure is not None}
    said = "; ".join(
        f"{_joined(rule.column)} = {measure_name(t, rule.measure, own.get(rule.measure))}" for rule in rules
    )
    with told_in:
        paragraph(t("import.columns_told", list=said or "–"), "nb-join nb-join-open" if findings else "nb-join")
    return rules, tuple(measure for _, measure, _ in used if measure is not None), findings


def _added(
    t: Texts, file: str, rules: tuple[ColumnRule, ...], guess: TableSource
) -> tuple[tuple[ColumnRule, ...], list[Finding]]:
    """Ask whether columns of one measure are its parts, to be added; otherwise they are a fault."""
    groups: dict[tuple[str, str], list[ColumnRule]] = {}
    for rule in rules:
        groups.setdefault((rule.measure, rule.date), []).append(rule)
    out, findings = [], []
    for same in groups.values():
        parts = tuple(str(rule.column) for rule in same)
        is_guess = any(set(parts) == set(parts_of(rule.column)) for rule in guess.columns)
        label = t("import.add_columns", columns=escaped(_joined(parts)))
        if len(same) > 1 and tick(st, label, f"add.{file}.{'+'.join(parts)}", guess=is_guess):
            out.append(replace(same[0], column=parts))
            continue
        out += same
        findings += [error("import_measure_twice", file=file, column=one) for one in parts[1:]]
    return tuple(out), findings


def _joined(columns: ColumnNames) -> str:
    return " + ".join(str(part) for part in parts_of(columns))


def _column(
    t: Texts, file: str, heading: str, guess: str, place: Any, *, each: bool
) -> tuple[ColumnRule, Measure | None, list[Finding]] | None:
    mark = f"{file}.{heading}"
    with place:
        choice = pick(st, escaped(heading[:80]), f"measure.{mark}", CHOICES, guess, told=lambda one: _choice(t, one))
        if not choice:
            return None
        measure: Measure | None = None
        findings: list[Finding] = []
        if choice in OWN_UNITS:
            label = write(st, t("import.own_name"), f"own.{mark}", heading) or heading
            key = slug(label, "measure")
            key = f"{key}_own" if key in STANDARD_KEYS else key
            protected = tick(st, t("import.protected"), f"protected.{mark}", guess=True)
            measure = Measure(key, choice, is_protected=protected, label={"de": label, "en": label})
        date = ""
        if each:
            text = write(
                st,
                t("import.date_day"),
                f"day.{mark}",
                day_text(t, guess_date(heading)),
                placeholder=t("import.date_hint"),
            )
            date, findings = read_day(text, file)
            findings = [replace(finding, column=heading) for finding in findings]
    factor = 1.0 if measure else guess_factor(heading)
    return ColumnRule(heading, measure.key if measure else choice, date=date, factor=factor), measure, findings


def _signs(t: Texts, name: str) -> tuple[str, str]:
    left, right = st.columns(2)
    markers = pick(
        left, t("import.markers"), f"markers.{name}", tuple(MARKER_SETS), "default",
        told=lambda one: t(f"import.markers_{one}"), help=t("import.markers_help"),
    )  # fmt: skip
    decimal = pick(
        right, t("import.decimal"), f"decimal.{name}", ("auto", ",", "."), "auto",
        told=lambda one: t({"auto": "import.as_found", ",": "import.comma", ".": "import.point"}[one]),
    )  # fmt: skip
    return markers, decimal


def _grid(headings: list[str]) -> list[tuple[str, Any]]:
    """Return a place for each heading, three in a row."""
    out = []
    for start in range(0, len(headings), 3):
        places = st.columns(3)
        out += list(zip(headings[start : start + 3], places, strict=False))
    return out


def _choice(t: Texts, one: str) -> str:
    if one in OWN_UNITS:
        return t(f"import.own_{one}")
    return measure_name(t, one) if one else t("import.not_used")


def _delimiter(t: Texts, sign: str) -> str:
    names = {"": "as_found", ";": "semicolon", ",": "comma", "\t": "tab", "|": "bar"}
    return t(f"import.{names[sign]}") if sign in names else f"„{sign}“"


def system_name(t: Texts, one: str) -> str:
    """Return the name of a reference system; empty for what the file says."""
    return t(f"import.crs_{one[5:]}") if one else t("import.crs_file")


def day_text(t: Texts, iso: str) -> str:
    """Return a day as a reader of the language writes it."""
    return t.date(iso) if iso and t.language == "de" else iso


def read_day(text: str, file: str) -> tuple[str, list[Finding]]:
    """Return the day (ISO) a reader has entered, empty where it cannot be read, and what is wrong with it."""
    if not text:
        return "", [error("import_date_absent", file=file)]
    date = parse_date(text)
    return (date, []) if date else ("", [error("import_date_unclear", file=file, text=text[:40])])
