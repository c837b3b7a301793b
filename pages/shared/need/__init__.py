"""The parts of the pages on concentration, lasting need and quarters."""

from pages.shared.need import cache
from pages.shared.need.lasting import (
    causes_of,
    choose_groups,
    choose_map,
    choose_rule,
    export_lasting,
    map_of,
    mark_cause,
    show_heat,
    status_side,
)
from pages.shared.need.quarter import choose_quarters, open_quarter, print_button, show_trend, ways_of
from pages.shared.need.view import apply_need_look, cannot_be_said, choose_indicator, notes, profile_link
