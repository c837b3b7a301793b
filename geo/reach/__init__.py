"""Who gets where: demand on points, and the travel time to sites."""

from geo.reach.demand import Demand, place_counts, place_demand
from geo.reach.model import TravelModel, TravelResult, region_crs, region_streets, travel_times
from geo.reach.origins import Origins, place_origins, quarter_minutes
from geo.reach.table import read_travel_table
from geo.reach.travel import MINUTES_TOLERANCE, TravelTimes, neighbours, require_positive
