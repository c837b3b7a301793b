"""What the tests of paper share: a demo region's maps, and a look at what stands on a page."""

from __future__ import annotations

import itertools
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from geo.need.classes import classify_over
from geo.need.indicators import indicator_values, indicators_of
from geo.output.need.atlas import Picture, atlas_view
from geo.output.values.map_view import MapView, Place, Swatch
from geo.region.model.region import Region
from geo.text import texts
from tests.conftest import demo_region
from tests.programs import pdf_text


@lru_cache(maxsize=4)
def demo(name: str = "musterstadt") -> Region:
    return demo_region(name)


def picture_of(region: Region, classes: int = 5, date: str | None = None) -> Picture:
    indicator = indicators_of(region)[0]
    found = classify_over(region, indicator, region.dates, "natural", classes)
    day = date or region.dates[-1]
    return Picture(region, indicator, day, None, indicator_values(region, indicator, day), found, "light")


def view_of(region: Region, classes: int = 5, language: str = "de", date: str | None = None) -> MapView:
    return atlas_view(texts(language), picture_of(region, classes, date))


def with_plan(region: Region, view: MapView, count: int) -> MapView:
    """Return the view with numbered suggestions, as the sites page has them."""
    spots = region.quarters.geometry.representative_point().to_crs(4326)
    gain = "rund 1.230 Menschen kommen hinzu"
    names = [f"{at}. Nachbarschaftstreff mit einem recht langen Namen Nr. {at}" for at in range(1, count + 1)]
    places = tuple(
        Place(str(at), float(spots.iloc[at].x), float(spots.iloc[at].y), "plan", str(at + 1), (name, gain))
        for at, name in enumerate(names)
    )
    extras = (*view.legend.extras, Swatch("office", "Jobcenter heute"), Swatch("plan", "vorgeschlagener Ort", "1"))
    return replace(view, places=places, legend=replace(view.legend, extras=extras))


def pdf_words(pdf: bytes, folder: Path) -> str:
    """Return the text of a PDF as poppler reads it, in one line."""
    path = folder / "read.pdf"
    path.write_bytes(pdf)
    return " ".join(pdf_text(path).replace("\u00a0", " ").split())


def pixels(png: bytes) -> np.ndarray:
    from PIL import Image

    return np.asarray(Image.open(BytesIO(png)).convert("RGB")).astype(int)


def rgb(colour: str) -> np.ndarray:
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])


def text_boxes(page: Any) -> list[tuple[str, Any]]:
    """Return the texts of a page with their boxes in millimetres."""

    from matplotlib.text import Text

    page.figure.draw_without_rendering()  # a legend finds its place as it is drawn
    seen = [text for text in page.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    boxes = [(text.get_text(), page.box_of(text)) for text in seen]
    return [(text, (box.left, box.bottom, box.right, box.top)) for text, box in boxes]


def misplaced(page: Any, *, marks: frozenset[str] = frozenset()) -> list[str]:
    """Return what leaves the page or lies on other words; ``marks`` are the signs of places on the map."""
    boxes = [(text, box) for text, box in text_boxes(page) if text not in marks]
    faults = [
        f"outside: {text}"
        for text, (left, bottom, right, top) in boxes
        if left < -0.1 or bottom < -0.1 or right > page.width + 0.1 or top > page.height + 0.1
    ]
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across, up = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
        # The boxes of two lines touch by the depth of a letter.
        if across > 0.2 and up > 0.35 * min(a[3] - a[1], b[3] - b[1]):
            faults.append(f"overlap: {one!r} and {other!r}")
    return faults
