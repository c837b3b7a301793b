"""Figures of old quarters carried over to new ones with a crosswalk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from geo.errors import ContractError
from geo.findings import Finding, error, note, warning
from geo.region.reforms.crosswalk import CONVERTED, Crosswalk, Numbers
from geo.region.schema import STATES_WITH_NUMBER, STATISTICS_COLUMNS, Measure, ValueState

if TYPE_CHECKING:
    from scipy.sparse import csr_array

SMALL_SHARE = 0.01
"""An old quarter that makes up less than this part of a new one may be left out of it without taking its number."""

_LACKING = (ValueState.SUPPRESSED, ValueState.MISSING, ValueState.NOT_APPLICABLE)


@dataclass(frozen=True, eq=False)
class Converted:
    """Figures on new quarters.

    Parameters
    ----------
    statistics
        ``quarter_id, date, measure, value, state`` and ``converted``, True in every row.
    breaks
        Each date with the key :data:`geo.region.reforms.CONVERTED`, for :attr:`Region.breaks`.
    findings
        ``quarter_not_in_crosswalk`` (error), ``rate_weighted_by_size``, ``converted_withheld``.
    """

    statistics: pd.DataFrame
    breaks: tuple[tuple[str, str], ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, eq=False)
class _Column:
    """One measure at one date on old quarters: numbers (0 where there is none) and states."""

    number: Numbers
    state: npt.NDArray[np.object_]

    @property
    def is_known(self) -> npt.NDArray[np.bool_]:
        return np.isin(self.state.astype(str), STATES_WITH_NUMBER)


def convert(
    statistics: pd.DataFrame,
    crosswalk: Crosswalk,
    measures: Sequence[Measure],
    *,
    small_share: float = SMALL_SHARE,
    whole_numbers: bool = False,
) -> Converted:
    """Return statistics of old quarters on the new ones.

    Parameters
    ----------
    statistics
        ``quarter_id, date, measure, value, state``, before disclosure control.
    measures
        What the measures are. Counts are divided by the weights, so that their sum stays; ready-made rates become
        means weighted by the population they refer to (``part_of``, else ``residents``, else the crosswalk's sizes).
    small_share
        A new quarter of which more than this part comes from quarters without a number has none itself: withheld
        if any such part is withheld, so that nothing hidden can be had from a conversion.
    whole_numbers
        Whether counts of people and units are rounded to whole numbers (largest remainders) so that their sum is
        kept and a part does not exceed its whole. Without it they carry decimals.

    Notes
    -----
    The published figures of an old quarter that goes to a withheld new one are withheld with it; totals are kept
    over old quarters that go to quarters with a number only.
    """
    if not 0 <= small_share < 1:
        raise ContractError(f"small_share {small_share} is not within 0 and 1; give e.g. {SMALL_SHARE}")
    goes = {crosswalk.old_ids[place] for place in np.unique(crosswalk.old)}
    unknown = sorted(set(statistics["quarter_id"]) - goes)
    findings: list[Finding] = [error("quarter_not_in_crosswalk", quarter=str(key)) for key in unknown]
    tables = []
    for date, of_date in statistics.groupby("date", sort=True):
        columns = {str(key): _column(rows, crosswalk) for key, rows in of_date.groupby("measure", sort=True)}
        done: dict[str, Numbers] = {}
        for measure in _wholes_first([one for one in measures if one.key in columns]):
            number, state = _converted(measure, columns, crosswalk, small_share)
            if whole_numbers and measure.unit in ("people", "units"):
                caps = done.get(measure.part_of or "")
                number = np.where(np.isfinite(number), largest_remainders(np.nan_to_num(number), caps), np.nan)
            done[measure.key] = np.where(np.isfinite(number), number, np.inf)
            rows = {"quarter_id": list(crosswalk.new_ids), "date": str(date), "measure": measure.key, "value": number}
            tables.append(pd.DataFrame({**rows, "state": state, "converted": True}))
            if measure.is_rate and _population(measure, columns) is None:
                findings.append(warning("rate_weighted_by_size", measure=measure.key, date=str(date)))
            withheld = int((state == ValueState.SUPPRESSED.value).sum())
            if withheld:
                findings.append(note("converted_withheld", measure=measure.key, date=str(date), count=withheld))
    out = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=[*STATISTICS_COLUMNS, "converted"])
    dates = tuple((str(date), CONVERTED) for date in sorted(out["date"].unique()))
    return Converted(out, dates, tuple(findings))


def largest_remainders(values: Numbers, caps: Numbers | None = None) -> Numbers:
    """Return values rounded to whole numbers whose sum is the rounded sum of the values.

    Each is rounded down, and the largest remainders get one more until the sum is met. ``caps`` are limits that
    rounding up must not pass (as far as the sum can be met without).
    """
    # What is whole but for the last bits stays as it is.
    down = np.floor(values + 1e-9)
    more = round(float(values.sum()) - float(down.sum()))
    remainder = np.where(values - down > 1e-9, values - down, -1.0)
    if caps is not None:
        remainder = np.where(down + 1 > caps, remainder - 2.0, remainder)
    order = np.argsort(-remainder, kind="stable")
    down[order[:more]] += 1
    return down


def _wholes_first(measures: Sequence[Measure]) -> list[Measure]:
    keys = {measure.key: measure for measure in measures}

    def depth(measure: Measure) -> int:
        above, steps = measure.part_of, 0
        while above in keys and steps < len(keys):
            above, steps = keys[above].part_of, steps + 1
        return steps

    return sorted(measures, key=depth)


def _column(rows: pd.DataFrame, crosswalk: Crosswalk) -> _Column:
    by_key = rows.set_index("quarter_id")[["value", "state"]].reindex(pd.Index(crosswalk.old_ids))
    state = by_key["state"].fillna(ValueState.MISSING.value).to_numpy(object)
    number = by_key["value"].to_numpy(np.float64)
    is_known = np.isin(state.astype(str), STATES_WITH_NUMBER)
    return _Column(np.where(is_known, np.nan_to_num(number), 0.0), state)


def _converted(
    measure: Measure, columns: dict[str, _Column], crosswalk: Crosswalk, small_share: float
) -> tuple[Numbers, npt.NDArray[np.object_]]:
    """Return numbers (NaN for none) and states on new quarters."""
    column = columns[measure.key]
    if not measure.is_rate:
        number = _matrix(crosswalk, crosswalk.weight) @ column.number
        return _without(number, _states(column, _shares(crosswalk, crosswalk.mass), small_share))
    people = columns.get(_population(measure, columns) or "")
    mass = crosswalk.mass
    if people is not None:
        mass = crosswalk.weight * np.where(people.is_known, people.number, 0.0)[crosswalk.old]
        unweighed = column.is_known & ~people.is_known
        column = _Column(column.number, np.where(unweighed, ValueState.MISSING.value, column.state))
    # Quarters without anybody keep a rate out of the mean; what they would weigh in area plays no part then.
    known = mass * column.is_known[crosswalk.old]
    with np.errstate(divide="ignore", invalid="ignore"):
        number = (_matrix(crosswalk, known) @ column.number) / _sums(crosswalk, known)
    shares = _shares(crosswalk, crosswalk.mass if people is None else _never_nothing(mass, crosswalk))
    number, state = _without(number, _states(column, shares, small_share))
    nobody = np.isin(state.astype(str), STATES_WITH_NUMBER) & ~np.isfinite(number)
    return number, np.where(nobody, ValueState.NOT_APPLICABLE.value, state)


def _never_nothing(mass: Numbers, crosswalk: Crosswalk) -> Numbers:
    """Return the masses, with a trace of the crosswalk's own so that quarters whose population is unknown still count.

    A withheld quarter of unknown population weighs as much as the crosswalk says.
    """
    lacking = mass <= 0
    own = crosswalk.mass / max(float(crosswalk.mass.sum()), 1e-300) * max(float(mass.sum()), 1.0)
    return np.where(lacking, own, mass)


def _states(column: _Column, shares: csr_array, small_share: float) -> npt.NDArray[np.object_]:
    """Return the state of new quarters: that of lacking parts where they are more than small, else a number's."""
    out = np.full(shares.shape[0], ValueState.VALUE.value, dtype=object)
    text = column.state.astype(str)
    perturbed = shares @ (text == ValueState.PERTURBED.value).astype(np.float64) > 0
    out[perturbed] = ValueState.PERTURBED.value
    only_zero = shares @ (text == ValueState.TRUE_ZERO.value).astype(np.float64) >= 1 - 1e-9
    out[only_zero] = ValueState.TRUE_ZERO.value
    parts = {state: shares @ (text == state.value).astype(np.float64) for state in _LACKING}
    whole = sum(parts.values())
    without = (whole > small_share) | (np.asarray(shares.sum(axis=1)).ravel() == 0)
    for state in reversed(_LACKING):
        out[without & (parts[state] > 0)] = state.value
    out[without & (whole == 0)] = ValueState.MISSING.value
    return out


def _without(number: Numbers, state: npt.NDArray[np.object_]) -> tuple[Numbers, npt.NDArray[np.object_]]:
    return np.where(np.isin(state.astype(str), STATES_WITH_NUMBER), number, np.nan), state


def _population(measure: Measure, columns: dict[str, _Column]) -> str | None:
    return next((key for key in (measure.part_of, "residents") if key in columns), None)


def _matrix(crosswalk: Crosswalk, values: Numbers) -> csr_array:
    from scipy.sparse import csr_array

    shape = len(crosswalk.new_ids), len(crosswalk.old_ids)
    return csr_array((values, (crosswalk.new, crosswalk.old)), shape=shape)


def _sums(crosswalk: Crosswalk, values: Numbers) -> Numbers:
    return np.bincount(crosswalk.new, weights=values, minlength=len(crosswalk.new_ids)).astype(np.float64)


def _shares(crosswalk: Crosswalk, mass: Numbers) -> csr_array:
    """Return new × old: which part of a new quarter comes from an old one."""
    sums = _sums(crosswalk, mass)[crosswalk.new]
    return _matrix(crosswalk, mass / np.where(sums > 0, sums, 1.0))
