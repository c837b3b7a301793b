"""Maps on paper: one at 300 dpi, and a series of twelve dates.

``python -m benchmarks.output`` prints a markdown table and keeps it in ``RESULTS_output.md``.
"""

from __future__ import annotations

import datetime as dt
import os
import platform
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.synthetic import synthetic_region
from geo.need import classify_over, indicator_values, indicators_of
from geo.output.need import Picture, atlas_view
from geo.output.paper import Kind, Sheet, Step, map_file, series_pdf, series_zip
from geo.output.screen import standalone_map
from geo.output.values import MapView
from geo.region.model import Region
from geo.text import texts

RESULTS = Path(__file__).with_name("RESULTS_output.md")
QUARTERS, DATES = 600, 12
_TIMES = 3


def measure() -> list[tuple[str, str, str]]:
    """Return rows of what, figure, wanted; wall seconds first, seconds of one processor behind."""
    t = texts("de")
    region = synthetic_region(QUARTERS, DATES)
    view = _view(region, region.dates[-1])
    sheet = Sheet(title="Anteil der Leistungsberechtigten, {region}", subtitle="Stand {date}", date=region.dates[-1])
    steps = [Step(date, partial(_view, region, date), date) for date in region.dates]

    def one(kind: Kind) -> Callable[[], bytes]:
        return lambda: map_file(t, region, view, sheet, kind)

    said = f"{QUARTERS} quarters"
    rows = [
        (f"map PNG, 300 dpi, A4, {said}, first in a process", _timed(one("png"), 1), "3 s"),
        (f"map PNG, 300 dpi, A4, {said}", _timed(one("png")), "3 s"),
        (f"map SVG, {said}", _timed(one("svg")), "3 s"),
        (f"map PDF, {said}", _timed(one("pdf")), "3 s"),
        (f"map HTML, {said}", _timed(lambda: standalone_map(t, region, view, sheet)), ""),
        (f"series of {DATES} dates, 300 dpi", _timed(lambda: series_zip(t, region, steps, sheet, "png"), 1), "15 s"),
        (f"series of {DATES} dates, one PDF", _timed(lambda: series_pdf(t, region, steps, sheet), 1), "15 s"),
    ]
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1024**2)
    return [*rows, ("memory at most", f"{most:.0f} MB", "500 MB")]


def _view(region: Region, date: str) -> MapView:
    indicator = indicators_of(region)[0]
    classes = classify_over(region, indicator, region.dates, "natural", 5)
    shown = indicator_values(region, indicator, date)
    return atlas_view(texts("de"), Picture(region, indicator, date, None, shown, classes, "light"))


def _timed(draw: Callable[[], object], times: int = _TIMES) -> str:
    """Return the best of several runs as text."""
    wall, busy = [], []
    for _ in range(times):
        began, spent = time.perf_counter(), time.process_time()
        draw()
        wall.append(time.perf_counter() - began)
        busy.append(time.process_time() - spent)
    return f"{min(wall):.2f} s ({min(busy):.2f} s of one processor)"


def main() -> int:
    """Measure, print and keep the table."""
    load = os.getloadavg()[0]
    lines = [
        "# Maps on paper: speed and memory",
        "",
        f"{dt.date.today():%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, load {load:.1f}.",
        "Best of three, series once. Where the load exceeds the cores, seconds of one processor count.",
        "",
        "| what | measured | wanted |",
        "| --- | --- | --- |",
        *(f"| {what} | {figure} | {wanted} |" for what, figure, wanted in measure()),
        "",
    ]
    text = "\n".join(lines)
    RESULTS.write_text(text, encoding="utf-8")
    print(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
