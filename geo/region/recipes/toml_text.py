"""Recipes as text: TOML to frozen dataclasses and back.

Works from the type hints of the dataclasses, so a field is said once. Every fault is collected; a key
that no field has is an error that names the nearest field.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from difflib import get_close_matches
from typing import Any

from geo.findings import Finding, error

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_KINDS = {str: "text", int: "whole_number", float: "number", bool: "yes_no"}


def from_mapping(kind: type, given: Mapping[str, Any], place: str, findings: list[Finding]) -> Any:
    """Return an instance of a dataclass made from a TOML table, or None if anything in it is wrong.

    Parameters
    ----------
    place
        Where the table stands in the recipe, e.g. ``tables[0].keys``; empty at the top.
    findings
        Gets every fault: ``recipe_key_unknown``, ``recipe_key_missing``, ``recipe_expects_…``.
    """
    hints = typing.get_type_hints(kind)
    known = [field.name for field in fields(kind)]
    before = len(findings)
    for key in given:
        if key not in known:
            nearest = get_close_matches(key, known, n=1, cutoff=0.5)
            findings.append(
                error("recipe_key_unknown", entry=_path(place, key), nearest=nearest[0] if nearest else "–")
            )
    values = {}
    for field in fields(kind):
        where = _path(place, field.name)
        if field.name in given:
            values[field.name] = _value(hints[field.name], given[field.name], where, findings)
        elif field.default is MISSING and field.default_factory is MISSING:
            findings.append(error("recipe_key_missing", entry=where))
    return kind(**values) if len(findings) == before else None


def to_toml(recipe: Any, comment: str = "") -> str:
    """Return a dataclass as TOML; fields at their default are left out.

    Parameters
    ----------
    comment
        Lines to put at the top, without ``#``.
    """
    head = [f"# {line}".rstrip() for line in comment.splitlines()]
    body = _table_lines(recipe, "")
    return "\n".join([*head, *([""] if head else []), *body]).strip() + "\n"


def _value(hint: Any, given: Any, where: str, findings: list[Finding]) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _union(arguments, given, where, findings)
    if is_dataclass(hint) and isinstance(hint, type):
        return _nested(hint, given, where, findings)
    if origin is tuple:
        return _sequence(arguments[0], given, where, findings)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(arguments[1], given, where, findings)
    return _plain(hint, given, where, findings)


def _plain(hint: type, given: Any, where: str, findings: list[Finding]) -> Any:
    if hint is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    if hint is str and isinstance(given, dt.date):
        return given.isoformat()
    if isinstance(given, hint) and not (hint is int and isinstance(given, bool)):
        return given
    findings.append(error(f"recipe_expects_{_KINDS[hint]}", entry=where))
    return None


def _union(options: tuple[Any, ...], given: Any, where: str, findings: list[Finding]) -> Any:
    real = [option for option in options if option is not type(None)]
    for option in real:
        if isinstance(option, type) and isinstance(given, option) and not isinstance(given, bool):
            return given
    return _value(real[0], given, where, findings)


def _nested(kind: type, given: Any, where: str, findings: list[Finding]) -> Any:
    if isinstance(given, Mapping):
        return from_mapping(kind, given, where, findings)
    findings.append(error("recipe_expects_table", entry=where))
    return None


def _sequence(hint: Any, given: Any, where: str, findings: list[Finding]) -> Any:
    if not isinstance(given, list):
        findings.append(error("recipe_expects_list", entry=where))
        return ()
    return tuple(_value(hint, one, f"{where}[{number}]", findings) for number, one in enumerate(given, start=1))


def _mapping(hint: Any, given: Any, where: str, findings: list[Finding]) -> Any:
    if not isinstance(given, Mapping):
        findings.append(error("recipe_expects_table", entry=where))
        return {}
    return {str(key): _value(hint, one, _path(where, str(key)), findings) for key, one in given.items()}


def _table_lines(value: Any, path: str) -> list[str]:
    plain, tables, arrays = [], [], []
    for name, one in _changed(value):
        where = f"{path}.{name}" if path else name
        if is_dataclass(one):
            inner = _table_lines(one, where)
            has_own_lines = bool(inner) and inner[0] != ""
            tables += ["", f"[{where}]", *inner] if has_own_lines else inner
        elif isinstance(one, Mapping):
            tables += ["", f"[{where}]", *(f"{_key(key)} = {_scalar(text)}" for key, text in one.items())]
        elif isinstance(one, tuple) and one and is_dataclass(one[0]):
            for entry in one:
                arrays += ["", f"[[{where}]]", *_table_lines(entry, where)]
        else:
            plain.append(f"{name} = {_scalar(one)}")
    return [*plain, *tables, *arrays]


def _changed(value: Any) -> list[tuple[str, Any]]:
    out = []
    for field in fields(value):
        one = getattr(value, field.name)
        default = field.default_factory() if field.default_factory is not MISSING else field.default
        if one is not None and (default is MISSING or one != default):
            out.append((field.name, one))
    return out


def _scalar(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, (tuple, list)):
        return "[" + ", ".join(_scalar(one) for one in value) + "]"
    return _text(str(value))


def _text(value: str) -> str:
    if "\\" in value and "'" not in value and value.isprintable():
        return f"'{value}'"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False).replace("\x7f", "\\u007f")


def _path(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
