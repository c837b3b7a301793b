"""Access, plans, comparisons and costs as sentences, tables and map views."""

from geo.output.sites.access import (
    CURVE_MINUTES,
    LIMITS,
    Access,
    Shown,
    access_lead,
    access_view,
    districts_table,
    equity_lines,
    quarters_table,
    rounded_curve,
    share_line,
    worst_off_line,
)
from geo.output.sites.compare import (
    DIFFERENCES_SHOWN,
    difference_data,
    difference_lines,
    difference_table,
    difference_view,
    mismatch_lines,
    reading_lines,
    scenarios_data,
    scenarios_table,
    warning_lines,
)
from geo.output.sites.costs import (
    CostPicture,
    assumed_text,
    break_even_lines,
    cost_picture,
    costs_data,
    euros_or_unknown,
    freed_lines,
    funding_lines,
    parameter_label,
    parameters_data,
    parameters_table,
    plan_text,
    posts_text,
    sites_cost_table,
    standing_short,
)
from geo.output.sites.figures import headlines, state_bars
from geo.output.sites.firmness import firmness_lines, firmness_table
from geo.output.sites.plan_map import SitesLook, catchment_places, catchments_of, rings, site_places, sites_view
from geo.output.sites.proof import infeasible_text, proof_sentence, proof_text, searching_text
from geo.output.sites.question_text import (
    areas_label,
    assumptions,
    place_lines,
    question_lines,
    question_title,
    service_label,
    shown_curve,
    wish_of,
)
from geo.output.sites.reasons import (
    equity_table,
    equity_text,
    minutes_table,
    near_text,
    open_sites,
    reasons_table,
    why_not_text,
)
from geo.output.sites.scenario_data import Solved, notes_table, plan_table, reach_table, settings_table
from geo.output.sites.site_tables import places_table, sites_table
