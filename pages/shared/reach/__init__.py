"""The parts of the page on reach."""

from pages.shared.reach.view import (
    choose_reach,
    current_access,
    export_reach,
    office_areas,
    reach_link,
    show_equity,
    show_reach_assumptions,
)
