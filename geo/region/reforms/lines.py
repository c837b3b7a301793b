"""Boundary reforms as a person writes them, a line each: ``1.11.2016: 03152 + 03156 = 03159``."""

from __future__ import annotations

import re

from geo.findings import Finding, error
from geo.region.reforms.changes import Change
from geo.region.tables import parse_date

_PART = re.compile(r"(?P<key>[^()]+?)\s*(?:\(\s*(?P<share>\d+(?:[.,]\d+)?)\s*%?\s*\))?")
_MOST_LINES = 500


def read_change_lines(text: str) -> tuple[tuple[Change, ...], list[Finding]]:
    """Return the reforms of a text, and an error for each line that says none.

    A line has the first day of the new units, a colon, the old units, an equals sign, the new units. Units are parted
    by plus signs; each of several new ones has its part in brackets: ``1.1.2023: A = B (60) + C (40)``.
    """
    changes, findings = [], []
    for number, line in enumerate(text.splitlines()[:_MOST_LINES], start=1):
        if not line.strip():
            continue
        day, _, units = line.partition(":")
        date = parse_date(day.strip())
        sides = [[_PART.fullmatch(part.strip()) for part in side.split("+")] for side in units.split("=")]
        if date is None or len(sides) != 2 or not all(part for side in sides for part in side):
            findings.append(error("change_line_unclear", line=number, text=line.strip()[:60]))
            continue
        old, new = (tuple(part["key"].strip() for part in side if part) for side in sides)
        told = [part["share"] for part in sides[1] if part and part["share"]]
        shares = tuple(float(share.replace(",", ".")) for share in told)
        if len(new) > 1 and (len(old) > 1 or len(shares) != len(new)):
            findings.append(error("change_line_shares", line=number, text=line.strip()[:60]))
            continue
        changes.append(Change(date, old, new, shares if len(new) > 1 else ()))
    return tuple(changes), findings
