"""What the pages of scenarios keep: parsed records by version, and today's state; bounded."""

from __future__ import annotations

from geo.errors import DataError
from geo.region.model import Region
from geo.siting.ask import tell
from geo.siting.scenario import Outcome, Scenario, completed, from_body, outcome_of
from geo.store import Record
from pages.shared.kept import Keys, kept
from pages.shared.sites import cache as sites_cache

_BY_VERSION: Keys = {Record: lambda record: (record.id, record.version, record.changed_at)}
_BY_KEYS: Keys = {Scenario: lambda scenario: scenario.key}


@kept(256, _BY_VERSION)
def parsed(record: Record, region_id: str) -> tuple[Scenario, Outcome | None] | None:
    """Return what a version of a record holds, None where it cannot be read; read once, since outcomes are long."""
    try:
        found = from_body(dict(record.body), region_id)
    except DataError:
        return None
    return found.scenario.renamed(record.name), found.outcome


@kept(32, _BY_KEYS)
def today(region: Region, still: Scenario) -> Outcome:
    """Return today's state of a region under the assumptions of a scenario in which nothing opens or closes."""
    asked = completed(region, still)
    posed, plan = sites_cache.first_plan(region, asked.question)
    return outcome_of(region, asked, tell(region, posed, plan, None, seconds=plan.seconds))
