"""Before a region is used: what to check, a map, totals and extremes, and single numbers put right."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from geo.findings import Finding, Level
from geo.need import indicators_of
from geo.output.need import Picture, atlas_view, latest_date, main_indicator
from geo.output.sites import site_places
from geo.output.values import Swatch, value_text
from geo.region import STATES_WITH_NUMBER
from geo.region.model import MeasureOverview, Region, overview_of
from geo.region.recipes import CellCorrection, Recipe
from geo.region.tables import MARKER_SETS, parse_numbers
from geo.text import Texts
from pages.shared import state
from pages.shared.atlas import cache
from pages.shared.importing.parts import measure_name, pick, plain_table, show_findings, write
from pages.shared.shell import paragraph, theme
from pages.shared.widgets import show_map

_CORRECTIONS = "import.corrections"
CHECK_NOW = "import.check_now"
"""Set where an entry asks for a check by itself."""

Cell = tuple[str, str, str]


def with_corrections(recipe: Recipe | None) -> Recipe | None:
    """Return a recipe with the numbers put right in this session."""
    own: tuple[CellCorrection, ...] = st.session_state.get(_CORRECTIONS, ())
    if recipe is None or not own:
        return recipe
    cells = {_cell(one) for one in own}
    return replace(recipe, corrections=(*(one for one in recipe.corrections if _cell(one) not in cells), *own))


def show_first_map(t: Texts, region: Region) -> None:
    """Show the quarters coloured by the region's main indicator, with its sites; say in words what is on it."""
    if not indicators_of(region):
        return
    indicator = next(one for one in indicators_of(region) if one.key == main_indicator(region).key)
    date = latest_date(region, indicator)
    values = cache.values(region, indicator, date)
    picture = Picture(
        region, indicator, date, None, values, cache.held_classes(region, indicator, "natural", 5), theme()
    )
    view = atlas_view(t, picture)
    places = site_places(t, region)
    signs = tuple(
        Swatch(kind, t(f"map.{kind}"))
        for kind, some in (("office", region.offices), ("host", region.hosts))
        if len(some)
    )
    view = replace(view, places=places, legend=replace(view.legend, extras=(*view.legend.extras, *signs)))
    show_map(region, view, key="import_map", height=440, on_choose=lambda *_: None)
    empty = int((~values["state"].isin(STATES_WITH_NUMBER)).sum())
    told = t("import.map_told", indicator=picture.label(t), date=t.date(date), n=len(values) - empty)
    told += " " + t("import.map_empty", n=empty) if empty else ""
    paragraph(told + (" " + t("import.map_sites", n=len(places)) if places else ""))


def show_verdict(t: Texts, findings: tuple[Finding, ...]) -> None:
    """Show in one line how much is to be checked and how much is harmless."""
    count = Counter(finding.level for finding in findings)
    said = t("import.verdict", check=t.number(count[Level.WARNING]), harmless=t.number(count[Level.NOTE]))
    paragraph(said, "nb-join nb-join-open" if count[Level.WARNING] else "nb-join")


def show_to_check(t: Texts, findings: tuple[Finding, ...]) -> None:
    """Show how much is to be checked, then that with what to do; what is harmless is folded away."""
    warnings = [finding for finding in findings if finding.level is Level.WARNING]
    harmless = [finding for finding in findings if finding.level is Level.NOTE]
    show_verdict(t, findings)
    show_findings(t, warnings)
    if harmless:
        with st.expander(t("import.harmless", n=len(harmless))):
            show_findings(t, harmless)


def show_overview(t: Texts, region: Region, recipe: Recipe | None) -> None:
    """Show totals with their files, lowest and highest, change, highest shares, density: the shown numbers only."""
    over = overview_of(region)
    names = {str(key): str(name) for key, name in region.quarters["name"].items()}

    def at(place: tuple[str, float], unit: str = "people") -> str:
        return f"{names[place[0]]}: {value_text(t, place[1], unit)}"

    rows = []
    for one in over.measures:
        unit = one.measure.unit
        total = "–" if one.total is None else t("import.total", total=t.number(one.total), n=one.counted)
        name = measure_name(t, one.measure.key, one.measure.label)
        moved = "; ".join(f"{at((key, was), unit)} → {value_text(t, now, unit)}" for key, was, now in one.moved)
        cells = (total, at(one.lowest, unit), at(one.highest, unit), _change(t, one), moved)
        rows.append((f"{name}, {t.date(one.date)}", *cells, _files_of(recipe, one.measure.key)))
    headings = [
        t(f"import.over_{name}") for name in ("measure", "total", "lowest", "highest", "change", "moved", "file")
    ]
    keep = [place for place in range(len(headings)) if place == 0 or any(row[place] for row in rows)]
    shown = [[row[place] for place in keep] for row in (headings, *rows)]
    plain_table(shown[0], shown[1:], caption=t("import.over"), note=t("import.over_note"))
    if over.top:
        unit = over.top_measure.unit if over.top_measure else "percent"
        paragraph(t("import.over_top", list="; ".join(at(place, unit) for place in over.top)))
    if over.density is not None and over.densest is not None:
        paragraph(t("import.over_density", mean=t.number(over.density), highest=at(over.densest)))


