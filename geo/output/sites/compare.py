"""Scenarios side by side: one table, warnings where they cannot be compared, the difference by quarter."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from geo.output.values import (
    MAP_COLOURS,
    NO_DATA,
    WITHHELD,
    Column,
    DataTable,
    Field,
    Legend,
    MapView,
    Row,
    Table,
    gap_text,
    lacking,
    measure_label,
    mode_label,
    number_or_none,
    paler,
    palette,
    people_text,
    region_source,
    signed_text,
    source_text,
)
from geo.region import ValueState
from geo.region.model import Region
from geo.siting.scenario import TODAY, Compared, Mismatch, by_quarter, difference, mismatched, mismatches
from geo.text import Texts

DIFFERENCES_SHOWN = ("people", "minutes")
DIGITS = {"people": 0, "minutes": 1}
BETTER = {"people": 1.0, "minutes": -1.0}
"""Sign of what is better: more people, fewer minutes."""
_COLUMNS = (
    "before", "after", "share", "added", "mean", "worst", "served", "waiting", "beyond", "sites", "staff", "cost",
    "per_person", "lasting", "gap", "date", "mode", "state",
)  # fmt: skip
_TEXT_COLUMNS = ("date", "mode", "state")
_NEEDED_TO_TELL = {"before": 1, "date": 1, "served": 0, "waiting": 0, "lasting": 0}
"""Columns that stand only where scenarios say more than so many different things in them."""


def scenarios_table(t: Texts, compared: Sequence[Compared]) -> Table:
    """Return all scenarios with their figures; today's state stays on top, the others by people reached.

    Columns in which no scenario has anything to say are left out, and so are who is reached today and the date where
    they are the same for all: the first row and the note below the table say them.
    """
    told_by = [_cells(t, one) for one in compared]
    nothing = {t("value.none"), "–"}
    kept = [
        at
        for at, key in enumerate(_COLUMNS)
        if len({told[at][0] for told in told_by} - nothing) > _NEEDED_TO_TELL.get(key, -1)
    ]
    columns = [Column(t("compare.column_name"), "left")]
    columns += [
        Column(t(f"compare.column_{key}"), "left" if key in _TEXT_COLUMNS else "right")
        for key in (_COLUMNS[at] for at in kept)
    ]
    rows = []
    for one, all_told in zip(compared, told_by, strict=True):
        told = [all_told[at] for at in kept]
        cells = (one.name, *(said for said, _ in told))
        sort = (one.name, *(value for _, value in told))
        rows.append(Row(one.key, cells, sort, is_pinned=one.key == TODAY))
    after = 1 + kept.index(_COLUMNS.index("after"))
    return Table(t("compare.caption"), tuple(columns), tuple(rows), sort=after, is_descending=True)


def scenarios_data(t: Texts, compared: Sequence[Compared]) -> DataTable:
    """Return the same figures to take away, numbers as numbers."""
    fields = (
        Field("scenario", t("compare.column_name")),
        *(Field(key, t(f"compare.column_{key}"), "text" if key in _TEXT_COLUMNS else "number") for key in _COLUMNS),
    )
    rows = [
        (
            one.name,
            *(
                said if key in _TEXT_COLUMNS else number_or_none(value)
                for key, (said, value) in zip(_COLUMNS, _cells(t, one), strict=True)
            ),
        )
        for one in compared
    ]
    return DataTable("scenarios", t("compare.caption"), fields, tuple(rows))


def _cells(t: Texts, one: Compared) -> list[tuple[str, Any]]:
    """Return text and sort value of each column but the name."""
    outcome = one.outcome
    if outcome is None:
        return [(t("value.none"), None)] * (len(_COLUMNS) - 1) + [(state_text(t, one), state_text(t, one))]
    demand, reached = outcome.demand, outcome.people_after
    share = 100 * reached / demand if demand and reached is not None else None
    gap = 100 * outcome.gap if outcome.status != "infeasible" else None
    has_capacities = outcome.served is not None or outcome.waiting is not None

    def people(count: int | None) -> tuple[str, float | None]:
        return people_text(t, count, outcome.rounded_to), 0 if count is None else count

    def known(value: float | None, say: Callable[[float], str], otherwise: str = "–") -> tuple[str, float | None]:
        return (otherwise, None) if value is None else (say(value), value)

    def tenths(value: float) -> str:
        return t.number(value, 1)

    worst = known(outcome.worst_minutes, tenths)
    if outcome.worst_minutes is None:
        limit = outcome.limit_minutes
        worst = t("compare.beyond_limit", minutes=t.number(limit)), limit + 1
    lasting: tuple[str, float | None] = ("–", None)
    if outcome.lasting_quarters is not None and outcome.lasting_reached is not None:
        said = {"reached": t.number(outcome.lasting_reached), "all": t.number(outcome.lasting_quarters)}
        lasting = t("compare.of", **said), outcome.lasting_reached
    return [
        people(outcome.people_before),
        people(reached),
        known(share, t.percent, t("value.none")),
        known(outcome.added, t.number),
        known(outcome.mean_minutes, tenths),
        worst,
        people(outcome.served) if has_capacities else ("–", None),
        people(outcome.waiting) if has_capacities else ("–", None),
        people(outcome.beyond),
        (t.number(len(outcome.sites)), len(outcome.sites)),
        known(outcome.staff_full_time, tenths, t("compare.unknown")),
        known(outcome.cost_per_year_eur, t.euros, t("compare.unknown")),
        known(outcome.cost_per_person_eur, t.euros),
        lasting,
        known(gap, lambda value: gap_text(t, value / 100, 1)),
        (t.date(outcome.date), outcome.date),
        (mode_label(t, outcome.mode), mode_label(t, outcome.mode)),
        (state_text(t, one), state_text(t, one)),
    ]


def state_text(t: Texts, one: Compared) -> str:
    """Return how far a scenario's figures can be trusted now."""
    if one.key == TODAY:
        return t("compare.state_today")
    if one.outcome is None:
        return t("compare.state_open")
    if one.is_edited:
        return t("compare.state_edited")
    if one.is_old:
        return t("compare.state_old")
    return t(f"proof.state_{one.outcome.status}")


