"""Legal and financial values that change: each with its date, its source and whether it was verified.

Values for Germany stand in ``germany.toml``, those of the fictional demo regions in ``demo.toml``. What a reader enters
on the screen is laid over them (:func:`with_own`) and says that it is the reader's own.
"""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from geo.errors import DataError
from geo.findings import error

if TYPE_CHECKING:
    from geo.region.model import Region

_FOLDER = Path(__file__).parent
UNITS = (
    "eur",
    "months",
    "percent",
    "eur_once",
    "eur_per_year",
    "eur_per_hour",
    "eur_per_full_time_year",
    "eur_per_square_metre_year",
    "hours_per_year",
    "hours_per_week",
    "weeks_per_year",
    "square_metres",
    "appointments_per_hour",
)

DIVISORS = ("hours_full_time", "room_hours_week")
"""Parameters that others are divided by: hours of a full-time post in a year, hours a room is used in a week."""
DIVISOR_LEAST = 0.1
VALUE_MOST = 1e9

Parameters = Mapping[str, "Parameter"]


@dataclass(frozen=True)
class Parameter:
    """A value that holds from a date on.

    Parameters
    ----------
    key
        What it is, e.g. ``interpreter_hour``.
    value, unit
        In a unit of :data:`UNITS`.
    valid_from, valid_to
        First and last day (ISO); None where the source names none.
    source, source_url
        Where it was read; an empty source marks an assumption of this product.
    is_verified
        Whether the value was read in the source, and the source gives it for the dates named here.
    is_fictional
        Whether it was made up for a demo region.
    is_own
        Whether a reader entered it in place of another one.
    """

    key: str
    value: float
    unit: str
    valid_from: str | None = None
    valid_to: str | None = None
    source: str = ""
    source_url: str = ""
    is_verified: bool = False
    is_fictional: bool = False
    is_own: bool = False

    def holds_at(self, date: str) -> bool:
        """Tell whether the value is in force on a day (ISO)."""
        return (self.valid_from is None or self.valid_from <= date) and (self.valid_to is None or date <= self.valid_to)


def parameters_at(date: str | None = None, region: Region | None = None) -> Parameters:
    """Return the parameters in force on a day, by key.

    Parameters
    ----------
    date
        ISO date; None takes the newest value of each key.
    region
        A fictional region that brings values of its own gets those instead of Germany's.

    Returns
    -------
    Mapping
        Keys without a value on that day are absent: what depends on them is unknown.
    """
    found = _newest(read_parameters(_FOLDER / "germany.toml"), date)
    demo_regions, made_up = _demo()
    if region is not None and region.is_fictional and region.id in demo_regions:
        found |= _newest(made_up, date)
    return MappingProxyType(found)


def with_own(parameters: Parameters, own: Iterable[tuple[str, float]]) -> Parameters:
    """Return parameters with a reader's own values laid over; values for unknown keys are passed over."""
    changed = {
        key: replace(
            parameters[key],
            value=float(value),
            valid_from=None,
            valid_to=None,
            source="",
            source_url="",
            is_verified=False,
            is_fictional=False,
            is_own=True,
        )
        for key, value in own
        if key in parameters
    }
    return MappingProxyType({**parameters, **changed})


def least_value(key: str) -> float:
    """Return the smallest value a parameter can have: 0, or :data:`DIVISOR_LEAST` for what is divided by."""
    return DIVISOR_LEAST if key in DIVISORS else 0.0


def value_of(parameters: Parameters, key: str) -> float:
    """Return the value of a parameter, NaN where none is known."""
    return parameters[key].value if key in parameters else math.nan


@lru_cache(maxsize=4)
def read_parameters(path: Path) -> tuple[Parameter, ...]:
    """Return all parameters of a TOML file, each checked.

    Raises
    ------
    DataError
        ``parameter_faulty`` for a value, unit or date that is none, all at once.
    """
    rows = _tables(path)["parameter"]
    faults = [
        error("parameter_faulty", file=path.name, parameter=str(row.get("key", "")), field=name)
        for row in rows
        for name in _faults(row)
    ]
    if faults:
        raise DataError(tuple(faults))
    return tuple(Parameter(**row) for row in rows)


@lru_cache(maxsize=4)
def _tables(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def _demo() -> tuple[tuple[str, ...], tuple[Parameter, ...]]:
    path = _FOLDER / "demo.toml"
    return tuple(_tables(path)["regions"]), tuple(replace(one, is_fictional=True) for one in read_parameters(path))


def _newest(parameters: Iterable[Parameter], date: str | None) -> dict[str, Parameter]:
    """Return of each key the latest value that holds on a day."""
    held = [one for one in parameters if date is None or one.holds_at(date)]
    return {one.key: one for one in sorted(held, key=lambda one: one.valid_from or "")}


def _faults(row: Mapping[str, Any]) -> list[str]:
    key, value = row.get("key"), row.get("value")
    number = value if isinstance(value, int | float) and not isinstance(value, bool) else math.nan
    found = [] if key else ["key"]
    found += [] if least_value(str(key)) <= number <= VALUE_MOST else ["value"]
    found += [] if row.get("unit") in UNITS else ["unit"]
    found += [name for name in ("valid_from", "valid_to") if not _is_date(row.get(name))]
    return found + [name for name in row if name not in Parameter.__dataclass_fields__]


def _is_date(text: object) -> bool:
    try:
        return text is None or (isinstance(text, str) and bool(dt.date.fromisoformat(text)))
    except ValueError:
        return False
