"""The parts of the atlas page and of the start page."""

from pages.shared.atlas.controls import choose_picture, choose_quarter
from pages.shared.atlas.figures import about_data, key_figures
from pages.shared.atlas.profile import show_profile

__all__ = [
    "about_data",
    "choose_picture",
    "choose_quarter",
    "key_figures",
    "show_profile",
]
