"""Tables as data: the same figures as the map, as text for reading and as values for sorting."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from geo.region.model import Region
from geo.text import Texts


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


def quarter_heads(t: Texts, region: Region) -> tuple[list[Column], dict[str, tuple[str, ...]]]:
    """Return the columns of name and, where quarters belong to districts, district; and their texts by quarter."""
    named = region.quarters[["name", "district"]].astype(str)
    has_districts = bool((named["district"] != "").any())
    columns = [Column(t("table.quarter"), "left"), *([Column(t("table.district"), "left")] if has_districts else [])]
    shown = named if has_districts else named[["name"]]
    return columns, {str(key): tuple(row) for key, row in zip(shown.index, shown.to_numpy().tolist(), strict=True)}


def sorted_rows(table: Table) -> tuple[Row, ...]:
    """Return the rows of a table in the order a page shows them first: None last."""

    def key(row: Row) -> tuple[float, str]:
        value = row.sort[table.sort]
        return (0.0, value.casefold()) if isinstance(value, str) else (float(value or 0.0), "")

    known = [row for row in table.rows if row.sort[table.sort] is not None]
    rest = [row for row in table.rows if row.sort[table.sort] is None]
    return (*sorted(known, key=key, reverse=table.is_descending), *rest)
