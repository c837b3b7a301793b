"""A series of maps: one for each date or scenario, drawn alike, as an archive of files or as one PDF.

The caller makes each view in the same classes, so that a colour means the same on every sheet.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import TYPE_CHECKING

from geo.errors import ContractError
from geo.output.paper.print_files import map_page
from geo.output.paper.sheet import KINDS, Kind, Sheet
from geo.output.values import MapView
from geo.region.model import Region
from geo.text import Texts

if TYPE_CHECKING:
    from geo.output.paper.page import Page

_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Step:
    """One map of a series.

    Parameters
    ----------
    name
        Part of the file's name: a date, the key of a scenario.
    view
        Makes the map when its turn comes, so that a stopped series has cost no more than what was drawn.
    date, scenario
        What ``{date}`` and ``{scenario}`` stand for on this sheet; empty keeps what the sheet says.
    """

    name: str
    view: Callable[[], MapView]
    date: str = ""
    scenario: str = ""


def series_zip(
    t: Texts,
    region: Region,
    steps: Sequence[Step],
    sheet: Sheet,
    kind: Kind,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> bytes | None:
    """Return an archive with one file for each step, None if it was stopped.

    Parameters
    ----------
    progress
        Is told how many of how many maps are done.
    stop
        Is asked before each map.

    Raises
    ------
    ContractError
        There is no step, the kind is unknown or a sheet is too large.
    """
    from geo.output.paper.page import file_of

    if kind not in KINDS:
        raise ContractError(f"kind is {kind!r}; give one of {', '.join(KINDS)}")
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        done = 0
        for step, page in _pages(t, region, steps, sheet, progress=progress, stop=stop):
            told = zipfile.ZipInfo(f"{done + 1:02d}_{safe_name(step.name)}.{kind}", _EPOCH)
            # PNG and PDF are packed already; packing them again only costs time.
            told.compress_type = zipfile.ZIP_DEFLATED if kind == "svg" else zipfile.ZIP_STORED
            archive.writestr(told, file_of(page, kind, title=page.sheet.title or region.name, language=t.language))
            done += 1
    return out.getvalue() if done == len(steps) else None


def series_pdf(
    t: Texts,
    region: Region,
    steps: Sequence[Step],
    sheet: Sheet,
    *,
    progress: Callable[[int, int], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> bytes | None:
    """Return one PDF with a page for each step, None if it was stopped; see :func:`series_zip`."""
    from geo.output.paper.page import pages_as_pdf

    drawn = 0

    def counted() -> Iterator[Page]:
        nonlocal drawn
        for _, page in _pages(t, region, steps, sheet, progress=progress, stop=stop):
            drawn += 1
            yield page

    title = sheet.for_region(t, region).filled(t).title or region.name
    file = pages_as_pdf(counted(), title=title, language=t.language)
    return file if drawn == len(steps) else None


def _pages(
    t: Texts,
    region: Region,
    steps: Sequence[Step],
    sheet: Sheet,
    *,
    progress: Callable[[int, int], None] | None,
    stop: Callable[[], bool] | None,
) -> Iterator[tuple[Step, Page]]:
    """Yield a page for each step until stopped; progress counts a step when its file is written."""
    from geo.output.paper.map import ThinnedQuarters

    if not steps:
        raise ContractError("a series needs at least one map")
    quarters = ThinnedQuarters(region)
    for at, step in enumerate(steps):
        if stop is not None and stop():
            return
        own = replace(
            sheet,
            date=step.date or sheet.date,
            scenario=step.scenario or sheet.scenario,
            page=sheet.page and t("print.page", page=at + 1, of=len(steps)),
        )
        yield step, map_page(t, region, step.view(), own, quarters)
        if progress is not None:
            progress(at + 1, len(steps))


def safe_name(text: str) -> str:
    """Return text as part of a file name: letters, digits, hyphens and underscores, at most 60."""
    kept = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in text)
    return "-".join(part for part in kept.split("-") if part)[:60] or "x"
