"""Sentences that concentration and lasting need have in common: why something cannot be said, and about what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from geo.findings import Finding
from geo.need import Indicator, LeftOut
from geo.output.values import indicator_label
from geo.region import ValueState
from geo.region.model import Region
from geo.region.reforms import CONVERTED
from geo.text import Texts, finding_sentence

_DATES = ("date", "last", "latest", "earlier")


def finding_text(t: Texts, finding: Finding, indicator: Indicator | None = None) -> str:
    """Return a finding and its remedy in one line, with names and dates as they are read."""
    said = {key: t.date(str(value)) for key, value in finding.parameters.items() if key in _DATES}
    if indicator is not None and "indicator" in finding.parameters:
        said["indicator"] = indicator_label(t, indicator)
    spoken = replace(finding, parameters={**finding.parameters, **said})
    return " ".join(part for part in finding_sentence(t, spoken) if part)


def because(t: Texts, key: str, reason: Finding, indicator: Indicator | None = None) -> str:
    """Return that something cannot be said, and why; ``key`` is the sentence without the reason."""
    return f"{t(key)} {finding_text(t, reason, indicator)}"


def converted_lines(t: Texts, region: Region, dates: Iterable[str]) -> tuple[str, ...]:
    """Return which of the dates were carried over from other quarters, or nothing."""
    carried = [t.date(date) for date in dates if (date, CONVERTED) in region.breaks]
    return (t("need.converted", n=len(carried), dates=", ".join(carried)),) if carried else ()


def left_out_lines(t: Texts, left_out: Iterable[LeftOut]) -> tuple[str, ...]:
    """Return how many quarters are part of no figure, those withheld apart from the others."""
    states = [one.state for one in left_out]
    withheld = states.count(ValueState.SUPPRESSED.value)
    lines = [t("need.withheld", n=withheld)] if withheld else []
    lines += [t("need.missing", n=len(states) - withheld)] if len(states) > withheld else []
    return tuple(lines)
