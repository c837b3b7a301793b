"""What new offices cost: components, dated parameters, sums and who pays."""

from geo.siting.costs.components import (
    COMPONENTS,
    GRADES,
    ONCE,
    OVERHEADS,
    PRESETS,
    ROOMS,
    CostPlan,
    appointments_per_week,
    check_plan,
    plan_faults,
    preset_of,
    site_costs,
    staff_full_time,
)
from geo.siting.costs.parameters import Parameter, Parameters, least_value, parameters_at, read_parameters, with_own
from geo.siting.costs.sums import (
    SWING,
    CostSums,
    Effect,
    Funding,
    cost_sums,
    funding,
    people_to_match,
    rise_within,
    sensitivity,
)
