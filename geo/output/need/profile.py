"""A quarter in sentences."""

from __future__ import annotations

import math
from typing import Any

from geo.need import Indicator, RegionValue
from geo.output.need.atlas import Picture
from geo.output.values import counts_text, interval_text, value_text
from geo.region import ValueState
from geo.region.disclosure import is_publicly_small
from geo.region.model import Region
from geo.text import Texts


def profile_lines(t: Texts, picture: Picture, quarter_id: str, row: Any, whole: RegionValue) -> tuple[str, ...]:
    """Return what is known of a quarter: people, value with its range, how it compares; or why it is not shown."""
    region, date = picture.region, picture.date
    lines = [_residents(t, region, quarter_id, date)]
    if not math.isfinite(row["value"]):
        is_withheld = row["state"] == ValueState.SUPPRESSED
        lines.append(withheld_reason(t, region, quarter_id, date) if is_withheld else t("profile.missing"))
    else:
        counts, interval = counts_text(t, row, picture.indicator), _interval(t, picture.indicator, row)
        lines.append("; ".join(part for part in (counts, interval) if part))
        lines.append(_against(t, picture.indicator, row, whole))
    return tuple(line for line in lines if line)


def _residents(t: Texts, region: Region, quarter_id: str, date: str) -> str:
    if "residents" not in region.measure_keys:
        return ""
    value: Any = region.values_of("residents", date).loc[quarter_id, "value"]
    return t("profile.residents", n=t.number(value), date=t.date(date)) if math.isfinite(value) else ""


def withheld_reason(t: Texts, region: Region, quarter_id: str, date: str) -> str:
    """Return why a value is withheld: few residents where that is public, else the protection of people."""
    if "residents" in region.measure_keys:
        residents: Any = region.values_of("residents", date).loc[quarter_id, "value"]
        if is_publicly_small(residents, region.disclosure):
            return t("profile.few_residents", limit=t.number(region.disclosure.residents_min))
    return t("profile.withheld")


def _interval(t: Texts, indicator: Indicator, row: Any) -> str:
    said = interval_text(t, row["low"], row["high"], indicator.unit)
    return f"{t('chart.range')} {said}" if said else ""


def _against(t: Texts, indicator: Indicator, row: Any, whole: RegionValue) -> str:
    if not (math.isfinite(whole.value) and math.isfinite(row["low"])):
        return ""
    value = value_text(t, whole.value, indicator.unit)
    if row["low"] > whole.value:
        return t("profile.higher", value=value)
    if row["high"] < whole.value:
        return t("profile.lower", value=value)
    return t("profile.similar", value=value)
