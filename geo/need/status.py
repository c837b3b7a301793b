"""Status and dynamics after Berlin's Monitoring Soziale Stadtentwicklung, and a composite index of one's own.

Each indicator is standardised over the quarters, the standardised values are summed, and the sum is standardised
again: unweighted mean, standard deviation of the population (divisor n), over the quarters that have every
indicator. Status is that of one date, dynamics that of the changes over two years. High values mean a low status.
The index is relative: where a whole town changes alike it stays as it is, so absolute shares belong beside it.
Source: Senatsverwaltung für Stadtentwicklung Berlin, MSS reports 2013 to 2023.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from geo.errors import ContractError
from geo.findings import Finding, note, warning
from geo.need.concentration import LeftOut
from geo.need.evenness import Numbers
from geo.need.indicators import indicator_named, indicator_values

if TYPE_CHECKING:
    import pandas as pd

    from geo.region.model import Region

STATUS_LIMITS = (-1.0, 1.0, 1.5)
DYNAMICS_LIMITS = (-1.0, 1.0)
STATUS_CLASSES = ("high", "middle", "low", "very_low")
DYNAMICS_CLASSES = ("positive", "stable", "negative")
YEARS_BETWEEN = 2
QUARTERS_MIN = 3

_DAYS_OFF = 45


@dataclass(frozen=True)
class Component:
    """One indicator of an index.

    Parameters
    ----------
    indicator_key
        Key of an indicator of the region.
    weight
        Above zero; its standardised value counts that often.
    direction
        1: high values mean high need; -1: low values do.
    """

    indicator_key: str
    weight: float = 1.0
    direction: int = 1

    def __post_init__(self) -> None:
        if not self.weight > 0 or self.direction not in (1, -1):
            raise ContractError(f"{self.indicator_key}: weight must be above 0 and direction 1 or -1")


@dataclass(frozen=True, eq=False)
class CompositeIndex:
    """A standardised index of several indicators at one date.

    Parameters
    ----------
    components, date, earlier
        What was asked; with ``earlier`` the index is one of changes since that date.
    quarters
        Index ``quarter_id``, only quarters with every indicator: ``index`` (mean 0, deviation 1), and per component
        its value (``<key>``) and standardised value with direction (``<key>_z``).
    left_out
        Quarters without a number for every indicator, with the state of the first that lacks.
    findings
        ``indicator_all_equal``: an indicator without any spread counts nothing.
    reason
        Code why there is no index (``nothing_published``, ``too_few_quarters``, ``all_equal``), or None.
    """

    components: tuple[Component, ...]
    date: str
    earlier: str | None
    quarters: pd.DataFrame
    left_out: tuple[LeftOut, ...]
    findings: tuple[Finding, ...] = ()
    reason: Finding | None = None


@dataclass(frozen=True, eq=False)
class StatusDynamics:
    """Status and dynamics of quarters at one date.

    Parameters
    ----------
    status, dynamics
        The two indices; ``dynamics`` is None where there is no date two years before (``findings`` says so).
    quarters
        Index ``quarter_id``: ``status_index``, ``status`` (:data:`STATUS_CLASSES`), ``dynamics_index``, ``dynamics``
        (:data:`DYNAMICS_CLASSES` or None), ``needs_attention`` (NA where the missing dynamics would decide).
    matrix
        Number of quarters, rows :data:`STATUS_CLASSES`, columns :data:`DYNAMICS_CLASSES`.
    """

    region_id: str
    date: str
    earlier: str | None
    status: CompositeIndex
    dynamics: CompositeIndex | None
    quarters: pd.DataFrame
    matrix: tuple[tuple[int, ...], ...]
    findings: tuple[Finding, ...]
    reason: Finding | None = None


def standardised(values: npt.ArrayLike) -> Numbers:
    """Return ``(x - mean) / deviation`` per column, with divisor n; 0 where a column has no spread.

    Values are finite, quarters × indicators or one row of quarters.
    """
    numbers = np.asarray(values, dtype=np.float64)
    away = numbers - numbers.mean(axis=0)
    spread = away.std(axis=0)
    flat = spread <= 1e-12 * np.maximum(np.abs(numbers).max(axis=0), 1e-300)
    return np.asarray(np.where(flat, 0.0, away / np.where(flat, 1.0, spread)), dtype=np.float64)


def summed_index(
    values: npt.ArrayLike, weights: npt.ArrayLike | None = None, directions: npt.ArrayLike | None = None
) -> Numbers:
    """Return the standardised sum of standardised indicators.

    Parameters
    ----------
    values
        Quarters × indicators. A row with a NaN takes no part and comes back as NaN.
    """
    table = np.asarray(values, dtype=np.float64)
    if table.ndim != 2:
        raise ContractError(f"values {table.shape} are not quarters × indicators")
    factor = np.ones(table.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
    factor = factor if directions is None else factor * np.asarray(directions, dtype=np.float64)
    out = np.full(len(table), np.nan)
    valid = np.isfinite(table).all(axis=1)
    if valid.any():
        out[valid] = standardised(standardised(table[valid]) @ factor)
    return out


def status_of(index: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """Return status 1 (high) to 4 (very low), 0 where the index is NaN.

    High < -1 ≤ middle ≤ 1 < low ≤ 1.5 < very low.
    """
    return _sorted_into(index, STATUS_LIMITS)


def dynamics_of(index: npt.ArrayLike) -> npt.NDArray[np.int8]:
    """Return dynamics 1 (positive) to 3 (negative), 0 where the index is NaN.

    Positive < -1 ≤ stable ≤ 1 < negative.
    """
    return _sorted_into(index, DYNAMICS_LIMITS)


def needs_attention(status: npt.ArrayLike, dynamics: npt.ArrayLike) -> npt.NDArray[np.bool_]:
    """Return whether the status is very low, or low with negative dynamics (Berlin's areas of special attention)."""
    one, other = np.asarray(status), np.asarray(dynamics)
    return np.asarray((one == 4) | ((one == 3) & (other == 3)), dtype=np.bool_)


def composite_index(
    region: Region, components: Sequence[Component], date: str, *, earlier: str | None = None
) -> CompositeIndex:
    """Return an index of one's own choice of indicators, weights and directions.

    With ``earlier`` it is made from the changes since that date, in the indicators' units.
    """
    if not components or len({one.indicator_key for one in components}) < len(components):
        raise ContractError("components must name at least one indicator, each once")
    values, states = _figures(region, components, date)
    if earlier is not None:
        before, states_before = _figures(region, components, earlier)
        # The state is that of the date that lacks a number, the later one first.
        values, states = values - before, states.where(values.isna(), states_before)
    return _index_of(values, states, components, date, earlier)


def _figures(region: Region, components: Sequence[Component], date: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return values and their states, quarters × indicators."""
    import pandas as pd

    keys = [one.indicator_key for one in components]
    tables = {key: indicator_values(region, indicator_named(region, key), date) for key in keys}
    values, states = (pd.DataFrame({key: table[name] for key, table in tables.items()}) for name in ("value", "state"))
    return values, states


def _index_of(
    values: pd.DataFrame, states: pd.DataFrame, components: Sequence[Component], date: str, earlier: str | None
) -> CompositeIndex:
    is_valid = values.notna().all(axis=1)
    first = values[~is_valid].isna().to_numpy().argmax(axis=1)
    lacking = states[~is_valid].to_numpy(object)[np.arange(len(first)), first]
    left_out = tuple(LeftOut(str(key), str(state)) for key, state in zip(values.index[~is_valid], lacking, strict=True))
    used = values[is_valid].copy()
    numbers = used.to_numpy(np.float64)
    findings: tuple[Finding, ...] = ()
    index = np.empty(0)
    code = "nothing_published" if not len(used) else "too_few_quarters" if len(used) < QUARTERS_MIN else None
    if code is None:
        z = standardised(numbers) * [one.direction for one in components]
        flat = [key for key, column in zip(used, z.T, strict=True) if not column.any()]
        findings = tuple(warning("indicator_all_equal", indicator=str(key), date=date) for key in flat)
        index = summed_index(numbers, [one.weight for one in components], [one.direction for one in components])
        code = None if index.any() else "all_equal"
        for place, one in enumerate(components):
            used[f"{one.indicator_key}_z"] = z[:, place]
    if code is not None:
        keys = ", ".join(one.indicator_key for one in components)
        reason = note(code, indicator=keys, date=date, least=QUARTERS_MIN)
        return CompositeIndex(tuple(components), date, earlier, used.iloc[:0], left_out, findings, reason)
    used.insert(0, "index", index)
    return CompositeIndex(tuple(components), date, earlier, used, left_out, findings)


def earlier_date(dates: Sequence[str], date: str, years: int = YEARS_BETWEEN) -> str | None:
    """Return the date ``years`` before ``date``, give or take 45 days, or None if there is none."""
    day = dt.date.fromisoformat(date)
    wanted = day.toordinal() - round(365.25 * years)
    near = [(abs(dt.date.fromisoformat(one).toordinal() - wanted), one) for one in dates if one < date]
    return min(near)[1] if near and min(near)[0] <= _DAYS_OFF else None


def status_dynamics(
    region: Region, components: Sequence[Component], date: str, *, years: int = YEARS_BETWEEN
) -> StatusDynamics:
    """Return status at a date and dynamics since ``years`` before.

    Codes of ``findings``: those of :class:`CompositeIndex`, ``dynamics_date_missing``, ``dynamics_not_possible``.
    """
    import pandas as pd

    status = composite_index(region, components, date)
    earlier = earlier_date(region.dates, date, years)
    found = list(status.findings)
    dynamics = None
    if earlier is None:
        found.append(note("dynamics_date_missing", date=date, years=years))
    else:
        dynamics = composite_index(region, components, date, earlier=earlier)
        found += dynamics.findings
        if dynamics.reason is not None:
            found.append(note("dynamics_not_possible", date=date, earlier=earlier))
            dynamics = None
    columns: dict[str, Any] = {"status_index": pd.Series(dtype=float), "dynamics_index": pd.Series(dtype=float)}
    if status.reason is None:
        columns["status_index"] = status.quarters["index"]
    if dynamics is not None:
        columns["dynamics_index"] = dynamics.quarters["index"]
    indices = pd.DataFrame(columns, index=columns["status_index"].index)
    first, second = status_of(indices["status_index"]), dynamics_of(indices["dynamics_index"])
    out = indices.astype("Float64")
    out["status"] = pd.Series([STATUS_CLASSES[one - 1] for one in first], out.index, object)
    out["dynamics"] = pd.Series([DYNAMICS_CLASSES[one - 1] if one else None for one in second], out.index, object)
    out["needs_attention"] = pd.array(needs_attention(first, second), dtype="boolean")
    out.loc[(first == 3) & (second == 0), "needs_attention"] = pd.NA
    matrix = tuple(tuple(int(((first == row) & (second == col)).sum()) for col in (1, 2, 3)) for row in (1, 2, 3, 4))
    order = ["status_index", "status", "dynamics_index", "dynamics", "needs_attention"]
    return StatusDynamics(region.id, date, earlier, status, dynamics, out[order], matrix, tuple(found), status.reason)


def _sorted_into(index: npt.ArrayLike, limits: tuple[float, ...]) -> npt.NDArray[np.int8]:
    """Return 1 below the first limit, which itself belongs above; every other limit belongs to the class below it."""
    numbers = np.asarray(index, dtype=np.float64)
    place = 2 + np.searchsorted(limits[1:], numbers, side="left")
    place = np.where(numbers < limits[0], 1, place)
    return np.where(np.isfinite(numbers), place, 0).astype(np.int8)
