"""Maps and charts as files for print: PNG, SVG and PDF from one description.

A map takes its colours from the view's own legend, so paper and screen cannot disagree, and shows nothing that is
not in the view. Equal input gives equal bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.output.charts import Chart
from geo.output.paper.sheet import Kind, Sheet
from geo.output.values import WITHHELD, MapView
from geo.region.model import Region
from geo.text import Texts

if TYPE_CHECKING:
    from geo.output.paper.map import ThinnedQuarters
    from geo.output.paper.page import Page


def map_file(t: Texts, region: Region, view: MapView, sheet: Sheet, kind: Kind) -> bytes:
    """Return a map as a file.

    Parameters
    ----------
    view
        What is shown; made for the light theme, since paper is white.
    sheet
        Size, title, footer and so on; region and the mark on made-up data are filled in from ``region``.

    Raises
    ------
    ContractError
        The kind is unknown, or the picture would have too many pixels.
    DataError
        The logo cannot be used.
    """
    from geo.output.paper.page import file_of

    page = map_page(t, region, view, sheet)
    return file_of(page, kind, title=page.sheet.title or view.legend.title, language=t.language)


def map_page(t: Texts, region: Region, view: MapView, sheet: Sheet, quarters: ThinnedQuarters | None = None) -> Page:
    """Return a map on a page, for files of several pages; ``quarters`` are kept from page to page."""
    from geo.output.paper.map import ThinnedQuarters, draw_map
    from geo.output.paper.page import Page, furnish

    filled = sheet.for_region(t, region).filled(t)
    page = Page(filled)
    body = furnish(page, (*filled.notes, *_disclosure_note(t, region, view)), view.legend.source)
    draw_map(page, t, quarters or ThinnedQuarters(region), view, body)
    return page


def chart_file(t: Texts, chart: Chart, sheet: Sheet, kind: Kind) -> bytes:
    """Return a chart as a file: the same lines, marks and axes as on screen, with numbers as the language writes them.

    Parameters
    ----------
    sheet
        Size, title, footer and so on; ``source`` should say where the figures come from.

    Raises
    ------
    ContractError
        The kind of file is unknown, or the picture is too large.
    DataError
        The logo cannot be used.
    """
    from geo.output.paper.page import file_of

    page = chart_page(t, chart, sheet)
    return file_of(page, kind, title=page.sheet.title or t("print.chart"), language=t.language)


def chart_page(t: Texts, chart: Chart, sheet: Sheet) -> Page:
    """Return a chart on a page, for files of several pages."""
    from geo.output.paper.chart import draw_chart
    from geo.output.paper.page import Page, furnish

    filled = sheet.filled(t)
    page = Page(filled)
    draw_chart(page, t, chart, furnish(page, filled.notes, filled.source))
    return page


def _disclosure_note(t: Texts, region: Region, view: MapView) -> tuple[str, ...]:
    """Return why some quarters are hatched, where there are any."""
    if WITHHELD not in view.classes:
        return ()
    return (t("print.disclosure", least=t.number(region.disclosure.numerator_min)),)


__all__ = ["Kind", "Sheet", "chart_file", "chart_page", "map_file", "map_page"]
