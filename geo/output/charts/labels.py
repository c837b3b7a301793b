"""Where names stand beside the points of a chart: clear of one another, of other points and of the lines."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SIDES = (
    "bottom right",
    "middle right",
    "top left",
    "middle left",
    "top right",
    "bottom left",
    "top center",
    "bottom center",
)
"""Where a name may stand, as plotly calls it, best first."""
_LETTER, _LINE, _GAP = 6.6, 15.0, 8.0
_SAMPLES = 240
Spot = tuple[float, float]


def label_sides(
    spots: Sequence[Spot],
    names: Sequence[str],
    lines: Sequence[Sequence[Spot]],
    *,
    size: tuple[float, float],
    most: Spot,
) -> list[str | None]:
    """Return on which side of its point each name stands, None where there is room on none.

    Parameters
    ----------
    spots, names
        Points and what is written beside them.
    lines
        Lines that names keep clear of, as corner points.
    size
        Width and height of the plot in pixels, as the names must fit in the narrowest window.
    most
        Values at the upper right corner; the lower left one is zero.
    """
    scale = np.array([size[0] / (most[0] or 1.0), size[1] / (most[1] or 1.0)])
    points = np.array(spots, dtype=float).reshape(-1, 2) * scale
    drawn = [_along(np.array(line, dtype=float) * scale) for line in lines if len(line) > 1]
    ink = np.vstack([*drawn, np.empty((0, 2))])
    taken: list[tuple[float, float, float, float]] = []
    sides: list[str | None] = []
    for at, (point, name) in enumerate(zip(points, names, strict=True)):
        others = np.delete(points, at, axis=0)
        best: tuple[float, str, tuple[float, float, float, float]] | None = None
        for place, side in enumerate(SIDES):
            box = _box(point, name, side)
            if box[0] < 0 or box[1] < 0 or box[2] > size[0] or box[3] > size[1] + _LINE:
                continue
            if any(_meet(box, other) for other in taken) or _inside(box, others, _GAP):
                continue
            price = float(_inside(box, ink, 0.0)) + place / 1000
            if best is None or price < best[0]:
                best = (price, side, box)
        sides.append(None if best is None else best[1])
        if best is not None:
            taken.append(best[2])
    return sides


def _along(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points along a line, close enough that no name slips between them."""
    lengths = np.hypot(*np.diff(corners, axis=0).T)
    passed = np.concatenate([[0.0], np.cumsum(lengths)])
    wanted = np.linspace(0.0, passed[-1], _SAMPLES)
    return np.column_stack([np.interp(wanted, passed, corners[:, axis]) for axis in (0, 1)])


def _box(point: NDArray[np.float64], name: str, side: str) -> tuple[float, float, float, float]:
    """Return left, bottom, right and top of a name."""
    wide = _LETTER * len(name)
    high, across = side.split()
    left = point[0] + {"right": _GAP, "left": -_GAP - wide, "center": -wide / 2}[across]
    bottom = point[1] + {"top": _GAP / 2, "bottom": -_GAP / 2 - _LINE, "middle": -_LINE / 2}[high]
    return float(left), float(bottom), float(left + wide), float(bottom + _LINE)


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _inside(box: tuple[float, float, float, float], points: NDArray[np.float64], margin: float) -> int:
    x, y = points[:, 0], points[:, 1]
    within = (x > box[0] - margin) & (x < box[2] + margin) & (y > box[1] - margin) & (y < box[3] + margin)
    return int(within.sum())
