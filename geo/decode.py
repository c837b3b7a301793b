"""Plain values of JSON or TOML as frozen dataclasses, and back, checked on the way in.

The type hints of the dataclasses are the only description of a file's form. Every fault is collected with its path.
Nothing of a file is evaluated.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from geo.errors import ContractError, DataError
from geo.findings import Finding, error

T = TypeVar("T")
NUMBER_MOST = 1e15
"""Beyond this, whole numbers and fractions are no longer told apart, and nothing here is so large."""
PATH_MOST = 200
FAULTS_MOST = 50
"""How many faults of a file are told; more help nobody."""

_ALSO: Mapping[type, type] = {str: dt.date, float: int}
"""What stands for a type although it is none: a date of TOML for its ISO text, a whole number for a number."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with one value.

    Parameters
    ----------
    path
        Names of fields and positions in lists, from 0, that lead to the value.
    expected
        Type the value should have: ``str``, ``int``, ``float``, ``bool``, ``list`` or ``object``. ``known`` where no
        field has the name, ``present`` where the field is absent.
    fields
        For an unknown name: the fields there are.
    """

    path: tuple[str | int, ...]
    expected: str
    fields: tuple[str, ...] = ()

    @property
    def nearest(self) -> str:
        """The field whose name is most like an unknown one, or a dash."""
        return next(iter(get_close_matches(str(self.path[-1]), self.fields, n=1, cutoff=0.5)), "–")

    def place(self, first: int = 0) -> str:
        """Return the path as text, e.g. ``scenes[0].limits``; positions are counted from ``first``."""
        parts = (f"[{part + first}]" if isinstance(part, int) else f".{part}" for part in self.path)
        return "".join(parts).removeprefix(".")[:PATH_MOST]


def value_finding(fault: Fault) -> Finding:
    """Return ``value_unknown``, ``value_missing`` or ``value_unfit`` for a fault."""
    code = {"known": "value_unknown", "present": "value_missing"}.get(fault.expected)
    where = fault.place()
    return error(code, field=where) if code else error("value_unfit", field=where or "?", expected=fault.expected)


def to_plain(value: Any) -> Any:
    """Return a dataclass, tuple or plain value as what JSON knows: dict, list, text, number, truth value, None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    return value


def from_plain(kind: type[T], plain: Any, where: str = "", tell: Callable[[Fault], Finding] = value_finding) -> T:
    """Return a ``kind`` made from plain values; fields that are absent take their defaults.

    Parameters
    ----------
    kind
        A frozen dataclass of text, numbers, truth values, None, tuples, mappings from text, and other dataclasses.
    plain
        Mapping of its fields.
    where
        Name of the value in the paths of findings.
    tell
        Makes a finding of a fault.

    Raises
    ------
    DataError
        A finding for each fault.
    """
    faults: list[Fault] = []
    made = _made(kind, plain, (where,) if where else (), faults)
    if faults:
        raise DataError(tuple(tell(fault) for fault in faults[:FAULTS_MOST]))
    return cast("T", made)


def _made(hint: Any, plain: Any, path: tuple[str | int, ...], faults: list[Fault]) -> Any:
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _made(
            next((one for one in inner if type(plain) is one or _is_list(one, plain)), inner[0]), plain, path, faults
        )
    if is_dataclass(hint) and isinstance(plain, Mapping):
        return _dataclass(cast("type", hint), plain, path, faults)
    if origin is Mapping and isinstance(plain, Mapping):
        return {str(key): _made(inner[1], value, (*path, str(key)), faults) for key, value in plain.items()}
    if origin is tuple and isinstance(plain, list | tuple) and (inner[-1] is ... or len(inner) == len(plain)):
        each = inner[:1] * len(plain) if inner[-1] is ... else inner
        return tuple(_made(*pair, (*path, at), faults) for at, pair in enumerate(zip(each, plain, strict=True)))
    if origin is None and _fits(hint, plain):
        return float(plain) if hint is float else plain.isoformat() if isinstance(plain, dt.date) else plain
    plain_name = hint.__name__ if hint in (str, int, float, bool) else "object"
    faults.append(Fault(path, "list" if origin is tuple else plain_name))
    return None


def _is_list(hint: Any, plain: Any) -> bool:
    return get_origin(hint) is tuple and isinstance(plain, list | tuple)


def _fits(kind: type, plain: Any) -> bool:
    """Tell whether a value is of a plain type; a truth value is no number, a whole number is also a float."""
    is_kind = isinstance(plain, (kind, _ALSO.get(kind, kind))) and isinstance(plain, bool) == (kind is bool)
    return is_kind and (kind not in (int, float) or abs(plain) <= NUMBER_MOST)


def _dataclass(kind: type, plain: Mapping[str, Any], path: tuple[str | int, ...], faults: list[Fault]) -> Any:
    hints, before = _hints(kind), len(faults)
    unknown = islice((name for name in plain if name not in hints), FAULTS_MOST)
    faults += [Fault((*path, name), "known", tuple(hints)) for name in unknown]
    values = {name: _made(hints[name], plain[name], (*path, name), faults) for name in hints if name in plain}
    needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    faults += [Fault((*path, name), "present") for name in needed if name not in plain]
    if len(faults) > before:
        return None
    try:
        return kind(**values)
    except ContractError:  # values that fit alone, but not together
        faults.append(Fault(path, "object"))
        return None


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
