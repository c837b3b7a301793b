"""Colours and landscape styles of maps, once for screen, stand-alone file and paper; legend colours too.

Renderers in Python read them from here. The script and the style sheet of the map in the browser hold no colour
of their own: they get :func:`browser_look`. Paper and stand-alone files take the light theme.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from geo.errors import ContractError
from geo.need import ISLAND

Theme = Literal["light", "dark"]

MAP_COLOURS: dict[str, dict[str, str]] = {
    "light": {
        "ground": "#ffffff",
        "ink": "#17262b",
        "soft": "#526266",
        "line": "#c3cecd",
        "sea": "#f1f5f4",
        "accent": "#0b5c63",
        "plan": "#b4460f",
        "no_data": "#e9ecec",
        "withheld_ground": "#f4f5f5",
        "withheld_line": "#8d999b",
        "border": "#ffffff",
        "outline": "#17262b",
        "district": "#17262b",
    },
    "dark": {
        "ground": "#12191b",
        "ink": "#e8efee",
        "soft": "#a9b8b8",
        "line": "#3a4a4c",
        "sea": "#1a2325",
        "accent": "#5cc2c0",
        "plan": "#ffae6b",
        "no_data": "#2c3638",
        "withheld_ground": "#263133",
        "withheld_line": "#7d8b8d",
        "border": "#12191b",
        "outline": "#ffffff",
        "district": "#17262b",
    },
}
"""By theme; ``border`` lies between quarters, ``outline`` around the chosen one, ``withheld_*`` are the hatch."""

PLACE_COLOURS = {"office": "#17262b", "on_office": "#ffffff", "plan": "#b4460f", "required": "#0b5c63"}
"""Signs of places look the same in both themes: offices and what is written on them, suggestions, required ones."""

DISTRICT_OPACITY = 0.55
CATCHMENT_OPACITY = 0.1


@dataclass(frozen=True)
class LandscapeStyle:
    """How one kind of landscape is drawn.

    Parameters
    ----------
    fill, line
        Colours; empty for none.
    pixels, millimetres
        Width of its lines on screen, and on paper of the size A4.
    alone_millimetres
        The same of lines alone, where a kind has areas too: a river is a line here and an area there.
    opacity
        Of its lines.
    dash
        Lengths of strokes and gaps in widths of the line; empty for a solid one.
    is_under
        Whether it lies below the quarters.
    """

    fill: str = ""
    line: str = ""
    pixels: float = 0.0
    millimetres: float = 0.0
    alone_millimetres: float = 0.0
    opacity: float = 1.0
    dash: tuple[float, ...] = ()
    is_under: bool = False


LANDSCAPE: dict[str, LandscapeStyle] = {
    "green": LandscapeStyle(fill="#e2ebdb", is_under=True),
    "industry": LandscapeStyle(fill="#e8e5e1", is_under=True),
    "water": LandscapeStyle(fill="#b9d3e3", line="#b9d3e3", pixels=2.0, millimetres=0.3, alone_millimetres=0.7),
    "road": LandscapeStyle(line="#ffffff", pixels=1.0, millimetres=0.25, opacity=0.6),
    "rail": LandscapeStyle(line="#4a5558", pixels=1.3, millimetres=0.28, opacity=0.75, dash=(4.0, 2.2)),
}
"""In the order they are drawn."""

_RAMPS = {
    ("sequential", "light"): ("#bfe2dc", "#8dc7c4", "#57a4a7", "#297d85", "#0e535c", "#022a32"),
    ("sequential", "dark"): ("#1f4d55", "#2a6870", "#3f8a8e", "#66adac", "#9dd0cb", "#e0f6f2"),
    ("diverging", "light"): ("#08427a", "#3f7fba", "#8fb6da", "#cfd3d2", "#e8ae70", "#c9741f", "#7f3a02"),
    ("diverging", "dark"): ("#b9d9f6", "#6ea6d8", "#3b719f", "#4d5a5e", "#a0693a", "#d99a5a", "#ffd9b0"),
}

CLUSTER_COLOURS = {
    "light": {
        "high_high": "#a8420c",
        "hot": "#a8420c",
        "high_low": "#efb184",
        "low_high": "#a9cbe8",
        "low_low": "#1f5f99",
        "cold": "#1f5f99",
        "not_significant": "#c6cfce",
        ISLAND: "#f4f1e4",
    },
    "dark": {
        "high_high": "#ffab66",
        "hot": "#ffab66",
        "high_low": "#9a5f35",
        "low_high": "#37628a",
        "low_low": "#8fc5f4",
        "cold": "#8fc5f4",
        "not_significant": "#465255",
        ISLAND: "#6b6650",
    },
}

COURSE_COLOURS = {
    "light": {
        "staying": "#0b4a52",
        "entering": "#b4460f",
        "changing": "#8a7fc0",
        "leaving": "#6db1b5",
        "never": "#cfe0dc",
        "unknown": "#f6efd2",
        "rising": "#b4460f",
        "no_clear_trend": "#cfe0dc",
        "falling": "#2f6ea8",
    },
    "dark": {
        "staying": "#9fe0dc",
        "entering": "#ffae6b",
        "changing": "#a99be0",
        "leaving": "#3b7f86",
        "never": "#33484a",
        "unknown": "#6b6440",
        "rising": "#ffae6b",
        "no_clear_trend": "#33484a",
        "falling": "#8fc5f4",
    },
}

STATUS_COLOURS = {
    "light": (
        ("#d3e4f2", "#d3d9da", "#f6dfca"),
        ("#a3c4e0", "#aab2b4", "#eabd92"),
        ("#5b92c1", "#788386", "#d1854a"),
        ("#1d5488", "#3a4446", "#8c3a07"),
    ),
    "dark": (
        ("#24425c", "#475255", "#5a3d25"),
        ("#2f5f8a", "#667275", "#83532b"),
        ("#5f9bd0", "#95a1a3", "#c9874a"),
        ("#b5dcff", "#dfe6e6", "#ffd0a1"),
    ),
}
"""Status from high to very low, dynamics from positive (blue) over stable (grey) to negative (orange)."""

NEIGHBOUR_COLOURS = {"light": ("#0b5c63", "#a9cfcc", "#e3e8e7"), "dark": ("#8fe0da", "#2f6268", "#343f41")}
"""The quarters of a profile, their neighbours, all others."""


def palette(classes: int, *, kind: str = "sequential", theme: str = "light") -> tuple[str, ...]:
    """Return colours for classes, lowest first.

    Sequential colours are of one hue and change steadily in lightness; diverging ones run from blue over
    grey to orange, so that they can be told apart with any kind of colour vision.
    """
    if (kind, theme) not in _RAMPS:
        raise ContractError(f"there is no palette {kind} for the theme {theme}")
    ramp = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in _RAMPS[kind, theme]], dtype=float)
    middle = np.array([len(ramp) / 2 - 0.5])
    where = middle if classes == 1 else np.linspace(0, len(ramp) - 1, max(classes, 0))
    mixed = np.column_stack([np.interp(where, np.arange(len(ramp)), ramp[:, part]) for part in range(3)])
    return tuple("#" + "".join(f"{round(part):02x}" for part in colour) for colour in mixed)


def paler(colour: str, ground: str, amount: float = 0.5) -> str:
    """Return ``colour`` mixed with ``amount`` of ``ground``, so that what lies on top stands out; both ``#rrggbb``."""
    parts = [(int(colour[at : at + 2], 16), int(ground[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(own * (1 - amount) + other * amount):02x}" for own, other in parts)


def browser_look() -> dict[str, Any]:
    """Return what scripts and style sheets of maps in a browser draw with, as plain values.

    ``variables`` are custom properties of CSS by theme, names as in :data:`MAP_COLOURS` with hyphens, and with
    ``place-`` before those of :data:`PLACE_COLOURS`; ``landscape`` is :data:`LANDSCAPE`.
    """
    places = {f"place_{name}": colour for name, colour in PLACE_COLOURS.items()}
    variables = {
        theme: {f"--{name.replace('_', '-')}": colour for name, colour in (colours | places).items()}
        for theme, colours in MAP_COLOURS.items()
    }
    landscape = {kind: asdict(style) for kind, style in LANDSCAPE.items()}
    opacity = {"district": DISTRICT_OPACITY, "catchment": CATCHMENT_OPACITY}
    return {"variables": variables, "landscape": landscape, "opacity": opacity}
