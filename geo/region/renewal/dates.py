"""The date of this year's files."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Sequence

from geo.region.recipes import FileView, dates_said, guess_date


def propose_date(views: Sequence[FileView], dates: Sequence[str]) -> tuple[str, bool]:
    """Return the date this year's files are probably of, and whether they say so themselves.

    Looked for after „Stand" and the like, in headings, in all that stands around the table, in the file name; else a
    year after the last date. Dates that are there already come last.
    """
    last = max(dates, default="")
    columns = [view.columns for view in views if view.columns is not None]
    heads = [heading for one in columns for heading in one.headings]
    told = [
        set().union(*(dates_said(one.about) for one in columns)),
        set().union(*(dates_said(heading, is_title=True) for heading in heads)),
        {guess_date(one.about) for one in columns},
        {_in_name(one.file, last) for one in columns},
    ]
    for found in told:
        if new := found - {"", *dates}:
            return max(new), True
    said = max((date for found in told for date in found), default="")
    return (said, True) if said else (year_after(last), False) if last else ("", False)


def year_after(date: str) -> str:
    """Return the date (ISO) one year later; the last day of a month stays one."""
    day = dt.date.fromisoformat(date)
    days, following = (calendar.monthrange(year, day.month)[1] for year in (day.year, day.year + 1))
    return day.replace(year=day.year + 1, day=following if day.day == days else min(day.day, following)).isoformat()


def _in_name(file: str, last: str) -> str:
    """Return the date in a file name; of a bare year the day is that of the last date."""
    date = guess_date(file)
    is_bare = date.endswith("-12-31") and not re.search(r"12|dez|dec", file.replace(date[:4], ""), re.IGNORECASE)
    return date[:4] + last[4:] if is_bare and last and not last.endswith("-02-29") else date
