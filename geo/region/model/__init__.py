"""The region itself: its parts, what each must be, how it is assembled, its fingerprint."""

from geo.region.model.assemble import assemble_region, check_parts, try_assemble
from geo.region.model.contract import SITE_NUMBERS, check_id, tidy_services
from geo.region.model.describe import describe_region
from geo.region.model.feed import FEED_TABLES, packed_feed
from geo.region.model.files import file_digest, listed_quarters
from geo.region.model.fingerprint import region_fingerprint
from geo.region.model.minutes import ROW_LIMITS, minutes_text, read_minutes, says_minutes, unknown_keys
from geo.region.model.overview import MeasureOverview, overview_of
from geo.region.model.parts import PARTS
from geo.region.model.region import CORRECTED, Region
from geo.region.model.streets import STREET_ENDINGS, check_coverage, packed_streets
from geo.region.model.zones import zone_of