def show_corrections(t: Texts, region: Region, findings: tuple[Finding, ...]) -> None:
    """Show the fields that put one number right, and the numbers put right so far."""
    cells = dict.fromkeys(cell for finding in findings if finding.level is Level.WARNING for cell in _cells_of(finding))
    is_asked = bool(cells)
    for each in overview_of(region).measures:
        cells |= dict.fromkeys((place[0], each.date, each.measure.key) for place in (each.highest, each.lowest))
    values = {cell: value for cell in cells if (value := _value(region, cell)) is not None}
    own: tuple[CellCorrection, ...] = st.session_state.get(_CORRECTIONS, ())
    if not (values or own):
        return
    with st.expander(t("import.correct"), expanded=is_asked or bool(own)):
        if values:
            _correction_fields(t, region, values)
        for number, one in enumerate(own):
            said, undo = st.columns([4, 1], vertical_alignment="center")
            with said:
                paragraph(t("import.corrected", cell=_cell_text(t, region, _cell(one)), was=t.shortest(one.was),
                            value=t.shortest(one.value), reason=one.reason))  # fmt: skip
            undo.button(t("import.correct_undo"), key=f"import.uncorrect.{number}", on_click=partial(_take_back, one))


def _correction_fields(t: Texts, region: Region, values: dict[Cell, float]) -> None:
    def told(cell: Cell) -> str:
        return f"{_cell_text(t, region, cell)}: {t.shortest(values[cell])}"

    cell = pick(st, t("import.correct_cell"), "correct.cell", tuple(values), next(iter(values)), told=told)
    left, right = st.columns([1, 2])
    text = write(left, t("import.correct_value"), "correct.value")
    reason = write(right, t("import.correct_reason"), "correct.reason", placeholder=t("import.correct_reason_hint"))
    parsed = (
        parse_numbers(pd.Series([text]), markers=MARKER_SETS["default"], decimal="," if t.language == "de" else ".")
        if text
        else None
    )
    is_number = parsed is not None and str(parsed.states[0]) in STATES_WITH_NUMBER
    if text and not is_number:
        paragraph(t("import.correct_no_number", text=text), "nb-join nb-join-open")

    def keep() -> None:
        assert parsed is not None
        own = st.session_state.get(_CORRECTIONS, ())
        before = next((one.was for one in own if _cell(one) == cell), values[cell])
        others = tuple(one for one in own if _cell(one) != cell)
        quarter, date, measure = cell
        new = CellCorrection(quarter, date, measure, before, float(parsed.values[0]), reason)
        st.session_state[_CORRECTIONS] = (*others, new)
        st.session_state[CHECK_NOW] = True
        state.remember("import.correct.value", "")

    st.button(t("import.correct_do"), icon=":material/edit:", disabled=not (is_number and reason), on_click=keep)


def _take_back(one: CellCorrection) -> None:
    st.session_state[_CORRECTIONS] = tuple(other for other in st.session_state[_CORRECTIONS] if other != one)
    st.session_state[CHECK_NOW] = True


def _cell(one: CellCorrection) -> Cell:
    return one.key, one.date, one.measure


def _cells_of(finding: Finding) -> list[Cell]:
    """Return the cells a finding is about: of a share that is odd both of its numbers, the whole first."""
    told: Any = finding.parameters
    if finding.quarter is None or "date" not in told or "measure" not in told:
        return []
    return [(finding.quarter, told["date"], told[name]) for name in ("whole", "part", "measure") if name in told]


def _value(region: Region, cell: Cell) -> float | None:
    quarter, date, measure = cell
    if quarter not in region.quarters.index or measure not in region.measure_keys:
        return None
    row: Any = region.values_of(measure, date).loc[quarter]
    return float(row["value"]) if row["state"] in STATES_WITH_NUMBER else None


def _cell_text(t: Texts, region: Region, cell: Cell) -> str:
    quarter, date, measure = cell
    own = region.measure(measure).label if measure in region.measure_keys else None
    name = region.quarters["name"].get(quarter, quarter)
    return t("import.cell", quarter=f"{name} ({quarter})", measure=measure_name(t, measure, own), date=t.date(date))


def _change(t: Texts, one: MeasureOverview) -> str:
    if one.change_percent is None or one.before is None:
        return ""
    return t("import.change", percent=t.number(one.change_percent, 1), date=t.date(one.before))


def _files_of(recipe: Recipe | None, measure: str) -> str:
    tables = recipe.tables if recipe is not None else ()
    found = [table.file for table in tables if any(column.measure == measure for column in table.columns)]
    return ", ".join(dict.fromkeys(found))
