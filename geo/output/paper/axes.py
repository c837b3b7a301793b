"""Axes of a chart on paper: from values to millimetres, and the ticks in between."""

from __future__ import annotations

import datetime as dt
import html
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from geo.text import Texts

_MARKUP = re.compile(r"</?(?:b|i|em|strong|sub|sup|span|a)\b[^<>]*>", re.IGNORECASE)
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_FORMAT = re.compile(r"(?P<sign>\+)?(?P<group>,)?(?:\.(?P<digits>\d+))?(?P<kind>[f%d]?)")
_MONTH_DAYS = 30.5
DAY_MS = 86_400_000.0


def plain_lines(text: object) -> tuple[str, ...]:
    """Return plotly's text as lines without markup, with the signs it had escaped."""
    return tuple(html.unescape(_MARKUP.sub("", line)) for line in _BREAK.split(str(text or "")))


def plain_text(text: object) -> str:
    """Return plotly's text in one line without markup."""
    return " ".join(part for part in plain_lines(text) if part)


def is_number(value: object) -> TypeGuard[float]:
    """Tell whether a value is a finite number."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


@dataclass(frozen=True)
class Tick:
    """A tick: where it is on the axis, and what it says."""

    at: float
    text: str


@dataclass(frozen=True)
class Axis:
    """One axis: how values become numbers, how far it goes, and its ticks.

    Parameters
    ----------
    kind
        ``linear``, ``log``, ``date`` or ``category``.
    low, high
        What stands at the lower or left, and at the upper or right end; low is above high on a reversed axis.
    categories
        Place of every category.
    """

    kind: str
    low: float
    high: float
    categories: Mapping[str, int]
    settings: Mapping[str, Any]

    def number(self, value: Any) -> float | None:
        """Return a value as a number on the axis, None where it has none."""
        return to_number(value, self.kind, self.categories)

    def share(self, number: float) -> float:
        """Return where a number lies, 0 at the lower or left end, 1 at the other."""
        return (number - self.low) / (self.high - self.low)

    @property
    def title(self) -> str:
        """The name of the axis."""
        return plain_text((self.settings.get("title") or {}).get("text"))

    @property
    def shows_grid(self) -> bool:
        """Whether lines run across at the ticks."""
        return self.settings.get("showgrid") is not False and self.kind != "category"

    @property
    def shows_ticks(self) -> bool:
        """Whether ticks and their texts are drawn."""
        return self.settings.get("visible") is not False and self.settings.get("showticklabels") is not False

    def ticks(self, t: Texts, most: int) -> tuple[Tick, ...]:
        """Return about ``most`` ticks, or those that the axis names."""
        low, high = sorted((self.low, self.high))
        slack = (high - low) * 1e-6
        return tuple(tick for tick in self._all_ticks(t, most) if low - slack <= tick.at <= high + slack)

    def _all_ticks(self, t: Texts, most: int) -> list[Tick]:
        values = self.settings.get("tickvals")
        if values is not None:
            said = self.settings.get("ticktext")
            texts = [plain_text(text) for text in (said if said is not None else values)]
            found = [(self.number(value), text) for value, text in zip(values, texts, strict=False)]
            return [Tick(at, text) for at, text in found if at is not None]
        if self.kind == "category":
            return [Tick(at, plain_text(name)) for name, at in self.categories.items()]
        if self.kind == "date":
            return self._date_ticks(t, most)
        if self.kind == "log":
            powers = range(math.floor(min(self.low, self.high)), math.ceil(max(self.low, self.high)) + 1)
            return [
                Tick(math.log10(part * 10.0**power), self._said(t, part * 10.0**power, 10.0**power))
                for power in powers
                for part in (1, 2, 5)
            ]
        step = self._step(most)
        first = math.ceil(min(self.low, self.high) / step - 1e-9)
        last = math.floor(max(self.low, self.high) / step + 1e-9)
        return [Tick(at * step, self._said(t, at * step, step)) for at in range(first, last + 1)]

    def _step(self, most: int) -> float:
        extent = abs(self.high - self.low)
        step = nice_step(extent, most)
        wished = self.settings.get("dtick")
        # A wished step that would crowd the axis is widened to a multiple of itself.
        if is_number(wished) and float(wished) > 0:
            count = extent / float(wished)
            return float(wished) if count <= most * 1.8 else float(wished) * max(1, round(step / float(wished)))
        return step

    def _date_ticks(self, t: Texts, most: int) -> list[Tick]:
        low, high = sorted((self.low, self.high))
        first, last = (dt.date(1970, 1, 1) + dt.timedelta(days=days) for days in (low, high))
        years = range(first.year, last.year + 2)
        if last.year - first.year >= 2:
            every = max(1, math.ceil(len(years) / max(most, 1)))
            found = [(dt.date(year, 1, 1), str(year)) for year in years if year % every == 0]
        else:
            every = max(1, math.ceil((high - low) / _MONTH_DAYS / max(most, 1)))
            months = [dt.date(year, month, 1) for year in years for month in range(1, 13)]
            found = [(day, t.date(day.isoformat())) for at, day in enumerate(months) if at % every == 0]
        return [Tick(float((day - dt.date(1970, 1, 1)).days), text) for day, text in found]

    def _said(self, t: Texts, value: float, step: float) -> str:
        digits = max(0, -math.floor(math.log10(step) + 1e-9)) if step else 0
        said = formatted(t, value, str(self.settings.get("tickformat") or ""), digits)
        return f"{plain_text(self.settings.get('tickprefix'))}{said}{self.settings.get('ticksuffix') or ''!s}"


def formatted(t: Texts, value: float, pattern: str, digits: int) -> str:
    """Return a number as a d3 pattern such as ``,.1f`` or ``.0%`` asks for, with the language's separators."""
    asked = _FORMAT.fullmatch(pattern)
    if asked is None or not pattern:
        return t.number(value, digits)
    given = asked["digits"]
    if asked["kind"] == "%":
        said = t.percent(100 * value, int(given or 0))
    else:
        said = t.number(value, digits if given is None and asked["kind"] != "d" else int(given or 0))
    return f"+{said}" if asked["sign"] and value > 0 else said


