"""What is there: quarters, statistics, sites, and the rule what may be shown."""

from geo.region.archive import check_zip, extract_zip
from geo.region.schema import (
    SERVICES,
    SITE_COLUMNS,
    STANDARD_MEASURES,
    STATES_WITH_NUMBER,
    ZONE_REASONS,
    Measure,
    SiteKind,
    Source,
    ValueState,
)
