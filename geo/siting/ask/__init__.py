"""A planner's question about a region: people, places and ways measured, posed as a problem, answered."""

from geo.siting.ask.access import (
    WORST_SHARE,
    Floats,
    Spread,
    by_district,
    by_quarter,
    nearest_minutes,
    offices_open,
    people_by_minutes,
    spread,
    weighted_quantile,
)
from geo.siting.ask.answers import Answer, answer, tell
from geo.siting.ask.area_shares import kinds_of, lasting_indicator, lasting_quarters
from geo.siting.ask.costs_and_capacities import SUMS, known_costs, place_costs
from geo.siting.ask.formulation import Posed, complete, limit_of, pose, survey_of
from geo.siting.ask.grid import grid_kind, spacing_of
from geo.siting.ask.places import CANDIDATE_KINDS, candidate_base, candidate_kind, candidates, services_of
from geo.siting.ask.question import FADE_FULL_SHARE, SIZES, Question
from geo.siting.ask.question_checks import check
from geo.siting.ask.robustness import WITHIN, Firmness, firmness
from geo.siting.ask.survey import (
    LIMIT_MINUTES,
    ON_STREETS,
    OWN_PLACES_MAX,
    OwnPlace,
    Survey,
    WayFiles,
    default_mode,
    modes_of,
    own_faults,
    streets_of,
    survey_region,
    with_own,
)
