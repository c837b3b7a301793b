"""The parts of the atlas page."""

from pages.shared.atlas import cache
from pages.shared.atlas.controls import choose_indicator_and_date, choose_picture, choose_quarter, show_profile
