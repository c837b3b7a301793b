"""The handout of a presentation: every scene with its picture, words, source and room for notes, as tagged PDF."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from geo.output.paper import COUNTRIES, Sheet, chart_file, map_file, typeset
from geo.output.talk.staging import Stage, stage_of
from geo.output.talk.workings import Workings
from geo.output.values import MapView, one_line
from geo.region.model import Region
from geo.siting.scenario import Presentation
from geo.siting.solvers import Halt, never
from geo.text import Texts, finding_sentence

_TEMPLATE = Path(__file__).with_name("handout.typ")
_SIZES = {1: (176.0, 106.0), 2: (174.0, 80.0)}
_TYPE = {1: 1.1, 2: 1.0}
_HEADER_LENGTH = 90


class HandoutStopped(Exception):  # noqa: N818 - it is a wish, not a mistake
    """The reader has asked to stop."""


def handout_pdf(
    t: Texts,
    regions: Mapping[str, Region] | Region,
    presentation: Presentation,
    *,
    per_page: Literal[1, 2] = 1,
    workings: Workings | None = None,
    on_scene: Callable[[int, int], None] | None = None,
    stop: Halt = never,
) -> bytes:
    """Return a handout of all scenes as PDF/UA-1.

    Parameters
    ----------
    regions
        The regions of the scenes by id, or the one region of all of them; a scene of another one says that it cannot
        be shown.
    presentation
        What is handed out.
    per_page
        Scenes on a page of A4: one on a wide page, two on a high one.
    workings
        Where results come from; measured and solved anew if None.
    on_scene
        Called with the scene about to be drawn, from 1, and their number.
    stop
        Asked before each scene whether to stop.

    Raises
    ------
    HandoutStopped
        If ``stop`` says so.
    """
    known = {regions.id: regions} if isinstance(regions, Region) else dict(regions)
    workings = Workings() if workings is None else workings
    told = []
    for number, scene in enumerate(presentation.scenes, 1):
        if stop():
            raise HandoutStopped
        if on_scene is not None:
            on_scene(number, len(presentation.scenes))
        region = known.get(scene.region_id)
        stage = stage_of(t, region, scene, workings, "light")
        told.append(_scene_values(t, region, stage, number, per_page))
    names = [known[key].name for key in dict.fromkeys(one.region_id for one in presentation.scenes) if key in known]
    is_fictional = any(one.is_fictional for one in known.values())
    today = t.date(dt.datetime.now(dt.UTC).date().isoformat())
    name = one_line(presentation.name) or t("present.untitled")
    whole = {
        "title": name,
        "subtitle": t("present.title"),
        "author": "Nahbar",
        "language": t.language,
        "country": COUNTRIES[t.language],
        "header": one_line(" · ".join([name, *names]), _HEADER_LENGTH),
        "footer": t("present.made_on", date=today),
        "fictional": t("print.fictional") if is_fictional else "",
        "page": t("present.page"),
        "notes": t("present.notes"),
        "per-page": per_page,
        "picture-mm": _SIZES[per_page][0],
        "scenes": told,
    }
    return typeset(_TEMPLATE, whole)


def _scene_values(
    t: Texts, region: Region | None, stage: Stage, number: int, per_page: Literal[1, 2]
) -> dict[str, Any]:
    scene = stage.scene
    faults = [" ".join(part for part in finding_sentence(t, one)[1:] if part) for one in stage.faults]
    picture = _picture(t, region, stage, per_page)
    # A map bears date and source in its own foot.
    basis = [*stage.notes, *([stage.source] if stage.source and stage.view is None else [])]
    return {
        "title": f"{number}. {one_line(scene.title) or t('present.untitled')}",
        "text": [one_line(line, 400) for line in scene.text.split("\n") if line.strip()],
        "figures": [{"number": one.number, "sentence": one.sentence} for one in stage.figures],
        "lines": list(stage.lines),
        "names-places": stage.view is not None and any(place.kind == "plan" for place in stage.view.places),
        "basis": " ".join(basis),
        "faults": [t("present.absent"), *faults] if faults else [],
        "svg": "" if picture is None else picture.decode("utf-8"),
        "alternative": _alternative(t, stage),
    }


def _picture(t: Texts, region: Region | None, stage: Stage, per_page: Literal[1, 2]) -> bytes | None:
    width, height = _SIZES[per_page]
    sheet = Sheet(
        width_mm=width,
        height_mm=height,
        dpi=200,
        legend="right" if per_page == 1 else "below",
        text_scale=_TYPE[per_page],
    )
    if stage.view is not None and region is not None:
        return map_file(t, region, stage.view, replace(sheet, window=_window(region, stage.view)), "svg")
    if stage.chart is not None:
        return chart_file(t, stage.chart, sheet, "svg")
    return None


def _window(region: Region, view: MapView) -> tuple[float, float, float, float] | None:
    """Return the part of the map in view in metres of the region's system."""
    from pyproj import Transformer

    focus = view.focus
    if focus is None:
        return None
    to_metres = Transformer.from_crs(4326, region.quarters.crs, always_xy=True)
    west, south, east, north = to_metres.transform_bounds(focus.west, focus.south, focus.east, focus.north)
    return float(west), float(south), float(east), float(north)


def _alternative(t: Texts, stage: Stage) -> str:
    """Return what the picture says, for who cannot see it: the legend's title and the figures beside the map."""
    if stage.view is None:
        return stage.chart_says
    figures = " ".join(f"{one.number} {one.sentence}" for one in stage.figures)
    marked = ", ".join(place.lines[0] for place in stage.view.places if place.kind == "plan")
    said = [t("present.map_alt", title=stage.view.legend.title), figures]
    return " ".join([*said, t("present.map_alt_places", places=marked) if marked else ""]).strip()
