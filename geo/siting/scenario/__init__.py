"""Named questions with their costs and outcomes; scenes of a presentation; their files."""

from geo.siting.scenario.compare import (
    TODAY,
    Compared,
    Mismatch,
    by_quarter,
    difference,
    is_still_disclosed,
    mismatched,
    mismatches,
    today_of,
)
from geo.siting.scenario.frontiers import NUMBER_MOST, Line, budgets_to_try, shown_line, without_wishes
from geo.siting.scenario.outcome import completed, outcome_of, run
from geo.siting.scenario.scenario import Outcome, Scenario, nothing_new
from geo.siting.scenario.scenario_file import FILE_BYTES_MOST, body_of, from_body, read_scenario, write_scenario
from geo.siting.scenario.scenes import (
    BUDGETS,
    LIVE_MAX,
    NAME_MAX,
    SCENES_MAX,
    TEXT_MAX,
    TITLE_MAX,
    Extent,
    Presentation,
    Scene,
    live_settings,
    live_value,
    live_values,
    people_measures,
    presentation_from_plain,
    read_presentation,
    scene_faults,
    with_live,
    write_presentation,
)
