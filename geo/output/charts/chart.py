"""A chart as data: what it shows, without a word on how a screen, paper or a slide draws it.

Three renderers read it: :mod:`geo.output.screen.plotly_charts`, :mod:`geo.output.paper.chart` (matplotlib) and
:mod:`geo.output.report.slides_charts` (native charts of a presentation). Names are plain text; renderers escape them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

Tone = tuple[str, str]
"""A colour on light and on dark ground, ``#rrggbb``."""
Spot = float | str
"""A place on an axis: a number, or a date (ISO)."""
Dash = Literal["solid", "dash", "dot", "dashdot"]
Mark = Literal["", "circle", "square", "diamond", "triangle"]

MAIN: Tone = ("#0b5c63", "#5cc2c0")
MARK: Tone = ("#b4460f", "#ffae6b")
GREY: Tone = ("#6f7d80", "#9fb0b0")
INK: Tone = ("#17262b", "#e8efee")
GRID: Tone = ("#dfe6e5", "#33403f")
GROUND: Tone = ("#ffffff", "#12191b")


@dataclass(frozen=True)
class Line:
    """A line, marks, or both; a missing y leaves a gap.

    Parameters
    ----------
    says
        What each point answers to a pointer; none, and the line is silent. ``says_name`` adds the name.
    width, size
        Of the line and of the marks, in pixels on screen; width 0 leaves marks alone.
    is_stepped
        Whether the line keeps its value until the next point.
    hollow
        Which marks are open; none where all are filled.
    labels, sides
        What stands beside each point, and on which side (see :func:`geo.output.charts.labels.label_sides`).
    """

    name: str
    x: tuple[Spot, ...]
    y: tuple[float | None, ...]
    tone: Tone
    says: tuple[str, ...] = ()
    says_name: bool = False
    width: float = 3.0
    dash: Dash = "solid"
    is_stepped: bool = False
    mark: Mark = ""
    size: float = 8.0
    hollow: tuple[bool, ...] = ()
    labels: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Band:
    """An area between two edges; without a name it is in no legend."""

    name: str
    x: tuple[Spot, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    tone: Tone = MAIN


@dataclass(frozen=True)
class Bars:
    """Lying bars from ``start`` to each value, the first on top; ``texts`` stand at their ends."""

    name: str
    rows: tuple[str, ...]
    values: tuple[float, ...]
    tone: Tone
    start: float = 0.0
    texts: tuple[str, ...] = ()
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cells:
    """Rows × columns of coloured fields with text, the first row on top.

    Parameters
    ----------
    kinds
        Per row and column the place of its colour in ``tones``.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    kinds: tuple[tuple[int, ...], ...]
    tones: tuple[Tone, ...]
    texts: tuple[tuple[str, ...], ...]
    says: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Rule:
    """An upright line across the plot, with a text at its top and what it answers to a pointer."""

    at: Spot
    tone: Tone = GREY
    dash: Dash = "dot"
    text: str = ""
    says: str = ""


@dataclass(frozen=True)
class Axis:
    """An axis of numbers, dates or names, as the parts of the chart have them.

    Parameters
    ----------
    low, high
        Ends; None is wherever the values end.
    step, most
        Wished distance of two ticks, and how many there may be on a narrow screen.
    digits
        Decimals of the ticks.
    ticks
        The ticks and their texts, where they are not to be computed.
    """

    title: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    most: int | None = None
    digits: int = 0
    ticks: tuple[tuple[Spot, str], ...] = ()


@dataclass(frozen=True)
class Chart:
    """Parts from below to above on one pair of axes; ``height`` in pixels on screen.

    ``legend`` says where the screen has it; sheets of paper have their own wish.
    """

    parts: tuple[Line | Band | Bars | Cells, ...]
    x: Axis
    y: Axis
    rules: tuple[Rule, ...] = ()
    height: int = 320
    legend: Literal["above", "below"] = "above"

    @property
    def named(self) -> tuple[Line | Band | Bars, ...]:
        """What the legend shows: parts with a name; none where there is one alone."""
        found = tuple(part for part in self.parts if not isinstance(part, Cells) and part.name)
        return found if len(found) > 1 else ()

    @property
    def has_dates(self) -> bool:
        """Whether the lower axis is one of dates."""
        return any(isinstance(at, str) for part in self.parts if isinstance(part, (Line, Band)) for at in part.x)


def date_ticks(dates: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """Return about six dates, the last among them, with their years."""
    known = list(dates)
    every = max(1, len(known) // 6)
    return tuple((date, date[:4]) for date in known[::-1][::every][::-1])


def numbers(values: Iterable[Any]) -> tuple[float | None, ...]:
    """Return values as numbers; NaN becomes None."""
    return tuple(None if value is None or value != value else float(value) for value in values)  # noqa: PLR0124


def readable_on(ground: str) -> str:
    """Return black or white, whichever has more contrast on a colour ``#rrggbb``."""
    parts = [int(ground[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    light = sum(part * weight for part, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))
    return "#10191c" if light > 0.179 else "#ffffff"
