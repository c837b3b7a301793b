"""Why this plan: reasons, near alternatives, people reached by number of offices and by money."""

from geo.siting.explain.curves import Curve, Frontier, curve, frontier
from geo.siting.explain.near import NearPlan, near_plans
from geo.siting.explain.number_curves import NumberCurve, number_curve
from geo.siting.explain.site_reasons import (
    ReachTable,
    SiteReason,
    Stability,
    WhyNot,
    reach_table,
    reasons,
    stability_between,
    stability_over,
    why_not,
)
