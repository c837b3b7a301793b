"""What the figures of a comparison rest on, in a few sentences below the table."""

from __future__ import annotations

from collections.abc import Sequence

from geo.output.values import measure_label, source_text
from geo.region.model import Region
from geo.siting.scenario import Compared
from geo.text import Texts


def reading_lines(t: Texts, region: Region, compared: Sequence[Compared]) -> tuple[str, ...]:
    """Return what the figures of the table rest on: who counts, when, how people are rounded, prices, source."""
    outcomes = [one.outcome for one in compared if one.outcome is not None]
    if not outcomes:
        return ()
    lines = []
    first = outcomes[0]
    if len({(told.measure, told.minutes, told.rounded_to) for told in outcomes}) == 1:
        minutes = t.shortest(first.minutes)
        said = {"measure": measure_label(t, region, first.measure), "minutes": minutes}
        lines.append(t("compare.reading", round=t.number(first.rounded_to), **said))
    if any(told.cost_per_year_eur for told in outcomes):
        lines.append(t("compare.reading_costs"))
    date = " / ".join(t.date(date) for date in sorted({told.date for told in outcomes}))
    lines.append(t("map.source", date=date, source=source_text(t, region.sources)))
    return tuple(lines)
