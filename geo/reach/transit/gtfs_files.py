"""Files of a GTFS feed as tables of text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from geo.findings import Finding, error, note

if TYPE_CHECKING:
    import pandas as pd


def read_feed_table(
    folder: Path,
    name: str,
    required: Sequence[str],
    findings: list[Finding],
    *,
    also: Sequence[str] = (),
    is_optional: bool = False,
) -> pd.DataFrame:
    """Read columns of one file of a feed as text, every cell stripped.

    Parameters
    ----------
    folder
        Folder of the feed.
    name
        File name, e.g. ``stops.txt``.
    required
        Columns that must be there.
    findings
        Is added to: ``timetable_file_missing``, ``timetable_file_broken``, ``timetable_column_missing``,
        ``timetable_file_empty`` (errors), ``timetable_old_encoding`` (note).
    also
        Columns that are read if they are there.
    is_optional
        Whether a file that is missing is no fault.

    Returns
    -------
    DataFrame
        Empty, with the required columns, where the file cannot be used.
    """
    import pandas as pd

    nothing = pd.DataFrame({column: pd.Series(dtype=str) for column in required})
    path = folder / name
    if not path.is_file():
        if not is_optional:
            findings.append(error("timetable_file_missing", file=name))
        return nothing
    table = _read_text(path, {*required, *also}, findings)
    if table is None:
        return nothing
    table.columns = [str(column).strip() for column in table.columns]
    missing = [column for column in required if column not in table]
    findings += [error("timetable_column_missing", file=name, column=column) for column in missing]
    if missing:
        return nothing
    if table.empty and not is_optional:
        findings.append(error("timetable_file_empty", file=name))
    for column in table:
        table[column] = table[column].str.strip()
    return table


def _read_text(path: Path, wanted: set[str], findings: list[Finding]) -> pd.DataFrame | None:
    import pandas as pd

    for encoding in ("utf-8-sig", "cp1252"):
        try:
            table: pd.DataFrame = pd.read_csv(
                path,
                dtype=str,
                keep_default_na=False,
                encoding=encoding,
                usecols=lambda column: str(column).strip() in wanted,
            )
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
            findings.append(error("timetable_file_broken", file=path.name, reason=str(fault).strip()[:200]))
            return None
        if encoding != "utf-8-sig":
            findings.append(note("timetable_old_encoding", file=path.name))
        return table
    findings.append(error("timetable_file_broken", file=path.name, reason="encoding"))
    return None
