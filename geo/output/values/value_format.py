"""How a value is said: one place decides digits, units and what stands where no value may stand."""

from __future__ import annotations

import math
from typing import Any

from geo.need import Indicator
from geo.region import Source, ValueState
from geo.region.disclosure import DisclosureRule
from geo.region.model import Region
from geo.text import Texts, digits_apart, digits_needed

_PERCENT_UNITS = ("percent", "percentage_points")


def digits_of(unit: str) -> int:
    """Return how many decimals a value of ``unit`` is shown with."""
    return 0 if unit in ("count", "people", "units") else 1


def indicator_label(t: Texts, indicator: Indicator) -> str:
    """Return the name of an indicator; a region's own brings its names, a mere count has that of its measure."""
    key = f"indicator.{indicator.key}.label"
    return _named(t, key if t.has(key) else f"measure.{indicator.key}.label", indicator.label, indicator.key)


def measure_label(t: Texts, region: Region, key: str) -> str:
    """Return the name of a measure; a region's own measure brings its names."""
    own = region.measure(key).label if key in region.measure_keys else {}
    return _named(t, f"measure.{key}.label", own, key)


def unit_text(t: Texts, unit: str) -> str:
    """Return the unit as it stands in a heading."""
    return t(f"unit.{unit}")


def value_text(t: Texts, value: float, unit: str, digits: int | None = None) -> str:
    """Return a value with its unit, ``k. A.`` where there is none; ``digits`` other than the unit's for comparisons."""
    if not math.isfinite(value):
        return t("value.none")
    digits = digits_of(unit) if digits is None else digits
    return t.percent(value, digits) if unit == "percent" else t.number(value, digits)


def limit_text(t: Texts, limit: float | None, unit: str) -> str:
    """Return a limit as it was set, with all its decimals; ``k. A.`` where there is none."""
    return t("value.none") if limit is None else value_text(t, limit, unit, digits_needed(limit, digits_of(unit)))


def compared_texts(t: Texts, value: float, other: float, unit: str) -> tuple[str, str]:
    """Return two values that are compared, with as many decimals as keep them apart."""
    digits = digits_apart((value, other), digits_of(unit), 4)
    return value_text(t, value, unit, digits), value_text(t, other, unit, digits)


def cell_text(t: Texts, value: float, state: str, unit: str) -> str:
    """Return a statistical cell as text: its value, or why there is none."""
    if ValueState(state).has_number and math.isfinite(value):
        return value_text(t, value, unit)
    return t("map.withheld") if state == ValueState.SUPPRESSED else t("map.no_data")


def change_text(t: Texts, value: float, state: str, unit: str) -> str:
    """Return a change with its sign, or why there is none."""
    if not (ValueState(state).has_number and math.isfinite(value)):
        return cell_text(t, value, state, unit)
    said = signed_text(t, value, digits_of(unit))
    return t("value.points", value=said) if unit in _PERCENT_UNITS else said


def signed_text(t: Texts, value: float, digits: int) -> str:
    """Return a number with its sign, a plus included."""
    return ("+" if round(value, digits) > 0 else "") + t.number(value, digits)


def interval_text(t: Texts, low: float, high: float, unit: str) -> str:
    """Return a stability range as text; empty where there is none."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return ""
    if unit == "percent":
        return f"{t.number(low, 1)}–{t.percent(high, 1)}"
    if unit == "percentage_points":
        return t("value.from_to", low=signed_text(t, low, 1), high=signed_text(t, high, 1))
    return f"{t.number(low, digits_of(unit))}–{t.number(high, digits_of(unit))}"


def counts_text(t: Texts, row: Any, indicator: Indicator) -> str:
    """Return ``1.234 von 5.140``; empty for a ready-made rate or a plain count."""
    if indicator.denominator is None or not math.isfinite(row["numerator"]):
        return ""
    return t("map.counts", numerator=t.number(row["numerator"]), denominator=t.number(row["denominator"]))


def people_text(t: Texts, people: float | None, rounded_to: int) -> str:
    """Return a number of people as it may be shown; ``weniger als 10`` where it is too small."""
    return t("siting.fewer_than", n=rounded_to) if people is None else t.number(people)


def share_text(t: Texts, people: float, among: float, compared: float | None = None) -> str:
    """Return how many of ``among`` in whole percent; never all of them while one is left out.

    Beside another number of people of the same whole, ``compared``, with up to two decimals where both would read
    alike.
    """
    if among <= 0:
        return t("value.none")
    share = 100 * people / among
    digits = 0 if compared is None else digits_apart((share, 100 * compared / among), 0, 2)
    is_all_but = people < among and round(share, digits) >= 100
    return t("value.nearly_all") if is_all_but else t.percent(share, digits)


def gap_text(t: Texts, gap: float, digits: int = 2) -> str:
    """Return a gap, a fraction, in percent; one that is left never reads as none."""
    return t.percent(100 * gap, digits_apart((100 * gap, 0.0), digits, 4))


def shown_share(part: int | None, whole: int | None, step: int) -> float:
    """Return in percent what shown people are of shown people, NaN where the whole is too small to be shown.

    A share of exact people would give them away beside the whole, so a part too small to be shown counts as half a
    step.
    """
    return 100 * (step / 2 if part is None else part) / whole if whole else math.nan


def shown_share_text(t: Texts, part: int | None, whole: int | None, step: int, digits: int = 0) -> str:
    """Return the same as text, ``unter 2 %`` for a part too small to be shown."""
    if not whole:
        return t("value.none")
    if part is None:
        scale = 10**digits
        least = math.ceil(scale * 100 * step / whole - 1e-9) / scale
        return t("value.share_below", share=t.percent(min(least, 100.0), digits))
    return t.percent(shown_share(part, whole, step), digits) if digits else share_text(t, part, whole)


def source_text(t: Texts, sources: tuple[Source, ...]) -> str:
    """Return the distinct sources of a region in one line; made-up data are called so."""
    said = []
    for source in sources:
        who = (
            t("map.fictional", publisher=source.publisher) if source.is_fictional else source.publisher or source.title
        )
        said.append(", ".join(part for part in (who, source.licence) if part))
    return "; ".join(dict.fromkeys(said))


def region_source(t: Texts, region: Region) -> str:
    """Return the line that names a region's sources, as it stands below data to take away."""
    return t("dataout.source_line", source=source_text(t, region.sources))


def disclosure_text(t: Texts, rule: DisclosureRule) -> str:
    """Return the disclosure rule of a region in words."""
    return t(
        "start.about_rule",
        numerator=rule.numerator_min,
        denominator=rule.denominator_min,
        residents=rule.residents_min,
        source=rule.source,
    )


def break_text(t: Texts, date: str, key: str) -> str:
    """Return what changed at a date."""
    return t(f"break.{key}") if t.has(f"break.{key}") else t("break.other", date=t.date(date), what=key)


def _named(t: Texts, key: str, own: Any, fallback: str) -> str:
    if own:
        return str(own.get(t.language) or next(iter(own.values())))
    return t(key) if t.has(key) else fallback
