"""Findings as sentences: what, where, how to mend."""

from __future__ import annotations

import re

from geo.findings import Finding
from geo.text.catalogue import Texts, digits_apart

_MEASURES = ("measure", "part", "whole")
_DATES = ("date", "earlier", "later", "other_date")
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def finding_sentence(t: Texts, finding: Finding) -> tuple[str, str, str]:
    """Return place, sentence and remedy of a finding; the remedy may be empty.

    The place names file, row, column and quarter as far as known, in that order.
    """
    digits = digits_apart((value for value in finding.parameters.values() if not isinstance(value, str)), 2)
    values = {
        "file": finding.file or "",
        "row": finding.row if finding.row is not None else "",
        "column": finding.column or "",
        "quarter": finding.quarter or "",
        **{name: _said(t, name, value, digits) for name, value in finding.parameters.items()},
    }
    places = [("file", finding.file), ("row", finding.row), ("column", finding.column), ("quarter", finding.quarter)]
    place = ", ".join(t(f"finding.place.{name}", value=value) for name, value in places if value is not None)
    remedy_key = f"finding.{finding.code}.remedy"
    remedy = t(remedy_key, **values) if t.has(remedy_key) else ""
    return place, t(f"finding.{finding.code}", **values), remedy


def _said(t: Texts, name: str, value: str | float, digits: int) -> str:
    """Return a value of a finding for the reader: measures by their name, dates as his language writes them."""
    if isinstance(value, str):
        if name in _MEASURES and t.has(f"measure.{value}.label"):
            return t(f"measure.{value}.label")
        return t.date(value) if name in _DATES and _ISO_DATE.fullmatch(value) else value
    return t.number(value) if float(value).is_integer() else t.number(value, digits)