def warning_lines(t: Texts, region: Region, compared: Sequence[Compared]) -> tuple[str, ...]:
    """Return in what the scenarios of the table differ beside their offices, one sentence each."""
    names = mismatched(compared)
    return tuple(t(f"compare.differ_{name}") for name in names if name not in _SILENT)


_SILENT = ("ways_source", "limit_minutes", "rounded_to")
"""Said by others: by the mode, the threshold and the disclosure rule."""


def mismatch_lines(t: Texts, region: Region, one: Compared, other: Compared) -> tuple[str, ...]:
    """Return what was counted differently in two scenarios, with both values, one sentence each."""
    found = mismatches(one, other)
    named = {mismatch.assumption for mismatch in found}
    silent = set(_SILENT) - ({"ways_source"} if "mode" not in named else set())
    return tuple(_mismatch_line(t, region, mismatch) for mismatch in found if mismatch.assumption not in silent)


def _mismatch_line(t: Texts, region: Region, mismatch: Mismatch) -> str:
    formats: dict[str, Callable[[Any], str]] = {
        "date": lambda value: t.date(str(value)),
        "measure": lambda value: measure_label(t, region, str(value)),
        "minutes": t.shortest,
        "mode": lambda value: mode_label(t, str(value)),
        "speed_metres_per_second": lambda value: t("value.none") if value is None else t.number(value, 1),
        "detour_factor": lambda value: t("value.none") if value is None else t.number(value, 1),
        "ways_source": str,
    }
    say = formats.get(mismatch.assumption)
    if say is None:
        return t(f"compare.differ_{mismatch.assumption}")
    return t(f"compare.pair_{mismatch.assumption}", a=say(mismatch.one), b=say(mismatch.other))


def reading_lines(t: Texts, region: Region, compared: Sequence[Compared]) -> tuple[str, ...]:
    """Return what the figures of the table rest on: who counts, when, how people are rounded, prices, source."""
    outcomes = [one.outcome for one in compared if one.outcome is not None]
    if not outcomes:
        return ()
    lines = []
    first = outcomes[0]
    if len({(told.measure, told.minutes, told.rounded_to) for told in outcomes}) == 1:
        minutes = t.shortest(first.minutes)
        said = {"measure": measure_label(t, region, first.measure), "minutes": minutes}
        lines.append(t("compare.reading", round=t.number(first.rounded_to), **said))
    if any(told.cost_per_year_eur for told in outcomes):
        lines.append(t("compare.reading_costs"))
    date = " / ".join(t.date(date) for date in sorted({told.date for told in outcomes}))
    lines.append(t("map.source", date=date, source=source_text(t, region.sources)))
    return tuple(lines)


