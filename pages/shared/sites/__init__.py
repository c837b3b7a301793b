"""The parts of the sites page: question, wishes, search, figures, reasons."""

from pages.shared.sites import cache, controls, cost_settings, places, reasons, solving, wishes
from pages.shared.sites.controls import (
    MINUTES,
    MINUTES_USUAL,
    choose_question,
    choose_ways,
    minutes_label,
    people_measures,
    question_in_view,
    question_link,
)
from pages.shared.sites.reasons import show_curve, show_money
from pages.shared.sites.solving import LOOK_SECONDS, current_answer
from pages.shared.sites.view import (
    background,
    catchments,
    export_picture,
    export_sites,
    show_faults,
    show_figures,
    show_proof,
    show_ways_notes,
)
from pages.shared.sites.wishes import Wishes
