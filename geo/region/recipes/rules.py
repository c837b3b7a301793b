"""Rules of a recipe: how keys are brought together, which rows count, what a column says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ColumnName = str | int
"""A column by its heading, or by its number counted from 1."""
ColumnNames = ColumnName | tuple[ColumnName, ...]
"""One column, or several that are put together: parts of a key, summands of a number."""


def parts_of(columns: ColumnNames) -> tuple[ColumnName, ...]:
    """Return the columns that are put together, one or several."""
    return columns if isinstance(columns, tuple) else (columns,)


@dataclass(frozen=True)
class KeyRule:
    """How a key as written in a file becomes the key of a quarter; steps in this order.

    Parameters
    ----------
    part_lengths, joint
        For a key in several columns: least length of each part, filled with zeros on the left, and the text between
        parts.
    extract
        Regular expression; its first group (or the whole match) is the key.
    pad
        Least length, filled with zeros on the left; 0 leaves it.
    complete
        Full length, filled with zeros on the right (``05111`` → ``05111000``); 0 leaves it.
    prefix, suffix
        Text put before and after.
    corrections
        Wrong keys and what they should be, compared after the steps above.
    fold
        The table names quarters by their name. An exact key comes first, then the name as it is, then without case,
        punctuation, blanks and umlauts, then without a ``(ST)``-like ending where one side has none.
    """

    part_lengths: tuple[int, ...] = ()
    joint: str = ""
    extract: str = ""
    pad: int = 0
    complete: int = 0
    prefix: str = ""
    suffix: str = ""
    corrections: Mapping[str, str] = field(default_factory=dict)
    fold: bool = False


@dataclass(frozen=True)
class RowRule:
    """Rows of a table: all conditions that are given have to hold.

    Parameters
    ----------
    key, name, matches
        Regular expressions for the whole raw key, name, and the cell in ``column``.
    from_row, to_row
        Rows as a spreadsheet counts them; 0 for no limit.
    reason
        Said in the note about rows left out.
    """

    key: str = ""
    name: str = ""
    column: ColumnName = ""
    matches: str = ""
    from_row: int = 0
    to_row: int = 0
    reason: str = ""


@dataclass(frozen=True)
class TotalRule(RowRule):
    """Rows that are sums of quarters, and of which ones.

    Parameters
    ----------
    sums
        ``all`` quarters, those of the ``district`` the row names, or those whose key begins with the
        row's key (``prefix``).
    """

    sums: str = "all"


@dataclass(frozen=True)
class ColumnRule:
    """One column that holds a measure.

    Parameters
    ----------
    column
        Several columns are added; the sum of a number and a cell without one has no number.
    date
        Reference date (ISO) of this column, where each date has its own.
    when
        In a long table: only rows whose ``measure_column`` reads so.
    factor
        What numbers are multiplied with, e.g. 1000 for a column in thousands.
    averaged
        Numbers are averages over a period: people in fractions are rounded. Otherwise they are an error.
    """

    column: ColumnNames
    measure: str
    date: str = ""
    when: str = ""
    factor: float = 1.0
    averaged: bool = False


@dataclass(frozen=True)
class ValidityRule:
    """Rows whose numbers the publisher declares not usable.

    Parameters
    ----------
    column, values
        A row is usable if the column reads one of the values.
    spares
        Measures that are usable all the same, e.g. residents.
    state
        What the other cells become.
    """

    column: ColumnName
    values: tuple[str, ...]
    spares: tuple[str, ...] = ()
    state: str = "missing"