def difference_lines(t: Texts, one: Compared, other: Compared) -> tuple[str, ...]:
    """Return A minus B in people, minutes and euro, one sentence each; nothing where a figure is not shown."""
    a, b = one.outcome, other.outcome
    if a is None or b is None:
        return ()
    pairs: dict[str, tuple[float | None, Callable[[float], str]]] = {
        "people": (difference(a.people_after, b.people_after), t.number),
        "minutes": (difference(a.mean_minutes, b.mean_minutes), lambda value: t.number(value, 1)),
        "cost": (difference(a.cost_per_year_eur, b.cost_per_year_eur), t.euros),
    }
    lines = []
    for name, (value, say) in pairs.items():
        if value is None:
            lines.append(t(f"compare.told_{name}_unknown"))
        else:
            said = say(abs(value))
            sign = "same" if said == say(0.0) else "more" if value > 0 else "less"
            lines.append(t(f"compare.told_{name}_{sign}", value=said))
    return tuple(lines)


def difference_view(
    t: Texts, region: Region, pair: tuple[Compared, Compared], shown: str, *, theme: str, selected: str | None = None
) -> MapView:
    """Return the map of A minus B.

    Classes mirror each other around zero, which is left nearly blank; a quarter in which either figure is not shown has
    none.

    Parameters
    ----------
    pair
        A and B, both with an outcome.
    shown
        One of :data:`DIFFERENCES_SHOWN`: people within reach, or minutes of the mean way.
    """
    one, other = pair
    table, states = _by_quarter(region, one, other)
    values = table[shown]
    steps = _steps(values, DIGITS[shown])
    better = values.to_numpy() * BETTER[shown]
    classes = [
        _class(value, steps) if math.isfinite(value) else state for value, state in zip(better, states, strict=True)
    ]
    return MapView(
        quarter_ids=tuple(values.index),
        classes=tuple(classes),
        positions=(None,) * len(values),
        tooltips=tuple(_tooltip(t, row, shown, one, other) for row in table.to_dict("records")),
        legend=Legend(
            title=t(f"compare.legend_{shown}", a=one.name, b=other.name),
            colours=_colours(len(steps), theme),
            limits=(),
            labels=_labels(t, steps, shown),
            extras=lacking(t, classes, "compare.not_shown"),
            no_data_colour=MAP_COLOURS[theme]["no_data"],
            source=_source(t, region, one, other),
        ),
        selected=selected if selected in values.index else None,
        theme=theme,
    )


def difference_table(t: Texts, region: Region, one: Compared, other: Compared, shown: str) -> Table:
    """Return A, B and A minus B by quarter, as on the map."""
    table, _ = _by_quarter(region, one, other)
    digits = DIGITS[shown]
    columns = (
        Column(t("table.quarter"), "left"),
        Column(t("compare.column_a")),
        Column(t("compare.column_b")),
        Column(t("compare.column_difference")),
    )
    rows = []
    for key, row in table.to_dict("index").items():
        name = str(region.quarters.loc[key, "name"])
        values = [row[f"{shown}_a"], row[f"{shown}_b"], row[shown]]
        cells = [t.number(value, digits) if math.isfinite(value) else t("value.none") for value in values[:2]]
        cells.append(signed_text(t, values[2], digits) if math.isfinite(values[2]) else t("value.none"))
        rows.append(Row(str(key), (name, *cells), (name, *(number_or_none(value) for value in values))))
    return Table(t(f"compare.legend_{shown}", a=one.name, b=other.name), columns, tuple(rows), 3, is_descending=True)


