"""Public transport: timetables in GTFS, journeys over a window of departures."""

from geo.reach.transit.connections import NEVER
from geo.reach.transit.journeys import (
    MEDIAN,
    TransitAssumptions,
    earliest_arrivals,
    footpaths_between,
    stop_coordinates,
    transit_percentiles,
)
from geo.reach.transit.timetable import Timetable, read_timetable
