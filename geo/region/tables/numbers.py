"""Texts to numbers with a state: markers first, then signs, separators, marks.

Whether ``1.234`` is a thousand or one and a bit is decided for a whole column, from all its texts,
and said aloud where the column leaves it open.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

from geo.errors import ContractError
from geo.findings import Finding, error, note, warning
from geo.region.schema import ValueState
from geo.region.tables.markers import MarkerSet

if TYPE_CHECKING:
    from numpy.typing import NDArray

Decimal = Literal["auto", ",", "."]
Thousands = Literal["auto", "", ".", ",", " ", "'"]
_Doubt = tuple[str, str]  # code of a finding, witness of the cells it is about

_MOST_FINDINGS = 20
_NUMBER_MOST = 1e15
"""Beyond this, whole numbers and fractions are no longer told apart, and no office counts so far."""
_BLANKS = "\\s\u00a0\u2007\u2009\u200a\u202f"
_GROUPING = re.compile(rf"(?<=\d)[{_BLANKS}'’](?=\d{{3}}(?:\D|$))")
# A number in brackets, raised signs, stars; r, p, s as in official tables: revised, provisional, estimated.
_MARK = (
    r"(?:\s+\(?\d{1,2}\)(?:\s*,?\s*\d{1,2}\))*|"
    r"\s*⁽?[¹²³⁴⁵⁶⁷⁸⁹⁰ⁿᵃᵇᶜᵈᵉᵖʳˢ]+(?:[,⁾)][¹²³⁴⁵⁶⁷⁸⁹⁰]*)*|\s*[*†‡]{1,3}|\s+[rps])$"
)
_FOOTNOTE = re.compile(rf"(?<=[\d%]){_MARK}")
_MARKED_SIGN = re.compile(rf"^(\D+?){_MARK}")
_SIGN = re.compile(rf"^([-+−–‐‑])[{_BLANKS}]*(?=[\d.,])")
_TRAILING_MINUS = re.compile(rf"(?<=\d)[{_BLANKS}]*[-−–]$")
_PARENTHESES = re.compile(r"^\(\s*([^()]*\d[^()]*)\s*\)$")
_PLAIN = re.compile(r"^\d+$")
_ONE_SEPARATOR = re.compile(r"^(\d*)([.,])(\d*)$")
_GROUPED = {mark: re.compile(rf"^[1-9]\d{{0,2}}(?:\{mark}\d{{3}})+$") for mark in ".,"}
_GROUPED_WITH_DECIMAL = {
    decimal: re.compile(rf"^[1-9]\d{{0,2}}(?:\{group}\d{{3}})+\{decimal}\d+$")
    for decimal, group in ((",", "."), (".", ","))
}
_EXPONENT = re.compile(r"^(.*\d)[eE]([-+]?\d{1,3})$")


@dataclass(frozen=True)
class ParsedNumbers:
    """Numbers with their states.

    Parameters
    ----------
    values
        Floats of shape (cells,). Not a number where the state carries none; 0.0 for a true zero.
    states
        :class:`geo.region.ValueState` values as text, shape (cells,).
    findings
        What was odd, with row (index of the cells) and column (name of the cells).
    decimal
        Decimal mark the column was read with.
    """

    values: NDArray[np.float64]
    states: NDArray[np.object_]
    findings: tuple[Finding, ...]
    decimal: str


@dataclass(frozen=True)
class _Core:
    """One distinct cell stripped of sign and ornament: digits, separators, a factor."""

    digits: str
    factor: float = 1.0
    marks: frozenset[str] = frozenset()


def parse_numbers(
    texts: pd.Series[Any], *, markers: MarkerSet, decimal: Decimal = "auto", thousands: Thousands = "auto"
) -> ParsedNumbers:
    """Read a column of text as numbers.

    Parameters
    ----------
    texts
        Any index; the index is taken as row number and the name as column in findings.
    markers
        Signs that stand for a state; looked up before anything is parsed.
    decimal
        Decimal mark; ``auto`` decides from all of them. ``1.234`` alone leaves it open: then the comma is
        taken as decimal mark, as German offices write, and ``separator_ambiguous`` warns.
    thousands
        Grouping mark; ``auto`` takes blanks of every kind, apostrophes, and the point or comma that is
        not the decimal mark. An empty text allows none.

    Returns
    -------
    ParsedNumbers
        A text that is neither marker nor number is missing, with the error ``text_in_numbers``.

    Raises
    ------
    ContractError
        Decimal and thousands mark are the same.
    """
    if decimal == thousands != "auto":
        raise ContractError(f"decimal mark and thousands mark are both {decimal!r}: give different ones")
    codes, found = pd.factorize(texts.fillna("").astype(str))
    distinct = [str(text).strip() for text in found]
    marked = [markers.state_of(text) or _state_beside_mark(text, markers) for text in distinct]
    cores = [None if state else _core(text, thousands) for text, state in zip(distinct, marked, strict=True)]
    chosen, told = _decide([core.digits for core in cores if core], decimal, thousands)

    numbers = np.full(len(distinct), np.nan)
    states = np.full(len(distinct), ValueState.MISSING.value, dtype=object)
    for place, (state, core) in enumerate(zip(marked, cores, strict=True)):
        if state is not None:
            states[place] = state.value
            numbers[place] = 0.0 if state is ValueState.TRUE_ZERO else np.nan
        elif core is not None:
            numbers[place] = core.factor * _number(core.digits, chosen, thousands)
            if abs(numbers[place]) <= _NUMBER_MOST:
                states[place] = ValueState.VALUE.value
            else:
                numbers[place] = np.nan
    bad = np.array([s is None for s in marked], dtype=bool) & np.isnan(numbers)

    rows = _Rows(texts, codes)
    findings = [
        finding
        for code, concerned in told
        for finding in rows.finding(
            error if code == "separators_mixed" else warning,
            code,
            [at for at, core in enumerate(cores) if core and _witness(core.digits) == concerned],
            decimal=chosen,
        )
    ]
    findings += [*_oddities(distinct, cores, markers, rows), *_strangers(distinct, bad, rows)]
    return ParsedNumbers(numbers[codes], states[codes], tuple(findings), chosen)


def _state_beside_mark(text: str, markers: MarkerSet) -> ValueState | None:
    """Return what a sign with the mark of a footnote stands for: ``.¹``, ``x 2)``."""
    sign = _MARKED_SIGN.match(text)
    return markers.state_of(sign.group(1)) if sign else None


def _core(text: str, thousands: Thousands) -> _Core | None:
    """Strip sign, grouping blanks, percent sign and footnote marks; nothing if what is left is no number."""
    marks = set()
    inner = _PARENTHESES.match(text)
    if inner:
        marks.add("number_in_parentheses")
        text = inner.group(1).strip()
    stripped = _FOOTNOTE.sub("", text)
    if stripped != text:
        marks.add("footnote_mark")
        text = stripped.rstrip()
    if text.endswith("%"):
        marks.add("percent_sign")
        text = text[:-1].rstrip()
    factor = 1.0
    sign = _SIGN.match(text)
    if sign:
        factor = 1.0 if sign.group(1) == "+" else -1.0
        text = text[sign.end() :]
    elif _TRAILING_MINUS.search(text):
        factor = -1.0
        text = _TRAILING_MINUS.sub("", text)
        marks.add("minus_behind")
    exponent = _EXPONENT.match(text)
    if exponent:
        factor *= float(f"1e{exponent.group(2)}")  # infinite where it is too large, so the cell is no number
        text = exponent.group(1)
    text = _without_grouping(text, thousands)
    if not re.fullmatch(r"[0-9.,]*[0-9][0-9.,]*", text):
        return None
    return _Core(text, factor, frozenset(marks))


def _without_grouping(text: str, thousands: Thousands) -> str:
    """Take out blanks and apostrophes that group digits by three from the first group on."""
    if thousands not in ("auto", " ", "'"):
        return text
    grouped = re.match(rf"^\d{{1,3}}(?:[{_BLANKS}'’]\d{{3}})+(?=$|[.,])", text)
    if not grouped:
        return text
    head = grouped.group(0)
    blanks, marks = any(c.isspace() for c in head), any(c in "'’" for c in head)
    if (thousands == " " and marks) or (thousands == "'" and blanks):
        return text
    return _GROUPING.sub("", head) + text[grouped.end() :]


def _witness(digits: str) -> str | None:
    """Return the decimal mark a number proves, ``?,`` or ``?.`` for a mark that may be either, else nothing."""
    if _PLAIN.match(digits):
        return None
    for mark, other in ((",", "."), (".", ",")):
        if _GROUPED_WITH_DECIMAL[mark].match(digits):
            return mark
        if _GROUPED[mark].match(digits) and digits.count(mark) > 1:
            return other
    one = _ONE_SEPARATOR.match(digits)
    if not one:
        return None
    whole, mark, rest = one.groups()
    if len(rest) == 3 and _GROUPED[mark].match(f"{whole}{mark}{rest}"):
        return "?" + mark
    return mark


def _decide(distinct: list[str], decimal: Decimal, thousands: Thousands) -> tuple[str, list[_Doubt]]:
    """Return the decimal mark, and what must be said about the decision with the cells it concerns."""
    if decimal != "auto" or thousands in (".", ","):
        return (_other(thousands) if decimal == "auto" else decimal), []
    votes = Counter(_witness(digits) for digits in distinct)
    if votes[","] and votes["."]:
        rarer = "," if votes[","] < votes["."] else "."
        return _other(rarer), [("separators_mixed", rarer)]
    if votes[","] or votes["."]:
        return ("," if votes[","] else "."), []
    if votes["?,"] and votes["?."]:
        return ",", [("separators_mixed", "?,")]
    for mark in (",", "."):
        if votes["?" + mark]:
            return _decide_by_plain(distinct, mark, thousands)
    return ",", []


def _decide_by_plain(distinct: list[str], mark: str, thousands: Thousands) -> tuple[str, list[_Doubt]]:
    """Decide on a mark before exactly three digits by the whole numbers that stand beside it."""
    plain = [float(digits) for digits in distinct if _PLAIN.match(digits)]
    if thousands == "" or any(value >= 1000 for value in plain):
        return mark, []  # somebody wrote 4711 without grouping, so the mark does not group
    if any(value >= 100 for value in plain):
        return _other(mark), []  # whole numbers below a thousand stand bare, those above carry the mark
    return ",", [("separator_ambiguous", "?" + mark)]


def _other(mark: str) -> str:
    return "." if mark == "," else ","


def _number(digits: str, decimal: str, thousands: Thousands) -> float:
    group = "." if decimal == "," else ","
    may_group = thousands in ("auto", group)
    if _PLAIN.match(digits):
        return float(digits)
    if may_group and _GROUPED[group].match(digits):
        return float(digits.replace(group, ""))
    if may_group and _GROUPED_WITH_DECIMAL[decimal].match(digits):
        return float(digits.replace(group, "").replace(decimal, "."))
    one = _ONE_SEPARATOR.match(digits)
    if one and one.group(2) == decimal and (one.group(1) or one.group(3)):
        return float(digits.replace(decimal, "."))
    return float("nan")


class _Rows:
    """Rows of distinct texts, so that findings can say where."""

    def __init__(self, texts: pd.Series[Any], codes: NDArray[np.intp]) -> None:
        is_numbered = pd.api.types.is_integer_dtype(texts.index)
        self._rows = texts.index.to_numpy() if is_numbered else np.arange(1, len(texts) + 1)
        self._codes, self.column = codes, None if texts.name is None else str(texts.name)

    def of(self, places: list[int]) -> list[int]:
        """Return the rows in which the texts at these places stand."""
        rows: list[int] = self._rows[np.isin(self._codes, places)].tolist()
        return rows

    def finding(self, make: Callable[..., Finding], code: str, places: list[int], **more: str) -> list[Finding]:
        """Return a finding about all these texts, at the first; none where there are none."""
        at = self.of(places)
        return [make(code, row=at[0], column=self.column, count=len(at), **more)] if at else []


def _oddities(texts: list[str], cores: list[_Core | None], markers: MarkerSet, rows: _Rows) -> list[Finding]:
    """Return what stood beside numbers, and cells that the source calls unreliable."""
    findings = []
    for code in ("number_in_parentheses", "footnote_mark", "percent_sign", "minus_behind"):
        make = warning if code == "number_in_parentheses" else note
        findings += rows.finding(make, code, [at for at, core in enumerate(cores) if core and code in core.marks])
    signed = [at for at, core in enumerate(cores) if core and "percent_sign" in core.marks]
    bare = [at for at, core in enumerate(cores) if core and at not in set(signed) and core.digits.strip("0.,")]
    if signed and bare:
        findings += rows.finding(warning, "percent_mixed", min(signed, bare, key=lambda at: len(rows.of(at))))
    unreliable = [at for at, text in enumerate(texts) if text in ("/", "()") and markers.state_of(text)]
    return findings + rows.finding(note, "cells_unreliable", unreliable)


def _strangers(texts: list[str], bad: NDArray[np.bool_], rows: _Rows) -> list[Finding]:
    """Return texts that are neither marker nor number; one with digits may hold a count and is named by place only."""
    found = sorted(
        (row, "…" if any(c.isdigit() for c in texts[place]) else texts[place][:40])
        for place in np.flatnonzero(bad).tolist()
        for row in rows.of([place])
    )
    named, rest = found[:_MOST_FINDINGS], found[_MOST_FINDINGS:]
    findings = [error("text_in_numbers", row=row, column=rows.column, text=text) for row, text in named]
    if rest:
        findings.append(error("text_in_numbers_more", row=rest[0][0], column=rows.column, count=len(rest)))
    return findings
