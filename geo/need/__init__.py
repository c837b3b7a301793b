"""Where the need is: indicators, classes, concentration, clusters, lasting need, status and dynamics.

One question and ten files: a hall with one door and no wings. A new indicator is a row of ``CATALOGUE`` in
:mod:`geo.need.indicators`.
"""

from geo.need.classes import Classification, can_be_limits, classify, classify_change, classify_over
from geo.need.clusters import (
    ISLAND,
    MORAN_CLASSES,
    SIGNIFICANCE,
    SPOT_CLASSES,
    ClusterRule,
    Clusters,
    Correction,
    GlobalMoran,
    find_clusters,
    moran_value,
)
from geo.need.concentration import Concentration, LeftOut, measure_concentration
from geo.need.courses import COURSES, DIRECTIONS
from geo.need.indicators import (
    Indicator,
    RegionValue,
    change_values,
    group_values,
    indicator_values,
    indicators_of,
    region_value,
    trend,
)
from geo.need.neighbourhood import Neighbourhood, distance_neighbours, nearest_neighbours, queen_neighbours
from geo.need.persistence import CAUSES, LastingRule, Persistence, as_records, find_persistence
from geo.need.status import DYNAMICS_CLASSES, STATUS_CLASSES, Component, StatusDynamics, status_dynamics
