"""Recipes as TOML: :func:`read_recipe` and :func:`recipe_text` are inverse."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any

from geo.decode import Fault, from_plain
from geo.errors import DataError
from geo.findings import Finding, error, has_errors
from geo.region.recipes.checks import check_recipe
from geo.region.recipes.recipe import Recipe

MAX_RECIPE_BYTES = 1024 * 1024
_CODES = {
    "present": "recipe_key_missing",
    "str": "recipe_expects_text",
    "int": "recipe_expects_whole_number",
    "float": "recipe_expects_number",
    "bool": "recipe_expects_yes_no",
    "list": "recipe_expects_list",
    "object": "recipe_expects_table",
}
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")


def read_recipe(path: Path) -> Recipe:
    """Read a recipe from a TOML file; ``DataError`` with every fault in it."""
    try:
        if path.stat().st_size > MAX_RECIPE_BYTES:
            raise DataError((error("recipe_too_large", file=path.name),))
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise DataError((error("recipe_unreadable", file=path.name),)) from None
    return parse_recipe(text, name=path.name)


def parse_recipe(text: str, *, name: str = "recipe") -> Recipe:
    """Return the recipe a TOML text holds; ``DataError`` with every fault in it, ``name`` as its file."""
    try:
        whole = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        at = re.search(r"line (\d+)", str(fault))
        raise DataError((error("recipe_syntax", file=name, row=int(at[1]) if at else None),)) from None
    recipe = from_plain(Recipe, whole, tell=lambda fault: _finding(fault).within(name))
    findings = check_recipe(recipe)
    if has_errors(findings):
        raise DataError(tuple(finding.within(name) for finding in findings))
    return recipe


def _finding(fault: Fault) -> Finding:
    """Return ``recipe_key_unknown``, ``recipe_key_missing`` or ``recipe_expects_…``; tables are counted from 1."""
    entry = fault.place(first=1)
    if fault.expected == "known":
        return error("recipe_key_unknown", entry=entry, nearest=fault.nearest)
    return error(_CODES[fault.expected], entry=entry)


def recipe_text(recipe: Recipe, comment: str = "") -> str:
    """Return a recipe as TOML; fields at their default are left out.

    Parameters
    ----------
    comment
        Lines to put at the top, without ``#``.
    """
    head = [f"# {line}".rstrip() for line in comment.splitlines()]
    body = _table_lines(recipe, "")
    return "\n".join([*head, *([""] if head else []), *body]).strip() + "\n"


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
