"""A region in a few sentences: key figures, dates, rule, sources."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.need import Indicator, indicator_values, indicators_of, region_value
from geo.output.values import (
    change_text,
    disclosure_text,
    indicator_label,
    people_text,
    source_text,
    value_text,
    ways_short,
)
from geo.region import Source
from geo.region.model import Region
from geo.siting.ask import Answer
from geo.text import Texts


@dataclass(frozen=True)
class KeyFigure:
    """A big number, the sentence that says what it is, and where it comes from."""

    number: str
    sentence: str
    source: str


def main_indicator(region: Region) -> Indicator:
    """Return the indicator a region is opened with: the share of all residents where there is one."""
    indicators = indicators_of(region)
    return next((indicator for indicator in indicators if indicator.key == "share_of_residents"), indicators[0])


def latest_date(region: Region, indicator: Indicator) -> str:
    """Return the latest date at which any quarter has a value to show."""
    for date in reversed(region.dates):
        if np.isfinite(indicator_values(region, indicator, date)["value"]).any():
            return date
    return region.dates[-1]


def region_figures(t: Texts, region: Region, today: Answer | None) -> tuple[KeyFigure, ...]:
    """Return the figures of the start page; ``today`` is who reaches an office, None where that is unknown."""
    indicator = main_indicator(region)
    date = latest_date(region, indicator)
    source = t("map.source", date=t.date(date), source=source_text(t, region.sources))
    if not np.isfinite(indicator_values(region, indicator, date)["value"]).any():
        return (KeyFigure(t("value.none"), t("start.nothing", indicator=indicator_label(t, indicator)), source),)
    figures = [_level(t, region, indicator, date, source), _spread(t, region, indicator, date, source)]
    if today is not None and today.demand:
        share = 100 * (today.people_before or 0) / today.demand
        ways = ways_short(t, today.posed.survey.mode, today.posed.times)
        basis = t("start.reach_source", ways=ways, date=t.date(date))
        people, demand = (people_text(t, n, today.rounded_to) for n in (today.people_before, today.demand))
        figures.insert(1, KeyFigure(t.percent(share, 0), t("start.reach", people=people, demand=demand), basis))
    return tuple(figures)


def region_lines(t: Texts, region: Region) -> tuple[str, ...]:
    """Return what a reader must know of the data: dates, what is withheld, rule, sources."""
    indicator = main_indicator(region)
    date = latest_date(region, indicator)
    withheld = region_value(region, indicator, date).quarters_withheld
    rule = region.disclosure
    said = t.date(date)
    lines = [
        t("start.about_dates", dates=", ".join(t.date(day) for day in region.dates)),
        t("start.about_withheld", n=withheld, date=said) if withheld else t("start.about_none_withheld", date=said),
        disclosure_text(t, rule),
    ]
    return (*lines, *source_lines(t, region.sources))


def source_lines(t: Texts, sources: tuple[Source, ...]) -> tuple[str, ...]:
    """Return who published what under which licence; parts of one publisher and licence in one line."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for part in sources:
        groups.setdefault((part.publisher, part.licence, part.changes), []).append(part.title)
    lines = []
    for (publisher, licence, changes), titles in groups.items():
        said = t("start.about_source", title="; ".join(dict.fromkeys(titles)), publisher=publisher, licence=licence)
        lines.append(said + (". " + t("start.about_changes", changes=changes) if changes else ""))
    return tuple(lines)


def _level(t: Texts, region: Region, indicator: Indicator, date: str, source: str) -> KeyFigure:
    whole = region_value(region, indicator, date)
    if not np.isfinite(whole.value):
        middle = float(np.nanmedian(indicator_values(region, indicator, date)["value"]))
        sentence = t("start.rate_only", indicator=indicator_label(t, indicator))
        return KeyFigure(value_text(t, middle, indicator.unit), sentence, source)
    key = f"indicator.{indicator.key}.sentence"
    told = {"indicator": indicator_label(t, indicator), "place": region.name}
    sentence = t(key, share="", place=region.name).strip() if t.has(key) else t("dossier.level", **told)
    before = _year_before(region, date)
    if before is not None:
        past = region_value(region, indicator, before)
        change = change_text(t, whole.value - past.value, "value", indicator.unit)
        sentence += " " + t("start.share_change", before=t.date(before), change=change)
    return KeyFigure(value_text(t, whole.value, indicator.unit), sentence, source)


def _spread(t: Texts, region: Region, indicator: Indicator, date: str, source: str) -> KeyFigure:
    values = indicator_values(region, indicator, date)["value"].dropna()
    low, high = (value_text(t, float(value), indicator.unit) for value in (values.min(), values.max()))
    sentence = t("start.range", shown=t.number(len(values)), n=t.number(len(region.quarters)))
    return KeyFigure(t("start.range_number", low=low, high=high), sentence, source)


def _year_before(region: Region, date: str) -> str | None:
    wanted = f"{int(date[:4]) - 1}{date[4:]}"
    return wanted if wanted in region.dates else None
