"""Service days of a GTFS feed: which trips run on which date."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from geo.errors import ContractError, DataError
from geo.findings import Finding, error, warning
from geo.reach.transit.gtfs_tables import read_feed_table

if TYPE_CHECKING:
    import pandas as pd

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_USUAL = (1, 2, 3)
_MOST_DAYS = 800
_RARE = 0.15
_GAP_DAYS = 60
"""Days without service, longer than summer holidays, after which other days are no part of the same timetable."""


@dataclass(frozen=True)
class Week:
    """A service that runs on weekdays within a period."""

    service_id: str
    days: tuple[bool, ...]
    first: str
    last: str


@dataclass(frozen=True)
class ServiceDays:
    """When services run.

    Parameters
    ----------
    weeks
        Regular services.
    added, removed
        Services by ISO date that run besides, or do not run.
    period
        First and last ISO date of the timetable.
    """

    weeks: tuple[Week, ...]
    added: Mapping[str, frozenset[str]]
    removed: Mapping[str, frozenset[str]]
    period: tuple[str, str]

    def services_on(self, day: str) -> set[str]:
        """Return the services that run on an ISO date."""
        weekday = dt.date.fromisoformat(day).weekday()
        running = {week.service_id for week in self.weeks if week.days[weekday] and week.first <= day <= week.last}
        return (running - self.removed.get(day, frozenset())) | self.added.get(day, frozenset())


def read_service_days(folder: Path, findings: list[Finding]) -> ServiceDays:
    """Read ``calendar.txt`` and ``calendar_dates.txt``; either may be missing, not both.

    ``findings`` is added to: ``timetable_no_calendar`` (error), ``timetable_date_wrong`` (warning).
    """
    columns = ("service_id", *_WEEKDAYS, "start_date", "end_date")
    weeks = read_feed_table(folder, "calendar.txt", columns, findings, is_optional=True)
    dates = read_feed_table(
        folder, "calendar_dates.txt", ("service_id", "date", "exception_type"), findings, is_optional=True
    )
    regular = _weeks(weeks, findings)
    by_type: dict[str, dict[str, set[str]]] = {"1": {}, "2": {}}
    wrong = 0
    for service, text, kind in zip(dates["service_id"], dates["date"], dates["exception_type"], strict=True):
        day = _iso(text)
        if day is None or kind not in by_type:
            wrong += 1
            continue
        by_type[kind].setdefault(day, set()).add(service)
    if wrong:
        findings.append(warning("timetable_date_wrong", file="calendar_dates.txt", count=wrong))
    told = [*(week.first for week in regular), *(week.last for week in regular), *by_type["1"]]
    if not told:
        findings.append(error("timetable_no_calendar", file="calendar.txt"))
    return ServiceDays(
        weeks=regular,
        added={day: frozenset(services) for day, services in by_type["1"].items()},
        removed={day: frozenset(services) for day, services in by_type["2"].items()},
        period=(min(told), max(told)) if told else ("", ""),
    )


def without_days_apart(calendar: ServiceDays, trips: pd.Series[str], source: str) -> tuple[ServiceDays, list[Finding]]:
    """Return service days with the period in which most of them lie, and what lies apart from it.

    A single row with the date of another year must neither become the usual day nor stretch the period.

    Returns
    -------
    calendar
        The same services with another period. Nothing changes where no service has a trip.
    findings
        ``timetable_days_apart`` (warning).
    """
    known = set(trips.astype(str))
    spans = [
        (dt.date.fromisoformat(week.first), dt.date.fromisoformat(week.last), sum(week.days) / 7)
        for week in calendar.weeks
        if week.service_id in known and any(week.days) and week.first <= week.last
    ]
    single = [dt.date.fromisoformat(day) for day, services in calendar.added.items() if not known.isdisjoint(services)]
    spans += [(day, day, 1.0) for day in single]
    parts: list[tuple[dt.date, dt.date, float]] = []  # first, last, days with service
    for first, last, share in sorted(spans):
        days = ((last - first).days + 1) * share
        if parts and (first - parts[-1][1]).days <= _GAP_DAYS:
            begin, end, before = parts[-1]
            parts[-1] = (begin, max(end, last), before + days)
        else:
            parts.append((first, last, days))
    if not parts:
        return calendar, []
    main = max(parts, key=lambda part: part[2])
    period = (main[0].isoformat(), main[1].isoformat())
    apart = [part for part in parts if part is not main]
    told = {"first": period[0], "last": period[1], "count": len(apart)}
    found = [warning("timetable_days_apart", file=source, day=apart[0][0].isoformat(), **told)] if apart else []
    return replace(calendar, period=period), found


def choose_day(calendar: ServiceDays, trips: pd.Series[str], day: str | None, source: str) -> str:
    """Return the day asked for, or the usual day: the first of the busiest Tuesdays, Wednesdays and Thursdays.

    Days busier than all but :data:`_RARE` of them are left out: a fair or a feast is no usual day. School days are
    busier than holidays and many, so a school day is what remains.

    Raises
    ------
    ContractError
        The day is no ISO date.
    DataError
        ``timetable_no_service``: nothing runs on that day, or on any.
    """
    number = {str(service): int(count) for service, count in trips.value_counts().items()}
    if day is not None:
        try:
            dt.date.fromisoformat(day)
        except ValueError as fault:
            raise ContractError(f"day = {day!r}: write a date as 2026-03-17") from fault
        if number.keys().isdisjoint(calendar.services_on(day)):
            raise DataError((_no_service(calendar, day, source),))
        return day
    first = dt.date.fromisoformat(calendar.period[0])
    length = (dt.date.fromisoformat(calendar.period[1]) - first).days + 1
    days = [first + dt.timedelta(days=shift) for shift in range(min(length, _MOST_DAYS))]
    running = {each: sum(number.get(service, 0) for service in calendar.services_on(each.isoformat())) for each in days}
    usual = [each for each in days if each.weekday() in _USUAL and running[each]] or [d for d in days if running[d]]
    if not usual:
        raise DataError((_no_service(calendar, calendar.period[0], source),))
    busy = sorted((running[each] for each in usual), reverse=True)
    typical = busy[math.ceil(_RARE * len(busy)) - 1]
    return next(each for each in usual if running[each] == typical).isoformat()


def _no_service(calendar: ServiceDays, day: str, source: str) -> Finding:
    return error("timetable_no_service", file=source, day=day, first=calendar.period[0], last=calendar.period[1])


def _weeks(table: pd.DataFrame, findings: list[Finding]) -> tuple[Week, ...]:
    weeks, wrong = [], 0
    for row in table.to_dict("records"):
        first, last = _iso(row["start_date"]), _iso(row["end_date"])
        if first is None or last is None:
            wrong += 1
            continue
        weeks.append(Week(row["service_id"], tuple(row[name] == "1" for name in _WEEKDAYS), first, last))
    if wrong:
        findings.append(warning("timetable_date_wrong", file="calendar.txt", count=wrong))
    return tuple(weeks)


def _iso(text: str) -> str | None:
    """Return ``20260317`` as ISO date, or None."""
    if len(text) != 8 or not text.isdigit():
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:])).isoformat()
    except ValueError:
        return None
