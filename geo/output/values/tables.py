"""Tables as data: the same figures as the map, as text for reading and as values for sorting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Column:
    """Heading and alignment of a column; numbers stand right."""

    label: str
    align: Literal["left", "right"] = "right"


@dataclass(frozen=True)
class Row:
    """One row: texts as shown, values to sort by (None sorts last), and the colour on the map.

    ``colour`` is a colour, ``withheld`` for the hatch, or None. A row that ``is_pinned`` stays on top however the table
    is sorted.
    """

    id: str
    cells: tuple[str, ...]
    sort: tuple[str | float | None, ...]
    colour: str | None = None
    is_pinned: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption; sorted by column ``sort`` at first."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    sort: int = 0
    is_descending: bool = False
