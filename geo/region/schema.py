"""The words a region is described in: states of values, measures, sources, kinds of sites.

Small frozen values without data frames, so that every module can share them at no cost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

QUARTER_COLUMNS = ("name", "district", "geometry")
STATISTICS_COLUMNS = ("quarter_id", "date", "measure", "value", "state")
SITE_COLUMNS = (
    "name",
    "kind",
    "carrier",
    "services",
    "address",
    "rooms",
    "is_accessible",
    "opening_days_per_week",
    "opening_hours_per_week",
    "staff_full_time",
    "capacity_per_week",
    "cost_per_year_eur",
    "one_off_cost_eur",
    "note",
    "geometry",
)
SITE_COLUMNS_LATER = ("services", "opening_hours_per_week", "staff_full_time", "one_off_cost_eur")
"""Columns that packages written before them lack; they are read as unknown."""

SERVICES = ("applications", "benefits", "placement", "casework", "coaching", "video")
"""What may be offered at a site: taking applications, deciding benefits, placement, case work, coaching, by video."""

GROUPING_COLUMNS = ("grouping", "group", "quarter_id")
"""A table of groupings: which quarters a public total is the sum of."""

CELL_COLUMNS = ("x", "y", "residents", "quarter_id")
ZONE_COLUMNS = ("name", "reason", "geometry")
ZONE_REASONS = ("nature", "water", "flood", "industry", "port", "rail", "military", "other")
"""Reasons with a name of their own in the catalogues; any other text is shown as it is."""
LANDSCAPE_KINDS = ("water", "green", "industry", "rail", "road")


class ValueState(StrEnum):
    """What a value of the statistics is. A number never travels without its state.

    ``SUPPRESSED`` does not tell whether a value was too small itself or was taken out to protect
    another: that difference alone would narrow a hidden count to one or two.
    """

    VALUE = "value"
    TRUE_ZERO = "true_zero"
    SUPPRESSED = "suppressed"
    MISSING = "missing"
    NOT_APPLICABLE = "not_applicable"
    PERTURBED = "perturbed"

    @property
    def has_number(self) -> bool:
        """Tell whether a value in this state carries a number that may be shown."""
        return self in (ValueState.VALUE, ValueState.TRUE_ZERO, ValueState.PERTURBED)


STATES_WITH_NUMBER = tuple(state.value for state in ValueState if state.has_number)


class SiteKind(StrEnum):
    """What stands at a site. ``HOST`` places have no office yet: they are candidates."""

    MAIN = "main"
    BRANCH = "branch"
    OUTREACH = "outreach"
    HOST = "host"

    @property
    def is_office(self) -> bool:
        """Tell whether an office works here today."""
        return self is not SiteKind.HOST


MEASURE_FIELDS_LATER = ("partition", "is_complete")
"""Fields that regions written before them lack."""


@dataclass(frozen=True)
class Measure:
    """One counted thing, or a ready-made rate.

    Parameters
    ----------
    key
        Name in code and files; the standard ones are in :data:`STANDARD_MEASURES`.
    unit
        ``people``, ``units`` (benefit units), ``percent``, ``per_1000`` or ``count``.
    is_protected
        Whether disclosure control applies: recipients yes, residents no.
    part_of
        Key of the measure this one is a subset of, e.g. ``employable`` of ``recipients``. The rest
        (``recipients - employable``) is protected as well.
    partition
        Name shared by the parts of one whole that no person is in twice, e.g. ``age``: together they are at most the
        whole. Empty for a characteristic that overlaps others.
    is_complete
        Whether the parts of the partition add up to the whole, so that nobody is left.
    label
        Names by language, for measures that are not standard; standard ones are in the catalogues.
    """

    key: str
    unit: str = "people"
    is_protected: bool = True
    part_of: str | None = None
    partition: str = ""
    is_complete: bool = False
    label: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_rate(self) -> bool:
        """Tell whether the measure is a ready-made rate, which can be neither added nor rounded to people."""
        return self.unit in ("percent", "per_1000")


STANDARD_MEASURES: tuple[Measure, ...] = (
    Measure("recipients", part_of="residents"),
    Measure("employable", part_of="recipients", partition="age"),
    Measure("children", part_of="recipients", partition="age"),
    Measure("units", unit="units"),
    Measure("single_parent_units", unit="units", part_of="units"),
    Measure("residents", is_protected=False),
    Measure("residents_under_pension_age", is_protected=False, part_of="residents"),
    Measure("residents_15_to_pension_age", is_protected=False, part_of="residents_under_pension_age"),
    Measure("residents_under_15", is_protected=False, part_of="residents_under_pension_age"),
)


@dataclass(frozen=True)
class Source:
    """Where data come from and under which terms they may be passed on."""

    title: str
    publisher: str = ""
    licence: str = ""
    licence_url: str = ""
    url: str = ""
    changes: str = ""
    is_fictional: bool = False
