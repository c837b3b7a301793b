"""What pages of text have in common, whatever the format: pictures, widths of columns, the last chapter."""

from __future__ import annotations

from geo.output.paper import LEAST_MM, Kind, Sheet, chart_file, map_file
from geo.output.report.dossier_parts import ChartItem, Dossier, Item, MapItem, TableItem
from geo.output.values import Table
from geo.text import Texts

WIDTH_MM = 166.0
"""Width of the text on A4."""

_PLAN_MM = 108.0
_MAP_MM = 90.0
"""Two of them and what is said of them share a page."""
_MAP_TEXT = 1.15
_CHART_MM = 58.0
_CHART_PIXELS = 320
_LEAST_MM, _MOST_MM = 44.0, 150.0
_LETTERS = 102.0
"""Letters that stand side by side in a table as wide as the text."""
LONGEST_HEADING = 16
"""Longer words of a heading are hyphenated."""
_KEPT_WHOLE = 12
_WIDEST_WORD, _WIDEST_HEADING, _GAP, _BOLD = 22.0, 12.0, 2.6, 1.12
_DPI = 200


def drawing(t: Texts, dossier: Dossier, item: MapItem | ChartItem, kind: Kind, width_mm: float) -> bytes:
    """Return a map or a chart of a dossier as a file for a page of text."""
    if isinstance(item, MapItem):
        sheet = Sheet(
            width_mm=width_mm,
            height_mm=_PLAN_MM if any(place.kind == "plan" for place in item.view.places) else _MAP_MM,
            legend="right",
            dpi=_DPI,
            text_scale=1.0 if item.view.places else _MAP_TEXT,
        )
        return map_file(t, dossier.region, item.view, sheet, kind)
    pixels = item.chart.height
    tall = min(max(_CHART_MM * pixels / _CHART_PIXELS, _LEAST_MM), _MOST_MM)
    # A sheet has a least height; a lower chart is drawn larger, letters too, and set smaller.
    larger = max(1.0, LEAST_MM / tall)
    sheet = Sheet(width_mm=width_mm * larger, height_mm=tall * larger, dpi=_DPI, text_scale=min(larger, 2.0))
    return chart_file(t, item.chart, sheet, kind)


def column_shares(table: Table) -> tuple[float, ...]:
    """Return the part of the width each column takes; the sum is 1.

    Numbers and the words of headings get the room they need; columns of text share what is left by their length.
    """
    least, wish = [], []
    for at, column in enumerate(table.columns):
        cells = [row.cells[at] for row in table.rows]
        is_number = column.align == "right"
        whole = max((len(text) for text in cells), default=0)
        is_whole = is_number or whole <= _KEPT_WHOLE
        words = cells if is_whole else [word for text in cells for word in text.split()]
        heading = max((_BOLD * min(len(word), LONGEST_HEADING) for word in column.label.split()), default=0.0)
        longest = max((len(word) for word in words), default=0)
        least.append(
            min(max(longest, heading, min(len(column.label) / 2.5, _WIDEST_HEADING), 2.0), _WIDEST_WORD) + _GAP
        )
        wish.append(0.0 if is_number else max(whole + _GAP - least[-1], 0.0))
    left = max(_LETTERS - sum(least), 0.0)
    part = min(left / sum(wish), 1.0) if sum(wish) else 0.0
    spare = (left - part * sum(wish)) / len(least) if least else 0.0
    given = [need + part * want + spare for need, want in zip(least, wish, strict=True)]
    return tuple(round(width / sum(given), 4) for width in given)


def in_order(items: tuple[Item, ...]) -> tuple[Item, ...]:
    """Return what a chapter shows, tables first: they fill the page that a picture no longer fits on."""
    return tuple(sorted(items, key=lambda item: not isinstance(item, TableItem)))


def basis_of(dossier: Dossier) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what every document says in the end, by the key of its heading."""
    found = (
        ("open", dossier.open_points),
        ("assumptions", dossier.assumptions),
        ("methods", dossier.methods),
        ("disclosure", dossier.disclosure),
        ("sources", dossier.sources),
    )
    return tuple((key, lines) for key, lines in found if lines)
