"""Findings: what is wrong or remarkable in data, said as a code with its place and parameters.

A finding is a value, not an exception: reading goes on and all findings come back at once. Its text
is in the catalogues under ``finding.<code>`` (what and where) and ``finding.<code>.remedy`` (how to
mend), so the library itself speaks no language.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class Level(StrEnum):
    """How much a finding weighs: an error stops a build, a warning and a note do not."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Finding:
    """One fact about the data that somebody should know.

    Parameters
    ----------
    level
        Error, warning or note.
    code
        Stable key of the fact, lower case with underscores, e.g. ``key_duplicate``.
    file, row, column, quarter
        Where: file name, row number as a spreadsheet counts (first row is 1), column heading, quarter key.
    parameters
        Named values for the sentence, text or numbers only. A finding that is kept with a region
        never carries a statistical value.
    """

    level: Level
    code: str
    file: str | None = None
    row: int | None = None
    column: str | None = None
    quarter: str | None = None
    parameters: Mapping[str, str | int | float] = field(default_factory=dict)

    def brief(self) -> str:
        """Return code and place in one line, for logs and tests."""
        places = {"file": self.file, "row": self.row, "column": self.column, "quarter": self.quarter}
        told = [f"{name} {value}" for name, value in places.items() if value is not None]
        told += [f"{name}={value}" for name, value in self.parameters.items()]
        return f"{self.level}: {self.code}" + (f" ({', '.join(told)})" if told else "")

    def within(self, file: str) -> Finding:
        """Return the same finding with its file named, if it named none."""
        return self if self.file else replace(self, file=file)

    def as_dict(self) -> dict[str, Any]:
        """Return a JSON-ready dictionary without empty places."""
        whole = {
            "level": str(self.level),
            "code": self.code,
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "quarter": self.quarter,
            "parameters": dict(self.parameters),
        }
        return {key: value for key, value in whole.items() if value not in (None, {})}

    @classmethod
    def from_dict(cls, whole: Mapping[str, Any]) -> Finding:
        """Make a finding from what :meth:`as_dict` returned."""
        return cls(
            level=Level(whole["level"]),
            code=str(whole["code"]),
            file=whole.get("file"),
            row=whole.get("row"),
            column=whole.get("column"),
            quarter=whole.get("quarter"),
            parameters=dict(whole.get("parameters", {})),
        )


def error(code: str, **where: Any) -> Finding:
    """Return an error; keywords that are no place become parameters."""
    return _finding(Level.ERROR, code, where)


def warning(code: str, **where: Any) -> Finding:
    """Return a warning; keywords that are no place become parameters."""
    return _finding(Level.WARNING, code, where)


def note(code: str, **where: Any) -> Finding:
    """Return a note; keywords that are no place become parameters."""
    return _finding(Level.NOTE, code, where)


def megabytes(size: int, limit: int) -> dict[str, float]:
    """Return a size in bytes and the limit it exceeds as parameters of a finding, in MB.

    In whole MB, unless that would read as if the limit were kept.
    """
    size_mb, limit_mb = size / 1024**2, limit / 1024**2
    return {"megabytes": round(size_mb) if round(size_mb) > limit_mb else size_mb, "limit_megabytes": limit_mb}


def has_errors(findings: Iterable[Finding]) -> bool:
    """Tell whether any finding is an error."""
    return any(finding.level is Level.ERROR for finding in findings)


def _finding(level: Level, code: str, where: Mapping[str, Any]) -> Finding:
    places = {key: where[key] for key in ("file", "row", "column", "quarter") if key in where}
    parameters = {key: value for key, value in where.items() if key not in places}
    return Finding(level, code, parameters=parameters, **places)