def nice_step(extent: float, most: int) -> float:
    """Return the smallest of 1, 2, 5, 10, ... that cuts an extent into at most ``most`` parts."""
    if extent <= 0:
        return 1.0
    rough = extent / max(most, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= rough * (1 - 1e-9))


def to_number(value: Any, kind: str, categories: Mapping[str, int]) -> float | None:
    """Return a value as a number on an axis of a kind; None where it has none."""
    if value is None:
        return None
    if kind == "category":
        at = categories.get(str(value))
        return float(at) if at is not None else float(value) if is_number(value) else None
    return _days(value) if kind == "date" else _measured(value, is_log=kind == "log")


def _measured(value: Any, *, is_log: bool) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    if not math.isfinite(number) or (is_log and number <= 0):
        return None
    return math.log10(number) if is_log else number


def _days(value: Any) -> float | None:
    if is_number(value):
        return float(value) / DAY_MS
    try:
        moment = dt.datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return (moment.replace(tzinfo=None) - dt.datetime(1970, 1, 1)).total_seconds() / 86_400


def kind_of(settings: Mapping[str, Any], values: Iterable[Any]) -> str:
    """Return what kind of axis values need: as said, else dates, numbers or categories as they look."""
    said = settings.get("type")
    if said in ("linear", "log", "date", "category"):
        return str(said)
    # Text that looks like numbers ("2023") is a name here: it is drawn as it is written.
    words = [value for value in values if isinstance(value, (str, dt.date))]
    if words:
        return "date" if all(_days(word) is not None for word in words) else "category"
    return "linear"


def order_of(settings: Mapping[str, Any], values: Iterable[Any]) -> dict[str, int]:
    """Return the place of every category: as listed, else as they appear."""
    listed = [str(value) for value in settings.get("categoryarray") or ()]
    names = dict.fromkeys([*listed, *(str(value) for value in values if value is not None)])
    found = list(names)
    if str(settings.get("categoryorder", "")) == "category ascending":
        found = sorted(found)
    return {name: at for at, name in enumerate(found)}


def limits_of(
    settings: Mapping[str, Any],
    kind: str,
    categories: Mapping[str, int],
    extent: tuple[float, float],
    *,
    pad: tuple[float, float],
) -> tuple[float, float]:
    """Return the ends of an axis: as said, else around the extent of its values; ``pad`` in shares of the extent."""
    low, high = extent
    if kind == "category":
        low, high = -0.5, max(len(categories) - 0.5, 0.5)
    else:
        if settings.get("rangemode") in ("tozero", "nonnegative") and kind == "linear":
            pad = (0.0 if low >= 0 else pad[0], 0.0 if high <= 0 else pad[1])
            low, high = min(low, 0.0), max(high, 0.0)
        if high - low < 1e-12:
            low, high = (low - 1, high + 1) if low else (0.0, 1.0)
        wide = high - low
        low, high = low - pad[0] * wide, high + pad[1] * wide
    is_reversed = settings.get("autorange") in ("reversed", "min reversed", "max reversed")
    said: Sequence[Any] = settings.get("range") or (None, None)
    # A logarithmic axis gives its range as powers, all others as values.
    ends = [to_number(end, "linear" if kind in ("log", "category") else kind, {}) for end in said]
    if is_reversed and said == (None, None):
        return high, low
    return (low if ends[0] is None else ends[0]), (high if ends[1] is None else ends[1])
