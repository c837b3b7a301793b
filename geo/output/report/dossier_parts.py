"""What a dossier consists of: plain values in one language, told once and set as report, document or slides.

A :class:`Dossier` holds finished sentences, tables, map views and charts; whoever sets it (``pdf``, ``docx``,
``slides`` of this wing) decides on pages, not on words. Everything in it has passed
disclosure control: it is made from a region, an answer and an outcome and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geo.need import Indicator
from geo.output.charts import Chart
from geo.output.need import Picture
from geo.output.sites import CostPicture
from geo.output.values import MapView, Table, sorted_rows
from geo.region.model import Region
from geo.siting.ask import Answer
from geo.siting.problem import Status
from geo.siting.scenario import Outcome, Scenario
from geo.text import Texts

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry


@dataclass(frozen=True)
class Fact:
    """A big number, the sentence that says what it is, and what a reader has to know of it."""

    number: str
    sentence: str
    caveat: str


@dataclass(frozen=True)
class MapItem:
    """A map with its caption, a text that stands in for it, and the sentence it proves, for a slide's title."""

    view: MapView
    caption: str
    alternative: str
    message: str = ""


@dataclass(frozen=True, eq=False)
class ChartItem:
    """A chart with its caption, a text that stands in for it, and the sentence it proves, for a slide's title."""

    chart: Chart
    caption: str
    alternative: str
    message: str = ""


@dataclass(frozen=True)
class TableItem:
    """A table with its caption and the sentence it proves, for a slide's title."""

    table: Table
    caption: str
    message: str = ""
    note: str = ""


Item = MapItem | ChartItem | TableItem


@dataclass(frozen=True, eq=False)
class Section:
    """A chapter: heading, sentences, and what is shown with them.

    ``key`` names it whatever the language; ``is_annex`` marks what follows the sources.
    """

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    is_annex: bool = False


@dataclass(frozen=True, eq=False)
class Dossier:
    """All that is said about a scenario.

    Parameters
    ----------
    language
        ``de`` or ``en``.
    title, subtitle
        Name of the scenario, in one line and of limited length (``soft_text.NAME_LENGTH``); what the document is.
    region
        Where; maps take their geometry from it.
    is_fictional
        Whether data are made up; every page says so.
    date
        Reporting date as text.
    question
        What was asked, as a sentence.
    facts
        Three to five big numbers.
    sections
        Chapters in reading order.
    methods, assumptions, disclosure, sources, open_points
        Sentences; all of them are part of every document.
    source_line
        Sources in one line, for slides and footers.
    fictional_mark
        What a page says where data are made up, else empty.
    scenario_key, made_at
        Which settings, and when they were solved (text).
    """

    language: str
    title: str
    subtitle: str
    region: Region
    is_fictional: bool
    date: str
    question: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    methods: tuple[str, ...]
    assumptions: tuple[str, ...]
    disclosure: tuple[str, ...]
    sources: tuple[str, ...]
    open_points: tuple[str, ...]
    source_line: str
    fictional_mark: str = ""
    description: str = ""
    scenario_key: str = ""
    made_at: str = ""

    def section(self, key: str) -> Section | None:
        """Return the chapter named ``key``, or None."""
        return next((section for section in self.sections if section.key == key), None)


@dataclass(frozen=True, eq=False)
class Brief:
    """What chapters are written from.

    ``indicator``, ``date`` and ``picture`` are what the region is opened with; ``catchments`` are areas in degrees by
    place, None where they are still to be measured; ``costs`` is None where nothing opens.
    """

    t: Texts
    region: Region
    scenario: Scenario
    answer: Answer
    outcome: Outcome
    indicator: Indicator
    date: str
    picture: Picture
    catchments: Mapping[str, BaseGeometry] | None = None
    costs: CostPicture | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether the plan opens anything."""
        return self.answer.plan.status is not Status.INFEASIBLE and bool(self.answer.plan.selected)

    @property
    def has_offices(self) -> bool:
        """Tell whether today's offices are known; where they are not, nothing can be said of today."""
        return bool(self.answer.posed.offices_today)


def pick(table: Table, columns: Sequence[int], rows: int | None = None) -> Table:
    """Return a table with some of its columns, at most ``rows`` rows, in the order it is sorted by."""
    ordered = sorted_rows(table)[:rows]
    return replace(
        table,
        columns=tuple(table.columns[at] for at in columns),
        rows=tuple(
            replace(row, cells=tuple(row.cells[at] for at in columns), sort=tuple(row.sort[at] for at in columns))
            for row in ordered
        ),
        sort=columns.index(table.sort) if table.sort in columns else 0,
    )


def unmarked(lines: Iterable[str]) -> tuple[str, ...]:
    """Return sentences of a page without the marks that make words bold there."""
    return tuple(line.replace("**", "") for line in lines)
