"""The region itself: its parts, what each must be, how it is assembled, its fingerprint."""

from geo.region.model.assemble import assemble_region, check_parts, try_assemble
from geo.region.model.contract import SITE_NUMBERS, SITE_TEXTS, check_id, tidy_services
from geo.region.model.describe import describe_region
from geo.region.model.feed import FEED_TABLES
from geo.region.model.files import file_digest, listed_quarters
from geo.region.model.fingerprint import region_fingerprint
from geo.region.model.minutes import ROW_LIMITS, minutes_text, read_minutes, says_minutes, unknown_keys
from geo.region.model.parts import PARTS
from geo.region.model.region import Region
from geo.region.model.zones import zone_of

__all__ = [
    "FEED_TABLES",
    "PARTS",
    "ROW_LIMITS",
    "SITE_NUMBERS",
    "SITE_TEXTS",
    "Region",
    "assemble_region",
    "check_id",
    "check_parts",
    "describe_region",
    "file_digest",
    "listed_quarters",
    "minutes_text",
    "read_minutes",
    "region_fingerprint",
    "says_minutes",
    "tidy_services",
    "try_assemble",
    "unknown_keys",
    "zone_of",
]
