"""Dates as German offices write them, to ISO dates."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.findings import Finding, error

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MONTHS = ("jan", "feb", "mär", "apr", "mai", "jun", "jul", "aug", "sep", "okt", "nov", "dez")
_OTHER_MONTHS = {"mrz": 3, "mar": 3, "mae": 3, "may": 5, "oct": 10, "dec": 12}
_TIME = re.compile(r"[T ]\s*\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$")
_DAY = re.compile(r"^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4}|\d{2})$")
_ISO_DAY = re.compile(r"^(\d{4})[-/](\d{1,2})[-/](\d{1,2})$")
_COMPACT_DAY = re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$")
_MONTH = re.compile(r"^((?:19|20)\d{2})[-/.]?(\d{2})$")
_MONTH_FIRST = re.compile(r"^(\d{1,2})[-/.]((?:19|20)\d{2})$")
_YEAR = re.compile(r"^((?:19|20)\d{2})(?:[.,]0+)?$")
_NAMED_MONTH = re.compile(r"^(?:(\d{1,2})\.\s*)?([A-Za-zäÄ]{3,9})\.?[\s\-']*((?:19|20)?\d{2})$")
_QUARTER = re.compile(r"^((?:19|20)\d{2})[\s\-/]*Q\s*([1-4])$", re.IGNORECASE)
_QUARTER_FIRST = re.compile(
    r"^(?:Q\s*([1-4])|([1-4])\.?\s*(?:Quartal|Q|Vj\.?|Vierteljahr))[\s\-/]*((?:19|20)\d{2})$", re.IGNORECASE
)
_MOST_FINDINGS = 20


@dataclass(frozen=True)
class ParsedDates:
    """Dates with what could not be read.

    Parameters
    ----------
    values
        ISO dates (``2024-12-31``) as text, shape (cells,); empty where there is none.
    findings
        ``date_unreadable`` with row and column.
    """

    values: NDArray[np.object_]
    findings: tuple[Finding, ...]


def parse_dates(texts: pd.Series[Any]) -> ParsedDates:
    """Read a column of text as dates.

    A year becomes its 31 December, a month and a quarter of the year their last day, since these are
    the reference days of official statistics.

    Parameters
    ----------
    texts
        Any index; the index is taken as row number and the name as column in findings.
    """
    column = None if texts.name is None else str(texts.name)
    codes, distinct = pd.factorize(texts.fillna("").astype(str))
    found = np.array([parse_date(str(text)) or "" for text in distinct], dtype=object)
    wrong = [place for place, text in enumerate(distinct) if not found[place] and str(text).strip()]
    hits = np.flatnonzero(np.isin(codes, wrong)) if wrong else np.array([], dtype=int)
    findings = [
        error("date_unreadable", row=int(texts.index[hit]), column=column, text=str(distinct[codes[hit]])[:40])
        for hit in hits[:_MOST_FINDINGS]
    ]
    if len(hits) > _MOST_FINDINGS:
        rest = len(hits) - _MOST_FINDINGS
        findings.append(
            error("date_unreadable_more", row=int(texts.index[hits[_MOST_FINDINGS]]), column=column, count=rest)
        )
    values = found[codes] if len(found) else np.array([], dtype=object)
    return ParsedDates(values, tuple(findings))


def parse_date(text: str) -> str | None:
    """Return the ISO date a text means, or nothing if it means none."""
    text = _TIME.sub("", " ".join(text.split())).strip()
    for pattern, meaning in _MEANINGS:
        match = pattern.match(text)
        if match:
            try:
                return meaning(match).isoformat()
            except ValueError:
                return None
    return None


def _last_day(year: int, month: int) -> dt.date:
    if not 1 <= month <= 12:
        raise ValueError(month)
    following = dt.date(year + month // 12, month % 12 + 1, 1)
    return following - dt.timedelta(days=1)


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _named(match: re.Match[str]) -> dt.date:
    month_name, year = match.group(2).casefold()[:3], _full_year(match.group(3))
    month = _MONTHS.index(month_name) + 1 if month_name in _MONTHS else _OTHER_MONTHS.get(month_name, 0)
    if not month:
        raise ValueError(month_name)
    return dt.date(year, month, int(match.group(1))) if match.group(1) else _last_day(year, month)


_MEANINGS = (
    (_YEAR, lambda m: dt.date(int(m[1]), 12, 31)),
    (_DAY, lambda m: dt.date(_full_year(m[3]), int(m[2]), int(m[1]))),
    (_ISO_DAY, lambda m: dt.date(int(m[1]), int(m[2]), int(m[3]))),
    (_COMPACT_DAY, lambda m: dt.date(int(m[1]), int(m[2]), int(m[3]))),
    (_MONTH, lambda m: _last_day(int(m[1]), int(m[2]))),
    (_MONTH_FIRST, lambda m: _last_day(int(m[2]), int(m[1]))),
    (_QUARTER, lambda m: _last_day(int(m[1]), 3 * int(m[2]))),
    (_QUARTER_FIRST, lambda m: _last_day(int(m[3]), 3 * int(m[1] or m[2]))),
    (_NAMED_MONTH, _named),
)
