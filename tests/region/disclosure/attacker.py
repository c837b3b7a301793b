"""An attacker who knows what is published and every true total, kept apart from the code that protects.

For each date he writes one system over all protected cells: what is shown is fixed, the rest is bound by totals and by
what anybody knows of the measures. A linear or an integer programme then tells the least and greatest value of each
hidden cell, and of each small rest of a whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array

from geo.region.disclosure.rule import DisclosureRule
from geo.region.schema import Measure

ALL_TOTALS = "all"
REGION_TOTAL = "region"
NO_TOTALS = "none"

POPULATIONS_OF = {
    "recipients": ("residents", "residents_under_pension_age"),
    "employable": ("residents_15_to_pension_age",),
    "children": ("residents_under_15",),
}
ORDER = (
    (("employable",), "recipients"),
    (("employable", "children"), "recipients"),
    (("units",), "employable"),
    (("units",), "recipients"),
)
MOST = 1e5
NEAR = 1e-6
DIRECTIONS = 4

Cell = tuple[str, str]
Table = dict[str, dict[str, float]]


@dataclass(frozen=True, eq=False)
class Region:
    """True numbers with everything an attacker may know beside what is published.

    ``counts_of`` names the count that a ready-made rate is made of, ``sums`` are ``(parts, whole)`` that add up
    although no measure says so.
    """

    statistics: pd.DataFrame
    district: pd.Series | None
    measures: tuple[Measure, ...]
    groupings: pd.DataFrame | None = None
    counts_of: Mapping[str, str] = field(default_factory=dict)
    sums: tuple[tuple[tuple[str, ...], str], ...] = ()

    @cached_property
    def tables(self) -> dict[str, Table]:
        """For each date the numbers by measure and quarter; a missing population is that of the nearest date."""
        lines = self.statistics
        found: dict[str, Table] = {}
        for quarter, date, key, value in lines[["quarter_id", "date", "measure", "value"]].itertuples(index=False):
            found.setdefault(date, {}).setdefault(key, {})[quarter] = float(value)
        known = {date: {key: dict(column) for key, column in table.items()} for date, table in found.items()}
        for date, table in found.items():
            for other in sorted(known, key=lambda day: abs(_days(day, date))):
                for measure in self.measures:
                    column = table.get(measure.key, {})
                    for quarter in [] if measure.is_protected else column:
                        if np.isnan(column[quarter]):
                            column[quarter] = known[other][measure.key][quarter]
        return found


@dataclass(frozen=True)
class Narrow:
    """A number that is known too well: of a cell (``part`` empty) or of what parts leave of a whole."""

    date: str
    quarter: str
    measure: str
    part: tuple[str, ...]
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Target:
    quarter: str
    measure: str
    part: tuple[str, ...]
    weights: np.ndarray


@dataclass(frozen=True, eq=False)
class System:
    """``low <= matrix @ x <= high`` and ``least <= x <= most`` over the protected cells of one date."""

    cells: dict[Cell, int]
    matrix: csr_array
    low: np.ndarray
    high: np.ndarray
    least: np.ndarray
    most: np.ndarray
    truth: np.ndarray
    is_whole: np.ndarray

    @property
    def is_consistent(self) -> bool:
        """Whether the true numbers obey everything the attacker believes."""
        product = self.matrix @ self.truth
        return bool(
            (product >= self.low - NEAR).all()
            and (product <= self.high + NEAR).all()
            and (self.truth >= self.least - NEAR).all()
            and (self.truth <= self.most + NEAR).all()
        )

    def extreme(self, weights: np.ndarray, *, integers: bool) -> np.ndarray:
        """Return a table that minimises a weighted sum of the cells."""
        answer = milp(
            weights,
            constraints=LinearConstraint(self.matrix, self.low, self.high),
            bounds=Bounds(self.least, self.most),
            integrality=self.is_whole if integers else None,
        )
        if answer.x is None:
            raise ValueError(answer.message)
        return np.asarray(answer.x)


def system_of(region: Region, shown: pd.DataFrame, date: str, rule: DisclosureRule, totals: str = ALL_TOTALS) -> System:
    """Return what is known at one date of a region of which ``shown`` is published."""
    truth, gone = region.tables[date], _hidden_cells(shown, date)
    by_key = {measure.key: measure for measure in region.measures}
    counted = [m for m in region.measures if m.is_protected and m.key in truth and _adds_up(m, by_key, region)]
    cells = {cell: n for n, cell in enumerate((q, m.key) for m in counted for q in truth[m.key])}
    values, least, most, is_whole = (np.zeros(len(cells)) for _ in range(4))
    for (quarter, key), number in cells.items():
        measure = by_key[key]
        values[number] = truth[key][quarter]
        if measure.is_rate:
            values[number] *= truth[measure.part_of][quarter] / _per(measure)
        is_whole[number] = not measure.is_rate
        least[number] = most[number] = values[number]
        if (quarter, key) in gone or (measure.is_rate and (quarter, measure.part_of) in gone):
            people = [truth[name][quarter] for name in _populations(measure, by_key) if name in truth]
            residents = truth.get("residents", {}).get(quarter, np.nan)
            least[number] = float(not measure.is_rate and _shows_zero(residents, people, rule))
            most[number] = min([MOST, *(number for number in people if not np.isnan(number))])
    rows = [
        *_total_rows(region, truth, cells, values, totals),
        *_relation_rows(by_key, cells, region.sums),
        *_rate_rows(region, truth, gone, cells),
    ]
    entries = [(n, cells[cell], factor) for n, (terms, _, _) in enumerate(rows) for cell, factor in terms]
    at, to, factors = zip(*entries, strict=True) if entries else ((), (), ())
    return System(
        cells,
        csr_array(coo_array((factors, (at, to)), shape=(len(rows), len(cells)))),
        np.array([low for _, low, _ in rows]),
        np.array([high for _, _, high in rows]),
        least,
        most,
        values,
        is_whole,
    )


def ideal_of(region: Region, shown: pd.DataFrame) -> pd.DataFrame:
    """Return the publication in which every protected number that is not zero is withheld."""
    protected = {measure.key for measure in region.measures if measure.is_protected}
    gone = shown["measure"].isin(protected) & ~(region.statistics["value"].fillna(0.0) == 0)
    return shown.assign(state=shown["state"].where(~gone, "suppressed"))


def targets_of(system: System, region: Region, rule: DisclosureRule) -> Iterator[Target]:
    """Yield the hidden cells, and the small rests of wholes, hidden or not."""
    for (quarter, key), number in system.cells.items():
        if system.most[number] > system.least[number]:
            yield Target(quarter, key, (), np.eye(1, len(system.cells), number)[0])
    for parts, whole in _rests(region.measures):
        for quarter in dict.fromkeys(quarter for quarter, _ in system.cells):
            names = [(quarter, key) for key in (whole, *parts)]
            if not all(name in system.cells for name in names):
                continue
            weights = np.zeros(len(system.cells))
            weights[[system.cells[name] for name in names]] = [1.0] + [-1.0] * len(parts)
            if 0 < weights @ system.truth < rule.numerator_min:
                yield Target(quarter, whole, parts, weights)


def intervals(system: System, targets: Iterable[Target], *, integers: bool = False, enough: float = np.inf):
    """Return least and greatest value of each target, ``(targets, 2)``.

    An interval that is at least ``enough`` wide is not looked at further; every narrower one is exact.
    """
    weights = np.array([target.weights for target in targets]).reshape(-1, len(system.cells))
    ends = np.stack([weights @ system.truth] * 2, axis=1)

    def reach(aim: np.ndarray) -> None:
        told = weights @ system.extreme(aim, integers=integers)
        ends[:, 0], ends[:, 1] = np.minimum(ends[:, 0], told), np.maximum(ends[:, 1], told)

    rng = np.random.default_rng(0)
    for _ in range(0 if integers or not len(weights) or np.isinf(enough) else DIRECTIONS):
        reach(rng.choice([-1.0, 1.0], len(weights)) @ weights)
    for number, one in enumerate(weights):
        for aim in (one, -one):
            if ends[number, 1] - ends[number, 0] < enough - NEAR:
                reach(aim)
    return ends


def narrow(
    region: Region,
    shown: pd.DataFrame,
    rule: DisclosureRule,
    *,
    width: float | None = None,
    integers: bool = False,
    totals: str = ALL_TOTALS,
) -> list[Narrow]:
    """Return what is known within less than ``width`` although it would not be if everything was withheld."""
    width = float(rule.interval_min if width is None else width)
    found = []
    for date in sorted(shown["date"].unique()):
        system = system_of(region, shown, date, rule, totals)
        assert system.is_consistent, "he believes what is not true"
        targets = list(targets_of(system, region, rule))
        ends = intervals(system, targets, integers=integers, enough=width)
        suspects = np.flatnonzero(ends[:, 1] - ends[:, 0] < width - NEAR)
        if not len(suspects):
            continue
        ideal = system_of(region, ideal_of(region, shown), date, rule, totals)
        anyway = intervals(ideal, [targets[n] for n in suspects], integers=integers, enough=width)
        for number, (low, high) in zip(suspects, anyway, strict=True):
            if high - low >= width - NEAR:
                one = targets[number]
                found.append(Narrow(date, one.quarter, one.measure, one.part, *ends[number].tolist()))
    return found


def interval_of(region: Region, shown: pd.DataFrame, rule: DisclosureRule, quarter: str, *keys: str, integers=False):
    """Return the interval of a cell, or of a whole without its parts, at the only date."""
    system = system_of(region, shown, region.statistics["date"].iloc[0], rule)
    weights = np.zeros(len(system.cells))
    weights[[system.cells[quarter, key] for key in keys]] = [1.0] + [-1.0] * (len(keys) - 1)
    return tuple(intervals(system, [Target(quarter, keys[0], keys[1:], weights)], integers=integers)[0].tolist())


def with_numbers_shown(region: Region, shown: pd.DataFrame, *cells: Cell) -> pd.DataFrame:
    """Return a publication in which some cells are shown after all."""
    opened = [cell in cells for cell in zip(shown["quarter_id"], shown["measure"], strict=True)]
    return shown.assign(
        value=shown["value"].mask(opened, region.statistics["value"]), state=shown["state"].mask(opened, "value")
    )


def without(region: Region, *keys: str) -> Region:
    """Return the region of which some measures are not known at all."""
    lines = region.statistics[~region.statistics["measure"].isin(keys)].reset_index(drop=True)
    return replace(region, statistics=lines, measures=tuple(m for m in region.measures if m.key not in keys))


def _hidden_cells(shown: pd.DataFrame, date: str) -> set[Cell]:
    lines = shown[(shown["date"] == date) & (shown["state"] == "suppressed")]
    return set(zip(lines["quarter_id"], lines["measure"], strict=True))


def _days(one: str, other: str) -> int:
    return int((np.datetime64(one) - np.datetime64(other)).astype(int))


def _per(measure: Measure) -> float:
    return 100.0 if measure.unit == "percent" else 1000.0


def _adds_up(measure: Measure, by_key: Mapping[str, Measure], region: Region) -> bool:
    return not measure.is_rate or (measure.part_of in by_key and measure.key not in region.counts_of)


def _populations(measure: Measure, by_key: Mapping[str, Measure]) -> list[str]:
    names = [measure.part_of or "", *POPULATIONS_OF.get(measure.key, ())]
    return [name for name in names if name in by_key and not by_key[name].is_protected]


def _shows_zero(residents: float, people: list[float], rule: DisclosureRule) -> bool:
    few = max(rule.denominator_min, rule.numerator_min)
    return not residents < rule.residents_min and not any(number < few for number in people)


def _total_rows(region: Region, truth: Table, cells: dict[Cell, int], values: np.ndarray, totals: str):
    everywhere = list(dict.fromkeys(quarter for quarter, _ in cells))
    groups = [] if totals == NO_TOTALS else [everywhere]
    if totals == ALL_TOTALS:
        if region.district is not None:
            groups += [list(part.index) for name, part in region.district.groupby(region.district) if name]
        if region.groupings is not None:
            groups += [list(part["quarter_id"]) for _, part in region.groupings.groupby(["grouping", "group"])]
    for members in groups:
        for key in dict.fromkeys(key for _, key in cells):
            inside = [(quarter, key) for quarter in members if (quarter, key) in cells]
            total = sum(values[cells[cell]] for cell in inside)
            yield [(cell, 1.0) for cell in inside], total, total


def _partitions(measures: Iterable[Measure]) -> list[tuple[tuple[str, ...], str, bool]]:
    members: dict[tuple[str, str], list[Measure]] = {}
    for measure in measures:
        if measure.partition and measure.part_of and measure.is_protected and not measure.is_rate:
            members.setdefault((measure.part_of, measure.partition), []).append(measure)
    return [
        (tuple(part.key for part in parts), whole, all(part.is_complete for part in parts))
        for (whole, _), parts in members.items()
    ]


def _rests(measures: tuple[Measure, ...]) -> list[tuple[tuple[str, ...], str]]:
    single = [
        ((measure.key,), measure.part_of)
        for measure in measures
        if measure.part_of and measure.is_protected and not measure.is_rate
    ]
    return list(dict.fromkeys([*single, *((parts, whole) for parts, whole, _ in _partitions(measures))]))


def _relation_rows(by_key: Mapping[str, Measure], cells: dict[Cell, int], sums):
    relations = [((key,), m.part_of, False) for key, m in by_key.items() if m.is_protected and m.part_of]
    relations += [(parts, whole, False) for parts, whole in ORDER]
    relations += _partitions(by_key.values())
    relations += [(parts, whole, True) for parts, whole in sums]
    for parts, whole, is_equal in dict.fromkeys(relations):
        for quarter in dict.fromkeys(quarter for quarter, _ in cells):
            names = [(quarter, key) for key in (*parts, whole)]
            if all(name in cells for name in names):
                terms = list(zip(names, [-1.0] * len(parts) + [1.0], strict=True))
                yield terms, 0.0, 0.0 if is_equal else np.inf


def _rate_rows(region: Region, truth: Table, gone: set[Cell], cells: dict[Cell, int]):
    """What a rate that is shown says of its count and its whole, if one of them is not shown."""
    for measure in region.measures:
        if not measure.is_rate or measure.part_of not in truth or measure.key not in truth:
            continue
        count = region.counts_of.get(measure.key, measure.key)
        slack = 0.5 * 10.0 ** -_decimals(truth[measure.key].values()) if measure.key in region.counts_of else 0.0
        for quarter, rate in truth[measure.key].items():
            whole = (quarter, measure.part_of)
            if (quarter, measure.key) in gone or not {(quarter, count), whole} & gone:
                continue
            for sign in (1.0, -1.0):  # sign * count <= sign * (rate + sign * slack) * whole
                factor = sign * (rate + sign * slack) / _per(measure)
                terms = [((quarter, count), -sign)] + ([(whole, factor)] if whole in cells else [])
                people = 0.0 if whole in cells else factor * truth[measure.part_of][quarter]
                if not np.isnan(people):
                    yield terms, -people - NEAR / 10, np.inf


def _decimals(numbers: Iterable[float]) -> int:
    told = np.array(list(numbers))
    return next((n for n in range(6) if np.allclose(told, told.round(n), rtol=0, atol=1e-9)), 12)
