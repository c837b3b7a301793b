"""Walking: streets from OpenStreetMap, walking times, catchments."""

from geo.reach.streets.catchments import walk_catchments
from geo.reach.streets.extract import StreetRules, check_streets, read_streets
from geo.reach.streets.foot_access import foot_way
from geo.reach.streets.network import FloatArray, StreetNetwork, least_csr
from geo.reach.streets.snapping import SNAP_LIMIT_METRES, snap_findings, snap_points
from geo.reach.streets.walking import WALKING_SPEEDS, walk_times, walk_times_between
