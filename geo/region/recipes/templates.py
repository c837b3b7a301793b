"""Table styles of publishers, kept as data: what a draft knows of a file that is in one of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files

from geo.decode import from_plain
from geo.region.recipes.keys import fold_name
from geo.region.recipes.recipe import TableSource
from geo.region.recipes.rules import ColumnRule, RowRule, parts_of
from geo.region.tables import parse_date

_YEAR = re.compile(r"(?:19|20)\d{2}")


@dataclass(frozen=True)
class Template:
    """One style; ``templates.toml`` tells how patterns are compared.

    Parameters
    ----------
    headings, title
        What has to be there: each of the patterns in some heading, and the title.
    measures
        Measure by heading, before any guess; empty for a column that is left aside.
    date
        Reference date (ISO) where the file names none.
    dates_unheaded
        Dates stand in a column without heading.
    years_as_columns
        A column names the measure of each row, and each year has a column.
    left_out
        Key or name of rows that are no quarter.
    """

    name: str
    headings: tuple[str, ...] = ()
    title: str = ""
    measures: Mapping[str, str] = field(default_factory=dict)
    date: str = ""
    dates_unheaded: bool = False
    years_as_columns: bool = False
    left_out: str = ""

    def fits(self, headings: Sequence[str], about: str) -> bool:
        """Tell whether a file is in this style."""
        folded = [fold_name(heading) for heading in headings]
        has_title = not self.title or re.search(self.title, about, re.MULTILINE) is not None
        return has_title and all(any(re.fullmatch(one, text) for text in folded) for one in self.headings)


@dataclass(frozen=True)
class _Templates:
    templates: tuple[Template, ...]


@cache
def all_templates() -> tuple[Template, ...]:
    """Return the styles that are known, in the order in which they are tried."""
    text = files("geo.region.recipes").joinpath("templates.toml").read_text(encoding="utf-8")
    return from_plain(_Templates, tomllib.loads(text)).templates


def by_template(
    draft: TableSource, texts: Mapping[str, Sequence[str]], about: str, units: Mapping[str, str], rows: Sequence[int]
) -> TableSource:
    """Return a draft with what the style of its file says beyond the headings; unchanged where it is in none.

    Parameters
    ----------
    texts, about
        The file: texts by heading, and what stands around the table.
    units
        Headings of ready-made rates: none of them is a count.
    rows
        Row of the file for each cell.
    """
    template = next((one for one in all_templates() if one.fits(tuple(texts), about)), None)
    if template is None:
        return draft
    given = [draft.key, draft.name, draft.date_column, draft.measure_column]
    beside = {str(part) for one in given for part in parts_of(one)}
    draft = replace(draft, columns=_measured(template, draft, [one for one in texts if one not in {*beside, *units}]))
    if template.years_as_columns and draft.measure_column:
        draft = replace(draft, columns=_of_years(draft, texts), date="")
    has_dates = draft.date_column or any(rule.date for rule in draft.columns)
    unheaded = [one for one in texts if re.fullmatch(r"column_\d+", one) and one not in beside]
    if template.dates_unheaded and not has_dates:
        dated = (one for one in unheaded if texts[one] and all(parse_date(cell) for cell in texts[one]))
        draft = replace(draft, date_column=next(dated, ""))
        draft = replace(draft, date="" if draft.date_column else draft.date)
    elif template.date and not has_dates:
        draft = replace(draft, date=template.date)
    named = [texts.get(str(part), ()) for part in (*parts_of(draft.key), draft.name)]
    rules = [
        RowRule(from_row=row, to_row=row, reason=cell)
        for row, *cells in zip(rows, *(cells for cells in named if cells), strict=False)
        for cell in cells
        if template.left_out and re.fullmatch(template.left_out, cell, re.IGNORECASE)
    ]
    return replace(draft, left_out=(*draft.left_out, *rules))


def _measured(template: Template, draft: TableSource, headings: Sequence[str]) -> tuple[ColumnRule, ...]:
    """Return the columns of a draft, those that the template names as it names them."""
    said = {
        heading: measure
        for heading in headings
        for pattern, measure in reversed(list(template.measures.items()))
        if re.fullmatch(pattern, fold_name(heading))
    }
    first = {measure: heading for heading, measure in reversed(list(said.items())) if measure}
    kept = [rule for rule in draft.columns if rule.column not in said and rule.measure not in first]
    return (*kept, *(ColumnRule(heading, measure) for measure, heading in reversed(list(first.items()))))


def _of_years(draft: TableSource, texts: Mapping[str, Sequence[str]]) -> tuple[ColumnRule, ...]:
    years = [heading for heading in texts if _YEAR.fullmatch(heading)]
    return tuple(
        replace(rule, column=year, date=f"{year}-12-31") for rule in draft.columns if rule.when for year in years
    )
