"""Errors of the library.

``GeoError``
 ├── ``ContractError``   an argument breaks a contract: a mistake of the caller
 └── ``DataError``       files or statistics cannot become what was asked; carries every finding

Faults in data are not raised one by one: they are collected as :class:`geo.findings.Finding` and
reported together. Every error is also a ``ValueError``, so a caller that knows nothing of this
library still catches it.
"""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geo.findings import Finding


class GeoError(ValueError):
    """Root of all errors raised on purpose; the message says value, fault and remedy."""


class ContractError(GeoError):
    """An argument has the wrong shape, unit or range."""


class DataError(GeoError):
    """Data cannot become what was asked for.

    Parameters
    ----------
    findings
        Everything that is wrong, not only the first fault.
    """

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        self.findings = findings
        super().__init__("; ".join(finding.brief() for finding in findings) or "data cannot be used")


def fault_lines(fault: BaseException) -> str:
    """Return the kind of a fault and the lines it came through, without its message, which may hold values."""
    lines = (
        f"{Path(one.filename).name}:{one.lineno} in {one.name}" for one in traceback.extract_tb(fault.__traceback__)
    )
    return f"{type(fault).__name__} ({', '.join(lines)})"
