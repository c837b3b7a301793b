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

__all__ = [
    "CAUSES",
    "COURSES",
    "DIRECTIONS",
    "DYNAMICS_CLASSES",
    "ISLAND",
    "MORAN_CLASSES",
    "SIGNIFICANCE",
    "SPOT_CLASSES",
    "STATUS_CLASSES",
    "Classification",
    "ClusterRule",
    "Clusters",
    "Component",
    "Concentration",
    "Correction",
    "GlobalMoran",
    "Indicator",
    "LastingRule",
    "LeftOut",
    "Neighbourhood",
    "Persistence",
    "RegionValue",
    "StatusDynamics",
    "as_records",
    "can_be_limits",
    "change_values",
    "classify",
    "classify_change",
    "classify_over",
    "distance_neighbours",
    "find_clusters",
    "find_persistence",
    "group_values",
    "indicator_values",
    "indicators_of",
    "measure_concentration",
    "moran_value",
    "nearest_neighbours",
    "queen_neighbours",
    "region_value",
    "status_dynamics",
    "trend",
]
