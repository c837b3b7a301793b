"""The parts of the scenarios page; saving, opening and taking away scenarios."""

from pages.shared.scenarios import frontier, solve, state, view
from pages.shared.scenarios.data_files import data_buttons, region_buttons, shown_scenario
from pages.shared.scenarios.panel import IN_VIEW, save_panel, take_link
from pages.shared.scenarios.reports import report_buttons