def difference_data(t: Texts, region: Region, one: Compared, other: Compared) -> DataTable:
    """Return A, B and A minus B in people and in minutes by quarter, to take away."""
    table, _ = _by_quarter(region, one, other)
    names = [f"{shown}{end}" for shown in DIFFERENCES_SHOWN for end in ("_a", "_b", "")]
    labels = [
        t(
            f"compare.csv_{'difference' if name in DIFFERENCES_SHOWN else name[-1]}",
            what=t(f"compare.what_{name.split('_')[0]}"),
        )
        for name in names
    ]
    fields = (
        Field("quarter_id", "quarter_id", "key"),
        Field("name", t("table.quarter")),
        *(Field(name, label, "number") for name, label in zip(names, labels, strict=True)),
    )
    rows = [
        (str(key), str(region.quarters.loc[key, "name"]), *(number_or_none(row[name]) for name in names))
        for key, row in table.to_dict("index").items()
    ]
    title = t("compare.csv_title", a=one.name, b=other.name)
    return DataTable("difference", title, fields, tuple(rows), source=f"{title}. {region_source(t, region)}")


def _by_quarter(region: Region, one: Compared, other: Compared) -> tuple[pd.DataFrame, tuple[int, ...]]:
    """Return the differences of all quarters of the region, and how those without one are painted."""
    if one.outcome is None or other.outcome is None:
        raise ValueError("a difference needs two outcomes; solve both scenarios")
    keys = region.quarters.index.astype(str)
    table = by_quarter(one.outcome, other.outcome).reindex(keys)
    hidden: set[str] = set()
    for outcome in (one.outcome, other.outcome):
        if outcome.measure in region.measure_keys and outcome.date in region.dates:
            states = region.values_of(outcome.measure, outcome.date)["state"]
            hidden |= set(states.index[states == ValueState.SUPPRESSED.value].astype(str))
    return table, tuple(WITHHELD if key in hidden else NO_DATA for key in keys)


def _steps(values: pd.Series[float], digits: int) -> tuple[tuple[float, float], ...]:
    """Return the classes of distances from zero, as shown values from and to, nearest first; at most two."""
    step = 10.0**-digits
    size = sorted({round(abs(value), digits) for value in values.dropna()} - {0.0})
    if not size:
        return ()
    middle = size[(len(size) - 1) // 2]
    parts = [[one for one in size if one <= middle], [one for one in size if one > middle]]
    ends = [(part[0], part[-1]) for part in parts if part]
    return ((ends[0][0], ends[0][1]), *((max(low, ends[0][1] + step), high) for low, high in ends[1:]))


def _class(value: float, steps: tuple[tuple[float, float], ...]) -> int:
    """Return the class of a difference: the largest in favour of A first, zero in the middle."""
    size = abs(value)
    level = (
        next((at + 1 for at, (_, high) in enumerate(steps) if size <= high + 1e-9), len(steps)) if size > 1e-9 else 0
    )
    return len(steps) - level if value > 0 else len(steps) + level


def _colours(levels: int, theme: str) -> tuple[str, ...]:
    colours = list(palette(2 * levels + 1, kind="diverging", theme=theme))
    colours[levels] = paler(colours[levels], MAP_COLOURS[theme]["ground"], 0.85)
    return tuple(colours)


def _labels(t: Texts, steps: tuple[tuple[float, float], ...], shown: str) -> tuple[str, ...]:
    digits = DIGITS[shown]

    def said(sign: str, low: float, high: float) -> str:
        one = t.number(low, digits)
        amount = one if low == high else t("compare.from_to", low=one, high=t.number(high, digits))
        return t(f"compare.label_{shown}_{sign}", amount=amount)

    ahead, behind = ("more", "less") if BETTER[shown] > 0 else ("less", "more")
    return (
        *(said(ahead, *step) for step in reversed(steps)),
        t("compare.label_same"),
        *(said(behind, *step) for step in steps),
    )


def _tooltip(t: Texts, row: dict[Any, Any], shown: str, one: Compared, other: Compared) -> tuple[str, ...]:
    digits = DIGITS[shown]

    def said(value: float) -> str:
        return t.number(value, digits) if math.isfinite(value) else t("compare.not_shown")

    value = row[shown]
    told = signed_text(t, value, digits) if math.isfinite(value) else t("compare.not_shown")
    return (t(f"compare.tooltip_{shown}", value=told), f"A: {said(row[f'{shown}_a'])}", f"B: {said(row[f'{shown}_b'])}")


def _source(t: Texts, region: Region, one: Compared, other: Compared) -> str:
    dates = sorted({outcome.date for outcome in (one.outcome, other.outcome) if outcome is not None})
    return t("map.source", date=" / ".join(t.date(date) for date in dates), source=source_text(t, region.sources))
