"""Last year's region or recipe and this year's files: columns found again, the date asked, both compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath

import streamlit as st

from geo.findings import Finding, warning
from geo.region.model import Region
from geo.region.recipes import Columns, FileView, Recipe, TableSource, guess_date, without_dates
from geo.region.renewal import NewYear, dates_of, new_year, propose_date, recipe_of_region
from geo.text import Texts
from pages.shared import state
from pages.shared.importing.files import current_view, escaped, use_of
from pages.shared.importing.parts import pick, plain_table, write
from pages.shared.importing.tables import day_text, read_day
from pages.shared.shell import paragraph

_UNSURE = ("position", "meaning", "")

Renewed = tuple[Recipe, tuple[Finding, ...]]
"""A recipe with this year's tables, and what is still wanting."""


def tables_among(views: Sequence[FileView]) -> list[FileView]:
    """Return the files that are used as tables."""
    return [view for view in views if use_of(view) == "table" and view.columns is not None]


def new_year_of_region(
    t: Texts, package: str, region: Region, views: Sequence[FileView], recipe: Recipe | None
) -> Renewed:
    """Show how this year's tables come beside the dates of a package; ``recipe`` is the package's own, if known."""
    drawn = {column: region.quarters[column].tolist() for column in ("name", "district")}
    columns = Columns(package, {"quarter_id": [str(key) for key in region.quarters.index], **drawn})
    kept = t("import.new_year_kept", dates=", ".join(t.date(date) for date in region.dates))
    paragraph(kept + ("" if recipe else " " + t("import.new_year_no_recipe")))
    on = recipe_of_region(region, package, recipe.kind if recipe else "city")
    like = recipe.tables if recipe else ()
    new = [_as_last_year(view, like) for view in tables_among(views)]
    return _step(t, partial(new_year, on, new, dates=region.dates, like=like, drawn=columns), new, region.dates, {})


def new_year_of_recipe(t: Texts, recipe: Recipe, views: Sequence[FileView]) -> Renewed:
    """Show how tables that a recipe does not name come into it; one of its own that is not there gives way."""
    named = {PurePosixPath(table.file).name for table in recipe.tables}
    new = [_as_last_year(view, recipe.tables) for view in tables_among(views) if view.name not in named]
    if not new:
        return recipe, ()
    there = {view.name: view.columns for view in views}
    stay = tuple(table for table in recipe.tables if PurePosixPath(table.file).name in there)
    old = {one.file: columns for one in stay if (columns := there[PurePosixPath(one.file).name]) is not None}
    gone = [table for table in recipe.tables if table not in stay]
    known = dates_of(recipe, old)
    corrections = tuple(one for one in recipe.corrections if one.date not in {table.date for table in gone})
    on = replace(recipe, tables=stay, corrections=corrections)
    drawn = there.get(PurePosixPath(recipe.boundaries.file).name)
    make = partial(new_year, on, new, dates=dates_of(on, old), like=recipe.tables, old=old, drawn=drawn)
    made, findings = _step(t, make, new, known, old)
    files = ", ".join(dict.fromkeys(table.file for table in gone))
    return made, (*findings, *([warning("new_year_old_absent", files=files)] if files else []))


def _as_last_year(view: FileView, like: Sequence[TableSource]) -> FileView:
    """Return the view of the sheet that is called as last year's, but for the year; unless another was chosen."""
    sheets = {without_dates(str(table.sheet)) for table in like if table.sheet}
    alike = sorted((part for part in view.parts if without_dates(part) in sheets), key=guess_date)
    if not alike or state.recall(f"import.sheet.{view.name}") is not None:
        return view
    state.remember(f"import.sheet.{view.name}", alike[-1])
    return current_view(view.name)


def _step(
    t: Texts, make: Callable[..., NewYear], new: Sequence[FileView], dates: Sequence[str], old: Mapping[str, Columns]
) -> Renewed:
    proposed, is_told = propose_date(new, dates)
    with st.container(border=True):
        st.markdown(f"#### {t('import.new_year', file=escaped(', '.join(view.name for view in new)))}")
        made = make(date=proposed)
        date = proposed
        findings: list[Finding] = []
        if any(proposed in (table.source.date, *(rule.date for rule in table.source.columns)) for table in made.tables):
            date, findings = _date(t, new[0].name, proposed, is_told=is_told)
        made = make(date=date, chosen=_chosen(t, made, new))
        _tell(t, made, new, old)
    return made.recipe, (*findings, *made.findings)


def _date(t: Texts, name: str, proposed: str, *, is_told: bool) -> tuple[str, list[Finding]]:
    """Ask for the date; one that the file does not name itself has to be taken over."""
    field, place = f"day.{name}", st.columns([1, 2], vertical_alignment="bottom")
    guess = day_text(t, proposed) if is_told else ""
    text = write(place[0], t("import.new_year_date"), field, guess, placeholder=day_text(t, proposed))
    if proposed and not is_told and not text:
        take = partial(state.remember, f"import.{field}", day_text(t, proposed))
        place[1].button(t("import.new_year_take", date=t.date(proposed)), icon=":material/event:", on_click=take)
    return read_day(text, name)


def _chosen(t: Texts, made: NewYear, new: Sequence[FileView]) -> dict[tuple[str, str], str]:
    """Show a field for each column that is not surely the same, and return what is chosen."""
    headings = {view.name: view.columns.headings for view in new if view.columns is not None}
    asked = [(table.source.file, one) for table in made.tables for one in table.columns if one.how in _UNSURE]
    chosen = {}
    if asked:
        paragraph(t("import.new_year_unsure"), "nb-join nb-join-open")
    for start in range(0, len(asked), 3):
        for place, (file, one) in zip(st.columns(3), asked[start : start + 3], strict=False):
            label, options = t("import.new_year_column", column=escaped(one.old[:80])), ("", *headings[file])
            heading = pick(place, label, f"again.{file}.{one.old}", options, one.new, told=partial(_or_none, t))
            if heading and heading != one.new:
                chosen[file, one.old] = heading
    return chosen


def _or_none(t: Texts, heading: str) -> str:
    return heading or t("import.none")


def _tell(t: Texts, made: NewYear, new: Sequence[FileView], old: Mapping[str, Columns]) -> None:
    """Say how many rows and keys the files have, and which column stands for which."""
    rows = {view.name: view.rows for view in new}
    for table in made.tables:
        file, numbers = escaped(table.source.file), {"rows": t.number(rows[table.source.file])}
        told = t("import.new_year_rows", file=file, met=t.number(table.met), keys=t.number(table.keys), **numbers)
        before = old.get(table.last)
        if before is not None:
            count = max((len(cells) for cells in before.texts.values()), default=0)
            told += " " + t("import.new_year_rows_before", file=escaped(table.last), rows=t.number(count))
        paragraph(told, "nb-join" if table.met == table.keys else "nb-join nb-join-open")
    columns = [
        (one.old, one.new or "–", t(f"import.new_year_by_{one.how or 'none'}"))
        for table in made.tables
        for one in table.columns
    ]
    if columns:
        heads = [t(f"import.new_year_{name}") for name in ("old", "new", "how")]
        with st.expander(t("import.new_year_columns", n=len(columns))):
            plain_table(heads, columns, caption=t("import.new_year_columns", n=len(columns)))
