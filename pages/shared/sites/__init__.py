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

__all__ = [
    "LOOK_SECONDS",
    "MINUTES",
    "MINUTES_USUAL",
    "Wishes",
    "background",
    "cache",
    "catchments",
    "choose_question",
    "choose_ways",
    "controls",
    "cost_settings",
    "current_answer",
    "export_picture",
    "export_sites",
    "minutes_label",
    "people_measures",
    "places",
    "question_in_view",
    "question_link",
    "reasons",
    "show_curve",
    "show_faults",
    "show_figures",
    "show_money",
    "show_proof",
    "show_ways_notes",
    "solving",
    "wishes",
]
