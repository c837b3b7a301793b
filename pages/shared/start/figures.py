"""The sentences of the start page, from cached computations."""

from __future__ import annotations

from geo.errors import DataError
from geo.output.need import latest_date, main_indicator, region_figures
from geo.region.model import Region
from geo.siting.ask import Answer, Question, tell
from geo.text import Texts
from pages.shared.shell import Figure
from pages.shared.sites import cache as sites_cache


def key_figures(t: Texts, region: Region) -> list[Figure]:
    """Return the key figures of a region as they are shown."""
    return [Figure(part.number, part.sentence, part.source) for part in region_figures(t, region, _today(region))]


def _today(region: Region) -> Answer | None:
    if "recipients" not in region.measure_keys or region.offices.empty:
        return None
    date = latest_date(region, main_indicator(region))
    try:
        posed, plan = sites_cache.first_plan(region, Question(measure="recipients", date=date, new=0))
        return tell(region, posed, plan, None, seconds=plan.seconds)
    except DataError:  # nobody can be placed, so who reaches an office is not known
        return None
