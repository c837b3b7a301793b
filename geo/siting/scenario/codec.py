"""Frozen dataclasses as plain JSON values and back, checked on the way in.

Only the types that scenarios are made of are known: text, numbers, truth values, None, tuples and other dataclasses.
What comes from a file is never evaluated: each value is held against the type its field declares.
"""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from geo.errors import DataError
from geo.findings import error

T = TypeVar("T")
NUMBER_MOST = 1e15
"""Beyond this, whole numbers and fractions are no longer told apart, and nothing here is so large."""
PATH_MOST = 200


def to_plain(value: Any) -> Any:
    """Return a dataclass, tuple or plain value as what JSON knows: dict, list, text, number, truth value, None."""
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: to_plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [to_plain(one) for one in value]
    return value


def from_plain(kind: type[T], plain: Any, where: str = "") -> T:
    """Return a ``kind`` made from what :func:`to_plain` gave; fields that are absent take their defaults.

    Parameters
    ----------
    kind
        A frozen dataclass.
    plain
        Mapping of its fields.
    where
        Path to the value, for findings: ``question.minutes``.

    Raises
    ------
    DataError
        ``value_unfit`` with the path and what was expected, ``value_missing``, ``value_unknown``; all at once.
    """
    faults: list[Any] = []
    made = _made(kind, plain, where, faults)
    if faults:
        raise DataError(tuple(faults))
    return cast("T", made)


def _made(kind: Any, plain: Any, where: str, faults: list[Any]) -> Any:
    if is_dataclass(kind):
        return _dataclass(kind, plain, where, faults)
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        others = [one for one in get_args(kind) if one is not type(None)]
        return None if plain is None and len(others) < len(get_args(kind)) else _made(others[0], plain, where, faults)
    if origin is tuple:
        return _tuple(get_args(kind), plain, where, faults)
    if not _fits(kind, plain):
        return _unfit(kind.__name__ if isinstance(kind, type) else str(kind), where, faults)
    return float(plain) if kind is float else plain


def _fits(kind: Any, plain: Any) -> bool:
    """Tell whether a plain value is of a plain type; a truth value is no number, a whole number is also a float."""
    if kind is bool or isinstance(plain, bool):
        return kind is bool and isinstance(plain, bool)
    if kind is float:
        return isinstance(plain, int | float) and abs(plain) <= NUMBER_MOST
    return isinstance(plain, kind) and (kind is str or (kind is int and abs(plain) <= NUMBER_MOST))


def _tuple(inner: tuple[Any, ...], plain: Any, where: str, faults: list[Any]) -> Any:
    is_open = len(inner) == 2 and inner[1] is Ellipsis
    if not isinstance(plain, list | tuple) or (not is_open and len(plain) != len(inner)):
        return _unfit("list", where, faults)
    each = [inner[0]] * len(plain) if is_open else list(inner)
    return tuple(
        _made(one, value, f"{where}[{at}]", faults) for at, (one, value) in enumerate(zip(each, plain, strict=True))
    )


def _dataclass(kind: Any, plain: Any, where: str, faults: list[Any]) -> Any:
    if not isinstance(plain, dict):
        return _unfit("object", where, faults)
    path = f"{where}." if where else ""
    known = {one.name: one for one in fields(kind)}
    faults += [error("value_unknown", field=f"{path}{name}"[:PATH_MOST]) for name in plain if name not in known]
    values = {}
    before = len(faults)
    for name, one in known.items():
        if name in plain:
            values[name] = _made(_hints(kind)[name], plain[name], path + name, faults)
        elif one.default is MISSING and one.default_factory is MISSING:
            faults.append(error("value_missing", field=path + name))
    return None if len(faults) > before else kind(**values)


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return get_type_hints(kind)


def _unfit(expected: str, where: str, faults: list[Any]) -> None:
    faults.append(error("value_unfit", field=where or "?", expected=expected))
