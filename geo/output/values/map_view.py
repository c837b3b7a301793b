"""What a map shows, described once as data.

A :class:`MapView` holds classes, colours, legend, tooltips and places; renderers draw it. The legend
and the polygons take their colours from the same tuple, so they cannot disagree. Everything in a
view has passed disclosure control: it is made from statistics of a region and nothing else.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from geo.text import Texts

WITHHELD = -1
NO_DATA = -2


@dataclass(frozen=True)
class Swatch:
    """One entry of the legend beside the classes.

    ``look`` is one of ``withheld``, ``no-data``, ``office``, ``host``, ``plan``, ``reach``, ``reach-today``.
    """

    look: str
    label: str
    mark: str = ""


@dataclass(frozen=True)
class Legend:
    """Classes and their limits as text: ``len(limits) == len(colours) + 1`` unless there are no classes.

    Classes without an order have ``labels`` instead of limits, one for each colour.
    """

    title: str
    colours: tuple[str, ...]
    limits: tuple[str, ...]
    extras: tuple[Swatch, ...]
    no_data_colour: str
    source: str
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """A point on the map.

    ``kind`` is ``main``, ``branch``, ``outreach``, ``host`` or ``plan``; ``lines`` is the tooltip, first line bold.
    ``state`` is what a reader wishes for it: ``forced``, ``forbidden``, ``closed``, ``own`` or empty. ``is_chosen``
    marks the place in view, ``is_movable`` one that can be dragged.
    """

    id: str
    lon: float
    lat: float
    kind: str
    mark: str
    lines: tuple[str, ...]
    state: str = ""
    is_chosen: bool = False
    is_movable: bool = False

    @property
    def name(self) -> str:
        """First line of the tooltip without the number before it; the key where there is none."""
        return re.sub(rf"^{re.escape(self.mark)}\.\s+", "", self.lines[0]) if self.lines else self.id

    @property
    def about(self) -> str:
        """Second line of the tooltip, empty without one."""
        return self.lines[1] if len(self.lines) > 1 else ""


@dataclass(frozen=True)
class Area:
    """A catchment on streets: polygons of rings of (latitude, longitude), outer ring first."""

    polygons: tuple[tuple[tuple[tuple[float, float], ...], ...], ...]
    colour: str
    is_dashed: bool = False


@dataclass(frozen=True)
class Circle:
    """A straight-line catchment; radius in metres."""

    lon: float
    lat: float
    metres: float
    colour: str
    is_dashed: bool = False


@dataclass(frozen=True)
class Focus:
    """The part of the map to be shown, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class MapView:
    """Everything a renderer needs, in the order of ``quarter_ids``.

    Parameters
    ----------
    quarter_ids
        Keys of the quarters.
    classes
        Index into ``legend.colours``, or ``WITHHELD`` or ``NO_DATA``.
    positions
        Where on the legend bar the quarter lies, 0 to 1, or None.
    tooltips
        Lines below the name.
    legend, places, circles, areas
        See there.
    takes_points
        Whether a click on the map asks for a new place there.
    selected
        Key of the quarter in view, or None.
    theme
        ``light`` or ``dark``.
    focus
        The part to be shown; None for the whole region, or for what the reader has moved the map to.
    """

    quarter_ids: tuple[str, ...]
    classes: tuple[int, ...]
    positions: tuple[float | None, ...]
    tooltips: tuple[tuple[str, ...], ...]
    legend: Legend
    places: tuple[Place, ...] = ()
    circles: tuple[Circle, ...] = ()
    areas: tuple[Area, ...] = ()
    takes_points: bool = False
    selected: str | None = None
    theme: str = "light"
    focus: Focus | None = None

    def with_selected(self, quarter_id: str | None) -> MapView:
        """Return the same view with another quarter in view."""
        return replace(self, selected=quarter_id if quarter_id in self.quarter_ids else None)

    @property
    def key(self) -> str:
        """Digest of the whole view: equal keys look the same."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    def colour_of(self, quarter_id: str) -> str | None:
        """Return the fill colour of a quarter, None where it is withheld or has no data."""
        kind = self.classes[self.quarter_ids.index(quarter_id)]
        return self.legend.colours[kind] if kind >= 0 else None

    def table_colour(self, at: int) -> str | None:
        """Return what a table marks the quarter at a place with: its colour, ``withheld``, or None without data."""
        kind = self.classes[at]
        return self.legend.colours[kind] if kind >= 0 else "withheld" if kind == WITHHELD else None


def lacking(t: Texts, classes: Collection[int], no_data: str = "map.no_data") -> tuple[Swatch, ...]:
    """Return the legend's entries for quarters without a class, as far as there are any."""
    entries = {WITHHELD: Swatch("withheld", t("map.withheld")), NO_DATA: Swatch("no-data", t(no_data))}
    return tuple(entry for kind, entry in entries.items() if kind in classes)
