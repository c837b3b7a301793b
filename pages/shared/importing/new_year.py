"""Last year's region or recipe and this year's file: put together without entering anything again but the date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath

import pandas as pd
import streamlit as st

from geo.findings import Finding
from geo.region import STATES_WITH_NUMBER, ValueState
from geo.region.model import Region
from geo.region.package import write_region
from geo.region.recipes import OWN_UNITS, FileView, Recipe, TableSource, found_again
from geo.temporary import own_folder
from geo.text import Texts
from pages.shared import state
from pages.shared.importing.files import escaped, take, use_of
from pages.shared.importing.parts import measure_name, pick, write
from pages.shared.importing.tables import day_text, read_day
from pages.shared.shell import paragraph
from pages.shared.uploads import session_files

_TAKEN = ("quarters.gpkg", "zones.gpkg", "streets.osm.pbf", "timetable.zip", "minutes.csv")
_SIGNS = {ValueState.SUPPRESSED.value: ".", ValueState.NOT_APPLICABLE.value: "x"}


def new_year_of_region(t: Texts, package: FileView, region: Region, views: Sequence[FileView]) -> None:
    """Show the button that takes a region apart, so that a table of another year can be put beside its numbers."""
    tables = [view.name for view in views if use_of(view) == "table"]
    text = t("import.new_year_files", files=", ".join(tables)) if tables else t("import.new_year_none")
    paragraph(text, "nb-join nb-join-open" if tables else "")
    act = partial(_take_apart, t, package.name, region)
    st.button(t("import.new_year_add"), icon=":material/event_repeat:", on_click=act)


def _take_apart(t: Texts, package: str, region: Region) -> None:
    """Put the files of a region in place of its package, and what is known of it into the fields."""
    del session_files()[package]
    files = _files_of(t, region)
    faults = [fault for name, content in files.items() if (fault := take(name, content)) is not None]
    st.session_state["import.refused"] = tuple(faults)
    numbers = f"{region.id}_numbers.csv"
    entries: dict[str, object] = {
        "region.name": region.name,
        "region.id": region.id,
        "source.title": "; ".join(source.title for source in region.sources),
        "source.publisher": "; ".join(dict.fromkeys(source.publisher for source in region.sources if source.publisher)),
        "rule.source": region.disclosure.source,
        f"bdistrict.{region.id}_quarters.gpkg": "district" if region.quarters["district"].any() else "",
        f"use.{region.id}_zones.gpkg": "zones",
        f"use.{region.id}_minutes.csv": "minutes",
    }
    for name in ("numerator_min", "denominator_min", "residents_min", "interval_min", "round_to", "reached_round_to"):
        entries[f"rule.{name}"] = getattr(region.disclosure, name)
    for measure in region.measures:
        if measure.label and measure.unit in OWN_UNITS:
            heading = measure_name(t, measure.key, measure.label)
            entries[f"measure.{numbers}.{heading}"] = measure.unit
            entries[f"protected.{numbers}.{heading}"] = measure.is_protected
    for name, value in entries.items():
        state.remember(f"import.{name}", value)


def _files_of(t: Texts, region: Region) -> dict[str, bytes]:
    """Return the files a region is made of; its numbers as a table, where a point stands for what is withheld."""
    cells = region.statistics.copy()
    signs = cells["state"].astype("object").map(_SIGNS).fillna("")
    numbers = [
        f"{value:.0f}" if value == int(value) else str(value).replace(".", ",") for value in cells["value"].fillna(0)
    ]
    cells["cell"] = pd.Series(numbers, index=cells.index).where(cells["state"].isin(STATES_WITH_NUMBER), signs)
    wide = cells.pivot(index=["quarter_id", "date"], columns="measure", values="cell").fillna("")
    named = {one.key: measure_name(t, one.key, one.label) if one.label else one.key for one in region.measures}
    files = {"numbers.csv": wide.rename(columns=named).reset_index().to_csv(index=False, sep=";").encode()}
    with own_folder("package") as folder:
        write_region(region, folder / "region")
        files |= {path.name: path.read_bytes() for name in _TAKEN if (path := _within(folder, name)).is_file()}
    if len(region.sites):
        points = region.sites.geometry.to_crs(4326)
        sites = pd.DataFrame(region.sites.drop(columns="geometry")).assign(lon=points.x, lat=points.y)
        sites = sites.replace("", pd.NA).dropna(axis="columns", how="all")
        files["sites.csv"] = sites.to_csv(sep=";", decimal=",").encode()
    return {f"{region.id}_{name}": content for name, content in files.items()}


def _within(folder: Path, name: str) -> Path:
    return next((folder / "region").rglob(name), folder / name)


def new_year_of_recipe(t: Texts, recipe: Recipe, views: Sequence[FileView]) -> tuple[Recipe, tuple[Finding, ...]]:
    """Show the fields that put tables a recipe does not name into it; return the recipe with them.

    A table that is there stays, and the new one comes beside it; one that is not there gives way.
    """
    named = {PurePosixPath(table.file).name for table in recipe.tables}
    new = [view for view in views if use_of(view) == "table" and view.columns is not None and view.name not in named]
    if not new:
        return recipe, ()
    there = {view.name for view in views}
    added: list[TableSource] = []
    findings: list[Finding] = []
    for view in new:
        source, told = _again(t, view, recipe)
        added.append(source)
        findings += told
    stay = tuple(table for table in recipe.tables if PurePosixPath(table.file).name in there)
    dates = {table.date for table in recipe.tables if table not in stay}
    corrections = tuple(one for one in recipe.corrections if one.date not in dates)
    return replace(recipe, tables=(*stay, *added), corrections=corrections), tuple(findings)


def _again(t: Texts, view: FileView, recipe: Recipe) -> tuple[TableSource, list[Finding]]:
    """Show which table of a recipe a new file continues, and the field for its date."""
    columns, name = view.columns, view.name
    assert columns is not None
    sources = {table.file: found_again(table, columns) for table in recipe.tables}
    with st.container(border=True):
        st.markdown(f"#### {t('import.new_year', file=escaped(name))}")
        fitting = min(sources, key=lambda file: len(sources[file][1]))
        left, right = st.columns(2)
        file = pick(left, t("import.new_year_like"), f"like.{name}", tuple(sources), fitting)
        source, absent = sources[file]
        told = t("import.new_year_found", n=len(source.columns))
        told += " " + t("import.new_year_absent", columns=", ".join(absent)) if absent else ""
        paragraph(told, "nb-join nb-join-open" if absent else "nb-join")
        if source.date_column != "" or all(rule.date for rule in source.columns):
            return source, []
        guessed = day_text(t, source.date)
        text = write(right, t("import.new_year_date"), f"day.{name}", guessed, placeholder=t("import.date_hint"))
        date, findings = read_day(text, name)
    return replace(source, date=date), findings
