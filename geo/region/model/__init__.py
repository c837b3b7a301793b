"""The region itself: its contract, what is plausible, how it is assembled, its fingerprint."""

from geo.region.model.assemble import assemble_region, check_parts, try_assemble
from geo.region.model.contract import (
    SITE_NUMBERS,
    SITE_TEXTS,
    check_id,
    check_quarters,
    tidy_cells,
    tidy_landscape,
    tidy_quarters,
    tidy_services,
    tidy_sites,
    tidy_statistics,
)
from geo.region.model.describe import describe_region
from geo.region.model.feed import check_feed, write_feed
from geo.region.model.fingerprint import file_digest, region_fingerprint
from geo.region.model.minutes import (
    ROW_LIMITS,
    check_minutes,
    minutes_text,
    plain_minutes,
    read_minutes,
    says_minutes,
    unknown_keys,
)
from geo.region.model.region import Region
from geo.region.model.zones import tidy_zones, zone_of

__all__ = [
    "ROW_LIMITS",
    "SITE_NUMBERS",
    "SITE_TEXTS",
    "Region",
    "assemble_region",
    "check_feed",
    "check_id",
    "check_minutes",
    "check_parts",
    "check_quarters",
    "describe_region",
    "file_digest",
    "minutes_text",
    "plain_minutes",
    "read_minutes",
    "region_fingerprint",
    "says_minutes",
    "tidy_cells",
    "tidy_landscape",
    "tidy_quarters",
    "tidy_services",
    "tidy_sites",
    "tidy_statistics",
    "tidy_zones",
    "try_assemble",
    "unknown_keys",
    "write_feed",
    "zone_of",
]
